// A change that waits for a second person: what it does, who asked for it and why, and the two answers.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { declarationWords } from './declare-dialog.tsx'
import { useMay, useMe } from './me.ts'
import { labelOf } from './params-form.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'

type Change = Outputs['changes']['list'][number]
type Decision = 'approved' | 'refused'

export function WaitingChange({ change }: { change: Change }) {
  const deciding = useMay('admin', 'analyst')
  const { userId } = useMe()
  const [asked, setAsked] = useState<Decision | null>(null)
  const decide = useMutation(trpc.changes.decide.mutationOptions({ meta: { showsErrors: true } }))
  const isMine = change.byId === userId
  return (
    <section className="card held" aria-label="Waits for a second person">
      <p>
        <span className="tag check">waits for a second person</span> <Title change={change} />
      </p>
      <ul className="small">
        {change.details.map((one) => (
          <li key={one.field}>
            {labelOf(one.field)}: {one.from !== null && <s className="faint">{one.from}</s>}
            {one.from !== null && ' → '}
            <strong>{one.to}</strong>
          </li>
        ))}
      </ul>
      <p className="soft small">
        <Time at={change.at} /> · by {isMine ? 'you' : change.by}
      </p>
      {change.note !== null && <q className="soft small">{change.note}</q>}
      <div className="row" style={{ marginTop: '0.5rem' }}>
        <Button size="xs" disabled={!deciding.may} onClick={() => setAsked('approved')}>
          Approve…
        </Button>
        <Button size="xs" variant="default" disabled={!deciding.may} onClick={() => setAsked('refused')}>
          {isMine ? 'Take it back…' : 'Refuse…'}
        </Button>
        {!deciding.may && <span className="soft small">{deciding.why}</span>}
      </div>
      <ReasonDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={
          asked === 'approved' ? 'Approve this change?' : isMine ? 'Take this change back?' : 'Refuse this change?'
        }
        confirm={asked === 'approved' ? 'Approve' : isMine ? 'Take it back' : 'Refuse'}
        draft={`${asked ?? ''} ${change.id}`}
        onSubmit={async (note) => {
          if (asked === null) return
          await decide.mutateAsync({ changeId: change.id, decision: asked, note })
          showDone(asked === 'approved' ? 'Approved: it holds from now on.' : 'Nothing was changed.')
        }}
      >
        {asked === 'approved' && (
          <p className="soft small">
            Approve what you would have done yourself. Who asked for it cannot; the only user of a house may, a day
            later.
          </p>
        )}
      </ReasonDialog>
    </section>
  )
}

function Title({ change: { what, about, title } }: { change: Change }) {
  switch (what) {
    case 'rule':
      return (
        <>
          A change of <Link to={`/rules/${about}`}>{title ?? about}</Link>
        </>
      )
    case 'suppression':
      return (
        <>
          Keep quiet: <Link to={`/rules/${about}`}>{title ?? about}</Link>
        </>
      )
    case 'declaration':
      return <>Declare for everybody: {declarationWords[about as keyof typeof declarationWords].label.toLowerCase()}</>
  }
}
