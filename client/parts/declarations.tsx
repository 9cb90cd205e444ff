// What is declared for one person, in force or over, and the way to end it.
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { declarationWords } from './declare-dialog.tsx'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time, useNow } from './time.tsx'

type Declaration = Outputs['people']['get']['declarations'][number]

export function PersonDeclarations({ declarations, name }: { declarations: Declaration[]; name: string }) {
  const ending = useMay('admin', 'provisioner', 'analyst')
  const today = new Date(useNow()).toISOString().slice(0, 10)
  const [asked, setAsked] = useState<Declaration | null>(null)
  const end = useMutation(trpc.people.endDeclaration.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <section className="card" aria-labelledby="person-declarations">
      <header>
        <h2 id="person-declarations">Declarations</h2>
      </header>
      {declarations.length === 0 && (
        <p className="soft">
          Nothing is vouched for. Travel, a second home or an approved tool, declared with an end, stays quiet.
        </p>
      )}
      <ul className="stack tight">
        {declarations.map((one) => {
          const isOver = one.endedAt !== null || (one.endsOn !== null && one.endsOn < today)
          return (
            <li key={one.id}>
              <span className={isOver ? 'soft' : 'strong'}>{declarationWords[one.kind].label}</span>
              {one.value !== null && `: ${one.value}`}
              {one.other && (
                <>
                  {', with '}
                  <Link to={`/people/${one.other.id}`}>{one.other.name ?? 'somebody erased'}</Link>
                </>
              )}{' '}
              {isOver ? (
                <span className="tag">over</span>
              ) : one.startsOn > today ? (
                <span className="tag">to come</span>
              ) : (
                <span className="tag good">✓ in force</span>
              )}
              <div className="soft small">
                <Time at={one.startsOn} as="date" /> to{' '}
                {one.endsOn === null ? 'no end' : <Time at={one.endsOn} as="date" />}
                {one.endedAt !== null && (
                  <>
                    , ended <Time at={one.endedAt} as="date" />
                  </>
                )}
              </div>
              {one.reason !== null && <q className="soft small">{one.reason}</q>}
              {!isOver && ending.may && (
                <div>
                  <button type="button" className="link small" onClick={() => setAsked(one)}>
                    end it<span className="visually-hidden">: {declarationWords[one.kind].label}</span>
                  </button>
                </div>
              )}
            </li>
          )
        })}
      </ul>
      <ReasonDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `End “${declarationWords[asked.kind].label.toLowerCase()}” for ${name} now?` : ''}
        confirm="End it"
        draft={`end ${asked?.id ?? ''}`}
        onSubmit={async (reason) => {
          if (asked === null) return
          await end.mutateAsync({ declarationId: asked.id, reason })
          showDone('It has ended. What it kept quiet is judged again.')
        }}
      >
        <p className="soft small">From now on it explains nothing; what happened before stays explained.</p>
      </ReasonDialog>
    </section>
  )
}
