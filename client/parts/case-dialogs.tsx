// The dialogs of a case's actions: what each asks for before it is done.
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { type Outcome, OutcomeChoice } from './case-outcome.tsx'
import { noQuiet, QuietOffer, useKeepQuiet } from './quiet-offer.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { endOf, FIRST_SPAN, SnoozeSpan } from './snooze-span.tsx'
import { useNow } from './time.tsx'

type Whole = Outputs['cases']['get']

interface DialogProps {
  whole: Whole
  onClose(): void
}

export function Comment({ whole, onClose }: DialogProps) {
  const comment = useMutation(trpc.cases.comment.mutationOptions(quietly))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Comment on C-${whole.number}`}
      label="Comment"
      description="It stands in the timeline, with your name."
      confirm="Comment"
      draft={`comment ${whole.id}`}
      onSubmit={(text) => comment.mutateAsync({ caseId: whole.id, text })}
    />
  )
}

export function Snooze({ whole, onClose }: DialogProps) {
  const now = useNow()
  const [hours, setHours] = useState(FIRST_SPAN)
  const set = useMutation(trpc.cases.setStatus.mutationOptions(quietly))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Snooze C-${whole.number}`}
      label="Why (if it is worth a note)"
      confirm="Snooze"
      draft={`snooze ${whole.id}`}
      isOptional
      onSubmit={(text) =>
        set.mutateAsync({ caseId: whole.id, status: 'snoozed', until: endOf(hours, now), note: text || null })
      }
    >
      <SnoozeSpan hours={hours} onChange={setHours} />
      <p className="small soft">It leaves the queue until then, and comes back at once on new evidence.</p>
    </ReasonDialog>
  )
}

export function Escalate({ whole, onClose }: DialogProps) {
  const isEscalated = whole.escalatedAt !== null
  const escalate = useMutation(
    trpc.cases.escalate.mutationOptions({
      ...quietly,
      onSuccess: () => showDone(`C-${whole.number} is ${isEscalated ? 'no longer ' : ''}escalated`),
    }),
  )
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={isEscalated ? `C-${whole.number} needs nobody more senior` : `Escalate C-${whole.number}`}
      label={isEscalated ? 'What was decided' : 'What somebody more senior should look at'}
      confirm={isEscalated ? 'Set back' : 'Escalate'}
      draft={`escalate ${whole.id}`}
      onSubmit={(note) => escalate.mutateAsync({ caseId: whole.id, escalated: !isEscalated, note })}
    >
      <p className="small soft">
        {isEscalated
          ? 'The mark is taken off; its owner goes on with it.'
          : 'It is marked in the queue, where “escalated” can be filtered for. Its severity stays what the findings make it.'}
      </p>
    </ReasonDialog>
  )
}

export function Wait({ whole, onClose }: DialogProps) {
  const [on, setOn] = useState('')
  const set = useMutation(trpc.cases.setStatus.mutationOptions(quietly))
  const isWaiting = whole.status === 'waiting' || whole.status === 'snoozed'
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`C-${whole.number} waits`}
      label="What was asked (if it is worth a note)"
      confirm="Wait"
      draft={`wait ${whole.id}`}
      isOptional
      isReady={on.trim() !== ''}
      onSubmit={(text) =>
        set.mutateAsync({ caseId: whole.id, status: 'waiting', waitingOn: on.trim(), note: text || null })
      }
    >
      <TextInput
        data-autofocus
        label="On whom?"
        description="The carrier, the person, their manager…"
        value={on}
        onChange={(event) => setOn(event.currentTarget.value)}
        maxLength={200}
        required
      />
      {isWaiting && (
        <p className="small">
          Or{' '}
          <button
            type="button"
            className="link"
            onClick={() => set.mutateAsync({ caseId: whole.id, status: 'investigating' }).then(onClose, () => {})}
          >
            go on investigating
          </button>
          .
        </p>
      )}
    </ReasonDialog>
  )
}

interface CloseProps extends DialogProps {
  /** Called once it is closed. */
  onClosed(): void
  confirm: string
}

export function Close({ whole, onClose, onClosed, confirm }: CloseProps) {
  const now = useNow()
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [quiet, setQuiet] = useState(noQuiet)
  const keepQuiet = useKeepQuiet(whole)
  const closing = useMutation(
    trpc.cases.close.mutationOptions({ ...quietly, onSuccess: () => showDone(`C-${whole.number} is closed`) }),
  )
  const open = whole.parts.filter((part) => part.status !== 'closed').length
  // What was confirmed or broke a rule is not kept quiet.
  const isHarmless = outcome === 'benign' || outcome === 'cannot_tell'
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Close C-${whole.number}`}
      label="What was found, and how"
      confirm={confirm}
      draft={`close ${whole.id}`}
      isReady={outcome !== null}
      onSubmit={async (note) => {
        await closing.mutateAsync({ caseId: whole.id, outcome: outcome!, note })
        if (isHarmless) await keepQuiet(quiet, note, now)
        onClosed()
      }}
    >
      <OutcomeChoice value={outcome} onChange={setOutcome} />
      {isHarmless && <QuietOffer whole={whole} quiet={quiet} onChange={setQuiet} />}
      <p className="small soft">
        Its findings are decided for this evidence; new evidence raises them again.
        {open === 1 && ' The case that it took in closes with it, with the same outcome.'}
        {open > 1 && ` The ${open} cases that it took in close with it, with the same outcome.`}
      </p>
    </ReasonDialog>
  )
}

export function Reopen({ whole, onClose }: DialogProps) {
  const reopen = useMutation(
    trpc.cases.reopen.mutationOptions({ ...quietly, onSuccess: () => showDone(`C-${whole.number} is open again`) }),
  )
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Open C-${whole.number} again`}
      label="Why?"
      confirm="Reopen"
      draft={`reopen ${whole.id}`}
      onSubmit={(note) => reopen.mutateAsync({ caseId: whole.id, note })}
    />
  )
}
