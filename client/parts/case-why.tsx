// Why this is a case: the score against its thresholds, and each finding with the facts as they were then.
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Outputs } from '../api.ts'
import './case-why.css'
import { FindingNow } from './finding-now.tsx'
import { decibans, ScoreBar } from './score-bar.tsx'
import { LayerMark } from './severity.tsx'
import { exactTime, shortTime, Time } from './time.tsx'

type Whole = Outputs['cases']['get']
type Finding = Whole['findings'][number]

const rowId = (id: string) => `finding-${id}`
/** More than these that add nothing stand behind a line. */
const IDLE_SHOWN = 4

export function CaseWhy({ whole, seqsShown }: { whole: Whole; seqsShown: ReadonlySet<number> }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set())
  const counting = whole.findings.filter((finding) => finding.counted > 0)
  const idle = whole.findings.filter((finding) => finding.counted === 0)

  function show(id: string): void {
    setOpen(new Set([...open, id]))
    requestAnimationFrame(() => {
      const row = document.getElementById(rowId(id))
      row?.querySelector<HTMLElement>('summary')?.focus()
      row?.scrollIntoView({ block: 'nearest' })
    })
  }

  const toggle = (id: string, isOpen: boolean) => {
    const next = new Set(open)
    if (isOpen) next.add(id)
    else next.delete(id)
    setOpen(next)
  }

  const row = (finding: Finding) => (
    <FindingRow
      key={finding.id}
      finding={finding}
      whole={whole}
      seqsShown={seqsShown}
      isOpen={open.has(finding.id)}
      onToggle={(isOpen) => toggle(finding.id, isOpen)}
    />
  )
  return (
    <section className="card" aria-label="Why this case">
      <header>
        <h2>Why this case</h2>
        <WhatWouldChange whole={whole} counting={counting} />
      </header>
      <ScoreBar
        parts={counting.map((finding) => ({ ...finding, findingId: finding.id }))}
        score={whole.score}
        thresholds={whole.thresholds}
        onOpen={show}
      />
      <div className="findings">
        {counting.map(row)}
        {idle.length <= IDLE_SHOWN ? (
          idle.map(row)
        ) : (
          <details className="findings-idle">
            <summary className="findings-idle-head small soft">
              {idle.length} more findings, which add nothing to the score
            </summary>
            {idle.map(row)}
          </details>
        )}
      </div>
    </section>
  )
}

/** `4 dB and a layer more`: what the next severity lacks. */
const lackText = ({ decibans: lack, layers }: NonNullable<Whole['next']>) =>
  `${[lack > 0 && `${decibans(lack)} dB`, layers > 0 && (layers === 1 ? 'a layer' : `${layers} layers`)]
    .filter(Boolean)
    .join(' and ')} more`

/** “31 dB across custody, software · critical needs a layer more · would be medium without the remote-control tool”. */
function WhatWouldChange({ whole, counting }: { whole: Whole; counting: Finding[] }) {
  const deciding = counting.find((finding) => finding.severityWithout !== whole.severity)
  const exceptional = counting.find((finding) => finding.exceptional)
  return (
    <p className="small soft">
      {decibans(whole.score)} dB across {whole.layers.join(', ') || 'nothing that still holds'}
      {whole.next && ` · ${whole.next.severity} needs ${lackText(whole.next)}`}
      {exceptional && ` · ${exceptional.title} is enough by itself`}
      {deciding && counting.length > 1 && (
        <>
          {' · '}would be <strong>{deciding.severityWithout}</strong> without “{deciding.title}”
        </>
      )}
      {deciding === undefined && counting.length > 1 && ` · stays ${whole.severity} without any one of them`}
    </p>
  )
}

interface FindingRowProps {
  finding: Finding
  whole: Whole
  seqsShown: ReadonlySet<number>
  isOpen: boolean
  onToggle(isOpen: boolean): void
}

function FindingRow({ finding, whole, seqsShown, isOpen, onToggle }: FindingRowProps) {
  const device = whole.devices.length > 1 ? whole.devices.find(({ id }) => id === finding.deviceId) : undefined
  const isCleared = finding.status === 'cleared'
  return (
    <details
      id={rowId(finding.id)}
      className="finding"
      data-layer={finding.layer}
      data-cleared={isCleared}
      open={isOpen}
      onToggle={(event) => onToggle(event.currentTarget.open)}
    >
      <summary>
        <span className="finding-title">
          {finding.title}
          <span className="small faint">
            <LayerMark of={finding.layer} />
            {device && ` · ${device.serialNumber ?? 'no serial'}`}
          </span>
        </span>
        <span className="finding-summary">
          {finding.summary}
          {isCleared && finding.clearedAt && (
            <span className="small faint">
              {' '}
              · no longer holds since <Time at={finding.clearedAt} />
              {finding.clearedByLateData && ', cleared by late data'}
            </span>
          )}
          {finding.status === 'suppressed' && <span className="small faint"> · kept quiet by a suppression</span>}
          {finding.isBeside && <span className="small faint"> · of another of them, with less against them</span>}
          {finding.status === 'decided' && whole.status !== 'closed' && (
            <span className="small faint"> · decided before</span>
          )}
        </span>
        <Weight finding={finding} />
      </summary>
      {isOpen && <FindingBody finding={finding} seqsShown={seqsShown} />}
    </details>
  )
}

function Weight({ finding }: { finding: Finding }) {
  const isDiscounted = finding.counted > 0 && finding.counted < finding.weight
  return (
    <span className="finding-weight">
      <span className="strong">{finding.counted > 0 ? `+${decibans(finding.counted)}` : '0'}</span>
      {isDiscounted && <span className="small faint">of {decibans(finding.weight)}, beside a stronger one</span>}
    </span>
  )
}

function FindingBody({ finding, seqsShown }: { finding: Finding; seqsShown: ReadonlySet<number> }) {
  return (
    <div className="finding-body">
      <div>
        <FindingNow finding={finding} />
        <p className="small soft">
          Since <Time at={finding.since} isStop />, raised <Time at={finding.raisedAt} isStop />
        </p>
        <h3>Evidence</h3>
        <ul className="small">
          {finding.evidence.map(({ seq, kind, occurredAt, recordedAt }) => (
            <li key={seq}>
              {seqsShown.has(seq) ? (
                <button type="button" className="link" onClick={() => goToEntry(seq)}>
                  {kind.replace(/[._]/g, ' ')}
                </button>
              ) : (
                kind.replace(/[._]/g, ' ')
              )}{' '}
              <span className="faint" title={exactTime(occurredAt)}>
                {shortTime(occurredAt)} · #{seq}
              </span>
              {isLate(occurredAt, recordedAt) && (
                <span className="faint" title={exactTime(recordedAt)}>
                  {' '}
                  · recorded {shortTime(recordedAt)}
                </span>
              )}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <h3>Why it matters</h3>
        <p className="small">{finding.why}</p>
        <h3>What to do</h3>
        <ol className="numbered small">
          {finding.runbook.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <p className="small">
          <Link to={`/rules/${finding.rule}`}>The rule and its settings</Link>
          {finding.ruleVersion !== null && (
            <span className="faint">
              {finding.ruleVersion === 0 ? ', as it came' : `, version ${finding.ruleVersion}`}
            </span>
          )}
        </p>
        {finding.counted > 0 && (
          <p className="small soft">
            Without it: {decibans(finding.scoreWithout)} dB, {finding.severityWithout}.
          </p>
        )}
      </div>
      <div>
        <h3 className="good">If it is harmless</h3>
        <ul className="dots small">
          {finding.falsePositives.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      </div>
    </div>
  )
}

const LATE_MS = 3_600_000
const isLate = (occurredAt: string, recordedAt: string) => Date.parse(recordedAt) - Date.parse(occurredAt) > LATE_MS

/** Brings an entry of the timeline on this page into view, and the focus to it. */
function goToEntry(seq: number): void {
  const entry = document.getElementById(`e-${seq}`)
  entry?.scrollIntoView({ block: 'center' })
  entry?.focus({ preventScroll: true })
}
