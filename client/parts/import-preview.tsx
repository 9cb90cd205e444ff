// What an import would do or did, line by line: create, update (from → to), unchanged, error.
import { Button, Chip } from '@mantine/core'
import { useState } from 'react'
import type { Outputs } from '../api.ts'
import { type CsvRecord, downloadText, writeCsv } from './csv.ts'
import { PROBLEM_COLUMN } from './import-mapping.tsx'
import './table.css'
import './lines.css'

export type ImportResult = Outputs['imports']['run']
type Outcome = ImportResult['outcomes'][number]

const results = [
  { result: 'created', mark: '+', label: 'create' },
  { result: 'updated', mark: '→', label: 'update' },
  { result: 'unchanged', mark: '=', label: 'unchanged' },
  { result: 'rejected', mark: '×', label: 'error' },
] as const

const SHOWN_AT_FIRST = 100

interface ImportPreviewProps {
  summary: ImportResult
  /** The file's own lines, the header first. */
  records: CsvRecord[]
  fileName: string | null
}

/** The table of a dry run, filtered by what each line comes to. */
export function ImportPreview({ summary, records, fileName }: ImportPreviewProps) {
  const [only, setOnly] = useState<string>('all')
  const [shown, setShown] = useState(SHOWN_AT_FIRST)
  const byLine = new Map(records.map((record) => [record.line, record]))
  const rejected: Outcome[] = summary.rejected.map((one) => ({ ...one, result: 'rejected' as const }))
  const rows =
    only === 'rejected' ? rejected : summary.outcomes.filter((outcome) => only === 'all' || outcome.result === only)
  const counts = {
    created: summary.created,
    updated: summary.updated,
    unchanged: summary.unchanged,
    rejected: summary.rejected.length,
  }
  const total = counts.created + counts.updated + counts.unchanged + counts.rejected

  const takeFailing = () => {
    const header = records[0]?.cells ?? []
    const problems = summary.rejected.map(({ line, problem, faults }) => [
      ...fill(byLine.get(line)?.cells ?? [], header.length),
      faultsText(problem, faults),
    ])
    downloadText(
      `${(fileName ?? 'pasted').replace(/\.\w+$/, '')}-failing.csv`,
      writeCsv([[...header, PROBLEM_COLUMN], ...problems]),
    )
  }

  return (
    <>
      <div className="row apart">
        <Chip.Group value={only} onChange={(value) => setOnly(String(value))}>
          <fieldset className="plain row">
            <legend className="visually-hidden">Show only</legend>
            <Chip size="xs" value="all">{`all ${total.toLocaleString()}`}</Chip>
            {results.map(({ result, label, mark }) => (
              <Chip key={result} size="xs" value={result} disabled={counts[result] === 0}>
                {`${mark} ${label} ${counts[result].toLocaleString()}`}
              </Chip>
            ))}
          </fieldset>
        </Chip.Group>
        {counts.rejected > 0 && (
          <Button variant="default" onClick={takeFailing}>
            Download the {counts.rejected === 1 ? 'failing line' : `${counts.rejected} failing lines`}
          </Button>
        )}
      </div>
      <div className="scrolls preview">
        <table className="table">
          <caption className="visually-hidden">What each line comes to</caption>
          <thead>
            <tr>
              <th className="right">Line</th>
              <th>Result</th>
              <th className="extra">Begins with</th>
              <th>What changes, or what is wrong</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shown).map((outcome) => (
              <tr key={`${outcome.line}-${outcome.result}`}>
                <td className="right">{outcome.line}</td>
                <td className="nowrap">
                  <ResultMark result={outcome.result} />
                </td>
                <td className="soft extra">
                  {byLine.get(outcome.line)?.cells.filter(Boolean).slice(0, 2).join(' · ')}
                </td>
                <td>
                  <OutcomeDetail outcome={outcome} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > shown && (
        <button type="button" className="link" onClick={() => setShown(shown + 500)}>
          Show more ({(rows.length - shown).toLocaleString()} left)
        </button>
      )}
      {summary.outcomes.length < total && only !== 'rejected' && (
        <p className="faint small">
          The first {summary.outcomes.length.toLocaleString()} of {total.toLocaleString()} lines are listed; the counts
          and the errors are of all.
        </p>
      )}
    </>
  )
}

/** All that is wrong with a line, as one cell. */
const faultsText = (problem: string, faults: { path: string; problem: string }[]) =>
  faults.map((fault) => `${fault.path} ${fault.problem}`.trim()).join('; ') || problem

const fill = (cells: string[], length: number) =>
  [...cells, ...Array<string>(Math.max(0, length - cells.length)).fill('')].slice(0, length)

function ResultMark({ result }: { result: Outcome['result'] }) {
  const known = results.find((one) => one.result === result)
  return (
    <span className={classes[result]}>
      <span aria-hidden="true">{known?.mark} </span>
      {known?.label}
    </span>
  )
}

const classes = { created: 'good', updated: 'strong', unchanged: 'faint', rejected: 'check strong' } as const

function OutcomeDetail({ outcome }: { outcome: Outcome }) {
  if (outcome.result === 'rejected')
    return (
      <>
        {outcome.faults.length === 0 && outcome.problem}
        {outcome.faults.map((fault) => (
          <div key={`${fault.path} ${fault.problem}`}>
            {fault.path !== '' && <span className="tag mono">{fault.path}</span>} {fault.problem}
          </div>
        ))}
      </>
    )
  if (outcome.result === 'unchanged') return <span className="faint">as on file</span>
  return outcome.changes.map((change) => (
    <div key={change.field}>
      <span className="faint">{change.field.replaceAll('_', ' ')}:</span>{' '}
      {outcome.result === 'updated' && <span className="soft">{inWords(change.from)} → </span>}
      {inWords(change.to)}
    </div>
  ))
}

/** A value of a change; objects, such as notes, by their members. */
function inWords(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing'
  if (typeof value !== 'object') return String(value)
  const members = Object.entries(value)
  return members.length === 0 ? 'nothing' : members.map(([name, one]) => `${name} ${String(one)}`).join(', ')
}
