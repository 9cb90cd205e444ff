// The checklist of a case: who was asked, what they answered, and when the other side said that it was done.
import { Button, Modal, Radio, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, type Outputs, quietly, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'
import { useMay } from './me.ts'
import { Time, useNow } from './time.tsx'
import { useFocusBack } from './use-focus-back.ts'

type Whole = Outputs['cases']['get']
type Check = Whole['checks'][number]
type Answer = NonNullable<Inputs['cases']['check']['answer']>

export function CaseChecklist({ whole }: { whole: Whole }) {
  const [asking, setAsking] = useState<Check | null>(null)
  const answered = whole.checks.filter((check) => check.answer !== null && check.answer.is !== 'waiting').length
  return (
    <section className="card" aria-label="Who was asked">
      <header>
        <h2>Who was asked</h2>
        <span className="small faint">
          {answered} of {whole.checks.length} settled
        </span>
      </header>
      <ul className="stack">
        {whole.checks.map((check) => (
          <li key={check.item}>
            <Item caseId={whole.id} check={check} onAsk={() => setAsking(check)} />
          </li>
        ))}
      </ul>
      {asking && <AnswerDialog whole={whole} check={asking} onClose={() => setAsking(null)} />}
    </section>
  )
}

interface ItemProps {
  caseId: string
  check: Check
  onAsk(): void
}

function Item({ caseId, check, onAsk }: ItemProps) {
  const { may, why } = useMay('analyst', 'provisioner', 'admin')
  const now = useNow()
  const acknowledge = useMutation(trpc.cases.acknowledge.mutationOptions())
  const { answer } = check
  const canAcknowledge =
    check.isAcknowledged && answer !== null && answer.is !== 'not needed' && answer.acknowledgedAt === null
  return (
    <>
      <div className="row apart" style={{ flexWrap: 'nowrap', alignItems: 'baseline' }}>
        <span title={check.help}>
          <span className={answer?.is === 'done' ? 'good' : 'faint'} aria-hidden="true">
            {answer?.is === 'done' ? '✓' : answer?.is === 'not needed' ? '–' : answer?.is === 'waiting' ? '…' : '○'}
          </span>{' '}
          {check.title}
        </span>
        <button
          type="button"
          className="link small"
          disabled={!may}
          title={why}
          aria-label={`${answer === null ? 'Answer' : 'Change'}: ${check.title}`}
          onClick={onAsk}
        >
          {answer === null ? 'answer' : 'change'}
        </button>
      </div>
      {answer === null && <p className="small faint">{check.help}</p>}
      {answer && (
        <p className="small soft">
          {answer.is}
          {answer.waitingOn && ` on ${answer.waitingOn}`}
          {answer.reference && (
            <>
              , <span className="mono">{answer.reference}</span>
            </>
          )}
          , {answer.by}, <Time at={answer.at} />
          {answer.note && <q className="check-note">{answer.note}</q>}
        </p>
      )}
      {answer?.acknowledgedAt && (
        <p className="small good">
          acknowledged <Time at={answer.acknowledgedAt} />
        </p>
      )}
      {canAcknowledge && (
        <p className="small">
          <button
            type="button"
            className="link"
            disabled={!may || acknowledge.isPending}
            title={why}
            aria-label={`They have acknowledged it: ${check.title}`}
            onClick={() => acknowledge.mutate({ caseId, item: check.item, at: new Date(now).toISOString() })}
          >
            They have acknowledged it
          </button>
        </p>
      )}
    </>
  )
}

const choices: { value: Answer; label: string }[] = [
  { value: 'done', label: 'Done' },
  { value: 'waiting', label: 'Asked, and waiting' },
  { value: 'not needed', label: 'Not needed' },
]

interface AnswerDialogProps {
  whole: Whole
  check: Check
  onClose(): void
}

function AnswerDialog({ whole, check, onClose }: AnswerDialogProps) {
  useFocusBack()
  const [answer, setAnswer] = useState<Answer>(check.answer?.is ?? 'done')
  const [waitingOn, setWaitingOn] = useState(check.answer?.waitingOn ?? '')
  const [reference, setReference] = useState(check.answer?.reference ?? '')
  const [note, setNote] = useState(check.answer?.note ?? '')
  const save = useMutation(trpc.cases.check.mutationOptions({ ...quietly, onSuccess: onClose }))
  const isReady = answer === 'waiting' ? waitingOn.trim() !== '' : answer === 'not needed' ? note.trim() !== '' : true
  const send = (given: Answer | null) =>
    save.mutate({
      caseId: whole.id,
      item: check.item,
      answer: given,
      reference: given === null ? null : reference.trim() || null,
      waitingOn: given === 'waiting' ? waitingOn.trim() : null,
      note: given === null ? null : note.trim() || null,
    })
  function submit(event: FormEvent): void {
    event.preventDefault()
    send(answer)
  }
  return (
    <Modal opened onClose={onClose} title={check.title}>
      <form className="stack" onSubmit={submit}>
        <p className="small soft">{check.help}</p>
        <Radio.Group label="Answer" value={answer} onChange={(value) => setAnswer(value as Answer)}>
          <div className="options">
            {choices.map((one) => (
              <Radio key={one.value} size="xs" {...one} {...(one.value === answer ? { 'data-autofocus': true } : {})} />
            ))}
          </div>
        </Radio.Group>
        {answer === 'waiting' && (
          <TextInput
            label="On whom?"
            value={waitingOn}
            onChange={(event) => setWaitingOn(event.currentTarget.value)}
            maxLength={200}
            required
          />
        )}
        {answer !== 'not needed' && (
          <TextInput
            label="Reference"
            description="A ticket, a call, a report: the number it has there, if it has one."
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
            maxLength={200}
          />
        )}
        <Textarea
          label={answer === 'not needed' ? 'Why not?' : 'Note'}
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
          autosize
          minRows={2}
          maxLength={2000}
          required={answer === 'not needed'}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
        <div className="row apart">
          <Button type="submit" loading={save.isPending} disabled={!isReady}>
            Save
          </Button>
          {check.answer && (
            <button type="button" className="link small" disabled={save.isPending} onClick={() => send(null)}>
              Take the answer back
            </button>
          )}
        </div>
      </form>
    </Modal>
  )
}
