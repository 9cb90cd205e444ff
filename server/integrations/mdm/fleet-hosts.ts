// Fleet's hosts with their software, asked for page by page, to check-ins.
import { z } from 'zod'
import { DAY, HOUR, plus } from '../../lib/time.ts'
import type { Clock, Mdm, MdmPage } from '../../ports.ts'
import { allOrNone, optionalSecret, optionalUrl } from '../environment.ts'
import { type Ask, createAsk, fetchFor, pageRecords, Refused, shaped } from './asking.ts'
import { readHost } from './fleet-host.ts'
import { instantTold } from './words.ts'

/** Settings from the environment: both or neither. The token is that of an API-only user with the role Observer. */
export const fleetHostsEnvironment = allOrNone({
  FLEET_URL: optionalUrl,
  FLEET_TOKEN: optionalSecret,
}).transform(({ FLEET_URL: url, FLEET_TOKEN: token }) => (url && token ? { url, token } : null))

const TITLE = 'Fleet'

/** A Linux host has some thousand packages, each a row of its own: a page stays well below what one answer may weigh. */
const PAGE = 50
/** Read again each time: clocks differ, and Fleet writes down in batches who was seen. */
const OVERLAP_MS = HOUR
/** Everything is asked for so often, for what moved without being seen, such as an enrolment that was ended. */
const WHOLE_EVERY_MS = DAY

/**
 * The source `fleet-hosts`: hosts by when they were last seen, newest first, as far back as the sync before came. Hosts that
 * move while pages are read push the others back, so that some come twice; what moved itself comes with the next sync.
 * Fleet asks its hosts for their details each hour. Source of the parameters: fleetdm/fleet, docs/REST API, "List hosts".
 */
export function createFleetHosts({ url, token }: { url: string; token: string }, { clock }: { clock: Clock }): Mdm {
  const ask = createAsk({ title: TITLE, baseUrl: url, fetch: fetchFor(url), authorize: async () => token })
  const askHosts = askingHosts(ask)
  return {
    source: 'fleet-hosts',
    title: TITLE,
    vouches: 'enrolment',
    everyMs: HOUR,
    readPage: (cursor) => readPage(askHosts, cursorSchema.parse(cursor), clock()),
    readRecord: readHost,
    test: async () => {
      const { count } = shaped(TITLE, z.object({ count: z.number() }), await ask('api/v1/fleet/hosts/count'))
      return `Fleet answered: it has ${count} hosts.`
    },
  }
}

type AskHosts = (page: number) => Promise<unknown>

/** Older servers know `populate_software` as true or false only, and then tell of vulnerabilities too. */
function askingHosts(ask: Ask): AskHosts {
  let software = 'without_vulnerability_details'
  const askPage = (page: number, populate: string) =>
    ask(
      `api/v1/fleet/hosts?page=${page}&per_page=${PAGE}&order_key=seen_time&order_direction=desc&device_mapping=true` +
        `&disable_failing_policies=true&populate_software=${populate}`,
    )
  return async (page) => {
    try {
      return await askPage(page, software)
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 400 || software === 'true') throw error
      const answer = await askPage(page, 'true')
      software = 'true'
      return answer
    }
  }
}

const time = z.iso.datetime().nullable()
const cursorSchema = z
  .object({
    /** When the sync before began: hosts not seen since need not be read again. */
    since: time,
    /** When this one began; null between two. */
    startedAt: time,
    /** When everything was last read. */
    wholeAt: time,
    page: z.int().nonnegative(),
  })
  .catch({ since: null, startedAt: null, wholeAt: null, page: 0 })
type Cursor = z.output<typeof cursorSchema>

const pageSchema = z.object({ hosts: pageRecords })

async function readPage(askHosts: AskHosts, cursor: Cursor, now: Date): Promise<MdmPage> {
  const from = cursor.startedAt === null ? begun(cursor, now) : cursor
  const { hosts } = shaped(TITLE, pageSchema, await askHosts(from.page))
  const isLast = hosts.length < PAGE || wasSeenBefore(hosts.at(-1), from.since)
  const next = isLast ? { since: from.startedAt, startedAt: null, page: 0 } : { page: from.page + 1 }
  return { records: hosts, cursor: { ...from, ...next }, isLast }
}

/** Where a sync begins; one that reads everything has no time before which it ends. */
function begun({ since, wholeAt }: Cursor, now: Date): Cursor {
  const at = now.toISOString()
  const isWholeDue = wholeAt === null || now.getTime() - Date.parse(wholeAt) >= WHOLE_EVERY_MS
  return { since: isWholeDue ? null : since, startedAt: at, wholeAt: isWholeDue ? at : wholeAt, page: 0 }
}

const timeSchema = z.object({ seen_time: instantTold })

function wasSeenBefore(host: unknown, since: string | null): boolean {
  const at = timeSchema.safeParse(host).data?.seen_time
  return at !== undefined && since !== null && at < plus(new Date(since), -OVERLAP_MS).toISOString()
}
