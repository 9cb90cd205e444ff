// The history tab: what changed at an endpoint, filtered by facet and source, page by page.
import { type Outputs, queryClient, trpc } from '../api.ts'
import { Filters } from './filters.tsx'
import { More } from './more.tsx'
import { PlaceCredit } from './place-credit.tsx'
import { ProofWord } from './proof.tsx'
import { useSearchState, wordsOf } from './search-state.ts'
import { Loaded, Nothing } from './states.tsx'
import { shortTime, spanText, Time } from './time.tsx'
import { SeemingPlaceText, Told } from './told.tsx'
import { usePages } from './use-pages.ts'
import './lines.css'

type Change = Outputs['devices']['history']['changes'][number]
type Item = Change['added'][number]

const facets = ['network', 'software', 'hardware', 'identity', 'posture', 'clock'] as const
const LATE_MS = 60 * 60 * 1000

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, label: value }))

export function FacetHistory({ deviceId }: { deviceId: string }) {
  const [search, setSearch] = useSearchState()
  const facet = wordsOf(search['facet'], facets)
  const source = (search['source'] ?? '').split(',').filter(Boolean)
  const filter = { deviceId, facet, source }
  const pages = usePages({
    key: [...trpc.devices.history.queryKey({ deviceId }), 'pages', filter],
    read: (before: number | null) =>
      queryClient.fetchQuery({ ...trpc.devices.history.queryOptions({ ...filter, before }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const changes = pages.data?.pages.flatMap((page) => page.changes)
  const sources = [...new Set([...(pages.data?.pages[0]?.sources ?? []), ...source])]
  const isFiltered = facet.length > 0 || source.length > 0
  return (
    <section className="stack" aria-label="History of the endpoint">
      <Filters
        filters={[
          { key: 'facet', label: 'facet', isMany: true, options: optionsOf(facets), values: facet },
          { key: 'source', label: 'source', isMany: true, options: optionsOf(sources), values: source },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={changes && `${changes.length}${pages.hasNextPage ? ' and more' : ''} changes, the last recorded first`}
      />
      <Loaded query={pages} lines={10}>
        {() =>
          changes?.length === 0 ? (
            <Nothing title={isFiltered ? 'No change matches these filters' : 'Nothing was told of this laptop yet'}>
              {isFiltered ? 'Take one out above.' : 'Each check-in that says something new will stand here.'}
            </Nothing>
          ) : (
            <ul className="card flush lines" aria-label="Changes">
              {changes?.map((change) => (
                <ChangeRow key={change.seq} change={change} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <More query={pages}>Read older changes</More>
      {changes?.some((change) => change.facet === 'network') && <PlaceCredit />}
    </section>
  )
}

function ChangeRow({ change }: { change: Change }) {
  const lateMs = Date.parse(change.recordedAt) - Date.parse(change.at)
  return (
    <li>
      <p className="row">
        <span className="strong">{change.facet}</span>
        <span className="tag">{change.source}</span>
        <span className="soft small">
          <Time at={change.at} as="short" isStop /> · <ProofWord of={change.proof} isLong />
        </span>
        {change.isFirst && <span className="tag">first told</span>}
        {change.isLate && <span className="tag">told late, never current</span>}
        {change.isCapped && <span className="tag check">its clock was ahead</span>}
        {lateMs > LATE_MS && (
          <span className="soft small">
            recorded {spanText(lateMs)} later, {shortTime(change.recordedAt)}
          </span>
        )}
      </p>
      <ItemList items={change.removed} sign="−" word="gone" />
      <ItemList items={change.added} sign="+" word="new" />
      {change.more > 0 && <p className="small faint">and {change.more} more</p>}
    </li>
  )
}

function ItemList({ items, sign, word }: { items: Item[]; sign: string; word: string }) {
  return (
    <ul>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a recorded change never moves
        <li key={index} className={sign === '−' ? 'soft' : undefined}>
          <span aria-hidden="true">{sign} </span>
          <span className="visually-hidden">{word}: </span>
          <span className="faint">{item.label}</span> <Told told={item} />{' '}
          {item.label === 'public address' && sign === '+' && (
            <span className="small">
              <SeemingPlaceText place={item.place} />
            </span>
          )}
        </li>
      ))}
    </ul>
  )
}
