// A finding’s facts then and now, side by side, and whom else the same is said of.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Outputs, trpc } from '../api.ts'
import { spaced } from './spaced.ts'
import { Loaded } from './states.tsx'
import { shortTime } from './time.tsx'

type Finding = Outputs['cases']['get']['findings'][number]
type Now = Outputs['cases']['findingNow']

/** Asked for when the finding is opened: the rule is run again for it, on all that is known by now. */
export function FindingNow({ finding }: { finding: Finding }) {
  const query = useQuery(trpc.cases.findingNow.queryOptions({ findingId: finding.id }))
  return (
    <>
      <h3>The facts, then and now</h3>
      <Loaded query={query} lines={3}>
        {(now) => (
          <>
            <Facts finding={finding} now={now} />
            <Changes now={now} />
            <Others now={now} />
          </>
        )}
      </Loaded>
    </>
  )
}

function Facts({ finding, now: { now, why } }: { finding: Finding; now: Now }) {
  const names = [...new Set([...Object.keys(finding.facts), ...Object.keys(now?.facts ?? {})])]
  return (
    <>
      <table className="then-now small">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Fact</span>
            </th>
            <th scope="col">then</th>
            <th scope="col">now</th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const then = factText(finding.facts[name])
            const today = now === null ? '–' : factText(now.facts[name])
            return (
              <tr key={name}>
                <th scope="row">{spaced(name)}</th>
                <td>{then}</td>
                <td className={now !== null && today !== then ? 'strong' : 'faint'}>
                  {now !== null && today === then ? 'the same' : today}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p className="small soft">
        {why ?? (now === null ? 'It does not hold any more: run again now, the rule says nothing.' : 'It still holds.')}
      </p>
    </>
  )
}

function Changes({ now: { changes } }: { now: Now }) {
  if (changes.length === 0) return null
  return (
    <p className="small">
      Set differently since:{' '}
      {changes
        .map(({ param, before, after }) => `${spaced(param)} ${before ?? 'not set'} → ${after ?? 'gone'}`)
        .join(', ')}
    </p>
  )
}

const LISTED = 5

function Others({ now: { others, othersCount } }: { now: Now }) {
  if (othersCount === 0) return <p className="small soft">It is said of no other laptop now.</p>
  const shown = others.slice(0, LISTED)
  return (
    <p className="small">
      Also said of{' '}
      {shown.map((one, index) => (
        <span key={one.deviceId}>
          {index > 0 && ', '}
          <Link to={`/devices/${one.deviceId}`} className="mono">
            {one.serialNumber ?? 'one without a serial'}
          </Link>
          {one.caseNumber !== null && (
            <>
              {' '}
              (<Link to={`/cases/${one.caseNumber}`}>C-{one.caseNumber}</Link>)
            </>
          )}
        </span>
      ))}
      {othersCount > shown.length && ` and ${othersCount - shown.length} more`}
    </p>
  )
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })

function factText(value: Finding['facts'][string] | undefined): string {
  if (value === undefined) return 'not seen'
  if (value === null) return 'unknown'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return numbers.format(value)
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? `${shortTime(value)} UTC` : value
}
