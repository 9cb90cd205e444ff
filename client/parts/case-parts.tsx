// A site's case and those that it took in: worked together, and taken out again one by one.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { SeverityMark } from './severity.tsx'

type Whole = Outputs['cases']['get']

/** On a case that a site's case took in: where it is worked. */
export function PartOf({ whole }: { whole: Whole }) {
  const [isSplitting, setSplitting] = useState(false)
  const { may, why } = useMay('analyst', 'admin')
  if (whole.partOf === null) return null
  return (
    <section className="card row apart" aria-label="Worked with a site">
      <p>
        It is worked with <Link to={`/cases/${whole.partOf.number}`}>C-{whole.partOf.number}</Link>,{' '}
        {whole.partOf.title}, and stands in no queue of its own.
      </p>
      {whole.status !== 'closed' && (
        <button type="button" className="link" disabled={!may} title={why} onClick={() => setSplitting(true)}>
          Take it out again…
        </button>
      )}
      {isSplitting && <Split part={whole} onClose={() => setSplitting(false)} />}
    </section>
  )
}

/** On a site's case: the people's cases that it took in. */
export function CaseParts({ whole }: { whole: Whole }) {
  const [splitting, setSplitting] = useState<Whole['parts'][number] | null>(null)
  const { may, why } = useMay('analyst', 'admin')
  if (whole.parts.length === 0) return null
  return (
    <section className="card" aria-label="Cases it took in">
      <h2>Cases it took in</h2>
      <ul className="stack tight">
        {whole.parts.map((part) => (
          <li key={part.id} className="row apart">
            <span>
              <SeverityMark of={part.severity} /> <Link to={`/cases/${part.number}`}>C-{part.number}</Link> {part.title}{' '}
              {part.status === 'closed' && <span className="tag">{part.outcome?.replace('_', ' ') ?? 'closed'}</span>}
            </span>
            {part.status !== 'closed' && (
              <button
                type="button"
                className="link small"
                disabled={!may}
                title={why}
                aria-label={`Take C-${part.number} out`}
                onClick={() => setSplitting(part)}
              >
                take out…
              </button>
            )}
          </li>
        ))}
      </ul>
      {splitting && <Split part={splitting} onClose={() => setSplitting(null)} />}
    </section>
  )
}

function Split({ part, onClose }: { part: { id: string; number: number }; onClose(): void }) {
  const split = useMutation(
    trpc.cases.split.mutationOptions({ ...quietly, onSuccess: () => showDone(`C-${part.number} stands by itself`) }),
  )
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`Take C-${part.number} out of the site’s case`}
      label="Why it does not belong there"
      confirm="Take it out"
      draft={`split ${part.id}`}
      onSubmit={(note) => split.mutateAsync({ caseId: part.id, note })}
    >
      <p className="small soft">It comes back to the queue, and that site’s case does not take it in again.</p>
    </ReasonDialog>
  )
}
