// Jamf Pro's computer inventory, asked page by page: each record gives a check-in for every time that it names.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { HOUR, MINUTE } from '../../lib/time.ts'
import type { Clock, Mdm, MdmPage } from '../../ports.ts'
import { allOrNone, optionalSecret, optionalUrl } from '../environment.ts'
import { type Ask, clientCredentials, createAsk, fetchFor, pageRecords, Refused, shaped } from './asking.ts'
import { readComputer } from './jamf-computer.ts'
import { instantTold } from './words.ts'

/** Settings from the environment: all or none. The client needs the privilege "Read Computers" only. */
export const jamfInventoryEnvironment = allOrNone({
  JAMF_URL: optionalUrl,
  JAMF_CLIENT_ID: optionalSecret,
  JAMF_CLIENT_SECRET: optionalSecret,
}).transform(({ JAMF_URL: url, JAMF_CLIENT_ID: clientId, JAMF_CLIENT_SECRET: clientSecret }) =>
  url && clientId && clientSecret ? { url, clientId, clientSecret } : null,
)
type Settings = NonNullable<z.output<typeof jamfInventoryEnvironment>>

const TITLE = 'Jamf Pro'
const PAGE_SIZE = 100
/** A day: what left no mark in the times by which a sync asks (an enrolment ended by hand) is found by a full one. */
const FULL_EVERY_MS = 24 * HOUR
/** Records are written some time after the times that they carry. */
const OVERLAP_MS = 15 * MINUTE

const SECTIONS = [
  'GENERAL',
  'HARDWARE',
  'OPERATING_SYSTEM',
  'USER_AND_LOCATION',
  'APPLICATIONS',
  'SERVICES',
  'SECURITY',
  'DISK_ENCRYPTION',
]

/**
 * Editions of the inventory, newest first, with the times by which each can be filtered. Version 4 (11.30) renamed the last
 * contact of Jamf's own program to `lastCheckIn`; 3 and 1 are deprecated. Source: developer.jamf.com, "11.30.0 Additions"
 * and "Deprecations", and the reference of `computers-inventory`.
 */
const EDITIONS = [
  { path: 'api/v4/computers-inventory', times: ['general.reportDate', 'general.lastCheckIn', 'general.lastContact'] },
  { path: 'api/v3/computers-inventory', times: ['general.reportDate', 'general.lastContactTime'] },
  { path: 'api/v1/computers-inventory', times: ['general.reportDate', 'general.lastContactTime'] },
]

const cursorSchema = z.object({
  page: z.int().nonnegative(),
  /** How many there were at the page before; null at the first. */
  total: z.int().nonnegative().nullable(),
  /** Only what was reported since is asked for; null for all. */
  since: z.iso.datetime().nullable(),
  /** When this sync began; null between two. */
  startedAt: z.iso.datetime().nullable(),
  /** The newest time seen in this sync, not after its start. */
  newest: z.iso.datetime().nullable(),
  /** When the last full sync began. */
  fullAt: z.iso.datetime(),
})
type Cursor = z.output<typeof cursorSchema>

const pageSchema = z.object({ totalCount: z.int().nonnegative(), results: pageRecords })

/** Makes no call by itself. */
export function createJamfInventory(settings: Settings, { clock }: { clock: Clock }): Mdm {
  const ask = askFor(settings, clock)
  return {
    source: 'jamf-inventory',
    title: TITLE,
    vouches: 'enrolment',
    everyMs: 15 * MINUTE,
    readPage: (cursor) => readPage(ask, cursorOf(cursor, clock())),
    readRecord: readComputer,
    async test() {
      const answer = await ask(() => 'section=GENERAL&page=0&page-size=1')
      const { totalCount } = shaped(TITLE, pageSchema, answer)
      return `${totalCount} computers in the inventory.`
    },
  }
}

type AskInventory = (queryFor: (times: string[]) => string) => Promise<unknown>

/** Asks the newest edition that the server has, and remembers which. */
function askFor({ url, clientId, clientSecret }: Settings, clock: Clock): AskInventory {
  const fetch = fetchFor(url)
  const tokenUrl = `${url.replace(/\/+$/, '')}/api/oauth/token`
  const form = { client_id: clientId, client_secret: clientSecret }
  const authorize = clientCredentials({ title: TITLE, tokenUrl, form, fetch, clock })
  const ask: Ask = createAsk({ title: TITLE, baseUrl: url, fetch, authorize })
  let known = 0
  return async (queryFor) => {
    for (const [edition, { path, times }] of EDITIONS.entries()) {
      if (edition < known) continue
      try {
        const answer = await ask(`${path}?${queryFor(times)}`)
        known = edition
        return answer
      } catch (error) {
        if (!isRefused(error, 404)) throw error
      }
    }
    throw new AppError('unreadable', `${TITLE} has no computer inventory at this URL (404): check it in its settings.`)
  }
}

const isRefused = (error: unknown, status: number) => error instanceof Refused && error.status === status

/** A cursor that cannot be read begins anew, and so does the first sync after a day. */
function cursorOf(told: unknown, now: Date): Started {
  const cursor = cursorSchema.safeParse(told).data
  const startedAt = cursor?.startedAt ?? now.toISOString()
  const isFull = cursor === undefined || Date.parse(startedAt) - Date.parse(cursor.fullAt) >= FULL_EVERY_MS
  if (cursor !== undefined && !(isFull && cursor.startedAt === null)) return { ...cursor, startedAt }
  return { page: 0, total: null, since: null, startedAt, newest: null, fullAt: startedAt }
}

type Started = Cursor & { startedAt: string }

/** A server that does not take the filter is asked for everything. */
async function readPage(ask: AskInventory, cursor: Started): Promise<MdmPage> {
  try {
    return await readFiltered(ask, cursor)
  } catch (error) {
    if (cursor.since === null || !isRefused(error, 400)) throw error
    return readFiltered(ask, { ...cursor, page: 0, total: null, since: null })
  }
}

async function readFiltered(ask: AskInventory, cursor: Started): Promise<MdmPage> {
  const answer = await ask((times) => queryOf(cursor, times))
  const { totalCount: total, results } = shaped(TITLE, pageSchema, answer)
  const records = results.map((record) => withoutKnown(record, cursor.since))
  const newest = newestOf([cursor.newest, ...results.map(lastTold)], cursor.startedAt)
  // What was deleted on earlier pages made the rest slide forward: the page before now ends with what was skipped.
  if (cursor.total !== null && total < cursor.total && cursor.page > 0)
    return { records, cursor: { ...cursor, newest, total, page: cursor.page - 1 }, isLast: false }
  if (results.length > 0 && (cursor.page + 1) * PAGE_SIZE < total)
    return { records, cursor: { ...cursor, newest, total, page: cursor.page + 1 }, isLast: false }
  const since = newest === null ? cursor.since : new Date(Date.parse(newest) - OVERLAP_MS).toISOString()
  const next: Cursor = { page: 0, total: null, since, startedAt: null, newest: null, fullAt: cursor.fullAt }
  return { records, cursor: next, isLast: true }
}

/** By id, so that the order stays as it is while pages are read. Source: developer.jamf.com, "Filtering with RSQL". */
function queryOf({ page, since }: Cursor, times: string[]): string {
  const query = new URLSearchParams(SECTIONS.map((section) => ['section', section]))
  query.set('page', String(page))
  query.set('page-size', String(PAGE_SIZE))
  query.set('sort', 'id:asc')
  if (since !== null) query.set('filter', times.map((time) => `${time}>="${since}"`).join(','))
  return query.toString()
}

const timesSchema = z.object({
  general: z.looseObject({
    reportDate: instantTold,
    lastContactTime: instantTold,
    lastCheckIn: instantTold,
    lastContact: instantTold,
  }),
})

const generalOf = (record: unknown) => timesSchema.loose().safeParse(record).data

function lastTold(record: unknown): string | null {
  const { reportDate, lastContactTime, lastCheckIn, lastContact } = generalOf(record)?.general ?? {}
  return newestOf([reportDate, lastContactTime, lastCheckIn, lastContact])
}

/** Times after `until` do not count: one ahead of our clock would hide what is reported until then. */
const newestOf = (times: (string | null | undefined)[], until = '9999') =>
  times.reduce<string | null>((newest, at) => (at && at <= until && at > (newest ?? '') ? at : newest), null)

/** An inventory of before the last sync was told by that one; left out, it is not compared once more at every contact. */
function withoutKnown(record: unknown, since: string | null): unknown {
  const known = generalOf(record)
  const reportedAt = known?.general.reportDate
  if (since === null || reportedAt === undefined || reportedAt >= since || lastTold(record) === reportedAt)
    return record
  const { general, ...parts } = record as { general: Record<string, unknown> }
  const { reportDate: _, ...rest } = general
  return { ...parts, general: rest }
}
