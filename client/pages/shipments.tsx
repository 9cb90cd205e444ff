// Shipments: every parcel, where it stands, whom it is for, and whether it is held or bound for an address nobody approved.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { SavedViews } from '../parts/saved-views.tsx'
import { type SearchPatch, useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { Serials } from '../parts/serials.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['shipments']['list']['shipments'][number]

const statuses = [
  'ordered',
  'packed',
  'shipped',
  'delivered',
  'at the counter',
  'returning',
  'returned',
  'lost',
] as const
const directions = ['out', 'return'] as const
const yesNo = ['yes', 'no'] as const
const waits = [
  { value: 'label', label: 'a label', sentence: 'it is prepared and has no label' },
  { value: 'pack', label: 'packing', sentence: 'it has a label and is not packed' },
  { value: 'scan', label: 'the carrier’s first scan', sentence: 'its label was bought and no carrier has scanned it' },
  { value: 'task', label: 'somebody to act', sentence: 'there is something to do about it' },
] as const

const columns: Column<Row>[] = [
  {
    head: 'Shipment',
    isLink: true,
    cell: (row) => (
      <>
        <span className="strong">{row.reference ?? row.trackingCode ?? row.id}</span>
        {row.direction === 'return' && <span className="tag">return</span>}
        <div className="soft small">
          {[row.carrier, row.trackingCode].filter(Boolean).join(' · ') || 'no tracking number yet'}
        </div>
      </>
    ),
  },
  {
    head: 'Status',
    cell: (row) => (
      <>
        {row.status}
        {row.held && (
          <div>
            <span className="tag check">held</span>
          </div>
        )}
        {row.labelUnscanned && <div className="soft small">label bought, not with the carrier yet</div>}
        {row.taskOpen && <div className="check small">something to do</div>}
        {row.direction === 'out' && row.place !== null && !row.addressApproved && (
          <div className="check small">address not approved</div>
        )}
      </>
    ),
  },
  { head: 'Person', cell: (row) => <PersonOf row={row} /> },
  {
    head: 'To',
    isExtra: true,
    cell: (row) =>
      row.place === null ? <span className="faint">no address</span> : row.isFrom ? `from ${row.place}` : row.place,
  },
  {
    head: 'Devices',
    isExtra: true,
    cell: (row) => <Serials of={row.serials} />,
  },
  { head: 'Ordered', isExtra: true, cell: (row) => <Time at={row.orderedAt} /> },
  {
    head: 'Delivered',
    isExtra: true,
    cell: (row) => (row.deliveredAt === null ? <span className="faint">not yet</span> : <Time at={row.deliveredAt} />),
  },
]

function PersonOf({ row }: { row: Row }) {
  if (row.person) return <Link to={`/people/${row.person.id}`}>{row.person.name ?? 'erased'}</Link>
  return <span className="faint">{row.waitsForPerson ? 'not on file yet' : 'nobody'}</span>
}

export function Shipments() {
  const [search, setSearch] = useSearchState()
  const preparing = useMay('admin', 'provisioner')
  const text = search['text'] ?? ''
  const status = wordsOf(search['status'], statuses)
  const held = wordOf(search['held'], yesNo)
  const direction = wordOf(search['direction'], directions)
  const deliveryChange = search['deliveryChange'] === 'yes'
  const waitsFor = waits.find((one) => one.value === search['waits']) ?? null
  const filter = {
    text,
    status,
    held: held === null ? null : held === 'yes',
    direction,
    deliveryChange,
    waits: waitsFor?.value ?? null,
  }
  const shipments = usePages({
    key: ['shipment pages', filter],
    read: (after: { orderedAt: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.shipments.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const isFiltered =
    text !== '' || status.length > 0 || held !== null || direction !== null || deliveryChange || waitsFor !== null
  const clear: SearchPatch = {
    text: null,
    status: null,
    held: null,
    direction: null,
    deliveryChange: null,
    waits: null,
  }
  return (
    <>
      <PageHeader
        title="Shipments"
        actions={
          <>
            <SavedViews page="shipments" all="All shipments" />
            {preparing.may && (
              <Button component={Link} to="/shipments/new">
                New shipment
              </Button>
            )}
          </>
        }
      />
      <Filters
        text={{ label: 'Reference or tracking number', value: text, onChange: (value) => setSearch({ text: value }) }}
        filters={[
          {
            key: 'status',
            label: 'status',
            isMany: true,
            options: statuses.map((value) => ({ value, label: value })),
            values: status,
          },
          {
            key: 'held',
            label: 'held',
            options: [
              { value: 'yes', label: 'held' },
              { value: 'no', label: 'not held' },
            ],
            values: held ? [held] : [],
            sentence: held === null ? undefined : held === 'yes' ? 'it is held' : 'it is not held',
          },
          {
            key: 'direction',
            label: 'direction',
            options: [
              { value: 'out', label: 'out, to a person' },
              { value: 'return', label: 'return' },
            ],
            values: direction ? [direction] : [],
          },
          {
            key: 'deliveryChange',
            label: 'delivery change',
            options: [{ value: 'yes', label: 'changed on its way' }],
            values: deliveryChange ? ['yes'] : [],
            sentence: deliveryChange ? 'delivery was changed on its way' : undefined,
          },
          {
            key: 'waits',
            label: 'waits for',
            options: waits.map(({ value, label }) => ({ value, label })),
            values: waitsFor ? [waitsFor.value] : [],
            sentence: waitsFor?.sentence,
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(shipments.data?.pages[0]?.total, 'shipment', 'shipments')} · newest order first`}
      />
      <Table
        caption="Shipments, newest order first"
        columns={columns}
        rows={shipments.data?.pages.flatMap((page) => page.shipments)}
        idOf={(row) => row.id}
        hrefOf={(row) => `/shipments/${row.id}`}
        query={shipments}
        empty={
          isFiltered ? (
            <Nothing title="No shipment matches.">
              <button type="button" className="link" onClick={() => setSearch(clear)}>
                Take out all filters
              </button>
              , or search by serial number with the field above right.
            </Nothing>
          ) : (
            <Nothing title="There are no shipments yet.">
              <Link to="/import" search={{ kind: 'shipments' } as never}>
                Import shipments
              </Link>
              , <Link to="/shipments/new">prepare one here</Link>, or have the ordering system send them to{' '}
              <span className="mono">POST /shipments</span>.
            </Nothing>
          )
        }
      />
      <More query={shipments} />
      <KeyHints />
    </>
  )
}
