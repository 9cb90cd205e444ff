// Hand-overs: those that nobody has accepted yet, the longest waiting first; and those that need a look.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { kindWords, outcomeOf } from '../parts/handover-list.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Serials } from '../parts/serials.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['handovers']['list']['handovers'][number]

const views = ['waiting', 'open', 'needs a look', 'answered', 'withdrawn'] as const

const sentences: Partial<Record<(typeof views)[number], string>> = {
  waiting: 'it waits or needs a look',
  'needs a look': 'it needs a look',
}

const columns: Column<Row>[] = [
  {
    head: 'Hand-over',
    isLink: true,
    cell: (row) => (
      <>
        <span className="strong">{kindWords[row.kind]}</span>
        <div className="soft small">
          <Serials of={row.serials} />
        </div>
      </>
    ),
  },
  {
    head: 'Person',
    cell: (row) => <Link to={`/people/${row.person.id}`}>{row.person.name ?? 'erased'}</Link>,
  },
  {
    head: 'Stands',
    cell: (row) => (
      <>
        {outcomeOf(row)}
        {row.needsLook && (
          <div>
            <span className="tag check">needs a look</span>
          </div>
        )}
      </>
    ),
  },
  {
    head: 'Link',
    isExtra: true,
    cell: (row) =>
      row.status !== 'open' ? null : row.linkUntil === null ? (
        <span className="faint">none works</span>
      ) : (
        <>
          until <Time at={row.linkUntil} />
        </>
      ),
  },
  { head: 'Age', cell: (row) => <Time at={row.createdAt} as="age" /> },
]

export function Handovers() {
  const [search, setSearch] = useSearchState()
  const view = wordOf(search['view'], views) ?? 'waiting'
  const handovers = usePages({
    key: ['hand-over pages', view],
    read: (after: { createdAt: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.handovers.list.queryOptions({ view, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  return (
    <>
      <PageHeader
        title="Hand-overs"
        actions={
          <>
            <Button variant="default" component={Link} to="/handovers/terms">
              Terms
            </Button>
            <Button component={Link} to="/counter">
              Hand over here
            </Button>
          </>
        }
      />
      <Filters
        filters={[
          {
            key: 'view',
            label: 'it',
            options: [
              { value: 'waiting', label: 'waits or needs a look' },
              { value: 'open', label: 'not accepted yet' },
              { value: 'needs a look', label: 'needs a look' },
              { value: 'answered', label: 'answered' },
              { value: 'withdrawn', label: 'withdrawn' },
            ],
            values: [view],
            sentence: sentences[view],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(handovers.data?.pages[0]?.total, 'hand-over', 'hand-overs')} · ${view === 'open' || view === 'waiting' ? 'longest waiting' : 'newest'} first`}
      />
      <Table
        caption="Hand-overs"
        columns={columns}
        rows={handovers.data?.pages.flatMap((page) => page.handovers)}
        idOf={(row) => row.id}
        hrefOf={(row) => `/handovers/${row.id}`}
        query={handovers}
        empty={<Empty view={view} />}
      />
      <More query={handovers} />
      <KeyHints />
    </>
  )
}

function Empty({ view }: { view: (typeof views)[number] }) {
  if (view !== 'open' && view !== 'waiting')
    return <Nothing title={`None ${view === 'needs a look' ? view : `is ${view}`}.`} />
  return (
    <Nothing title={view === 'open' ? 'Nothing waits to be accepted.' : 'Nothing waits, and nothing needs a look.'}>
      A hand-over is opened on the page of a <Link to="/shipments">shipment</Link>, or{' '}
      <Link to="/counter">here at the counter</Link>.
    </Nothing>
  )
}
