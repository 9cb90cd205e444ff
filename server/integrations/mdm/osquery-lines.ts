// Lines of osquery's result log, to check-ins: lines of about one time become one, and what says nothing new is left out.
import { z } from 'zod'
import { faultsText } from '../../lib/errors.ts'
import { dayOf } from '../../lib/time.ts'
import { type AgentReading, type CheckIn, checkInSchema } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { digestOf, type Memory } from './osquery-memory.ts'
import { type Part, partOfQuery } from './osquery-pack.ts'
import { readPart } from './osquery-parts.ts'
import { amount, instantTold, partOf, word } from './words.ts'
import { zoneOf } from './zones.ts'

const lineSchema = z.object({
  name: word(300),
  unixTime: instantTold,
  snapshot: z.unknown().optional(),
  decorations: partOf(z.object({ serial: word(200), uuid: word(100), zone: word(100), zone_offset: amount })),
})

/** One line, read; `part` is null where it is not the whole answer to a query of ours, and a sign of life only. */
export interface Line {
  name: string
  /** In ms. */
  at: number
  part: Part | null
  rows: unknown[]
  serial?: string | undefined
  uuid?: string | undefined
  zone?: string | undefined
}

/**
 * One line of a result log, or what is wrong with it. Differences are for whoever holds what they differ from: the pack
 * asks for snapshots only, so added and removed rows, like other packs' lines, show that the host lives and no more.
 */
export function readLine(value: unknown): Line | string {
  const told = lineSchema.safeParse(value).data
  if (told?.name === undefined) return 'a line of a result log needs a name'
  if (told.unixTime === undefined) return 'unixTime: must be a time in seconds since 1970'
  const { name, decorations, snapshot } = told
  const isWhole = Array.isArray(snapshot)
  return {
    name,
    at: Date.parse(told.unixTime),
    part: isWhole ? partOfQuery(name) : null,
    rows: isWhole ? snapshot : [],
    serial: decorations?.serial,
    uuid: decorations?.uuid,
    zone: zoneOf(decorations?.zone, decorations?.zone_offset),
  }
}

/** A line as it came, as far as it was read. */
const written = ({ name, at, rows, serial, uuid }: Line) => ({
  name,
  unixTime: at / 1000,
  snapshot: rows,
  decorations: { serial, uuid },
})

/** Lines that make one check-in, of one device; of them only the answers are kept, each query's once. */
interface Round {
  from: number
  at: number
  serial: string | null
  uuid: string | null
  zone: string | undefined
  answers: Map<string, Line>
}

/** What comes to be known while a report is read. */
interface Reporting {
  agentId: string
  source: string
  memory: Memory
  now: Date
  publicIp: string | null
}

/** How old the newest line may be for the address that it came from to be where it was made. */
const FRESH_MS = 15 * 60_000
/** Clocks within so much of ours are taken as they go. */
const AHEAD_MS = 60 * 60_000

/**
 * Check-ins of the lines of one report, in the order of their times, and what to remember. A line that was told before is
 * dropped where it is of the newest second; older ones are late reports, and whoever records them knows what to make of it.
 */
export function checkInsOf(lines: Line[], about: Reporting): AgentReading {
  let memory = about.memory
  const reading: AgentReading = { checkIns: [], unreadable: [], memory }
  const rounds = roundsOf(lines, memory)
  for (const [index, round] of rounds.entries()) {
    const isLast = index === rounds.length - 1
    const publicIp = isLast && Math.abs(about.now.getTime() - round.at) <= FRESH_MS ? about.publicIp : null
    const next = follow(memory, round)
    if (next === null) continue
    const parts = partsOf(next.answers, publicIp, round)
    const news = next.isLate ? { told: parts, memory } : newsOf(parts, next.memory, round)
    memory = news.memory
    const made = checkInSchema.safeParse({
      ...Object.assign({}, ...Object.values(news.told)),
      ...(Object.keys(news.told).length > 0 && memory.platform ? { platform: memory.platform } : {}),
      serialNumber: round.serial ?? undefined,
      hardwareUuid: round.uuid ?? undefined,
      sourceDeviceId: about.agentId,
      source: about.source,
      reportedAt: new Date(next.at).toISOString(),
    })
    if (made.success) reading.checkIns.push(made.data)
    else {
      const body = { agent: { id: about.agentId, memory }, lines: [...round.answers.values()].map(written) }
      reading.unreadable.push({ body, reason: faultsText(faultsOf(made.error)) })
    }
  }
  // A clock that was far ahead for once would make all that follows late.
  const isAhead = memory.at !== null && memory.at > about.now.getTime() + AHEAD_MS
  return { ...reading, memory: isAhead ? { ...memory, at: about.now.getTime() } : memory }
}

/** Lines further apart are not of one time: the quickest of the pack's queries comes as often. */
const ROUND_MS = 5 * 60_000

/** Sorts lines into rounds: a query that answers again, another device's line, or a later time begins the next. */
function roundsOf(lines: Line[], memory: Memory): Round[] {
  const rounds: Round[] = []
  for (const line of lines.toSorted((a, b) => a.at - b.at)) {
    const serial = line.serial ?? memory.serial
    const uuid = line.uuid ?? memory.uuid
    let round = rounds.at(-1)
    const same = line.part === null ? undefined : round?.answers.get(line.name)
    if (same?.at === line.at) continue
    const isAnother = round?.serial !== serial || round.uuid !== uuid || same !== undefined
    if (round === undefined || isAnother || line.at - round.from >= ROUND_MS) {
      round = { from: line.at, at: line.at, serial, uuid, zone: undefined, answers: new Map() }
      rounds.push(round)
    }
    round.at = line.at
    round.zone = line.zone ?? round.zone
    if (line.part !== null) round.answers.set(line.name, line)
  }
  return rounds
}

const secondOf = (ms: number) => Math.floor(ms / 1000)

interface Step {
  at: number
  isLate: boolean
  answers: Line[]
  memory: Memory
}

/** What an answer of one second is known by. */
const keyOf = (line: Line, { serial, uuid }: Round) => `${line.name} ${serial ?? uuid ?? ''}`

/** So many of a second are remembered: all of the pack, of a few devices. */
const KEYS_MAX = 100

/** Where a round stands in time: later than all before, late, or of the same second; null where that was told already. */
function follow(memory: Memory, round: Round): Step | null {
  const { at } = round
  const answers = [...round.answers.values()]
  const isLater = memory.at === null || secondOf(at) > secondOf(memory.at)
  if (!isLater && secondOf(at) < secondOf(memory.at!)) return { at, isLate: true, answers, memory }
  const before = isLater ? [] : memory.lines
  const fresh = answers.filter((line) => !before.includes(keyOf(line, round)))
  if (!isLater && fresh.length === 0) return null
  // Two check-ins of one time count as one told twice.
  const next = isLater ? at : memory.at! + 1
  const keys = fresh.filter((line) => secondOf(line.at) === secondOf(at)).map((line) => keyOf(line, round))
  return {
    at: next,
    isLate: false,
    answers: fresh,
    memory: { ...memory, at: next, lines: [...before, ...keys].slice(-KEYS_MAX) },
  }
}

type Parts = Record<string, Partial<CheckIn>>

function partsOf(answers: Line[], publicIp: string | null, { at, zone }: Round): Parts {
  const parts: Parts = {}
  for (const line of answers) {
    const told = line.part === null ? undefined : readPart(line.part, line.rows)
    if (told === undefined) continue
    const { uptimeSeconds } = told
    parts[line.part!] = uptimeSeconds === undefined ? told : { uptimeSeconds: uptimeSeconds + (at - line.at) / 1000 }
  }
  if (publicIp !== null) parts['publicIp'] = { publicIp }
  if (zone !== undefined) parts['timeZone'] = { timeZone: zone }
  return parts
}

/**
 * What differs from what was said last: an absent member says nothing, so what stayed is left out, and the check-in costs
 * its presence only. Once a day all of it is told again, so that nothing hangs on this memory for long.
 */
function newsOf(parts: Parts, memory: Memory, { at, serial, uuid }: Round): { told: Parts; memory: Memory } {
  const about = `${dayOf(new Date(at))} ${serial ?? ''} ${uuid ?? ''}`
  const said = memory.about === about ? { ...memory.said } : {}
  const told: Parts = {}
  for (const [name, part] of Object.entries(parts)) {
    const digest = name === 'clock' ? null : digestOf(part)
    if (digest !== null && said[name] === digest) continue
    told[name] = part
    if (digest !== null) said[name] = digest
  }
  return { told, memory: { ...memory, about, said } }
}
