// Figures as a table of ratios.

export interface Row {
  figure: string
  ours: string
  /** Of the plain service, where it is compared with one. */
  baseline: string
  reached: string
  must: string
  holds: boolean
}

export const median = (values: number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

/** The value below which so large a share of all lies. */
export const quantile = (values: number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0

export function table(rows: Row[]): string {
  const cells = [
    ['figure', 'Telltale', 'baseline', 'reached', 'must', ''],
    ...rows.map((row) => [row.figure, row.ours, row.baseline, row.reached, row.must, row.holds ? 'ok' : 'MISSED']),
  ]
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)))
  return `${cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')}\n`
}
