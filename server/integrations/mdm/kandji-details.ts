// Details and apps of Macs, each asked for on its own: for those that moved, in turns, within the rate limit.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { Ask } from './asking.ts'
import { flag, idTold, partOf, word } from './words.ts'

/**
 * So many Macs per sync, at two requests each: four syncs an hour take 4,000 of the 10,000 requests that a customer has per
 * hour, in all programs together. Source: api-docs.kandji.io, the introduction.
 */
export const MACS_PER_SYNC = 500
const AT_ONCE = 5
/** So many Macs of a page may fail alone; where most do, it is not theirs. */
const FAILURES_MAX = 3

/** Whose turn it is; Macs come in the order of their ids. */
export const turnSchema = z.object({
  /** The last one that had its turn; '' where they begin anew. */
  id: z.string(),
  /** How many were asked about in this sync. */
  asked: z.int().nonnegative(),
})
type Turn = z.output<typeof turnSchema>

export const firstTurn: Turn = { id: '', asked: 0 }

/** A fleet that came through begins anew with the next sync; a larger one goes on where this sync had enough. */
export const nextTurn = ({ id, asked }: Turn, perSync: number): Turn => (asked < perSync ? firstTurn : { id, asked: 0 })

const listedSchema = z.object({ device_id: idTold, last_check_in: word(100), last_enrollment: word(100) })
type Listed = z.output<typeof listedSchema>

const listedOf = (device: unknown): Listed => listedSchema.safeParse(device).data ?? {}

export const idOf = (device: unknown): string | null => listedOf(device).device_id ?? null

/** What of the details stays for as long as a Mac is enrolled, and when it had last checked in as they were asked for. */
interface Known {
  lastCheckIn: string | undefined
  lastEnrollment: string | undefined
  details: object
}

/** Of the details, what lasts: no more of it is kept than is read. */
const lastingSchema = z.object({
  automated_device_enrollment: partOf(z.object({ auto_enrolled: flag })),
  hardware_overview: partOf(z.object({ udid: word(100) })),
})

interface Answer {
  details: unknown
  apps: unknown
}

interface Details {
  /**
   * The devices of a page with `details` and `apps` where it is their turn, or they are not known yet; with what lasts of
   * their details otherwise. One of which nothing is known waits: without, nobody can say how far its check-in proves anything.
   */
  add(devices: unknown[], turn: Turn): Promise<{ records: unknown[]; turn: Turn }>
  /** Those of one device. Throws as `Mdm.readPage`. */
  ask(id: string): Promise<Answer>
}

export function createDetails(ask: Ask, perSync: number): Details {
  const known = new Map<string, Known>()
  // Of the last page: it is read again where it could not be recorded, and its answers are not yet anywhere else.
  let lately = new Map<string, Answer>()
  const askOne: Details['ask'] = async (id) => {
    const path = `api/v1/devices/${encodeURIComponent(id)}`
    const [details, apps] = await Promise.all([ask(`${path}/details`), ask(`${path}/apps`)])
    return { details, apps }
  }
  return {
    ask: askOne,
    async add(devices, turn) {
      const { chosen, turn: next } = choose(devices, { known, turn, perSync })
      const answers = await askAll(chosen, askOne)
      const before = lately
      lately = new Map()
      const records = devices.flatMap((device) => {
        const { device_id: id, last_check_in } = listedOf(device)
        if (id === undefined) return [device]
        if (answers.has(id)) known.set(id, knownBy(device, answers.get(id)?.details ?? known.get(id)?.details))
        const of = known.get(id)
        if (of === undefined) return []
        const answer = answers.get(id) ?? (of.lastCheckIn === last_check_in ? before.get(id) : undefined)
        if (answer === undefined) return [{ ...(device as object), details: of.details }]
        lately.set(id, answer)
        return [{ ...(device as object), ...answer }]
      })
      return { records, turn: next }
    },
  }
}

function knownBy(device: unknown, details: unknown): Known {
  const { last_check_in: lastCheckIn, last_enrollment: lastEnrollment } = listedOf(device)
  return { lastCheckIn, lastEnrollment, details: lastingSchema.safeParse(details).data ?? {} }
}

/** Those that moved since they were last asked about, if it is their turn or they are not known. */
function choose(
  devices: unknown[],
  { known, turn, perSync }: { known: Map<string, Known>; turn: Turn; perSync: number },
): { chosen: string[]; turn: Turn } {
  const chosen: string[] = []
  let { id: last, asked } = turn
  for (const device of devices) {
    const { device_id: id, last_check_in, last_enrollment } = listedOf(device)
    if (id === undefined || asked >= perSync) continue
    const before = known.get(id)
    const isNew = before === undefined || before.lastEnrollment !== last_enrollment
    if (isNew || (id > last && before.lastCheckIn !== last_check_in)) {
      chosen.push(id)
      asked++
    }
    if (id > last) last = id
  }
  return { chosen, turn: { id: last, asked } }
}

/** By id; null for a device whose own answers fail. Throws where the token is refused, is to wait, or most of them fail. */
async function askAll(ids: string[], ask: Details['ask']): Promise<Map<string, Answer | null>> {
  const answers = new Map<string, Answer | null>()
  const failures: AppError[] = []
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE)
    const settled = await Promise.allSettled(some.map(ask))
    for (const [index, one] of settled.entries()) {
      answers.set(some[index]!, one.status === 'fulfilled' ? one.value : null)
      if (one.status === 'rejected') failures.push(failureOf(one.reason))
    }
    if (failures.length > Math.max(FAILURES_MAX, ids.length / 2)) throw failures[0]
  }
  return answers
}

/** A failure that may be one device's own; any other is thrown. */
function failureOf(reason: unknown): AppError {
  if (reason instanceof AppError && (reason.problem === 'unreadable' || reason.problem === 'unavailable')) return reason
  throw reason
}
