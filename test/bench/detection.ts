// Labelled years of an invented company through detection: what it finds, how soon, and whom it troubles for nothing.
import { writeFile } from 'node:fs/promises'
import { labelledYear } from '../../server/simulator/years/year.ts'
import { type Server, startServer } from './detection/database.ts'
import { type Figure, figuresOf, type Measured, measure, wilson } from './detection/measure.ts'
import { type Played, playYear } from './detection/play.ts'
import { judgingCost } from './detection/speed.ts'
import type { Row } from './table.ts'

const startsAt = new Date('2026-01-05T00:00:00Z')

interface Sizes {
  seeds: number[]
  people: number
  diversions: number
  speed: { few: number; many: number }
}

const full: Sizes = { seeds: [1, 2, 3, 4, 5], people: 5_000, diversions: 40, speed: { few: 2_000, many: 200_000 } }
const quickly: Sizes = { seeds: [1], people: 1_000, diversions: 8, speed: { few: 2_000, many: 20_000 } }

/** So many years are played beside each other: while one waits for the database, the other judges. */
const BESIDE = 2

const say = (line: string) => void process.stderr.write(`${line}\n`)

/** `--seeds 1,2`, `--people N`, `--diversions N`, `--json FILE`: for whoever tunes. */
function optionsOf(quick: boolean, flags: string[]): Sizes & { json: string | null } {
  const sizes = quick ? quickly : full
  const after = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined)
  return {
    ...sizes,
    seeds: after('--seeds')?.split(',').map(Number) ?? sizes.seeds,
    people: Number(after('--people') ?? sizes.people),
    diversions: Number(after('--diversions') ?? sizes.diversions),
    json: after('--json') ?? null,
  }
}

export async function benchDetection({ quick, flags }: { quick: boolean; flags: string[] }): Promise<Row[]> {
  const { json, ...sizes } = optionsOf(quick, flags)
  const server = await startServer()
  try {
    const years: { seed: number; measured: Measured }[] = []
    const left = [...sizes.seeds]
    const player = async () => {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        years.push({ seed, measured: await play(server, seed, sizes) })
        if (json !== null) await writeFile(json, JSON.stringify(years, null, 1))
      }
    }
    await Promise.all(Array.from({ length: BESIDE }, player))
    const rows = rowsOf(years.map(({ measured }) => measured))
    return [...rows, await judgingCost(server, sizes.speed)]
  } finally {
    await server.stop()
  }
}

async function play(server: Server, seed: number, { people, diversions }: Sizes): Promise<Measured> {
  const began = performance.now()
  const year = labelledYear({ seed, people, diversions, startsAt })
  const database = await server.open(`year_${seed}`)
  const played = await playYear(database, year, (line) => say(`seed ${seed}, ${line}`))
  const measured = await measure(database.db, year, people)
  await database.pool.end()
  say(`seed ${seed}: ${((performance.now() - began) / 1000).toFixed(0)} s, ${spentText(played)}`)
  process.stdout.write(yearText(seed, measured, played))
  return measured
}

const spentText = ({ spent, judged }: Played) =>
  [
    ...Object.entries(spent).map(([phase, ms]) => `${phase} ${(ms / 1000).toFixed(0)} s`),
    `${judged.afterEvents} devices judged after events, ${judged.bySweep} by sweeps`,
  ].join(', ')

// ── Words ──────────────────────────────────────────────────────────────────────────────────────────────────

function yearText(seed: number, measured: Measured, played: Played): string {
  const lines = [`\nSeed ${seed}`]
  const add = (line: string) => void lines.push(line)
  const missed = measured.outcomes.filter((one) => one.foundAt === null)
  const late = measured.outcomes.filter((one) => one.hours !== null && one.hours > 24)
  add(`  not found (${missed.length}):`)
  for (const one of missed)
    add(
      `    ${one.number} ${one.variant}: ${one.severity ?? 'no case'}; ${one.rules.join(', ') || 'nothing said'}; possible ${one.possibleAt ?? 'never'}`,
    )
  add(`  found late (${late.length}):`)
  for (const one of late) add(`    ${one.number} ${one.variant}: ${one.hours!.toFixed(0)} h; ${one.rules.join(', ')}`)
  const wrong = measured.cases.filter((one) => !one.isDiverted)
  const high = wrong.filter((one) => one.highAt !== null)
  add(`  ordinary people with a high case (${high.length}):`)
  for (const one of high) add(`    ${one.severity}: ${one.rules.join(', ')} — ${one.stories.join('; ')}`)
  add(`  ordinary cases (${wrong.length}), by rules:`)
  for (const [rules, count] of counted(wrong.map((one) => one.rules.toSorted().join(' + ') || 'none')).slice(0, 25))
    add(`    ${count}  ${rules}`)
  add('  by story (of those with a case):')
  for (const [story, count] of counted(wrong.flatMap((one) => one.stories)).slice(0, 15)) add(`    ${count}  ${story}`)
  add('  findings by rule: ordinary, diverted')
  for (const one of measured.rules)
    add(`    ${String(one.ordinary).padStart(5)} ${String(one.diverted).padStart(4)}  ${one.rule}`)
  for (const [problem, count] of played.refused) add(`  refused ${count}: ${problem}`)
  for (const [error, count] of counted(played.errors.map((text) => text.replace(/dev_\S+/, 'dev'))))
    add(`  error ${count}: ${error}`)
  const { found, inTime, precise, troubled } = figuresOf([measured])
  add(
    `  found ${share(found)}, in time ${share(inTime)}, precision ${share(precise)}, cases ${(troubled.hits / troubled.of).toFixed(2)} per 1,000 and month`,
  )
  return `${lines.join('\n')}\n`
}

const counted = (words: string[]): [string, number][] =>
  [...Map.groupBy(words, (word) => word)]
    .map(([word, all]): [string, number] => [word, all.length])
    .sort((a, b) => b[1] - a[1])

const percent = (value: number) => `${(value * 100).toFixed(1)} %`
const share = (figure: Figure) => `${figure.hits} of ${figure.of}`

function rowsOf(years: Measured[]): Row[] {
  const { found, inTime, precise, troubled } = figuresOf(years)
  const row = (figure: string, counts: Figure, least: number): Row => {
    const [low, high] = wilson(counts)
    return {
      figure,
      ours: share(counts),
      baseline: `${percent(low)} – ${percent(high)}`,
      reached: counts.of === 0 ? '–' : percent(counts.hits / counts.of),
      must: `≥ ${percent(least)}`,
      holds: counts.of > 0 && counts.hits / counts.of >= least,
    }
  }
  const rate = troubled.hits / troubled.of
  // Of a count that is rare and independent: ± 1.96 of its root.
  const spread = (1.96 * Math.sqrt(troubled.hits)) / troubled.of
  return [
    row('diversions with a case of high or critical', found, 0.95),
    row('of these, found within 24 h of the first possible moment', inTime, 0.95),
    row('precision of high and critical cases', precise, 0.9),
    {
      figure: 'cases per 1,000 ordinary employees and month',
      ours: String(troubled.hits),
      baseline: `${Math.max(0, rate - spread).toFixed(2)} – ${(rate + spread).toFixed(2)}`,
      reached: rate.toFixed(2),
      must: '≤ 3',
      holds: rate <= 3,
    },
  ]
}
