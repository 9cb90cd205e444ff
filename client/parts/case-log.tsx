// The log of a case to take away: each step with both times, who, and from what to what.

import { downloadText, writeCsv } from './csv.ts'
import type { Entry } from './gaps.ts'

interface CaseLogProps {
  number: number
  /** Of the case and of its laptops, in any order. */
  entries: Entry[]
}

const columns = [
  'seq',
  'occurred_at',
  'recorded_at',
  'kind',
  'source',
  'by',
  'what',
  'detail',
  'changes',
  'note',
] as const

function rowOf(entry: Entry): Record<(typeof columns)[number], string> {
  return {
    seq: String(entry.seq),
    occurred_at: entry.occurredAt,
    recorded_at: entry.recordedAt,
    kind: entry.kind,
    source: entry.source.kind,
    by: entry.source.name,
    what: entry.title,
    detail: entry.detail ?? '',
    changes: entry.changes.map(({ field, from, to }) => `${field}: ${from ?? '–'} → ${to ?? '–'}`).join('; '),
    note: entry.quote ?? '',
  }
}

export function CaseLog({ number, entries }: CaseLogProps) {
  const rows = entries.toSorted((a, b) => a.seq - b.seq).map(rowOf)
  return (
    <p className="small faint">
      Take the log away:{' '}
      <button
        type="button"
        className="link"
        onClick={() =>
          downloadText(
            `C-${number}.csv`,
            writeCsv([[...columns], ...rows.map((row) => columns.map((one) => row[one]))]),
          )
        }
      >
        CSV
      </button>
      {', '}
      <button
        type="button"
        className="link"
        onClick={() => downloadText(`C-${number}.json`, `${JSON.stringify(rows, null, 2)}\n`, 'application/json')}
      >
        JSON
      </button>
    </p>
  )
}
