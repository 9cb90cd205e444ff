// Reading and comparing addresses: how fast, how right beside Jaro–Winkler, and how right lines are read beside `parse-address`.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { Address } from '../../server/addresses/parse.ts'
import { comparePrepared, type Prepared, prepareAddress } from '../../server/addresses/prepared.ts'
import { labelledPairs } from '../addresses/pairs.ts'
import { type Fields, readByPackage, readLabelled, readOurs, wrongFields } from './labelled.ts'
import { median, type Row } from './table.ts'

const PREPARE_US_MAX = 60
const COMPARE_PER_S_MIN = 5_000_000

/** The labelled lines that others made, and how many of each must have every field right. */
const LINES = [
  { title: 'clean US lines', file: 'usaddress-train-us50.xml', share: 0.95 },
  { title: 'clean US lines, the messiest', file: 'usaddress-train-us50-messiest.xml', share: 0.95 },
  { title: 'dirty US lines', file: 'usaddress-train-labeled.xml', share: 0.8 },
]

export async function benchAddresses({ quick }: { quick: boolean }): Promise<Row[]> {
  return [prepareRow(quick), compareRow(quick), pairsRow(), ...LINES.flatMap(linesRow)]
}

const addresses = labelledPairs.flatMap(({ a, b }) => [a, b])

/** The median over all addresses of the pairs, each the best of some runs once the code is warm. */
function prepareRow(quick: boolean): Row {
  const rounds = quick ? 20 : 100
  const spent = addresses.map(() => Number.POSITIVE_INFINITY)
  for (let round = 0; round < rounds; round++) {
    for (const [i, address] of addresses.entries()) {
      const from = process.hrtime.bigint()
      prepareAddress(address)
      spent[i] = Math.min(spent[i]!, Number(process.hrtime.bigint() - from) / 1000)
    }
  }
  const reached = median(spent)
  return {
    figure: 'prepare an address, median',
    ours: `${reached.toFixed(1)} µs`,
    baseline: '',
    reached: `${reached.toFixed(1)} µs`,
    must: `≤ ${PREPARE_US_MAX} µs`,
    holds: reached <= PREPARE_US_MAX,
  }
}

/** Everybody with everybody, the labelled pairs among them. */
function compareRow(quick: boolean): Row {
  const prepared = addresses.map(prepareAddress)
  compareAll(prepared)
  const from = process.hrtime.bigint()
  let count = 0
  const rounds = quick ? 2 : 10
  for (let round = 0; round < rounds; round++) count += compareAll(prepared)
  const perSecond = count / (Number(process.hrtime.bigint() - from) / 1e9)
  const text = `${(perSecond / 1e6).toFixed(1)} M/s`
  return {
    figure: 'compare two prepared',
    ours: text,
    baseline: '',
    reached: text,
    must: `≥ ${COMPARE_PER_S_MIN / 1e6} M/s`,
    holds: perSecond >= COMPARE_PER_S_MIN,
  }
}

/** How many were compared; at least each with itself must come out the same, or nothing was. */
function compareAll(prepared: Prepared[]): number {
  let doors = 0
  for (const a of prepared) for (const b of prepared) if (comparePrepared(a, b) === 'same door') doors++
  return doors > 0 ? prepared.length ** 2 : 0
}

// ── Labelled pairs ─────────────────────────────────────────────────────────────────────────────────────────

const likeness = createRequire(import.meta.url)('jaro-winkler') as (a: string, b: string) => number

const lineOf = (address: Address) => Object.values(address).filter(Boolean).join(', ').toLowerCase()

/** Whether two addresses are one door: our answer, and the best that any threshold of likeness reaches. */
function pairsRow(): Row {
  const ours = labelledPairs.filter(
    ({ a, b, label }) => (comparePrepared(prepareAddress(a), prepareAddress(b)) === 'same door') === (label === 'door'),
  )
  const scored = labelledPairs.map(({ a, b, label }) => ({
    isDoor: label === 'door',
    score: likeness(lineOf(a), lineOf(b)),
  }))
  const right = (threshold: number) => scored.filter(({ isDoor, score }) => score >= threshold === isDoor).length
  const best = Math.max(...scored.map(({ score }) => right(score)), right(2))
  const total = labelledPairs.length
  return {
    figure: `one door or two, ${total} pairs`,
    ours: percent(ours.length / total),
    baseline: percent(best / total),
    reached: `${(ours.length / best).toFixed(2)} ×`,
    must: '> Jaro–Winkler',
    holds: ours.length > best,
  }
}

// ── Lines ──────────────────────────────────────────────────────────────────────────────────────────────────

function linesRow({ title, file, share }: (typeof LINES)[number]): Row[] {
  const path = fileURLToPath(new URL(`../../../shared/data/address/${file}`, import.meta.url))
  if (!existsSync(path) && process.env['CI'] === undefined) return []
  const rows = readLabelled(path)
  const shareOf = (read: (text: string) => Fields) =>
    rows.filter(({ text, fields }) => wrongFields(fields, read(text)).length === 0).length / rows.length
  const [ours, theirs] = [shareOf(readOurs), shareOf(readByPackage)]
  return [
    {
      figure: `${title}, all fields right (${rows.length})`,
      ours: percent(ours),
      baseline: percent(theirs),
      reached: percent(ours),
      must: `≥ ${percent(share)}`,
      holds: ours >= share,
    },
  ]
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`
