// Returns: what is asked back, by when, who has it, how often they were reminded, and what came back.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { ReturnTags, reasonWords } from '../parts/return-words.tsx'
import { useSearchState, wordsOf } from '../parts/search-state.ts'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'

type Row = Outputs['returns']['list']['returns'][number]

const states = ['overdue', 'due', 'on its way', 'received', 'closed'] as const
const reasons = ['leaving', 'exchange', 'repair', 'asked'] as const

const columns: Column<Row>[] = [
  {
    head: 'Laptop',
    isLink: true,
    cell: (row) => (
      <>
        <span className="mono strong">{row.device.serialNumber ?? 'no serial'}</span>
        <div className="soft small">{row.device.model ?? 'model not known'}</div>
      </>
    ),
  },
  { head: 'State', cell: (row) => <ReturnTags of={row} /> },
  {
    head: 'From',
    cell: (row) =>
      row.person ? (
        <Link to={`/people/${row.person.id}`}>{row.person.name ?? 'erased'}</Link>
      ) : (
        <span className="faint">nobody named</span>
      ),
  },
  { head: 'Due', width: '7.5rem', cell: (row) => <Time at={row.dueOn} as="date" /> },
  { head: 'Reason', isExtra: true, cell: (row) => reasonWords[row.reason] },
  { head: 'Asked', isExtra: true, cell: (row) => <Time at={row.openedAt} /> },
  {
    head: 'Reminders',
    isExtra: true,
    isNumber: true,
    cell: (row) => (row.reminders === 0 ? <span className="faint">0</span> : row.reminders),
  },
]

export function Returns() {
  const [search, setSearch] = useSearchState()
  const { may, why } = useMay('admin', 'provisioner')
  const text = search['text'] ?? ''
  const state = wordsOf(search['state'], states)
  const reason = wordsOf(search['reason'], reasons)
  const filter = { text, state, reason }
  const returns = usePages({
    key: ['return pages', filter],
    read: (after: { dueOn: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.returns.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const isFiltered = text !== '' || state.length > 0 || reason.length > 0
  return (
    <>
      <PageHeader
        title="Returns"
        actions={
          may ? (
            <Button component={Link} to="/scan" search={{ job: 'receive' } as never}>
              Receive by scan
            </Button>
          ) : (
            <span className="small faint">{why}</span>
          )
        }
      />
      <Filters
        text={{ label: 'Serial, tag, name or e-mail', value: text, onChange: (value) => setSearch({ text: value }) }}
        filters={[
          {
            key: 'state',
            label: 'state',
            isMany: true,
            options: states.map((value) => ({ value, label: value })),
            values: state,
          },
          {
            key: 'reason',
            label: 'reason',
            isMany: true,
            options: reasons.map((value) => ({ value, label: reasonWords[value] })),
            values: reason,
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={`${countText(returns.data?.pages[0]?.total, 'return', 'returns')} · earliest due day first`}
      />
      <Table
        caption="Returns, earliest due day first"
        columns={columns}
        rows={returns.data?.pages.flatMap((page) => page.returns)}
        idOf={(row) => row.id}
        hrefOf={(row) => `/returns/${row.id}`}
        query={returns}
        empty={
          isFiltered ? (
            <Nothing title="No return matches.">
              <button
                type="button"
                className="link"
                onClick={() => setSearch({ text: null, state: null, reason: null })}
              >
                Take out all filters
              </button>
            </Nothing>
          ) : (
            <Nothing title="Nothing is asked back.">
              A leaving date opens a return by itself, two weeks before it. Ask for a single laptop on{' '}
              <Link to="/devices">its page</Link>, or for everything somebody has on <Link to="/people">theirs</Link>.
            </Nothing>
          )
        }
      />
      <More query={returns} />
      <KeyHints />
    </>
  )
}
