// Sites: where laptops of several people are together, the newest first.
import { Link } from '@tanstack/react-router'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { linkWords } from '../parts/link-words.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Page = Outputs['sites']['list']
type Row = Page['sites'][number]

const states = ['open', 'all'] as const

export function Sites() {
  const [search, setSearch] = useSearchState()
  const state = wordOf(search['state'], states) ?? 'open'
  const pages = usePages({
    key: [...trpc.sites.list.queryKey(), 'pages', state],
    read: (after: Page['next']) =>
      queryClient.fetchQuery({ ...trpc.sites.list.queryOptions({ state, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const rows = pages.data?.pages.flatMap((page) => page.sites)
  return (
    <>
      <PageHeader title="Sites" />
      <Filters
        filters={[
          {
            key: 'state',
            label: 'state',
            options: [{ value: 'all', label: 'with a case or without' }],
            values: state === 'open' ? [] : [state],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={rows && countText(rows.length, 'site', 'sites')}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        A place where laptops of people who do not belong together are found together. Offices and households that are{' '}
        <Link to="/declarations">declared</Link> are none; how many people it takes is set{' '}
        <Link to="/rules/farm">with the rule</Link>.
      </p>
      <Table
        caption="Sites, the newest first"
        columns={columns}
        rows={rows}
        idOf={(row) => row.id}
        hrefOf={(row) => `/sites/${row.id}`}
        query={pages}
        empty={
          <Nothing title={state === 'open' ? 'No site has an open case' : 'No site was found yet'}>
            {state === 'open'
              ? 'Closed ones stand under “with a case or without”.'
              : 'One stands here once laptops of two people who live apart share a network, a Wi-Fi box, an address or something plugged in.'}
          </Nothing>
        }
      />
      <More query={pages} />
    </>
  )
}

const columns: Column<Row>[] = [
  {
    head: 'Site',
    isLink: true,
    cell: (row) => `${countText(row.people, 'person', 'people')} by ${kindsText(row.kinds)}`,
  },
  {
    head: 'Case',
    cell: (row) =>
      row.case === null ? (
        <span className="faint">none</span>
      ) : (
        <>
          <SeverityMark of={row.case.severity} /> C-{row.case.number}
          {row.case.status === 'closed' && <span className="faint"> closed</span>}
        </>
      ),
  },
  { head: 'Laptops there now', isNumber: true, cell: (row) => row.devices },
  { head: 'Found', isExtra: true, cell: (row) => <Time at={row.foundAt} /> },
  { head: 'Newest link', isExtra: true, cell: (row) => row.newestAt && <Time at={row.newestAt} /> },
]

const kindsText = (kinds: Row['kinds']): string => {
  const words = kinds.map((kind) => linkWords[kind].one.toLowerCase())
  return words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : (words[0] ?? 'nothing now')
}
