// Rules: what is watched for, by layer; how far each may go, what it found, and whether it fails.
import { Switch } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Outputs, trpc } from '../api.ts'
import { Filters } from '../parts/filters.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PrecisionText } from '../parts/rule-performance.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { LayerMark, SeverityMark } from '../parts/severity.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'

type RuleView = Outputs['rules']['list']['rules'][number]

const layers = ['custody', 'place', 'software', 'hardware', 'co-location', 'identity'] as const
const ladder = ['off', 'watch', 'notify', 'case', 'hold'] as const
const optionsOf = (words: readonly string[]) => words.map((value) => ({ value, label: value }))

const columns: Column<RuleView>[] = [
  { head: 'Layer', width: '8.5rem', isExtra: true, cell: (rule) => <LayerMark of={rule.layer} /> },
  {
    head: 'Rule',
    isLink: true,
    cell: (rule) => (
      <>
        <span className="strong">{rule.title}</span>{' '}
        {rule.status === 'experimental' && <span className="tag">experimental</span>}
        {rule.failing > 0 && (
          <span className="tag check">
            {rule.failing} {rule.failing === 1 ? 'failure' : 'failures'}
          </span>
        )}
        {rule.isWaiting && <span className="tag check">a change waits</span>}
        {rule.suppressions > 0 && <span className="tag">{rule.suppressions} suppressed</span>}
      </>
    ),
  },
  { head: 'At most', width: '7rem', cell: (rule) => <SeverityMark of={rule.severity} /> },
  {
    head: 'Weight',
    width: '6rem',
    isNumber: true,
    isExtra: true,
    cell: (rule) => <span className="nowrap">+{rule.weight} dB</span>,
  },
  { head: 'Leads to', width: '11rem', isExtra: true, cell: (rule) => <Effective rule={rule} /> },
  {
    head: 'Precision',
    width: '9rem',
    isExtra: true,
    cell: (rule) => <PrecisionText of={rule.precision} />,
  },
  {
    head: 'Findings',
    width: '6rem',
    isNumber: true,
    cell: (rule) => (rule.active > 0 ? <strong>{rule.active}</strong> : <span className="faint">0</span>),
  },
]

export function Rules() {
  const rules = useQuery(trpc.rules.list.queryOptions())
  const data = rules.data?.rules
  const waiting = data?.filter((rule) => rule.isWaiting).length ?? 0
  const [search, setSearch] = useSearchState()
  const layer = wordOf(search['layer'], layers)
  const leads = wordOf(search['leads'], ladder)
  const text = search['text'] ?? ''
  const isFinding = search['finds'] === 'yes'
  const rows = data
    ?.filter((rule) => layer === null || rule.layer === layer)
    .filter((rule) => leads === null || rule.effective === leads)
    .filter((rule) => !isFinding || rule.active > 0)
    .filter((rule) => `${rule.title} ${rule.id}`.toLowerCase().includes(text.toLowerCase()))
    .sort((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer) || b.weight - a.weight)
  const active = data?.reduce((sum, rule) => sum + rule.active, 0) ?? 0
  return (
    <>
      <PageHeader
        title="Rules"
        tags={data && <span className="soft small">{`${data.length} rules · ${active} findings stand`}</span>}
      />
      {waiting > 0 && (
        <p className="card" role="note">
          {waiting === 1 ? 'A change of one rule waits' : `Changes of ${waiting} rules wait`} for a second person:{' '}
          <Link to="/declarations" search={{ tab: 'waiting' }}>
            look at {waiting === 1 ? 'it' : 'them'}
          </Link>
          .
        </p>
      )}
      {rules.data && <SecondPerson always={rules.data.asksAlways} />}
      <Filters
        text={{ label: 'Name of a rule', value: text, onChange: (value) => setSearch({ text: value || null }) }}
        filters={[
          { key: 'layer', label: 'layer', options: optionsOf(layers), values: layer === null ? [] : [layer] },
          { key: 'leads', label: 'leads to', options: optionsOf(ladder), values: leads === null ? [] : [leads] },
          {
            key: 'finds',
            label: 'findings',
            options: [{ value: 'yes', label: 'standing now' }],
            values: isFinding ? ['yes'] : [],
            sentence: isFinding ? 'something stands of it' : undefined,
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={rows && data && `${rows.length} of ${data.length}`}
      />
      <Table
        caption="Rules by layer"
        columns={columns}
        rows={rows}
        idOf={(rule) => rule.id}
        hrefOf={(rule) => `/rules/${rule.id}`}
        query={rules}
        empty={<Nothing title="No rule matches">Take a filter out above to see more.</Nothing>}
      />
    </>
  )
}

/** What a finding leads to now, and what the rule asks for where the ladder keeps it lower. */
export function Effective({ rule }: { rule: Pick<RuleView, 'effective' | 'response'> }) {
  return (
    <span>
      {rule.effective}
      {rule.effective !== rule.response && <span className="soft small"> (asks for {rule.response})</span>}
    </span>
  )
}

function SecondPerson({ always }: { always: boolean }) {
  const { may } = useMay('admin')
  const save = useMutation(trpc.rules.setAsksAlways.mutationOptions())
  if (!may)
    return (
      <p className="soft small" style={{ marginBottom: '0.8rem' }}>
        {always ? 'Every change of a rule' : 'A change that weakens a rule'} needs a second person.
      </p>
    )
  return (
    <div style={{ marginBottom: '0.8rem' }}>
      <Switch
        label="Every change of a rule needs a second person"
        description="Without it, only one that weakens a rule does: its findings lead to less than before, or something that stands would no longer."
        checked={always}
        disabled={save.isPending}
        onChange={(event) => save.mutate({ always: event.currentTarget.checked })}
      />
    </div>
  )
}
