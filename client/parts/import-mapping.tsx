// Which column of a file goes to which of ours: remembered per shape of the header line.
import { NativeSelect } from '@mantine/core'
import './table.css'
import './lines.css'

export interface FileColumn {
  /** As the file writes it. */
  raw: string
  /** As the server would name it, were it not mapped. */
  name: string
  samples: string[]
}

/** A column's place: one of ours, or one of these two. */
export const KEEP_AS_NOTE = '(note)'
export const LEAVE_OUT = '(leave out)'

/** Added by the download of failing lines; never part of a file's shape. */
export const PROBLEM_COLUMN = 'telltale_problem'

const SHAPES_REMEMBERED = 30
const keyOf = (kind: string) => `telltale.import.${kind}`
const shapeOf = (columns: FileColumn[]) =>
  columns
    .map((column) => column.raw.toLowerCase())
    .filter((name) => name !== PROBLEM_COLUMN)
    .sort()
    .join('\u001f')

type Remembered = [shape: string, targets: Record<string, string>][]

function remembered(kind: string): Remembered {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(keyOf(kind)) ?? '[]')
    return Array.isArray(kept) ? (kept as Remembered) : []
  } catch {
    return []
  }
}

/** Keeps a mapping for the next file with the same header. */
export function rememberMapping(kind: string, columns: FileColumn[], targets: Record<string, string>): void {
  const shape = shapeOf(columns)
  const others = remembered(kind).filter(([one]) => one !== shape)
  try {
    localStorage.setItem(keyOf(kind), JSON.stringify([[shape, targets], ...others].slice(0, SHAPES_REMEMBERED)))
  } catch {
    // A browser that keeps nothing: the mapping is asked for again.
  }
}

/** Where each column goes at first: as the last time, else by its name, else kept as a note. */
export function firstTargets(
  kind: string,
  columns: FileColumn[],
  known: string[],
): { targets: Record<string, string>; fromMemory: boolean } {
  const last = remembered(kind).find(([shape]) => shape === shapeOf(columns))?.[1]
  const isOffered = (target: string | undefined): target is string =>
    target !== undefined && (known.includes(target) || target === KEEP_AS_NOTE || target === LEAVE_OUT)
  const targets = Object.fromEntries(
    columns.map(({ raw, name }) => {
      if (raw.toLowerCase() === PROBLEM_COLUMN) return [raw, LEAVE_OUT]
      const own = known.includes(name) ? name : KEEP_AS_NOTE
      return [raw, isOffered(last?.[raw]) ? last[raw] : own]
    }),
  )
  return { targets, fromMemory: last !== undefined }
}

/** The mapping as the server takes it: the file's name to ours, empty to leave a column out. */
export function toMapping(columns: FileColumn[], targets: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    columns
      .filter((column) => column.raw !== '')
      .map(({ raw, name }) => {
        const target = targets[raw] ?? KEEP_AS_NOTE
        return [raw, target === KEEP_AS_NOTE ? name : target === LEAVE_OUT ? '' : target]
      }),
  )
}

/** Columns of ours that two of the file's go to. */
export function doubles(targets: Record<string, string>): string[] {
  const used = Object.values(targets).filter((target) => target !== KEEP_AS_NOTE && target !== LEAVE_OUT)
  return [...new Set(used.filter((target, index) => used.indexOf(target) !== index))]
}

interface ImportMappingProps {
  columns: FileColumn[]
  known: string[]
  targets: Record<string, string>
  onChange(targets: Record<string, string>): void
}

/** One line per column of the file: its name, what is in it, where it goes. */
export function ImportMapping({ columns, known, targets, onChange }: ImportMappingProps) {
  const twice = doubles(targets)
  return (
    <>
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">Columns of the file and where each goes</caption>
          <thead>
            <tr>
              <th>In the file</th>
              <th className="extra">First lines</th>
              <th>Goes to</th>
            </tr>
          </thead>
          <tbody>
            {columns.map((column) => (
              <tr key={column.raw}>
                <td className="strong">{column.raw || <span className="faint">no name</span>}</td>
                <td className="soft small extra">{column.samples.filter(Boolean).join(' · ') || 'empty'}</td>
                <td>
                  <NativeSelect
                    size="xs"
                    w={190}
                    aria-label={`Where the column ${column.raw} goes`}
                    disabled={column.raw === ''}
                    value={targets[column.raw] ?? KEEP_AS_NOTE}
                    error={twice.includes(targets[column.raw] ?? '') ? 'another column goes there too' : null}
                    data={[
                      ...known,
                      { value: KEEP_AS_NOTE, label: 'keep as a note' },
                      { value: LEAVE_OUT, label: 'leave out' },
                    ]}
                    onChange={(event) => onChange({ ...targets, [column.raw]: event.currentTarget.value })}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {twice.length > 0 && (
        <p className="check" role="alert">
          Two columns go to {twice.join(', ')}: leave one out, or keep it as a note.
        </p>
      )}
    </>
  )
}
