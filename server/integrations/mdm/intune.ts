// Microsoft Intune's managed devices, asked for through Graph, to check-ins.
import { z } from 'zod'
import { DAY, HOUR, plus } from '../../lib/time.ts'
import type { Clock, Mdm, MdmPage } from '../../ports.ts'
import { allOrNone, optionalSecret, optionalUrl } from '../environment.ts'
import { type Ask, clientCredentials, createAsk, fetchFor, pageRecords, Refused, shaped } from './asking.ts'
import { addApps } from './intune-apps.ts'
import { isComputer, readDevice } from './intune-device.ts'
import { instantTold } from './words.ts'

interface IntuneSettings {
  tenantId: string
  clientId: string
  clientSecret: string
  graphUrl: string
  loginUrl: string
}

/** Settings from the environment: the three of the app registration or none; the URLs are for national clouds. */
export const intuneEnvironment = allOrNone(
  {
    INTUNE_TENANT_ID: optionalSecret,
    INTUNE_CLIENT_ID: optionalSecret,
    INTUNE_CLIENT_SECRET: optionalSecret,
    INTUNE_GRAPH_URL: optionalUrl,
    INTUNE_LOGIN_URL: optionalUrl,
  },
  ['INTUNE_GRAPH_URL', 'INTUNE_LOGIN_URL'],
).transform((env): IntuneSettings | null => {
  const { INTUNE_TENANT_ID: tenantId, INTUNE_CLIENT_ID: clientId, INTUNE_CLIENT_SECRET: clientSecret } = env
  if (!tenantId || !clientId || !clientSecret) return null
  const graphUrl = env.INTUNE_GRAPH_URL ?? 'https://graph.microsoft.com'
  const loginUrl = env.INTUNE_LOGIN_URL ?? 'https://login.microsoftonline.com'
  return { tenantId, clientId, clientSecret, graphUrl: trimmed(graphUrl), loginUrl: trimmed(loginUrl) }
})

const trimmed = (url: string) => url.replace(/\/+$/, '')

const TITLE = 'Microsoft Intune'

/** One page is asked its programs in five batches. */
const PAGE = 100
/** Asked for again each time: clocks differ, and Intune takes some time to write down who synced. */
const OVERLAP_MS = HOUR
/** Everything is asked for so often, for what moved without a new sync time. */
const WHOLE_EVERY_MS = DAY

const MEMBERS = [
  'id',
  'deviceName',
  'serialNumber',
  'operatingSystem',
  'osVersion',
  'model',
  'lastSyncDateTime',
  'deviceEnrollmentType',
  'managementAgent',
  'isEncrypted',
  'userDisplayName',
  'userPrincipalName',
  'emailAddress',
  'wiFiMacAddress',
]
const DEVICES = `v1.0/deviceManagement/managedDevices?$select=${MEMBERS.join(',')}&$top=${PAGE}`

/**
 * The source `intune`. Graph documents no delta function and no change notification for managed devices, so each sync asks
 * for those whose `lastSyncDateTime` moved, and once a day for all. That filter is widely used but documented nowhere: where
 * it is refused, and where a page's link has expired, the whole list is asked for. Needs the application permission
 * DeviceManagementManagedDevices.Read.All. Version 1.0 tells no IP address, so these check-ins tell no place.
 */
export function createIntune(settings: IntuneSettings, { clock }: { clock: Clock }): Mdm {
  const { graphUrl } = settings
  const authorize = clientCredentials({
    title: TITLE,
    tokenUrl: `${settings.loginUrl}/${encodeURIComponent(settings.tenantId)}/oauth2/v2.0/token`,
    form: {
      client_id: settings.clientId,
      client_secret: settings.clientSecret,
      scope: `${graphUrl}/.default`,
    },
    fetch: fetchFor(settings.loginUrl),
    clock,
  })
  const ask = createAsk({ title: TITLE, baseUrl: graphUrl, fetch: fetchFor(graphUrl), authorize })
  return {
    source: 'intune',
    title: TITLE,
    vouches: 'enrolment',
    everyMs: HOUR / 2,
    readPage: (cursor) => readPage(ask, cursorSchema.parse(cursor), clock()),
    readRecord: readDevice,
    test: async () => {
      const { value, '@odata.nextLink': next } = pageOf(await ask(DEVICES))
      return `Intune answered: it has ${next === undefined ? '' : 'more than '}${value.length} managed devices.`
    },
  }
}

const time = z.iso.datetime().nullable()
const cursorSchema = z
  .object({
    /** When the sync before began: what has not synced since need not be asked for again. */
    since: time,
    /** When this one began; null between two. */
    startedAt: time,
    wholeAt: time,
    next: z.string().nullable(),
  })
  .catch({ since: null, startedAt: null, wholeAt: null, next: null })
type Cursor = z.output<typeof cursorSchema>

async function readPage(ask: Ask, cursor: Cursor, now: Date): Promise<MdmPage> {
  const { page, from } = await askPage(ask, cursor, now)
  const next = page['@odata.nextLink'] ?? null
  const computers = page.value.filter((record) => isComputer(record))
  const hasMoved = (record: unknown) => from.since === null || (syncedAt(record) ?? '') >= overlapping(from.since)
  return {
    records: await addApps(ask, computers, hasMoved),
    cursor: next === null ? { ...from, since: from.startedAt, startedAt: null, next } : { ...from, next },
    isLast: next === null,
  }
}

/** The page that the cursor points to, or the first one of all, with the cursor that it belongs to. */
async function askPage(ask: Ask, cursor: Cursor, now: Date): Promise<{ page: Page; from: Cursor }> {
  const { since, wholeAt, next } = cursor
  const from = next === null ? { ...cursor, startedAt: now.toISOString() } : cursor
  const isWholeDue = wholeAt === null || now.getTime() - Date.parse(wholeAt) >= WHOLE_EVERY_MS
  const filtered = since === null || isWholeDue ? null : `${DEVICES}&$filter=lastSyncDateTime ge ${overlapping(since)}`
  const path = next ?? filtered
  const page = path === null ? null : await unlessRefused(ask(path))
  if (page !== null) return { page: pageOf(page), from }
  const at = now.toISOString()
  return { page: pageOf(await ask(DEVICES)), from: { since, startedAt: at, wholeAt: at, next: null } }
}

/** Null where Graph does not take the question: an unknown filter (400), a link that has expired (400, 410). */
async function unlessRefused(asked: Promise<unknown>): Promise<unknown> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

const overlapping = (since: string) => plus(new Date(since), -OVERLAP_MS).toISOString()

const pageSchema = z.object({
  value: pageRecords,
  '@odata.nextLink': z
    .string()
    .max(8000)
    .refine((link) => URL.canParse(link), 'must be a URL')
    .transform((link) => new URL(link).href)
    .optional(),
})
type Page = z.output<typeof pageSchema>

const pageOf = (answer: unknown): Page => shaped(TITLE, pageSchema, answer)

const timeSchema = z.object({ lastSyncDateTime: instantTold })
const syncedAt = (record: unknown): string | null => timeSchema.safeParse(record).data?.lastSyncDateTime ?? null
