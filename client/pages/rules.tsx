// Rules: what is watched for, by layer; how far each may go, what it found, and whether it fails.
import { useQuery } from '@tanstack/react-query'
import { type Outputs, trpc } from '../api.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { LayerMark, SeverityMark } from '../parts/severity.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'

type RuleView = Outputs['system']['rules'][number]

const layers = ['custody', 'place', 'software', 'hardware', 'co-location', 'identity']

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
    head: 'Findings',
    width: '6rem',
    isNumber: true,
    cell: (rule) => (rule.active > 0 ? <strong>{rule.active}</strong> : <span className="faint">0</span>),
  },
]

export function Rules() {
  const rules = useQuery(trpc.system.rules.queryOptions())
  const { data } = rules
  const rows = data?.toSorted((a, b) => layers.indexOf(a.layer) - layers.indexOf(b.layer) || b.weight - a.weight)
  const active = data?.reduce((sum, rule) => sum + rule.active, 0) ?? 0
  return (
    <>
      <PageHeader
        title="Rules"
        tags={data && <span className="soft small">{`${data.length} rules · ${active} findings stand`}</span>}
      />
      <Table
        caption="Rules by layer"
        columns={columns}
        rows={rows}
        idOf={(rule) => rule.id}
        hrefOf={(rule) => `/rules/${rule.id}`}
        query={rules}
        empty={<Nothing title="No rule runs here." />}
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
