// MDMs that give what no page can hold, or pages without end: what every adapter refuses, over HTTP.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createMdms } from '../../server/integrations/index.ts'
import { ending } from '../../server/integrations/mdm/ending.ts'
import { createKandji } from '../../server/integrations/mdm/kandji.ts'
import type { Mdm, MdmPage } from '../../server/ports.ts'
import { problemOf } from './mdm-sync.ts'

let server: Server
let url: string
/** What is asked for, without its query, and what comes. */
let answer: (path: string) => unknown = () => ({})
beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://mdm')
    const isToken = pathname.includes('/token')
    request.resume()
    response.end(JSON.stringify(isToken ? { access_token: 'token', expires_in: 3600 } : answer(pathname)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})
beforeEach(() => {
  answer = () => ({})
})

const mdms = (): Mdm[] =>
  createMdms(
    {
      jamfInventory: { url, clientId: 'client', clientSecret: 'secret' },
      kandji: { url, token: 'token' },
      fleetHosts: { url, token: 'token' },
      intune: { tenantId: 't', clientId: 'client', clientSecret: 'secret', graphUrl: url, loginUrl: url },
    },
    { clock: () => new Date('2026-03-09T10:00:00Z') },
  )
/** A page of any of them, with room for none more. */
const pageOf = (records: unknown[]) => (path: string) => {
  if (path.endsWith('/$batch')) return { responses: [] }
  if (path.startsWith('/api/v1/devices')) return records
  const next = { '@odata.nextLink': `${url}/v1.0/next` }
  return { totalCount: 1e9, results: records, hosts: records, value: records, ...next }
}

test('hundreds of thousands of records are no page', async () => {
  answer = pageOf(Array.from({ length: 200_000 }, () => ({})))
  for (const mdm of mdms()) expect(await problemOf(mdm.readPage(null)), mdm.title).toBe('unreadable')
})

test('a server that gives the same page whichever it is asked for is found out at the second', async () => {
  answer = pageOf(Array.from({ length: 100 }, (_, id) => ({ id, operatingSystem: 'macOS' })))
  for (const mdm of mdms()) {
    const first = await mdm.readPage(null)
    expect(first.isLast, mdm.title).toBe(false)
    expect(await mdm.readPage(null), 'asked for again').toEqual(first)
    const next = mdm.readPage(first.cursor)
    await expect(next, mdm.title).rejects.toMatchObject({ problem: 'unreadable' })
    await expect(next, mdm.title).rejects.toThrow('the same page again')
    expect(await mdm.readPage(null), 'from the start').toEqual(first)
  }
})

test('a sync has an end though every page is another, and the next one begins to count anew', async () => {
  let given = 0
  const readPage = async (): Promise<MdmPage> => ({ records: [++given], cursor: given, isLast: given === 9 })
  const mdm = ending({ ...mdms()[0]!, readPage }, 3)
  for (let page = 0; page < 3; page++) await mdm.readPage(page)
  await expect(mdm.readPage(3)).rejects.toMatchObject({ problem: 'unreadable' })
  for (const cursor of [null, 5, 6]) await mdm.readPage(cursor)
  given = 8
  const anew = ending({ ...mdms()[0]!, readPage }, 3)
  for (let page = 0; page < 4; page++) expect((await anew.readPage(page)).isLast).toBe(page === 0)
})

test('of a Mac’s details nothing is kept but what is read', async () => {
  const mac = { device_id: 'a', serial_number: 'TT00KAN0001', platform: 'Mac', last_check_in: '2026-03-09T09:00:00Z' }
  const overview = { udid: 'U-1', filler: 'x'.repeat(1_000_000) }
  answer = (path) => (path === '/api/v1/devices' ? [mac] : { hardware_overview: overview })
  const kandji = createKandji({ url, token: 'token' })
  const { cursor } = await kandji.readPage(null)
  await kandji.readPage(cursor)
  mac.last_check_in = '2026-03-09T09:30:00Z'
  const asked = answer
  answer = (path) => (path === '/api/v1/devices' ? asked(path) : 'nothing')
  const third = JSON.stringify((await createPageWithoutTurn(kandji)).records)
  expect(third).toContain('U-1')
  expect(third).not.toContain('filler')
})

/** A page in which nobody's turn comes. */
const createPageWithoutTurn = (kandji: Mdm) =>
  kandji.readPage({ offset: 0, last: null, slips: 0, turn: { id: 'z', asked: 0 } })
