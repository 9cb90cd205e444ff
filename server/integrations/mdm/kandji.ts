// Iru, formerly Kandji: its list of Macs, asked page by page, with details and apps for as many as its rate limit allows.
import { z } from 'zod'
import { MINUTE } from '../../lib/time.ts'
import type { Mdm, MdmPage } from '../../ports.ts'
import { allOrNone, optionalSecret, optionalUrl } from '../environment.ts'
import { createAsk, fetchFor, pageRecords, shaped } from './asking.ts'
import { createDetails, firstTurn, idOf, MACS_PER_SYNC, nextTurn, turnSchema } from './kandji-details.ts'
import { readDevice } from './kandji-device.ts'

/** Settings from the environment: both or neither. The URL is `https://<name>.api.kandji.io`, or `https://<name>.api.eu.kandji.io`. */
export const kandjiEnvironment = allOrNone({
  KANDJI_URL: optionalUrl,
  KANDJI_TOKEN: optionalSecret,
}).transform(({ KANDJI_URL: url, KANDJI_TOKEN: token }) => (url && token ? { url, token } : null))
type Settings = NonNullable<z.output<typeof kandjiEnvironment>>

const TITLE = 'Iru (Kandji)'
/** The list gives 300 at most; fewer, so that the details of a page are there within seconds. */
const PAGE_SIZE = 100
/** A list that keeps moving is followed so often; what it skips then comes with the next sync. */
const SLIPS_MAX = 5

const cursorSchema = z
  .object({
    offset: z.int().nonnegative(),
    /** The device before `offset`; null where it is not known. */
    last: z.string().nullable(),
    slips: z.int().nonnegative(),
    turn: turnSchema,
  })
  .catch({ offset: 0, last: null, slips: 0, turn: firstTurn })
type Cursor = z.output<typeof cursorSchema>

/**
 * The source `kandji`. Needs a token with the permissions "Device list", "Device details" and "Application list". The whole
 * list is read in every sync, so that an enrolment that was ended shows at once.
 */
export function createKandji({ url, token }: Settings, { macsPerSync = MACS_PER_SYNC } = {}): Mdm {
  const ask = createAsk({ title: TITLE, baseUrl: url, fetch: fetchFor(url), authorize: async () => token })
  const details = createDetails(ask, macsPerSync)
  const list = async (offset: number, limit: number) => {
    const devices = await ask(`api/v1/devices?platform=Mac&ordering=device_id&limit=${limit}&offset=${offset}`)
    return shaped(TITLE, pageRecords, devices)
  }
  return {
    source: 'kandji',
    title: TITLE,
    vouches: 'enrolment',
    everyMs: 15 * MINUTE,
    async readPage(told) {
      const cursor = cursorSchema.parse(told)
      const before = cursor.last === null || cursor.offset === 0 || cursor.slips >= SLIPS_MAX ? 0 : 1
      const listed = await list(cursor.offset - before, PAGE_SIZE + before)
      if (before === 1 && idOf(listed[0]) !== cursor.last) return slipped(cursor)
      const devices = listed.slice(before)
      const { records, turn } = await details.add(devices, cursor.turn)
      return { records, ...after({ ...cursor, turn }, devices, macsPerSync) }
    },
    readRecord: readDevice,
    async test() {
      const [device] = await list(0, 1)
      const id = idOf(device)
      if (id === null) return 'It answered, and lists no Macs.'
      await details.ask(id)
      return 'It answered with a Mac, its details and its apps.'
    },
  }
}

/** What was removed on earlier pages made the rest slide forward: the page before is read again. */
function slipped(cursor: Cursor): MdmPage {
  const offset = Math.max(cursor.offset - PAGE_SIZE, 0)
  return { records: [], cursor: { ...cursor, offset, last: null, slips: cursor.slips + 1 }, isLast: false }
}

function after(cursor: Cursor, devices: unknown[], perSync: number): { cursor: Cursor; isLast: boolean } {
  if (devices.length < PAGE_SIZE)
    return { cursor: { offset: 0, last: null, slips: 0, turn: nextTurn(cursor.turn, perSync) }, isLast: true }
  const offset = cursor.offset + devices.length
  return { cursor: { ...cursor, offset, last: idOf(devices.at(-1)) }, isLast: false }
}
