// A tiny MDM that is asked over real HTTP, page by page, and the adapter of it: what every sync is tested with.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAsk, fetchFor } from '../server/integrations/mdm/asking.ts'
import { AppError } from '../server/lib/errors.ts'
import { type CheckInReport, checkInSchema, type Mdm } from '../server/ports.ts'

export interface SmallMdm {
  mdm: Mdm
  /** The records of each page, in order. */
  pages: unknown[][]
  /** What the next requests are answered with instead of a page. */
  refusals: { status: number; headers?: Record<string, string> }[]
  /** Which pages were asked for. */
  asked: number[]
  close(): Promise<void>
}

/** One laptop as this MDM has it. */
export const laptop = (serial: string, at: string, over: object = {}) => ({ serial, at, ...over })

/** Pages are counted on over syncs: the cursor is the number of the next one, and the last page begins anew. */
export async function startSmallMdm(over: Partial<Mdm> = {}): Promise<SmallMdm> {
  const pages: unknown[][] = []
  const refusals: SmallMdm['refusals'] = []
  const asked: number[] = []
  const server = createServer((request, response) => {
    const refusal = refusals.shift()
    if (refusal) return void response.writeHead(refusal.status, refusal.headers).end()
    const number = Number(new URL(request.url ?? '/', 'http://mdm').searchParams.get('page'))
    asked.push(number)
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ devices: pages[number] ?? [], isLast: number >= pages.length - 1 }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const ask = createAsk({ title: 'Small MDM', baseUrl, fetch: fetchFor(baseUrl), authorize: async () => 'token' })
  const readPage: Mdm['readPage'] = async (cursor) => {
    const page = Number(cursor ?? 0)
    const answer = (await ask(`devices?page=${page}`)) as { devices: unknown[]; isLast: boolean }
    return { records: answer.devices, cursor: answer.isLast ? null : page + 1, isLast: answer.isLast }
  }
  return {
    mdm: {
      source: 'small-mdm',
      title: 'Small MDM',
      vouches: 'enrolment',
      everyMs: 15 * 60_000,
      readPage,
      readRecord,
      test: async () => `${(await readPage(0)).records.length} laptops on the first page`,
      ...over,
    },
    pages,
    refusals,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function readRecord(record: unknown): CheckInReport[] {
  const { serial, at, ...rest } = record as { serial?: unknown; at?: unknown }
  if (typeof serial !== 'string') throw new AppError('invalid', 'The record has no serial number.')
  const checkIn = checkInSchema.parse({
    serialNumber: serial,
    reportedAt: at,
    source: 'small-mdm',
    enrollment: { enrolled: true },
    ...rest,
  })
  return [{ kind: 'check-in', checkIn }]
}
