// Suppressions: of what, why, by whom, until when, how often each silenced; and the way to end one.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'
import './lines.css'

export type Suppression = Outputs['suppressions']['list']['suppressions'][number]

export function SuppressionList({
  suppressions,
  isOfOneRule = false,
}: {
  suppressions: Suppression[]
  isOfOneRule?: boolean
}) {
  const ending = useMay('admin', 'analyst')
  const [asked, setAsked] = useState<Suppression | null>(null)
  const end = useMutation(trpc.suppressions.end.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <>
      <ul className="stack">
        {suppressions.map((one) => (
          <li key={one.id}>
            <p>
              {!isOfOneRule && (
                <>
                  <Link to={`/rules/${one.rule}`}>{one.title}</Link>
                  {': '}
                </>
              )}
              <Scope of={one} />{' '}
              {one.isOver ? <span className="tag">over</span> : <span className="tag check">kept quiet</span>}
            </p>
            <p className="soft small">
              <Time at={one.startsAt} as="date" /> to <Time at={one.endedAt ?? one.endsAt} as="date" />
              {one.endedAt !== null && ' (ended early)'} · by {one.owner}
              {one.approvedBy !== null && `, approved by ${one.approvedBy}`} · silenced <strong>{one.silenced}</strong>{' '}
              {one.silenced === 1 ? 'time' : 'times'}, {one.quietNow} now
              {one.caseNumber !== null && (
                <>
                  {' · from '}
                  <Link to={`/cases/${one.caseNumber}`}>C-{one.caseNumber}</Link>
                </>
              )}
            </p>
            {one.reason !== null && <q className="soft small">{one.reason}</q>}
            {!one.isOver && ending.may && (
              <div>
                <button type="button" className="link small" onClick={() => setAsked(one)}>
                  end it<span className="visually-hidden">: {one.title}</span>
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      <ReasonDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `End the suppression of “${asked.title}” now?` : ''}
        confirm="End it"
        draft={`end ${asked?.id ?? ''}`}
        onSubmit={async (reason) => {
          if (asked === null) return
          const { woken } = await end.mutateAsync({ suppressionId: asked.id, reason })
          showDone(`It has ended. ${woken} ${woken === 1 ? 'laptop is' : 'laptops are'} looked at again.`)
        }}
      >
        <p className="soft small">What it kept quiet and still holds speaks again.</p>
      </ReasonDialog>
    </>
  )
}

function Scope({ of: { person, device, fact } }: { of: Suppression }) {
  if (person === null && device === null && fact === null) return <strong>everybody</strong>
  return (
    <>
      {person && <Link to={`/people/${person.id}`}>{person.name ?? 'somebody erased'}</Link>}
      {person && device && ', '}
      {device && (
        <Link to={`/devices/${device.id}`} className="mono">
          {device.serialNumber ?? 'no serial'}
        </Link>
      )}
      {fact && (
        <span>
          {(person || device) && ', '}
          {fact.name} is “{fact.value}”
        </span>
      )}
    </>
  )
}
