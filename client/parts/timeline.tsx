// A timeline: each fact at its own time, with its source and words, and the gaps between them.
import { useLocalStorage } from '@mantine/hooks'
import { type ReactNode, useState } from 'react'
import { type Entry, type Gap, gapsOf } from './gaps.ts'
import { spaced } from './spaced.ts'
import { Nothing } from './states.tsx'
import { exactTime, parts, spanText, useNow } from './time.tsx'
import './timeline.css'

type SourceKind = Entry['source']['kind']

const sourceWords: Record<SourceKind, string> = {
  carrier: 'carrier',
  mdm: 'check-ins',
  directory: 'records',
  person: 'people',
  rule: 'rules',
  system: 'Telltale',
}

interface TimelineProps {
  entries: Entry[]
  /** Off where several devices share the timeline: their gaps are not each other's. */
  hasGaps?: boolean
  /** What stands below: the way to older entries. */
  children?: ReactNode
}

export function Timeline({ entries, hasGaps = true, children }: TimelineProps) {
  const [order, setOrder] = useLocalStorage<'newest' | 'oldest'>({
    key: 'telltale-timeline-order',
    defaultValue: 'oldest',
    getInitialValueInEffect: false,
  })
  const [hidden, setHidden] = useState<ReadonlySet<SourceKind>>(new Set())
  const now = useNow()
  const oldest = entries.toSorted((a, b) =>
    a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.seq - b.seq,
  )
  const gaps = hasGaps ? gapsOf(oldest, now) : new Map<number, Gap>()
  const kinds = [...new Set(oldest.map((entry) => entry.source.kind))]
  const shown = oldest.filter((entry) => !hidden.has(entry.source.kind))
  const isNewestFirst = order === 'newest'
  const listed = isNewestFirst ? shown.toReversed() : shown

  function toggle(kind: SourceKind): void {
    const next = new Set(hidden)
    if (!next.delete(kind)) next.add(kind)
    setHidden(next)
  }

  return (
    <section className="card" aria-label="Timeline">
      <header>
        <h2>Timeline</h2>
        <div className="timeline-tools small">
          {kinds.length > 1 &&
            kinds.map((kind) => (
              <button key={kind} type="button" aria-pressed={!hidden.has(kind)} onClick={() => toggle(kind)}>
                {sourceWords[kind]}
              </button>
            ))}
          <button type="button" className="link" onClick={() => setOrder(isNewestFirst ? 'oldest' : 'newest')}>
            {isNewestFirst ? 'newest first ↑' : 'oldest first ↓'}
          </button>
        </div>
      </header>
      {listed.length === 0 && (
        <Nothing title={entries.length === 0 ? 'Nothing has happened yet' : 'All sources are hidden'}>
          {entries.length === 0
            ? 'The first scan, check-in or hand-over will stand here.'
            : 'Press a source above to show its facts.'}
        </Nothing>
      )}
      <ol className="timeline">
        {listed.map((entry, index) => {
          const before = listed[index - 1]
          const gap = gaps.get(entry.seq)
          const row = (
            <EntryRow
              key={entry.seq}
              entry={entry}
              hasDate={before?.occurredAt.slice(0, 10) !== entry.occurredAt.slice(0, 10)}
              before={before !== undefined && isSameReport(before, entry) ? before : null}
            />
          )
          if (gap === undefined) return row
          const gapRow = <GapRow key={`gap ${entry.seq}`} gap={gap} />
          return isNewestFirst ? [gapRow, row] : [row, gapRow]
        })}
      </ol>
      {children}
    </section>
  )
}

function GapRow({ gap }: { gap: Gap }) {
  return (
    <li className="gap">
      {spanText(gap.ms)}: {gap.says}
      {gap.isOpen && ', until now'}
    </li>
  )
}

/** Parts of one report: their time and source need no saying twice. */
const isSameReport = (a: Entry, b: Entry) =>
  a.occurredAt === b.occurredAt &&
  a.source.name === b.source.name &&
  a.source.kind === b.source.kind &&
  a.lateMs === b.lateMs

interface EntryRowProps {
  entry: Entry
  hasDate: boolean
  /** The entry above, where it is a part of the same report. */
  before: Entry | null
}

function EntryRow({ entry, hasDate, before }: EntryRowProps) {
  const { source } = entry
  return (
    <li
      id={`e-${entry.seq}`}
      className="entry"
      data-tone={entry.contradiction ? 'check' : entry.tone}
      data-new-day={hasDate}
      data-same={before !== null}
      tabIndex={-1}
    >
      <time dateTime={entry.occurredAt} title={exactTime(entry.occurredAt)}>
        <span className={hasDate ? '' : 'visually-hidden'}>
          {parts(entry.occurredAt, { day: 'numeric', month: 'short' })}{' '}
        </span>
        {parts(entry.occurredAt, { hour: '2-digit', minute: '2-digit' })}
      </time>
      <span className="entry-dot" aria-hidden="true" />
      <div className="entry-words">
        <span className="strong">{entry.title}</span>
        {entry.detail && entry.detail !== before?.detail && <span> {entry.detail}</span>}
        {entry.quote && <q>{entry.quote}</q>}{' '}
        <span className="tag entry-source">
          {nameOf(source)}
          {entry.lateMs !== null && `, read ${spanText(entry.lateMs)} late`}
        </span>
        {entry.erased && <span className="tag">erased</span>}
        {entry.contradiction && <span className="tag check">does not fit: {entry.contradiction}</span>}
        <details className="entry-more">
          <summary className="small faint" title="The fact as it is kept">
            #{entry.seq}
          </summary>
          <p className="small soft">
            {entry.kind}. Happened {exactTime(entry.occurredAt)}. Recorded {exactTime(entry.recordedAt)}.
          </p>
          {entry.erased ? (
            <p className="small soft">
              What it said was erased; that it happened, when, and who told of it still verifies.
            </p>
          ) : (
            <pre>{JSON.stringify(entry.payload, null, 2)}</pre>
          )}
        </details>
        <Changes changes={entry.changes} />
      </div>
    </li>
  )
}

/** A rule's own name stands in the title already. */
const nameOf = ({ kind, name }: Entry['source']) => (kind === 'rule' ? 'rule' : kind === 'system' ? 'Telltale' : name)

const FEW = 3

function Changes({ changes }: { changes: Entry['changes'] }) {
  if (changes.length === 0) return null
  const rows = (
    <ul className="changes small soft">
      {changes.map((change) => (
        <li key={`${change.field} ${change.from} ${change.to}`}>
          {spaced(change.field)}: {change.from !== null && <del>{change.from}</del>}{' '}
          {change.from !== null && change.to !== null && '→ '}
          {change.to !== null ? <ins>{change.to}</ins> : ' gone'}
        </li>
      ))}
    </ul>
  )
  if (changes.length <= FEW) return rows
  return (
    <details>
      <summary className="small soft">{changes.length} changes</summary>
      {rows}
    </details>
  )
}
