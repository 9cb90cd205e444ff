// Approvals as lines: what, for whom, until when, why and by whom, with what one may do about each.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ReactNode, useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { type Approval, groupWords, laptopsText, whatWords } from './catalogue-words.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'
import './lines.css'

type Step = 'granted' | 'refused' | 'end'

export function ApprovalList({ rows, empty }: { rows: Approval[]; empty: ReactNode }) {
  const [asked, setAsked] = useState<{ row: Approval; step: Step } | null>(null)
  if (rows.length === 0) return empty
  return (
    <>
      <ul className="card flush lines" aria-label="Approvals">
        {rows.map((row) => (
          <ApprovalLine key={row.id} row={row} onStep={(step) => setAsked({ row, step })} />
        ))}
      </ul>
      {asked && <StepDialog key={`${asked.row.id} ${asked.step}`} {...asked} onClose={() => setAsked(null)} />}
    </>
  )
}

function ApprovalLine({ row, onStep }: { row: Approval; onStep(step: Step): void }) {
  const deciding = useMay('admin', 'analyst')
  return (
    <li>
      <div className="row apart top">
        <div className="grow">
          <p className="row">
            <span className="tag">{whatWords[row.what]}</span>
            {row.what === 'tool' || row.what === 'entry_off' ? (
              <Link to="/catalogue/$id" params={{ id: row.value }} className="strong">
                {row.title}
              </Link>
            ) : (
              <span className="strong anywhere">{row.title}</span>
            )}
            <span className="soft">for {groupWords(row.people)}</span>
          </p>
          <p className="soft small">
            <Standing row={row} /> Now on {laptopsText(row.laptops)}.
          </p>
          {row.counted && (
            <p className="small">
              Most of the fleet has it: {row.counted.people} of {row.counted.of} people, on{' '}
              {laptopsText(row.counted.laptops)}, when it was counted. No laptop is raised for it until somebody
              decides.
            </p>
          )}
          {row.reason && <q className="anywhere">{row.reason}</q>}
          {row.decision && (
            <p className="small soft">
              {row.decidedBy}: <q className="anywhere">{row.decision}</q>
            </p>
          )}
        </div>
        {deciding.may ? (
          <Steps row={row} onStep={onStep} />
        ) : (
          row.status === 'asked' && <span className="small soft">{deciding.why}</span>
        )}
      </div>
    </li>
  )
}

function Standing({ row }: { row: Approval }) {
  const asker = row.askedBy ?? 'Telltale'
  const until = row.endsOn === null ? 'until it is ended' : `until ${row.endsOn}`
  if (row.status === 'asked')
    return (
      <>
        Asked by {asker} <Time at={row.askedAt} />, {until}.
      </>
    )
  if (row.status === 'granted' && row.decidedAt)
    return (
      <>
        In force {until}; approved by {row.decidedBy}
        {row.alone ? ', alone,' : ''} <Time at={row.decidedAt} />.
      </>
    )
  if (row.status === 'refused' && row.decidedAt)
    return (
      <>
        Not approved, <Time at={row.decidedAt} />.
      </>
    )
  return (
    <>
      Over
      {row.endedAt && (
        <>
          {' '}
          since <Time at={row.endedAt} />
        </>
      )}
      .
    </>
  )
}

function Steps({ row, onStep }: { row: Approval; onStep(step: Step): void }) {
  const name = <span className="visually-hidden"> {row.title}</span>
  if (row.status === 'asked')
    return (
      <div className="row">
        <Button size="xs" onClick={() => onStep('granted')}>
          Approve…{name}
        </Button>
        <Button size="xs" variant="default" onClick={() => onStep('refused')}>
          Refuse…{name}
        </Button>
      </div>
    )
  if (row.status !== 'granted') return null
  return (
    <Button size="xs" variant="default" onClick={() => onStep('end')}>
      End…{name}
    </Button>
  )
}

const stepWords: Record<Step, { title: string; says: string; confirm: string }> = {
  granted: {
    title: 'Approve',
    says: 'Findings about it close for these people, and none is raised until its last day. It needs somebody other than who asked.',
    confirm: 'Approve it',
  },
  refused: {
    title: 'Refuse',
    says: 'Laptops that show it are raised one by one, those of today too.',
    confirm: 'Refuse it',
  },
  end: { title: 'End', says: 'What it silenced is judged again, in the background.', confirm: 'End it' },
}

function StepDialog({ row, step, onClose }: { row: Approval; step: Step; onClose(): void }) {
  const meta = { showsErrors: true }
  const tell = ({ woken }: { woken: number }) => showDone(`Done: ${laptopsText(woken)} will be judged again.`)
  const decide = useMutation(trpc.catalog.decide.mutationOptions({ meta, onSuccess: tell }))
  const end = useMutation(trpc.catalog.end.mutationOptions({ meta, onSuccess: tell }))
  const words = stepWords[step]
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`${words.title} ${row.title}`}
      confirm={words.confirm}
      draft={`approval ${step} ${row.id}`}
      onSubmit={(reason) =>
        step === 'end'
          ? end.mutateAsync({ approvalId: row.id, reason })
          : decide.mutateAsync({ approvalId: row.id, decision: step, reason })
      }
    >
      <p className="small soft">{words.says}</p>
    </ReasonDialog>
  )
}
