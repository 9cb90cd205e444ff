// A rule's versions: what each changed, who wrote and who approved it and why; and the way back to one, as a new version.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { labelOf } from './params-form.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'
import './lines.css'

type RuleView = Outputs['rules']['get']
type Version = RuleView['versions'][number]

export function RuleHistory({ rule }: { rule: RuleView }) {
  const saving = useMay('admin', 'analyst')
  const [asked, setAsked] = useState<Version | null>(null)
  const save = useMutation(trpc.rules.save.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <section className="card" aria-labelledby="rule-history">
      <header>
        <h2 id="rule-history">Versions</h2>
        {!saving.may && <span className="soft small">{saving.why}</span>}
      </header>
      <ol className="stack">
        {rule.versions.map((one) => (
          <li key={one.version}>
            <div className="row apart top">
              <div className="grow">
                <p>
                  <strong>{one.version === 0 ? 'As it came' : `Version ${one.version}`}</strong>{' '}
                  {one.version === rule.version && <span className="tag good">✓ in force</span>}{' '}
                  {one.isQuietOnOld && <span className="tag">only what is new</span>}
                </p>
                {one.changes.length > 0 && (
                  <ul className="small" aria-label="What it changed">
                    {one.changes.map((change) => (
                      <li key={change.field}>
                        {labelOf(change.field)}: <s className="faint">{change.from}</s> → <strong>{change.to}</strong>
                      </li>
                    ))}
                  </ul>
                )}
                <p className="soft small">
                  {one.at !== null && (
                    <>
                      <Time at={one.at} as="short" /> · by {one.author}
                      {one.approvedBy !== null && `, approved by ${one.approvedBy}`} ·{' '}
                    </>
                  )}
                  {one.findings} {one.findings === 1 ? 'finding' : 'findings'} under it
                </p>
                {one.note !== null && <q className="soft small">{one.note}</q>}
              </div>
              {saving.may && one.version !== rule.version && (
                <Button variant="default" size="xs" disabled={rule.waiting !== null} onClick={() => setAsked(one)}>
                  Back to this…<span className="visually-hidden"> version {one.version}</span>
                </Button>
              )}
            </div>
          </li>
        ))}
      </ol>
      <ReasonDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={asked ? `Set the rule as in ${asked.version === 0 ? 'the beginning' : `version ${asked.version}`}?` : ''}
        confirm="Set it so"
        draft={`back ${rule.id} ${asked?.version ?? ''}`}
        onSubmit={async (note) => {
          if (asked === null) return
          const ladder = asked.ladder as RuleView['ladder']
          const came = await save.mutateAsync({ ruleId: rule.id, ladder, params: asked.params, note })
          showDone(
            came.state === 'waiting'
              ? 'It waits for a second person.'
              : `Version ${came.version}. ${came.woken.toLocaleString()} devices are looked at again.`,
          )
        }}
      >
        <p className="soft small">It becomes the newest version; nothing of the history goes.</p>
      </ReasonDialog>
    </section>
  )
}
