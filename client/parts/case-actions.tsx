// What one does with a case: take it, hand it on, say something, wait, snooze, close with an outcome, open again.
import { Button, Menu, Radio, Select, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Inputs, type Outputs, quietly, showDone, trpc } from '../api.ts'
import { KeyCap, useKeys } from './keys.tsx'
import { useMay, useMe } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useNow } from './time.tsx'

type Whole = Outputs['cases']['get']
type Step = 'comment' | 'snooze' | 'wait' | 'close' | 'reopen'

export function CaseActions({ whole }: { whole: Whole }) {
  const me = useMe()
  const { may, why } = useMay('analyst', 'admin')
  const [step, setStep] = useState<Step | null>(null)
  const assign = useMutation(
    trpc.cases.assign.mutationOptions({
      onSuccess: (_, { to }) => showDone(to === me.userId ? 'The case is yours' : 'Assigned'),
    }),
  )
  const isOpen = whole.status !== 'closed'
  const isMine = whole.assigneeId === me.userId
  const take = () => assign.mutate({ caseId: whole.id, from: whole.assigneeId, to: me.userId })
  const close = () => setStep(null)
  useKeys(
    may
      ? [
          ...(isOpen && !isMine ? [{ key: 'a', label: 'take the case', run: take }] : []),
          { key: 'c', label: 'comment', run: () => setStep('comment') },
          ...(isOpen
            ? [
                { key: 's', label: 'snooze', run: () => setStep('snooze') },
                { key: 'w', label: 'wait on somebody', run: () => setStep('wait') },
                { key: 'r', label: 'close with an outcome', run: () => setStep('close') },
              ]
            : []),
        ]
      : [],
  )
  if (!may) return <p className="small faint">{why}</p>
  return (
    <>
      {isOpen && (
        <>
          <Assign
            whole={whole}
            isMine={isMine}
            isBusy={assign.isPending}
            onTake={take}
            onAssign={(to) => assign.mutate({ caseId: whole.id, from: whole.assigneeId, to })}
          />
          <Act step="snooze" cap="s" onPick={setStep}>
            Snooze
          </Act>
          <Act step="wait" cap="w" onPick={setStep}>
            Wait
          </Act>
        </>
      )}
      <Act step="comment" cap="c" onPick={setStep}>
        Comment
      </Act>
      {isOpen ? (
        <Button onClick={() => setStep('close')}>
          Close…
          <KeyCap of="r" />
        </Button>
      ) : (
        <Button onClick={() => setStep('reopen')}>Reopen…</Button>
      )}
      {step === 'comment' && <Comment whole={whole} onClose={close} />}
      {step === 'snooze' && <Snooze whole={whole} onClose={close} />}
      {step === 'wait' && <Wait whole={whole} onClose={close} />}
      {step === 'close' && <Close whole={whole} onClose={close} />}
      {step === 'reopen' && <Reopen whole={whole} onClose={close} />}
    </>
  )
}

interface ActProps {
  step: Step
  cap: string
  onPick(step: Step): void
  children: ReactNode
}

function Act({ step, cap, onPick, children }: ActProps) {
  return (
    <Button variant="default" onClick={() => onPick(step)}>
      {children}
      <KeyCap of={cap} />
    </Button>
  )
}

interface AssignProps {
  whole: Whole
  isMine: boolean
  isBusy: boolean
  onTake(): void
  onAssign(to: string | null): void
}

function Assign({ whole, isMine, isBusy, onTake, onAssign }: AssignProps) {
  const me = useMe()
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const others = colleagues.filter(
    ({ id, role }) => id !== me.userId && id !== whole.assigneeId && (role === 'analyst' || role === 'admin'),
  )
  return (
    <Button.Group>
      {!isMine && (
        <Button variant="default" loading={isBusy} onClick={onTake}>
          {whole.assigneeId === null ? 'Take' : 'Take over'}
          <KeyCap of="a" />
        </Button>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <Button variant="default" px="xs" aria-label="Assign to somebody else">
            {isMine ? 'Assign…' : '⋯'}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {others.map(({ id, name, role }) => (
            <Menu.Item key={id} onClick={() => onAssign(id)}>
              {name} <span className="small faint">{role}</span>
            </Menu.Item>
          ))}
          {others.length === 0 && <Menu.Item disabled>Nobody else works cases</Menu.Item>}
          {whole.assigneeId !== null && <Menu.Item onClick={() => onAssign(null)}>Give it back, to nobody</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
    </Button.Group>
  )
}

interface DialogProps {
  whole: Whole
  onClose(): void
}

function Comment({ whole, onClose }: DialogProps) {
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

const HOUR = 3_600_000
const spans = [
  { value: '4', label: '4 hours' },
  { value: '24', label: 'a day' },
  { value: '72', label: '3 days' },
  { value: '168', label: 'a week' },
]

function Snooze({ whole, onClose }: DialogProps) {
  const now = useNow()
  const [hours, setHours] = useState('24')
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
        set.mutateAsync({
          caseId: whole.id,
          status: 'snoozed',
          until: new Date(now + Number(hours) * HOUR).toISOString(),
          note: text || null,
        })
      }
    >
      <Select
        label="For"
        data={spans}
        value={hours}
        onChange={(value) => setHours(value ?? '24')}
        allowDeselect={false}
      />
      <p className="small soft">It leaves the queue until then, and comes back at once on new evidence.</p>
    </ReasonDialog>
  )
}

function Wait({ whole, onClose }: DialogProps) {
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

type Outcome = Inputs['cases']['close']['outcome']

const outcomes: { value: Outcome; label: string; description: string }[] = [
  { value: 'benign', label: 'Benign', description: 'It has a harmless explanation; say which.' },
  {
    value: 'policy_breach',
    label: 'Policy breach',
    description: 'A rule of the house was broken, nothing was diverted.',
  },
  { value: 'confirmed', label: 'Confirmed', description: 'The laptop was diverted.' },
  { value: 'cannot_tell', label: 'Cannot tell', description: 'What there is does not decide it.' },
]

function Close({ whole, onClose }: DialogProps) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const closing = useMutation(
    trpc.cases.close.mutationOptions({ ...quietly, onSuccess: () => showDone(`C-${whole.number} is closed`) }),
  )
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Close C-${whole.number}`}
      label="What was found, and how"
      confirm="Close the case"
      draft={`close ${whole.id}`}
      isReady={outcome !== null}
      onSubmit={(note) => closing.mutateAsync({ caseId: whole.id, outcome: outcome!, note })}
    >
      <Radio.Group label="Outcome" value={outcome ?? ''} onChange={(value) => setOutcome(value as Outcome)} required>
        <div className="options">
          {outcomes.map((one) => (
            <Radio key={one.value} size="xs" {...one} {...(one.value === 'benign' ? { 'data-autofocus': true } : {})} />
          ))}
        </div>
      </Radio.Group>
      <p className="small soft">Its findings are decided for this evidence; new evidence raises them again.</p>
    </ReasonDialog>
  )
}

function Reopen({ whole, onClose }: DialogProps) {
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
