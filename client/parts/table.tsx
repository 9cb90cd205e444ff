// A list: a real table whose rows are links, with keys, and with something to say while empty or failed.
import { Skeleton } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type CSSProperties, type ReactNode, useRef } from 'react'
import { useKeys } from './keys.tsx'
import { Failure } from './states.tsx'
import './table.css'

export interface Column<Row> {
  head: string
  /** The first column with `isLink` carries the row's link. */
  cell(row: Row): ReactNode
  isLink?: boolean
  isNumber?: boolean
  /** Left out where the window is narrow. */
  isExtra?: boolean
  width?: string
}

interface TableProps<Row> {
  /** Heard, not seen: what this is a list of. */
  caption: string
  columns: Column<Row>[]
  /** `undefined`: still asked for the first time. */
  rows: Row[] | undefined
  idOf(row: Row): string
  /** The row's page, as a path. */
  hrefOf?(row: Row): string
  query: { error: unknown; isFetching: boolean; isPlaceholderData?: boolean; refetch(): unknown }
  /** What stands there when nothing matches. */
  empty: ReactNode
  selection?: { ids: ReadonlySet<string>; onChange(ids: ReadonlySet<string>): void }
  /** More keys for the row that has the focus; null when none has. */
  onKey?: Record<string, { label: string; run(row: Row): void }>
}

export function Table<Row>({
  caption,
  columns,
  rows,
  idOf,
  hrefOf,
  query,
  empty,
  selection,
  onKey = {},
}: TableProps<Row>) {
  const body = useRef<HTMLTableSectionElement>(null)
  /** Where a range begins that shift and a click end. */
  const anchor = useRef<string | null>(null)
  const rowIds = rows?.map(idOf) ?? []
  const pick = (id: string, isRange = false) => {
    if (selection === undefined) return
    selection.onChange(picked(selection.ids, rowIds, isRange ? anchor.current : null, id))
    anchor.current = id
  }
  const focusables = () => [...(body.current?.querySelectorAll<HTMLElement>('[data-row]') ?? [])]
  const activeIndex = () =>
    focusables().findIndex((one) => one.closest('tr')?.contains(document.activeElement) === true)
  const active = () => rows?.[activeIndex()]
  const move = (step: number) => {
    const all = focusables()
    const next = all[Math.min(all.length - 1, Math.max(0, activeIndex() + step))]
    next?.focus()
    next?.closest('tr')?.scrollIntoView({ block: 'nearest' })
  }
  const withActive = (run: (row: Row) => void) => () => {
    const row = active()
    if (row !== undefined) run(row)
  }
  useKeys([
    { key: 'j', label: 'next row', run: () => move(1) },
    { key: 'k', label: 'row before', run: () => move(-1) },
    // Else the arrows scroll the page.
    { key: 'ArrowDown', label: 'next row', run: () => move(1), when: () => activeIndex() >= 0 },
    { key: 'ArrowUp', label: 'row before', run: () => move(-1), when: () => activeIndex() >= 0 },
    ...(hrefOf ? [{ key: 'Enter', label: 'open the row', run: () => {} }] : []),
    ...(selection ? [{ key: 'x', label: 'select the row', run: withActive((row) => pick(idOf(row))) }] : []),
    ...Object.entries(onKey).map(([key, { label, run }]) => ({ key, label, run: withActive(run) })),
  ])

  if (rows === undefined && query.error) return <Failure error={query.error} retry={() => query.refetch()} />
  return (
    <div className="table-frame">
      <table className={query.isPlaceholderData ? 'table refreshing' : 'table'} aria-busy={rows === undefined}>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className="pick">
                <PickAll rowIds={rowIds} selection={selection} />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.head}
                scope="col"
                className={classOf(column)}
                style={{ '--width': column.width } as CSSProperties}
              >
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {rows === undefined && <Ghosts columns={columns.length + (selection ? 1 : 0)} />}
          {rows?.length === 0 && (
            <tr className="no-rows">
              <td colSpan={columns.length + (selection ? 1 : 0)}>{empty}</td>
            </tr>
          )}
          {rows?.map((row) => {
            const id = idOf(row)
            const isSelected = selection?.ids.has(id) === true
            return (
              <tr key={id} data-selected={isSelected} data-linked={hrefOf !== undefined}>
                {selection && (
                  <td className="pick">
                    <input
                      type="checkbox"
                      aria-label="Select this row"
                      checked={isSelected}
                      onChange={(event) => pick(id, (event.nativeEvent as MouseEvent).shiftKey)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column.head} className={classOf(column)}>
                    {column.isLink && hrefOf ? (
                      <Link to={hrefOf(row)} className="row-link" data-row>
                        {column.cell(row)}
                      </Link>
                    ) : (
                      column.cell(row)
                    )}
                  </td>
                ))}
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}

/** One row more or less; from the anchor on, all rows up to it become what it becomes. */
function picked(ids: ReadonlySet<string>, rowIds: string[], anchor: string | null, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  const isOn = !ids.has(id)
  const [from, to] = [rowIds.indexOf(anchor ?? id), rowIds.indexOf(id)].sort((a, b) => a - b) as [number, number]
  for (const one of from < 0 ? [id] : rowIds.slice(from, to + 1)) {
    if (isOn) next.add(one)
    else next.delete(one)
  }
  return next
}

interface PickAllProps {
  rowIds: string[]
  selection: { ids: ReadonlySet<string>; onChange(ids: ReadonlySet<string>): void }
}

/** All rows of this page, or none of them. */
function PickAll({ rowIds, selection }: PickAllProps) {
  const chosen = rowIds.filter((id) => selection.ids.has(id)).length
  const isAll = chosen > 0 && chosen === rowIds.length
  return (
    <input
      type="checkbox"
      aria-label="Select all rows of this page"
      checked={isAll}
      disabled={rowIds.length === 0}
      ref={(box) => {
        if (box) box.indeterminate = chosen > 0 && !isAll
      }}
      onChange={() => {
        const next = new Set(selection.ids)
        for (const id of rowIds) {
          if (isAll) next.delete(id)
          else next.add(id)
        }
        selection.onChange(next)
      }}
    />
  )
}

function classOf({ isNumber, isExtra }: Column<never>): string {
  return [isNumber ? 'right' : '', isExtra ? 'extra' : ''].filter(Boolean).join(' ')
}

const GHOSTS = [80, 55, 70, 60, 75, 50]

function Ghosts({ columns }: { columns: number }) {
  return GHOSTS.map((width) => (
    <tr key={width}>
      <td colSpan={columns}>
        <Skeleton height={14} width={`${width}%`} my={4} />
      </td>
    </tr>
  ))
}
