// Offered where a case is closed: keeping what it rested on quiet for a while, for this person or laptop alone.
import { Checkbox, Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type Outputs, quietly, showDone, showError, trpc } from '../api.ts'
import { DAY } from './days.ts'

type Whole = Outputs['cases']['get']

export interface Quiet {
  /** Empty: nothing is kept quiet. */
  ruleIds: string[]
  days: string
}

export const noQuiet: Quiet = { ruleIds: [], days: '30' }

const spans = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '180', label: '180 days' },
]

/** Whom it would be kept quiet for: the case's person, else its one laptop. */
function subjectOf(whole: Whole): { personId: string | null; deviceId: string | null; name: string } | null {
  if (whole.subject.kind === 'person') return { personId: whole.subject.id, deviceId: null, name: 'this person' }
  if (whole.subject.kind === 'device') return { personId: null, deviceId: whole.subject.id, name: 'this laptop' }
  return null
}

const rulesOf = (whole: Whole) =>
  [...new Map(whole.findings.map(({ rule, title, counted }) => [rule, { rule, title, counted }])).values()].filter(
    ({ counted }) => counted > 0,
  )

export function QuietOffer({ whole, quiet, onChange }: { whole: Whole; quiet: Quiet; onChange(quiet: Quiet): void }) {
  const subject = subjectOf(whole)
  const rules = rulesOf(whole)
  if (subject === null || rules.length === 0) return null
  return (
    <details>
      <summary className="small">Also keep its findings quiet for {subject.name}</summary>
      <div className="stack">
        <Checkbox.Group
          label="Findings of"
          description="They are kept and counted, and open nothing until then. If the case is yours, a second person agrees first."
          value={quiet.ruleIds}
          onChange={(ruleIds) => onChange({ ...quiet, ruleIds })}
        >
          <div className="options">
            {rules.map(({ rule, title }) => (
              <Checkbox key={rule} size="xs" value={rule} label={title} />
            ))}
          </div>
        </Checkbox.Group>
        <Select
          label="For"
          data={spans}
          value={quiet.days}
          onChange={(days) => onChange({ ...quiet, days: days ?? noQuiet.days })}
          allowDeselect={false}
        />
      </div>
    </details>
  )
}

/** Keeps quiet what was chosen, with the note of the closing as its reason. What fails is shown; the case stays closed. */
export function useKeepQuiet(whole: Whole): (quiet: Quiet, reason: string, now: number) => Promise<void> {
  const add = useMutation(trpc.suppressions.add.mutationOptions(quietly))
  return async ({ ruleIds, days }, reason, now) => {
    const subject = subjectOf(whole)
    if (subject === null) return
    const { personId, deviceId } = subject
    const endsAt = new Date(now + Number(days) * DAY).toISOString()
    for (const ruleId of ruleIds) {
      try {
        const came = await add.mutateAsync({ ruleId, personId, deviceId, fact: null, endsAt, caseId: whole.id, reason })
        showDone(came.state === 'set' ? `Kept quiet for ${days} days` : 'Keeping it quiet waits for a second person')
      } catch (error) {
        showError(error)
      }
    }
  }
}
