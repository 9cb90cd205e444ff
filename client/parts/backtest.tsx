// What a rule would have raised: how much, how it ended, and ten examples to look at.
import { Link } from '@tanstack/react-router'
import type { Outputs } from '../api.ts'
import { Time } from './time.tsx'
import './table.css'
import './lines.css'

const outcomeWords: Record<string, string> = {
  benign: 'benign',
  policy_breach: 'policy breach',
  confirmed: 'confirmed',
  cannot_tell: 'cannot tell',
  'never closed': 'not decided yet',
}

/** The answer of a back-test. */
type Tried = Outputs['rules']['backtest']
type Match = Tried['examples'][number]

export function Backtest({ result }: { result: Tried }) {
  const { count, backfill, standing, against } = result
  return (
    <div className="stack" role="status" style={{ marginTop: '0.75rem' }}>
      <p>
        <strong>{count.toLocaleString()}</strong> {count === 1 ? 'finding' : 'findings'} on{' '}
        {result.devices.toLocaleString()} laptops in {result.days} days: {result.findingsPerWeek} a week, and about{' '}
        <strong>{result.casesPerWeek}</strong> cases a week by this rule alone. {standing.devices.toLocaleString()}{' '}
        {standing.devices === 1 ? 'laptop matches' : 'laptops match'} now.
        {backfill > 0 && <span className="soft"> {backfill} of them from facts that came more than a day late.</span>}
      </p>
      {against && <Against against={against} />}
      {count > 0 && (
        <>
          <ul className="row">
            {Object.entries(result.byOutcome).map(([outcome, count]) => (
              <li key={outcome} className="tag">
                {outcomeWords[outcome] ?? outcome}: {count}
              </li>
            ))}
          </ul>
          <Examples caption="Examples" matches={result.examples} of={count} />
        </>
      )}
    </div>
  )
}

/** Against the rule as it is set now: what another setting adds, and what it would no longer say. */
function Against({ against: { added, gone } }: { against: NonNullable<Tried['against']> }) {
  if (added.count + gone.count === 0) return <p className="soft">The rule as it is set now says the same.</p>
  return (
    <>
      <p>
        Against the rule as it is set now: <strong>+{added.count}</strong> {added.count === 1 ? 'finding' : 'findings'},{' '}
        <strong>−{gone.count}</strong>.
      </p>
      {gone.count > 0 && (
        <details>
          <summary>What it would no longer say</summary>
          <Examples caption="No longer said" matches={gone.examples} of={gone.count} />
        </details>
      )}
      {added.count > 0 && (
        <details>
          <summary>What it would say beside</summary>
          <Examples caption="Said beside" matches={added.examples} of={added.count} />
        </details>
      )}
    </>
  )
}

function Examples({ caption, matches, of }: { caption: string; matches: Match[]; of: number }) {
  return (
    <>
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">{caption}, at most ten</caption>
          <thead>
            <tr>
              <th>When</th>
              <th>Device</th>
              <th>What it would have said</th>
              <th className="right">Weight</th>
              <th>Outcome</th>
            </tr>
          </thead>
          <tbody>
            {matches.map((match) => (
              <tr key={`${match.deviceId}-${match.key}`}>
                <td>
                  <Time at={match.at} as="short" />
                </td>
                <td className="mono">
                  <Link to={`/devices/${match.deviceId}`}>{match.serialNumber ?? 'no serial'}</Link>
                </td>
                <td>{match.summary}</td>
                <td className="right nowrap">+{match.weight} dB</td>
                <td>{outcomeWords[match.outcome ?? 'never closed'] ?? match.outcome}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {of > matches.length && (
        <p className="faint small">
          {matches.length} of {of.toLocaleString()}.
        </p>
      )}
    </>
  )
}
