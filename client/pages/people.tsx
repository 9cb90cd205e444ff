// People: employees and contractors, where they live by city, what is meant for them, and who has an open case.
import { Link } from '@tanstack/react-router'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['people']['list']['people'][number]

const kinds = ['employee', 'contractor'] as const

const columns: Column<Row>[] = [
  {
    head: 'Name',
    isLink: true,
    cell: (row) =>
      row.erased ? (
        <span className="faint">erased</span>
      ) : (
        <span className="strong">{row.name ?? row.email ?? row.externalId}</span>
      ),
  },
  { head: 'E-mail', isExtra: true, cell: (row) => <span className="soft">{row.email}</span> },
  { head: 'Kind', width: '7rem', cell: (row) => row.kind },
  { head: 'City', isExtra: true, cell: (row) => row.city ?? <span className="faint">no address</span> },
  {
    head: 'Devices',
    width: '5rem',
    isNumber: true,
    cell: (row) => (row.devices > 0 ? row.devices : <span className="faint">0</span>),
  },
  {
    head: 'Open case',
    width: '6.5rem',
    cell: (row) =>
      row.caseNumber !== null && (
        <Link to={`/cases/${row.caseNumber}`} className="tag check">
          C-{row.caseNumber}
        </Link>
      ),
  },
]

export function People() {
  const [search, setSearch] = useSearchState()
  const text = search['text'] ?? ''
  const kind = wordOf(search['kind'], kinds)
  const people = usePages({
    key: ['people pages', text, kind],
    read: (after: { name: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.people.list.queryOptions({ text, kind, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const isFiltered = text !== '' || kind !== null
  return (
    <>
      <PageHeader title="People" />
      <Filters
        text={{ label: 'Name, e-mail, personnel number', value: text, onChange: (value) => setSearch({ text: value }) }}
        filters={[
          {
            key: 'kind',
            label: 'kind',
            options: kinds.map((value) => ({ value, label: value })),
            values: kind ? [kind] : [],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(people.data?.pages[0]?.total, 'person', 'people')} · by name`}
      />
      <Table
        caption="People by name"
        columns={columns}
        rows={people.data?.pages.flatMap((page) => page.people)}
        idOf={(row) => row.id}
        hrefOf={(row) => `/people/${row.id}`}
        query={people}
        empty={
          isFiltered ? (
            <Nothing title="Nobody matches.">Take out a filter, or look for a part of the name.</Nothing>
          ) : (
            <Nothing title="Nobody is on file yet.">
              <Link to="/import" search={{ kind: 'people' } as never}>
                Import people
              </Link>{' '}
              from a file, or have the HR system send them.
            </Nothing>
          )
        }
      />
      <More query={people} />
      <KeyHints />
    </>
  )
}
