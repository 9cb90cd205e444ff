// The programs that Intune detected on its devices: asked per device, twenty devices in one request.
import { z } from 'zod'
import { RetryLater } from '../../lib/errors.ts'
import { type Ask, Refused, retryAfterMs, shaped } from './asking.ts'
import { word } from './words.ts'

/** So many requests go into one batch (Graph's JSON batching). */
const BATCH = 20

/**
 * The records with `detectedApps` and `autopilotEnrolled` where `isAsked` and Graph tells them. Both are in Graph's beta
 * version alone. The list of devices leaves `detectedApps` empty even when it is expanded, and `/detectedApps` under a
 * device ends after 50; each device expanded has them all. A device that is refused keeps what was known of it.
 */
export async function addApps(ask: Ask, records: unknown[], isAsked: (record: unknown) => boolean): Promise<unknown[]> {
  const ids = [...new Set(records.filter(isAsked).flatMap((record) => idOf(record) ?? []))]
  const told = new Map<string, Told>()
  for (let at = 0; at < ids.length; at += BATCH)
    for (const [id, one] of await askBatch(ask, ids.slice(at, at + BATCH))) told.set(id, one)
  return records.map((record) => {
    const one = told.get(idOf(record) ?? '')
    return one === undefined ? record : { ...(record as object), ...one }
  })
}

interface Told {
  detectedApps?: unknown
  autopilotEnrolled?: unknown
}

const idOf = (record: unknown): string | undefined => z.object({ id: word(200) }).safeParse(record).data?.id

const answersSchema = z.object({
  responses: z.array(
    z.object({
      id: z.string(),
      status: z.number(),
      headers: z.record(z.string(), z.unknown()).catch({}),
      body: z.unknown(),
    }),
  ),
})

async function askBatch(ask: Ask, ids: string[]): Promise<[string, Told][]> {
  const requests = ids.map((id, at) => ({
    id: String(at),
    method: 'GET',
    url: `/deviceManagement/managedDevices/${encodeURIComponent(id)}?$expand=detectedApps`,
  }))
  const { responses } = shaped('Microsoft Intune', answersSchema, await batchOf(ask, requests))
  return responses.flatMap(({ id: at, status, headers, body }) => {
    if (status === 429)
      throw new RetryLater('Microsoft Intune asks to be asked later (429).', retryAfterMs(lowered(headers)))
    const id = ids[Number(at)]
    return id === undefined || status !== 200 ? [] : [[id, toldBy(body)] as [string, Told]]
  })
}

/** No answers where a cloud has no beta version. */
async function batchOf(ask: Ask, requests: unknown[]): Promise<unknown> {
  try {
    return await ask('beta/$batch', { method: 'POST', body: { requests } })
  } catch (error) {
    if (error instanceof Refused) return { responses: [] }
    throw error
  }
}

const lowered = (headers: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))

/** A list that goes on elsewhere is not the whole one, and half a list would say that the rest is gone. */
function toldBy(body: unknown): Told {
  if (typeof body !== 'object' || body === null) return {}
  const { detectedApps, autopilotEnrolled, 'detectedApps@odata.nextLink': isCut } = body as Record<string, unknown>
  return { autopilotEnrolled, ...(isCut === undefined ? { detectedApps } : {}) }
}
