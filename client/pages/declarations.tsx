// Declarations and suppressions: what the company vouches for or keeps quiet, what waits for a second person, and who silenced what.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queryClient, trpc } from '../api.ts'
import { CompanyDeclarationDialog } from '../parts/company-declaration-dialog.tsx'
import { DeclarationList } from '../parts/declaration-list.tsx'
import { declarationWords } from '../parts/declare-dialog.tsx'
import { Filters } from '../parts/filters.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Silences } from '../parts/silences.tsx'
import { Failure, Loaded, Nothing, Waiting } from '../parts/states.tsx'
import { SuppressDialog } from '../parts/suppress-dialog.tsx'
import { SuppressionList } from '../parts/suppression-list.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { usePages } from '../parts/use-pages.ts'
import { WaitingChange } from '../parts/waiting-changes.tsx'
import '../parts/lines.css'

const tabs = [
  { key: 'declarations', label: 'Declarations' },
  { key: 'suppressions', label: 'Suppressions' },
  { key: 'waiting', label: 'Waits for a second person' },
  { key: 'silences', label: 'What silences' },
] as const

export function Declarations() {
  const [search] = useSearchState()
  const keys = tabs.map(({ key }) => key)
  const tab = wordOf(search['tab'], keys) ?? 'declarations'
  const acting = useMay('admin', 'analyst')
  const [isOpen, setOpen] = useState(false)
  const canAdd = acting.may && (tab === 'declarations' || tab === 'suppressions')
  return (
    <>
      <PageHeader
        title="Declarations"
        actions={
          canAdd && (
            <Button onClick={() => setOpen(true)}>
              {tab === 'declarations' ? 'Declare for everybody…' : 'Suppress…'}
            </Button>
          )
        }
      />
      <Tabs label="What is kept quiet" tabs={tabs} active={tab} />
      {tab === 'declarations' && <All />}
      {tab === 'suppressions' && <Suppressions />}
      {tab === 'waiting' && <WaitingChanges />}
      {tab === 'silences' && <Silences />}
      {tab === 'declarations' && <CompanyDeclarationDialog isOpen={isOpen} onClose={() => setOpen(false)} />}
      {tab === 'suppressions' && <SuppressDialog isOpen={isOpen} onClose={() => setOpen(false)} about={null} />}
    </>
  )
}

const states = ['in force', 'to come', 'over', 'all'] as const
const scopes = ['everybody', 'somebody'] as const
const kinds = Object.keys(declarationWords) as (keyof typeof declarationWords)[]
const options = (words: readonly string[]) => words.map((value) => ({ value, label: value }))
const PAGE = 25

function All() {
  const [search, setSearch] = useSearchState()
  const state = wordOf(search['state'], states) ?? 'in force'
  const kind = wordOf(search['kind'], kinds)
  const scope = wordOf(search['scope'], scopes)
  const filter = { state, kind, scope, limit: PAGE }
  const pages = usePages({
    key: [...trpc.declarations.list.queryKey(), 'pages', state, kind, scope],
    read: (after: { startsOn: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.declarations.list.queryOptions({ ...filter, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const rows = pages.data?.pages.map((page) => page.declarations)
  const count = rows?.flat().length ?? 0
  return (
    <>
      <Filters
        filters={[
          {
            key: 'state',
            label: 'state',
            options: options(states.slice(1)),
            values: state === 'in force' ? [] : [state],
          },
          {
            key: 'kind',
            label: 'kind',
            options: kinds.map((value) => ({ value, label: declarationWords[value].label.toLowerCase() })),
            values: kind === null ? [] : [kind],
          },
          { key: 'scope', label: 'for', options: options(scopes), values: scope === null ? [] : [scope] },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={rows && `${count}${pages.hasNextPage ? ' and more' : ''} ${state === 'all' ? 'in all' : state}`}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        What the company vouches for, each with a reason, an owner and an end. One for a single person is made on that
        person’s page; one for everybody needs a second person.
      </p>
      {pages.error && <Failure error={pages.error} retry={() => pages.refetch()} />}
      {rows === undefined && !pages.error && <Waiting lines={6} />}
      {rows && count === 0 && (
        <Nothing title="Nothing of the kind is declared">
          Take a filter out to see more, or declare an office or a network exit that is the company’s own.
        </Nothing>
      )}
      {count > 0 && (
        <ul className="card flush lines">
          {rows?.map((page) => (
            <DeclarationList key={page[0]?.id ?? ''} declarations={page} />
          ))}
        </ul>
      )}
      <More query={pages} />
    </>
  )
}

const suppressionStates = ['in force', 'over', 'all'] as const

function Suppressions() {
  const [search, setSearch] = useSearchState()
  const state = wordOf(search['state'], suppressionStates) ?? 'in force'
  const ruleId = search['rule'] ?? null
  const rules = useQuery(trpc.rules.list.queryOptions())
  const pages = usePages({
    key: [...trpc.suppressions.list.queryKey(), 'pages', state, ruleId],
    read: (after: { at: string; id: string } | null) =>
      queryClient.fetchQuery({
        ...trpc.suppressions.list.queryOptions({ state, ruleId, after, limit: PAGE }),
        staleTime: 0,
      }),
    nextOf: (page) => page.next,
  })
  const rows = pages.data?.pages.flatMap((page) => page.suppressions)
  return (
    <>
      <Filters
        filters={[
          {
            key: 'state',
            label: 'state',
            options: options(suppressionStates.slice(1)),
            values: state === 'in force' ? [] : [state],
          },
          {
            key: 'rule',
            label: 'rule',
            options: rules.data?.rules.map((rule) => ({ value: rule.id, label: rule.title })) ?? [],
            values: ruleId === null ? [] : [ruleId],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={rows && `${rows.length}${pages.hasNextPage ? ' and more' : ''} ${state === 'all' ? 'in all' : state}`}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        Findings under a suppression are kept and shown, and count for nothing until it ends; what still holds then
        speaks again.
      </p>
      {pages.error && <Failure error={pages.error} retry={() => pages.refetch()} />}
      {rows === undefined && !pages.error && <Waiting lines={6} />}
      {rows?.length === 0 && (
        <Nothing title="Nothing is suppressed">
          Closing a case as benign offers to keep the same quiet for that person for a while.
        </Nothing>
      )}
      {rows && rows.length > 0 && (
        <section className="card" aria-label="Suppressions">
          <SuppressionList suppressions={rows} />
        </section>
      )}
      <More query={pages} />
    </>
  )
}

function WaitingChanges() {
  const changes = useQuery(trpc.changes.list.queryOptions())
  return (
    <Loaded query={changes}>
      {(rows) =>
        rows.length === 0 ? (
          <Nothing title="Nothing waits for a second person">
            What weakens a rule, or silences for everybody, stands here until somebody else has agreed.
          </Nothing>
        ) : (
          <div className="stack">
            {rows.map((one) => (
              <WaitingChange key={one.id} change={one} />
            ))}
          </div>
        )
      }
    </Loaded>
  )
}
