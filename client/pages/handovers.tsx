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
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['handovers']['list']['handovers'][number]

const views = ['open', 'needs a look', 'answered', 'withdrawn'] as const
const SERIALS_SHOWN = 2

const columns: Column<Row>[] = [
  {
    head: 'Hand-over',
    isLink: true,
    cell: (row) => (
      <>
        <span className="strong">{kindWords[row.kind]}</span>
        <div className="soft small mono">
          {row.serials.slice(0, SERIALS_SHOWN).join(', ')}
          {row.serials.length > SERIALS_SHOWN && ` and ${row.serials.length - SERIALS_SHOWN} more`}
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
  const view = wordOf(search['view'], views) ?? 'open'
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
              { value: 'open', label: 'not accepted yet' },
              { value: 'needs a look', label: 'needs a look' },
              { value: 'answered', label: 'answered' },
              { value: 'withdrawn', label: 'withdrawn' },
            ],
            values: [view],
            sentence: view === 'needs a look' ? 'it needs a look' : undefined,
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(handovers.data?.pages[0]?.total, 'hand-over', 'hand-overs')} · ${view === 'open' ? 'longest waiting' : 'newest'} first`}
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
  if (view !== 'open') return <Nothing title={`None ${view === 'needs a look' ? view : `is ${view}`}.`} />
  return (
    <Nothing title="Nothing waits to be accepted.">
      A hand-over is opened on the page of a <Link to="/shipments">shipment</Link>, or{' '}
      <Link to="/counter">here at the counter</Link>.
    </Nothing>
  )
}
