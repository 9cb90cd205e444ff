// The queue of cases: what needs a person, most urgent first.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { CaseBulk } from '../parts/case-bulk.tsx'
import { caseFilterOf, dues, notClosed, severities, statuses } from '../parts/case-filter.ts'
import { keepQueue } from '../parts/case-queue.ts'
import { Due } from '../parts/due.tsx'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { useMay, useMe } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { SavedViews } from '../parts/saved-views.tsx'
import { ScoreBarSmall } from '../parts/score-bar.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { TakeNext } from '../parts/take-next.tsx'
import { Time } from '../parts/time.tsx'
import './cases.css'

type Row = Outputs['cases']['list']['cases'][number]

const sorts = { due: 'due', severity: 'severity', opened: 'newest' } as const
const dueWords = { overdue: 'overdue', day: 'within a day' } as const

const PAGE = 50

export function Cases() {
  const me = useMe()
  const { may } = useMay('analyst', 'admin')
  const [search, setSearch] = useSearchState()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const filter = caseFilterOf(search, me.userId)
  const { status, severity, due, escalated } = filter
  const sort = wordOf(search['sort'], ['due', 'severity', 'opened']) ?? 'due'
  const page = Math.max(1, Math.trunc(Number(search['page'])) || 1)
  const assignee = search['assignee'] ?? null
  const query = useQuery({
    ...trpc.cases.list.queryOptions({ ...filter, sort, limit: PAGE, offset: (page - 1) * PAGE }),
    placeholderData: keepPreviousData,
  })
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const assign = useMutation(trpc.cases.assign.mutationOptions())
  const take = (row: Row) =>
    assign.mutateAsync({ caseId: row.id, from: row.assigneeId, to: me.userId }).then(
      () => showDone(`C-${row.number} is yours`),
      () => {},
    )
  const rows = query.data?.cases
  const total = query.data?.total ?? 0
  const filterKey = JSON.stringify(filter)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was picked from another list is not worked unseen
  useEffect(() => setSelected(new Set()), [filterKey])
  // What the case page goes through with its arrow keys.
  useEffect(() => {
    if (rows) keepQueue(rows.map((row) => row.number))
  }, [rows])

  const owners = [
    { value: 'me', label: 'you' },
    { value: 'nobody', label: 'nobody' },
    ...colleagues.filter(({ id }) => id !== me.userId).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <>
      <PageHeader
        title="Cases"
        actions={
          <>
            <SavedViews page="cases" all="All open cases" />
            <TakeNext />
          </>
        }
      />
      <Filters
        filters={[
          {
            key: 'status',
            label: 'status',
            isMany: true,
            options: statuses.map((value) => ({ value, label: value })),
            values: status,
            sentence:
              status.length === notClosed.length && !status.includes('closed') ? 'status is not closed' : undefined,
          },
          {
            key: 'severity',
            label: 'severity',
            isMany: true,
            options: severities.map((value) => ({ value, label: value })),
            values: severity,
          },
          { key: 'assignee', label: 'owner', options: owners, values: assignee === null ? [] : [assignee] },
          {
            key: 'due',
            label: 'due',
            options: dues.map((value) => ({ value, label: dueWords[value] })),
            values: due === null ? [] : [due],
            sentence: due === null ? undefined : due === 'day' ? 'due within a day' : 'overdue',
          },
          {
            key: 'escalated',
            label: 'escalated',
            options: [{ value: 'yes', label: 'escalated' }],
            values: escalated ? ['yes'] : [],
            sentence: escalated ? 'it is escalated' : undefined,
          },
        ]}
        onChange={(key, values) =>
          setSearch({ [key]: key === 'status' && values.length === 0 ? 'any' : values, page: null })
        }
        count={
          query.data && (
            <>
              {total} {total === 1 ? 'case' : 'cases'} · sorted by{' '}
              <select
                className="inline-select"
                aria-label="Sorted by"
                value={sort}
                onChange={(event) => setSearch({ sort: event.currentTarget.value, page: null })}
              >
                {Object.entries(sorts).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </>
          )
        }
      />
      {selected.size > 0 && (
        <CaseBulk
          selected={selected}
          rowIds={rows?.map((row) => row.id) ?? []}
          total={total}
          filter={filter}
          onDone={() => setSelected(new Set())}
        />
      )}
      <Table
        caption="Cases"
        columns={columns(new Map(colleagues.map(({ id, name }) => [id, name])), me.userId)}
        rows={rows}
        idOf={(row) => row.id}
        hrefOf={(row) => `/cases/${row.number}`}
        query={query}
        selection={{ ids: selected, onChange: setSelected }}
        onKey={may ? { a: { label: 'assign the row to me', run: (row) => void take(row) } } : {}}
        empty={
          <NoCases
            isFiltered={
              severity.length > 0 || assignee !== null || due !== null || escalated || search['status'] !== undefined
            }
          />
        }
      />
      <div className="row apart">
        <KeyHints
          hints={[
            [['j', 'k'], 'move'],
            [['x'], 'select'],
            [['Enter'], 'open'],
            ...(may ? [[['a'], 'assign to me'] as [string[], string]] : []),
            [['?'], 'all keys'],
          ]}
        />
        {total > PAGE && (
          <span className="row small">
            <button
              type="button"
              className="link"
              disabled={page === 1}
              onClick={() => setSearch({ page: String(page - 1) })}
            >
              before
            </button>
            {(page - 1) * PAGE + 1} to {Math.min(page * PAGE, total)}
            <button
              type="button"
              className="link"
              disabled={page * PAGE >= total}
              onClick={() => setSearch({ page: String(page + 1) })}
            >
              next
            </button>
          </span>
        )}
      </div>
    </>
  )
}

function NoCases({ isFiltered }: { isFiltered: boolean }) {
  const { data: counts } = useQuery(trpc.system.counts.queryOptions())
  if (counts?.devices === 0 && counts.people === 0)
    return (
      <Nothing title="Nobody and nothing is on file yet">
        Begin with an <Link to="/import">import</Link> of people, devices and shipments. Cases open by themselves.
      </Nothing>
    )
  return isFiltered ? (
    <Nothing title="No case matches these filters">Take one out above to see more.</Nothing>
  ) : (
    <Nothing title="Nothing needs a check">
      Cases open by themselves when findings about one person add up to 10 dB. This page updates by itself.
    </Nothing>
  )
}

function columns(names: ReadonlyMap<string, string>, myId: string): Column<Row>[] {
  return [
    { head: 'Severity', width: '6.5rem', cell: (row) => <SeverityMark of={row.severity} /> },
    {
      head: 'What',
      isLink: true,
      cell: (row) => (
        <>
          <span className="strong">{row.title}</span> <span className="faint small">C-{row.number}</span>{' '}
          {row.escalated && <span className="tag check">escalated</span>}{' '}
          {row.status !== 'new' && (
            <span className="tag">
              {row.status === 'closed' ? `closed: ${(row.outcome ?? '').replace('_', ' ')}` : row.status}
            </span>
          )}
          <br />
          <span className="soft small case-summaries">{row.summaries.join(' · ')}</span>
        </>
      ),
    },
    {
      head: 'Device',
      isExtra: true,
      width: '13.5rem',
      cell: ({ devices: [first, ...more] }) =>
        first && (
          <>
            <span className="mono">
              {more.length === 0 ? (first.serialNumber ?? 'no serial') : `${more.length + 1} devices`}
            </span>
            <br />
            <span className="soft small">{[first.model, first.holder].filter(Boolean).join(' · ')}</span>
          </>
        ),
    },
    {
      head: 'Score',
      width: '8rem',
      isExtra: true,
      cell: (row) => <ScoreBarSmall parts={row.parts} score={row.score} />,
    },
    {
      head: 'Owner',
      isExtra: true,
      width: '8rem',
      cell: ({ assigneeId, claim }) => (
        <>
          {assigneeId === null ? (
            <span className="faint">unassigned</span>
          ) : assigneeId === myId ? (
            'you'
          ) : (
            (names.get(assigneeId) ?? 'a former user')
          )}
          {claim && claim.userId !== assigneeId && (
            <div className="soft small">
              with {claim.userId === myId ? 'you' : (names.get(claim.userId) ?? 'a former user')} until{' '}
              <Time at={claim.until} as="clock" />
            </div>
          )}
        </>
      ),
    },
    {
      head: 'Due',
      width: '6rem',
      cell: (row) =>
        row.status === 'closed' || row.dueAt === null ? (
          <span className="faint">–</span>
        ) : (
          <Due at={row.dueAt} pausedAt={row.duePausedAt} />
        ),
    },
    { head: 'Age', width: '4rem', isExtra: true, cell: (row) => <Time at={row.openedAt} as="age" /> },
  ]
}
