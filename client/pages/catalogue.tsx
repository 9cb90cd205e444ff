// The catalogue: remote-access tools and hardware with where they are now, and what the company approved of them.
import { Button } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { ApprovalList } from '../parts/approval-list.tsx'
import { ApproveDialog } from '../parts/approve-dialog.tsx'
import { familyWords } from '../parts/catalogue-words.ts'
import { CommonSettings } from '../parts/common-settings.tsx'
import { Filters } from '../parts/filters.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Loaded, Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Tabs } from '../parts/tabs.tsx'

type Row = Outputs['catalog']['list']['entries'][number]

const tabs = [
  { key: 'entries', label: 'Tools and hardware' },
  { key: 'approvals', label: 'Approvals' },
  { key: 'past', label: 'Over' },
] as const

export function Catalogue() {
  const [search] = useSearchState()
  const asking = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const tab =
    wordOf(
      search['tab'],
      tabs.map((one) => one.key),
    ) ?? 'entries'
  return (
    <>
      <PageHeader
        title="Catalogue"
        actions={
          <Button
            variant="default"
            disabled={!asking.may}
            {...(asking.why === undefined ? {} : { title: asking.why })}
            onClick={() => setAsking(true)}
          >
            Ask for an approval…
          </Button>
        }
      />
      <Tabs label="Parts of the catalogue" tabs={tabs} active={tab} />
      {tab === 'entries' ? <Entries /> : <ApprovalsOf show={tab === 'past' ? 'past' : 'open'} />}
      {isAsking && <ApproveDialog onClose={() => setAsking(false)} />}
    </>
  )
}

const columns: Column<Row>[] = [
  {
    head: 'Name',
    isLink: true,
    cell: (row) => (
      <>
        <span className="strong">{row.name}</span>{' '}
        {row.vendor !== null && row.vendor !== row.name && <span className="soft small">{row.vendor}</span>}
      </>
    ),
  },
  { head: 'Family', width: '13rem', isExtra: true, cell: (row) => familyWords[row.family] },
  {
    head: 'Laptops',
    width: '6rem',
    isNumber: true,
    cell: (row) => (row.laptops > 0 ? <strong>{row.laptops}</strong> : <span className="faint">0</span>),
  },
  { head: 'The company says', width: '12rem', isExtra: true, cell: (row) => <Standing of={row} /> },
  {
    head: 'From',
    width: '8rem',
    isExtra: true,
    cell: (row) => row.origin ?? <span className="faint">ours</span>,
  },
]

function Standing({ of }: { of: Row }) {
  if (of.standing === 'asked') return <span className="tag check">waits for a word</span>
  if (of.standing !== null) return <span className="tag">{of.standing === 'off' ? 'switched off' : of.standing}</span>
  if (!of.drives) return <span className="faint">context only</span>
  return <span className="faint">nothing</span>
}

/** So many rows are shown at first, and so many more at a time. */
const PAGE = 50

function Entries() {
  const [search, setSearch] = useSearchState()
  const family = wordOf(search['family'], Object.keys(familyWords) as Row['family'][])
  const isHere = search['here'] === 'yes'
  const text = search['text'] ?? ''
  const list = useQuery({
    ...trpc.catalog.list.queryOptions({ text, family, isHere }),
    placeholderData: keepPreviousData,
  })
  const found = list.data?.entries
  const asked = Number(search['rows'])
  const shown = asked > PAGE && asked <= 10_000 ? Math.trunc(asked) : PAGE
  const rows = found?.slice(0, shown)
  return (
    <>
      <Filters
        text={{ label: 'Name or publisher', value: text, onChange: (value) => setSearch({ text: value || null }) }}
        filters={[
          {
            key: 'family',
            label: 'family',
            options: Object.entries(familyWords).map(([value, label]) => ({ value, label })),
            values: family === null ? [] : [family],
          },
          {
            key: 'here',
            label: 'on a laptop',
            options: [{ value: 'yes', label: 'now' }],
            values: isHere ? ['yes'] : [],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={list.data && `${found?.length} of ${list.data.total}, those on most laptops first`}
      />
      <Table
        caption="Tools and hardware"
        columns={columns}
        rows={rows}
        idOf={(row) => row.id}
        hrefOf={(row) => `/catalogue/${row.id}`}
        query={list}
        empty={
          <Nothing title="Nothing in the catalogue matches">
            Take a filter out, or bring in another list with <code>telltale catalog import</code>.
          </Nothing>
        }
      />
      {found && found.length > shown && (
        <Button variant="default" onClick={() => setSearch({ rows: String(shown + PAGE) })}>
          Show more
        </Button>
      )}
    </>
  )
}

function ApprovalsOf({ show }: { show: 'open' | 'past' }) {
  const approvals = useQuery(trpc.catalog.approvals.queryOptions({ show }))
  return (
    <div className="stack">
      <p className="lead soft">
        What the company vouches for raises no finding, until its last day. Somebody other than who asked has to approve
        it. What most of the fleet has is proposed here once, and stays silent until somebody decides. Tools that were
        declared stand with the{' '}
        <Link to="/declarations" search={{ kind: 'tool' }}>
          declarations
        </Link>
        .
      </p>
      <Loaded query={approvals}>
        {({ rows, common }) => (
          <>
            <ApprovalList
              rows={rows}
              empty={
                show === 'open' ? (
                  <Nothing title="Nothing is approved, and nothing waits">
                    Ask for an approval of the helpdesk’s own tool before it is rolled out.
                  </Nothing>
                ) : (
                  <Nothing title="Nothing is over yet">Refused and ended approvals will stand here.</Nothing>
                )
              }
            />
            {show === 'open' && <CommonSettings common={common} />}
          </>
        )}
      </Loaded>
    </div>
  )
}
