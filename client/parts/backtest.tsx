// What a rule would have raised: how much, how it ended, and ten examples to look at.
import { Link } from '@tanstack/react-router'
import type { Outputs } from '../api.ts'
import { Time } from './time.tsx'
import './table.css'
import './lines.css'

const EXAMPLES = 10

const outcomeWords: Record<string, string> = {
  benign: 'benign',
  policy_breach: 'policy breach',
  confirmed: 'confirmed',
  cannot_tell: 'cannot tell',
  'never closed': 'not decided yet',
}

/** The answer of a back-test. */
export function Backtest({ result }: { result: Outputs['system']['backtest'] }) {
  const backfill = result.matches.filter((match) => match.backfill).length
  return (
    <div className="stack" role="status" style={{ marginTop: '0.75rem' }}>
      <p>
        <strong>{result.matches.length.toLocaleString()}</strong> {result.matches.length === 1 ? 'finding' : 'findings'}{' '}
        on {result.devices.toLocaleString()} devices in {result.days} days: about <strong>{result.casesPerWeek}</strong>{' '}
        a week.
        {backfill > 0 && <span className="soft"> {backfill} of them from facts that came more than a day late.</span>}
      </p>
      {result.matches.length > 0 && (
        <>
          <ul className="row">
            {Object.entries(result.byOutcome).map(([outcome, count]) => (
              <li key={outcome} className="tag">
                {outcomeWords[outcome] ?? outcome}: {count}
              </li>
            ))}
          </ul>
          <div className="scrolls">
            <table className="table">
              <caption className="visually-hidden">Examples, at most ten</caption>
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
                {result.matches.slice(0, EXAMPLES).map((match) => (
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
          {result.matches.length > EXAMPLES && <p className="faint small">The first ten of {result.matches.length}.</p>}
        </>
      )}
    </div>
  )
}
