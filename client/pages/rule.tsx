// One rule: why it exists, where it errs, how it is set; a change is tried on history before it is saved.
import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { RuleHistory } from '../parts/rule-history.tsx'
import { RulePerformance } from '../parts/rule-performance.tsx'
import { RuleSentence } from '../parts/rule-sentence.tsx'
import { RuleSettings } from '../parts/rule-settings.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { LayerMark, SeverityMark } from '../parts/severity.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { WaitingChange } from '../parts/waiting-changes.tsx'
import { Effective } from './rules.tsx'
import '../parts/lines.css'

type RuleView = Outputs['rules']['get']

const tabs = [
  { key: 'settings', label: 'Settings' },
  { key: 'history', label: 'History' },
  { key: 'performance', label: 'Performance' },
] as const

export function Rule() {
  const { id } = useParams({ strict: false }) as { id: string }
  const rule = useQuery(trpc.rules.get.queryOptions({ ruleId: id }))
  return (
    <PageLoaded query={rule} up={{ to: '/rules', label: 'Rules' }} title="Rule">
      {(known) => <Known rule={known} />}
    </PageLoaded>
  )
}

function Known({ rule }: { rule: RuleView }) {
  const [search] = useSearchState()
  const keys = tabs.map(({ key }) => key)
  const tab = wordOf(search['tab'], keys) ?? 'settings'
  return (
    <>
      <PageHeader
        title={rule.title}
        up={{ to: '/rules', label: 'Rules', here: <span className="mono">{rule.id}</span> }}
        mark={<SeverityMark of={rule.severity} isPill />}
        tags={
          <>
            {rule.status !== 'stable' && <span className="tag">{rule.status}</span>}
            <span className="tag">{rule.version === 0 ? 'as it came' : `version ${rule.version}`}</span>
          </>
        }
      />
      <div className="split">
        <div className="stack">
          <RuleSentence rule={rule} />
          {rule.waiting && <WaitingChange change={rule.waiting} />}
          <div>
            <Tabs label="About this rule" tabs={tabs} active={tab} />
            <div className="stack">
              {/* A change by somebody else begins the form anew. */}
              {tab === 'settings' && <RuleSettings key={rule.version} rule={rule} />}
              {tab === 'history' && <RuleHistory rule={rule} />}
              {tab === 'performance' && <RulePerformance rule={rule} />}
            </div>
          </div>
        </div>
        <div className="stack">
          <Facts rule={rule} />
          <ListCard title="If it is harmless">{rule.falsePositives}</ListCard>
          <ListCard title="What it cannot see">{rule.blindSpots}</ListCard>
          <Runbook steps={rule.runbook} />
          {rule.references.length > 0 && (
            <section className="card">
              <header>
                <h2>References</h2>
              </header>
              <ul className="stack tight small">
                {rule.references.map((reference) => (
                  <li key={reference}>{withLinks(reference)}</li>
                ))}
              </ul>
            </section>
          )}
        </div>
      </div>
    </>
  )
}

function Facts({ rule }: { rule: RuleView }) {
  return (
    <section className="card">
      <header>
        <h2>Rule</h2>
      </header>
      <dl className="facts">
        <dt>Layer</dt>
        <dd>
          <LayerMark of={rule.layer} />
        </dd>
        <dt>Weight</dt>
        <dd>+{rule.weight} dB</dd>
        <dt>Group</dt>
        <dd>{rule.group}</dd>
        <dt>Leads to</dt>
        <dd>
          <Effective rule={rule} />
        </dd>
        <dt>Findings</dt>
        <dd>on {rule.standing.reduce((sum, one) => sum + one.devices, 0)} laptops now</dd>
        <dt>Failures</dt>
        <dd className={rule.failing > 0 ? 'check' : undefined}>
          {rule.failing > 0 ? `${rule.failing}: the service’s log says why` : 'none'}
        </dd>
        {rule.attack.length > 0 && (
          <>
            <dt>ATT&amp;CK</dt>
            <dd>{rule.attack.join(', ')}</dd>
          </>
        )}
      </dl>
    </section>
  )
}

function ListCard({ title, children }: { title: string; children: readonly string[] }) {
  if (children.length === 0) return null
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
      </header>
      <ul className="dots">
        {children.map((one) => (
          <li key={one}>{one}</li>
        ))}
      </ul>
    </section>
  )
}

function Runbook({ steps }: { steps: readonly string[] }) {
  return (
    <section className="card">
      <header>
        <h2>What to do</h2>
      </header>
      <ol className="numbers">
        {steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </section>
  )
}

/** A reference with its address as a link. */
function withLinks(text: string): ReactNode {
  const at = text.search(/https:\/\/\S+$/)
  if (at < 0) return text
  const url = text.slice(at)
  return (
    <>
      {text.slice(0, at).replace(/:\s*$/, '')}{' '}
      <a href={url} target="_blank" rel="noreferrer noopener">
        {new URL(url).hostname}
      </a>
    </>
  )
}
