// What an osquery agent sends: a log of results, or its answers to distributed queries, as lines and then as check-ins.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { AgentReading, CheckInReport, EnrolledAgent } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { checkInsOf, type Line, readLine } from './osquery-lines.ts'
import { memoryOf } from './osquery-memory.ts'
import { partOfQuery } from './osquery-pack.ts'
import { instantTold, word } from './words.ts'

interface About {
  source: string
  agent: EnrolledAgent
  now: Date
  publicIp: string | null
}

const reportSchema = z.object({
  log_type: word(50),
  data: z.unknown().optional(),
  queries: z.record(z.string(), z.unknown()).optional().catch(undefined),
  statuses: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** More lines than this in one report are kept and not read: osquery sends 1024 at most unless it is told otherwise. */
const LINES_MAX = 2000

/** Reads a report of either kind; what is neither is kept. Never throws. */
export function readReport(value: unknown, about: About): AgentReading {
  const { log_type, data, queries, statuses = {} } = reportSchema.safeParse(value).data ?? {}
  const { agent } = about
  // What osquery says of itself shows that it lives, and is not ours to keep.
  if (log_type === 'status') return { checkIns: [], unreadable: [], memory: agent.memory }
  if (queries !== undefined) {
    const memory = { ...memoryOf(agent.memory), isIntroduced: true }
    return readLines(linesOfAnswers(queries, statuses, about.now), { ...about, agent: { ...agent, memory } })
  }
  if (!Array.isArray(data)) {
    const unreadable = [keep(agent, [value], 'a log needs a list of lines as data')]
    return { checkIns: [], unreadable, memory: agent.memory }
  }
  const reading = readLines(data.slice(0, LINES_MAX), about)
  if (data.length <= LINES_MAX) return reading
  const rest = keep(agent, data.slice(LINES_MAX), `a log holds ${LINES_MAX} lines at most`)
  return { ...reading, unreadable: [...reading.unreadable, rest] }
}

function readLines(values: unknown[], { source, agent, now, publicIp }: About): AgentReading {
  const lines: Line[] = []
  const unreadable: AgentReading['unreadable'] = []
  for (const value of values) {
    const line = readLine(value)
    if (typeof line === 'string') unreadable.push(keep(agent, [value], line))
    else lines.push(line)
  }
  const made = checkInsOf(lines, { agentId: agent.id, source, memory: memoryOf(agent.memory), now, publicIp })
  return { ...made, unreadable: [...unreadable, ...made.unreadable] }
}

const clockRow = z.object({ unix_time: instantTold })

/**
 * Answers to the questions that follow an enrolment, as lines of a log. Their time is what the clock's own query told,
 * since lines of the log go by the host's clock too, and its row names the zone as decorations do. What failed says nothing.
 */
function linesOfAnswers(queries: Record<string, unknown>, statuses: Record<string, unknown>, now: Date): unknown[] {
  const answered = Object.entries(queries).filter(
    ([name, rows]) => partOfQuery(name) !== null && Array.isArray(rows) && Number(statuses[name] ?? 0) === 0,
  )
  const [, clock] = answered.find(([name]) => partOfQuery(name) === 'clock') ?? []
  const decorations = Array.isArray(clock) ? clock[0] : undefined
  const unixTime = clockRow.safeParse(decorations).data?.unix_time ?? now.toISOString()
  return answered.map(([name, snapshot]) => ({ name, unixTime, snapshot, decorations }))
}

// ── What is kept ───────────────────────────────────────────────────────────────────────────────────────────

/** Lines to be tried again, and whose they are. */
const keptSchema = z.object({ agent: z.object({ id: z.string(), memory: z.unknown() }), lines: z.array(z.unknown()) })

const keep = (agent: EnrolledAgent, lines: unknown[], reason: string) => ({ body: { agent, lines }, reason })

/** Kept lines, read again as if nothing had been told before. Throws AppError 'invalid' where one still cannot be read. */
export function readKept(value: unknown, source: string): CheckInReport[] {
  const kept = keptSchema.safeParse(value)
  if (!kept.success) throw new AppError('invalid', 'This is no line of a log.', faultsOf(kept.error))
  const { agent, lines } = kept.data
  const memory = { ...memoryOf(agent.memory), at: null, about: null }
  const about = { source, agent: { id: agent.id, memory }, now: new Date(0), publicIp: null }
  const { checkIns, unreadable } = readLines(lines, about)
  if (unreadable[0] !== undefined) throw new AppError('invalid', unreadable[0].reason)
  return checkIns.map((checkIn) => ({ kind: 'check-in', checkIn }))
}
