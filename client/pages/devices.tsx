// The list of devices, newest first.
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['devices']['list']['devices'][number]

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

const optionsOf = (values: readonly string[]) => values.map((value) => ({ value, label: value }))

export function Devices() {
  const [search, setSearch] = useSearchState()
  const lifeCycle = wordsOf(search['lifeCycle'], lifeCycles)
  const holder = wordsOf(search['holder'], holders)
  const known = wordOf(search['known'], ['yes', 'no'])
  const text = search['text'] ?? ''
  const filter = { text, lifeCycle, holder, known: known === null ? null : known === 'yes' }
  const query = usePages({
    key: [...trpc.devices.list.queryKey(), 'pages', filter],
    read: (after: string | null) =>
      queryClient.fetchQuery({ ...trpc.devices.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const isFiltered = text !== '' || lifeCycle.length > 0 || holder.length > 0 || known !== null
  return (
    <>
      <PageHeader title="Devices" />
      <Filters
        text={{
          label: 'serial, tag, model or host name',
          value: text,
          onChange: (value) => setSearch({ text: value }),
        }}
        filters={[
          { key: 'lifeCycle', label: 'life cycle', isMany: true, options: optionsOf(lifeCycles), values: lifeCycle },
          { key: 'holder', label: 'holder', isMany: true, options: optionsOf(holders), values: holder },
          {
            key: 'known',
            label: 'on file',
            options: optionsOf(['yes', 'no']),
            values: known === null ? [] : [known],
            sentence: known === 'no' ? 'heard of only, not on file' : known === 'yes' ? 'on file' : undefined,
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(query.data?.pages[0]?.total, 'device', 'devices')} · newest first`}
      />
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
              <a href="/import">Import a file of devices</a>, or let your MDM report to POST /checkins.
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
  {
    head: 'Last seen',
    cell: (row) => (row.lastSeenAt ? <Time at={row.lastSeenAt} /> : <span className="faint">never</span>),
  },
]
