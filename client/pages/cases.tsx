// The queue of cases: what needs a person, most urgent first.
import { Button } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, queryClient, showDone, trpc } from '../api.ts'
import { Due } from '../parts/due.tsx'
import { Filters } from '../parts/filters.tsx'
import { KeyHints } from '../parts/keys.tsx'
import { useMay, useMe } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { ScoreBarSmall } from '../parts/score-bar.tsx'
import { useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import './cases.css'

type Row = Outputs['cases']['list']['cases'][number]

const statuses = ['new', 'investigating', 'waiting', 'snoozed', 'closed'] as const
const severities = ['critical', 'high', 'medium', 'low'] as const
const sorts = { due: 'due', severity: 'severity', opened: 'newest' } as const
const notClosed = statuses.filter((status) => status !== 'closed')

const PAGE = 50

export function Cases() {
  const me = useMe()
  const { may, why } = useMay('analyst', 'admin')
  const [search, setSearch] = useSearchState()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const status = search['status'] === 'any' ? [] : wordsOf(search['status'], statuses, notClosed)
  const severity = wordsOf(search['severity'], severities)
  const sort = wordOf(search['sort'], ['due', 'severity', 'opened']) ?? 'due'
  const page = Math.max(1, Math.trunc(Number(search['page'])) || 1)
  const assignee = search['assignee'] ?? null
  const query = useQuery({
    ...trpc.cases.list.queryOptions({
      status,
      severity,
      sort,
      assignee: assignee === 'me' ? me.userId : assignee,
      limit: PAGE,
      offset: (page - 1) * PAGE,
    }),
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

  function toggle(id: string): void {
    const next = new Set(selected)
    if (!next.delete(id)) next.add(id)
    setSelected(next)
  }

  async function takeSelected(): Promise<void> {
    for (const row of rows ?? []) if (selected.has(row.id) && row.assigneeId !== me.userId) await take(row)
    setSelected(new Set())
    await queryClient.invalidateQueries()
  }

  const owners = [
    { value: 'me', label: 'you' },
    { value: 'nobody', label: 'nobody' },
    ...colleagues.filter(({ id }) => id !== me.userId).map(({ id, name }) => ({ value: id, label: name })),
  ]
  return (
    <>
      <PageHeader title="Cases" />
      <Filters
        filters={[
          {
            key: 'status',
            label: 'status',
            isMany: true,
            options: statuses.map((value) => ({ value, label: value })),
            values: status,
            sentence: status.join() === notClosed.join() ? 'status is not closed' : undefined,
          },
          {
            key: 'severity',
            label: 'severity',
            isMany: true,
            options: severities.map((value) => ({ value, label: value })),
            values: severity,
          },
          { key: 'assignee', label: 'owner', options: owners, values: assignee === null ? [] : [assignee] },
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
        <div className="card row bulk" role="status">
          {selected.size} selected
          <Button onClick={() => void takeSelected()} disabled={!may} title={why} loading={assign.isPending}>
            Assign to me
          </Button>
          <button type="button" className="link" onClick={() => setSelected(new Set())}>
            Clear
          </button>
        </div>
      )}
      <Table
        caption="Cases"
        columns={columns(new Map(colleagues.map(({ id, name }) => [id, name])), me.userId)}
        rows={rows}
        idOf={(row) => row.id}
        hrefOf={(row) => `/cases/${row.number}`}
        query={query}
        selection={{ ids: selected, toggle }}
        onKey={may ? { a: { label: 'assign the row to me', run: (row) => void take(row) } } : {}}
        empty={<NoCases isFiltered={severity.length > 0 || assignee !== null || search['status'] !== undefined} />}
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
      cell: ({ assigneeId }) =>
        assigneeId === null ? (
          <span className="faint">unassigned</span>
        ) : assigneeId === myId ? (
          'you'
        ) : (
          (names.get(assigneeId) ?? 'a former user')
        ),
    },
    {
      head: 'Due',
      width: '6rem',
      cell: (row) =>
        row.status === 'closed' || row.dueAt === null ? <span className="faint">–</span> : <Due at={row.dueAt} />,
    },
    { head: 'Age', width: '4rem', isExtra: true, cell: (row) => <Time at={row.openedAt} as="age" /> },
  ]
}
