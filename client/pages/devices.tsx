// The list of devices: newest first, or by silence.
import { useQuery } from '@tanstack/react-query'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { DAY } from '../parts/days.ts'
import { type Filter, Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { placeKey, placeOfKey, placeText } from '../parts/place-words.ts'
import { ProofWord } from '../parts/proof.tsx'
import { SavedViews } from '../parts/saved-views.tsx'
import { useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { spanText, Time, useNow } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'
import { readWhereabouts, whereaboutsFilters } from '../parts/whereabouts.ts'

type Page = Outputs['devices']['list']
type Row = Page['devices'][number]

const lifeCycles = [
  'stock',
  'ordered',
  'packed',
  'shipped',
  'delivered',
  'accepted',
  'checked in',
  'in service',
  'returning',
  'returned',
  'repair',
  'lost',
  'retired',
] as const
const holders = ['stockroom', 'carrier', 'counter', 'unaccepted', 'person', 'vendor', 'unknown'] as const
const bands = {
  today: 'today',
  week: '1 to 7 days ago',
  month: '8 to 30 days ago',
  older: 'more than 30 days ago: unknown by now',
  never: 'never',
} as const
const sorts = { seen: 'last seen first', silent: 'longest silent first' } as const
const keysOf = <Key extends string>(of: Record<Key, string>) => Object.keys(of) as Key[]

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, label: value }))
const optionsOfWords = (words: Record<string, string>) =>
  Object.entries(words).map(([value, label]) => ({ value, label }))

export function Devices() {
  const [search, setSearch] = useSearchState()
  const sources = useQuery(trpc.devices.sources.queryOptions())
  const lifeCycle = wordsOf(search['lifeCycle'], lifeCycles)
  const holder = wordsOf(search['holder'], holders)
  const known = wordOf(search['known'], ['yes', 'no'])
  const seen = wordOf(search['seen'], keysOf(bands))
  const sort = wordOf(search['sort'], keysOf(sorts))
  const source = search['source'] ?? null
  const place = placeOfKey(search['place'])
  const text = search['text'] ?? ''
  const whereabouts = readWhereabouts(search)
  const filter = {
    text,
    lifeCycle,
    holder,
    known: known === null ? null : known === 'yes',
    ...whereabouts,
    place,
    seen,
    source,
    sort: sort ?? ('newest' as const),
  }
  const query = usePages({
    key: [...trpc.devices.list.queryKey(), 'pages', filter],
    read: (after: Page['next']) =>
      queryClient.fetchQuery({ ...trpc.devices.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const filters: Filter[] = [
    { key: 'lifeCycle', label: 'life cycle', isMany: true, options: optionsOf(lifeCycles), values: lifeCycle },
    { key: 'holder', label: 'holder', isMany: true, options: optionsOf(holders), values: holder },
    {
      key: 'known',
      label: 'on file',
      options: optionsOf(['yes', 'no']),
      values: known === null ? [] : [known],
      sentence: known === 'no' ? 'heard of only, not on file' : known === 'yes' ? 'on file' : undefined,
    },
    ...whereaboutsFilters(whereabouts),
    { key: 'seen', label: 'last seen', options: optionsOfWords(bands), values: seen === null ? [] : [seen] },
    {
      key: 'source',
      label: 'seen by',
      options: optionsOf(sources.data ?? []),
      values: source === null ? [] : [source],
    },
    {
      key: 'sort',
      label: 'order',
      options: optionsOfWords(sorts),
      values: sort === null ? [] : [sort],
      sentence: sort === null ? undefined : sorts[sort],
    },
    // A place is chosen on the map.
    ...(place === null
      ? []
      : [
          {
            key: 'place',
            label: 'last place',
            options: [{ value: placeKey(place), label: placeText(place) }],
            values: [placeKey(place)],
          },
        ]),
  ]
  const isFiltered = text !== '' || filters.some((one) => one.values.length > 0)
  return (
    <>
      <PageHeader title="Devices" actions={<SavedViews page="devices" all="All devices" />} />
      <Filters
        text={{
          label: 'serial, tag, model or host name',
          value: text,
          onChange: (value) => setSearch({ text: value }),
        }}
        filters={filters}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(query.data?.pages[0]?.total, 'device', 'devices')} · ${sort === null ? 'newest first' : sorts[sort]}`}
      />
      {sort !== null && (
        <p className="small faint" style={{ marginBottom: '0.5rem' }}>
          By the day (UTC) on which {source ?? 'any source'} saw them last. What was never seen has no place in this
          order.
        </p>
      )}
      <Table
        caption="Devices"
        columns={columns}
        rows={query.data?.pages.flatMap((page) => page.devices)}
        idOf={(row) => row.id}
        hrefOf={(row) => `/devices/${row.id}`}
        query={query}
        empty={
          isFiltered ? (
            <Nothing title="No device matches these filters">Take one out above, or search with Ctrl K.</Nothing>
          ) : (
            <Nothing title="No devices yet">
              <a href="/import">Import a file of devices</a>, or <a href="/connectors">connect your MDM</a>.
            </Nothing>
          )
        }
      />
      <div className="row apart">
        <KeyHints />
        <More query={query} />
      </div>
    </>
  )
}

const columns: Column<Row>[] = [
  {
    head: 'Serial number',
    isLink: true,
    cell: (row) => (
      <>
        <span className="mono strong">{row.serialNumber ?? 'no serial'}</span>
        {!row.known && <span className="tag check"> heard of only</span>}
      </>
    ),
  },
  { head: 'Tag', isExtra: true, cell: (row) => row.assetTag ?? <span className="faint">–</span> },
  { head: 'Model', isExtra: true, cell: (row) => row.model ?? <span className="faint">unknown</span> },
  { head: 'Life cycle', cell: (row) => row.lifeCycle },
  {
    head: 'Holder',
    isExtra: true,
    cell: (row) => (row.holder === 'unaccepted' ? <span className="check">unaccepted</span> : row.holder),
  },
  {
    head: 'Assignee',
    isExtra: true,
    cell: (row) => row.assignee?.name ?? <span className="faint">{row.assignee ? 'erased' : '–'}</span>,
  },
  { head: 'Proof', isExtra: true, cell: (row) => <ProofWord of={row.proof} /> },
  { head: 'Last seen', cell: (row) => <LastSeen at={row.lastSeenAt} /> },
]

/** More days (UTC) than this, as the filter counts them. */
const SILENT_DAYS = 30
const dayOf = (ms: number) => Math.floor(ms / DAY)

function LastSeen({ at }: { at: string | null }) {
  const now = useNow()
  if (at === null) return <span className="faint">never</span>
  if (dayOf(now) - dayOf(Date.parse(at)) <= SILENT_DAYS) return <Time at={at} />
  return (
    <span title={`silent for ${spanText(now - Date.parse(at))}: what it told may have changed since`}>
      <span className="check">unknown</span>, <Time at={at} />
    </span>
  )
}
