// The auditor's list: who silenced what in the last days, why, and who agreed.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { trpc } from '../api.ts'
import { Filters } from './filters.tsx'
import { useSearchState, wordOf } from './search-state.ts'
import { Loaded, Nothing } from './states.tsx'
import { Time } from './time.tsx'
import './lines.css'

const spans = ['7', '30', '90', '180'] as const

export function Silences() {
  const [search, setSearch] = useSearchState()
  const days = wordOf(search['days'], spans) ?? '7'
  const silences = useQuery(trpc.declarations.silences.queryOptions({ days: Number(days) }))
  return (
    <>
      <Filters
        filters={[
          {
            key: 'days',
            label: 'since',
            options: spans.slice(1).map((value) => ({ value, label: `${value} days` })),
            values: days === '7' ? [] : [days],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={silences.data && `${silences.data.entries.length} in the last ${days} days`}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        Everything by which somebody here let something speak less, or more again: declarations, suppressions,
        approvals, known places, rules, and what a second person said to them.
      </p>
      <Loaded query={silences}>
        {({ entries, isCut }) =>
          entries.length === 0 ? (
            <Nothing title="Nothing was silenced">Look further back with the filter above.</Nothing>
          ) : (
            <>
              <ul className="card flush lines">
                {entries.map((entry) => (
                  <li key={entry.seq}>
                    <p>
                      <strong>{entry.title}</strong>
                      {entry.detail !== null && <span className="soft">, {entry.detail}</span>}
                    </p>
                    <p className="soft small">
                      <Time at={entry.recordedAt} as="short" /> · {entry.source.name} ·{' '}
                      <span className="faint">fact {entry.seq}</span>
                      {linksOf(entry).map(({ to, label }) => (
                        <span key={to}>
                          {' · '}
                          <Link to={to}>{label}</Link>
                        </span>
                      ))}
                    </p>
                    {entry.quote !== null && <q className="soft small">{entry.quote}</q>}
                  </li>
                ))}
              </ul>
              {isCut && <p className="faint small">The newest {entries.length}. Older ones are in the ledger.</p>}
            </>
          )
        }
      </Loaded>
    </>
  )
}

const goals = {
  personId: ['/people/', 'the person'],
  deviceId: ['/devices/', 'the laptop'],
  rule: ['/rules/', 'the rule'],
  placeId: ['/places/', 'the place'],
} as const

/** What an entry is about, by the ids in it. */
function linksOf({ personId, payload }: { personId: string | null; payload?: unknown }) {
  const ids: Record<string, unknown> = { personId, ...definedOf(payload) }
  return Object.entries(goals).flatMap(([key, [path, label]]) => {
    const id = ids[key]
    return typeof id === 'string' ? [{ to: `${path}${id}`, label }] : []
  })
}

const definedOf = (payload: unknown) =>
  Object.fromEntries(Object.entries(payload ?? {}).filter(([, value]) => value !== null))
