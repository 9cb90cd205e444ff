// The inbox: bytes first, understanding later; what cannot be read stays, and is tried again by the clock or by a person.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { classifyAddress } from '../server/addresses/classify.ts'
import { knownPlaces } from '../server/addresses/known-places.ts'
import {
  keepRejected,
  listInbox,
  type Reader,
  readInbox,
  retainInbox,
  retryInbox,
  storeDelivery,
} from '../server/inbox.ts'
import { AppError } from '../server/lib/errors.ts'
import type { Observation } from '../server/ports.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { easyPostProof, startTestService, type TestService } from './service.ts'

const MINUTE = 60_000
const DAY = 1440 * MINUTE

describe('reading', () => {
  let database: TestDatabase
  let now: Date
  let logged: string[]
  beforeEach(async () => {
    database = await testDatabase()
    now = new Date('2026-11-02T12:00:00Z')
    logged = []
  })
  afterEach(() => database?.drop())

  const later = (ms: number) => {
    now = new Date(now.getTime() + ms)
  }
  const nowhere = { locateIp: () => null, locateCity: () => null, timeZoneAt: () => null, countryCode: () => null }
  const read = (reader: Reader['read']) =>
    readInbox({
      db: database.db,
      clock: () => now,
      world: {
        places: nowhere,
        pseudonym: (value) => value,
        classify: (address) => classifyAddress(address, knownPlaces),
      },
      readers: new Map([['mdm', { source: 'mdm', vouches: 'nothing', read: reader }]]),
      log: { error: (message) => void logged.push(message) },
    })
  const store = (body: string, deliveryKey: string | null = null, source = 'mdm') =>
    storeDelivery(database.db, now, { source, deliveryKey, body: Buffer.from(body), tokenId: null })
  const rows = async () =>
    (
      await database.pool.query(
        'select status, attempts, reason, body, next_attempt_at as due from inbox order by received_at, digest',
      )
    ).rows

  const checkIn = (serialNumber: string): Observation => ({
    kind: 'check-in',
    checkIn: { serialNumber, reportedAt: '2026-11-02T11:00:00Z' },
  })
  const serialOf = (body: Uint8Array) => [checkIn(Buffer.from(body).toString())]
  const devices = async () =>
    (await database.pool.query('select serial_number from devices order by 1')).rows.map((row) => row.serial_number)

  it('one row that cannot be read never stops the others', async () => {
    for (const body of ['INBOX0000001', 'bad', 'INBOX0000002', 'worse', 'INBOX0000003']) await store(body)
    const counts = await read((body) => {
      const text = Buffer.from(body).toString()
      if (text === 'bad') throw new AppError('unreadable', 'This is bad.')
      if (text === 'worse') throw new Error('a fault of ours')
      return serialOf(body)
    })
    expect(counts).toEqual({ read: 3, failed: 2, setAside: 0 })
    expect(await devices()).toEqual(['INBOX0000001', 'INBOX0000002', 'INBOX0000003'])
  })

  it('what is read leaves its bytes behind; what failed keeps them, with the reason', async () => {
    await store('INBOX0000001')
    await read(serialOf)
    later(1)
    await store('bad')
    await read(() => {
      throw new AppError('unreadable', 'This is \u0000 bad.')
    })
    expect(await rows()).toMatchObject([
      { status: 'read', body: null, reason: null, due: null },
      { status: 'failed', body: Buffer.from('bad'), reason: 'This is  bad.', due: null },
    ])
  })

  it('tries again after 1, 4, 16 and 64 minutes where a fault may be ours, and then waits for a person', async () => {
    await store('INBOX0000001')
    let tries = 0
    const breaking = () => {
      tries++
      throw new Error('a fault of ours')
    }
    await read(breaking)
    for (const minutes of [1, 4, 16, 64]) {
      later(minutes * MINUTE - 1)
      expect(await read(breaking)).toEqual({ read: 0, failed: 0, setAside: 0 })
      later(1)
      expect(await read(breaking)).toEqual({ read: 0, failed: 1, setAside: 0 })
    }
    later(365 * DAY)
    await read(breaking)
    expect(tries).toBe(5)
    expect(await rows()).toMatchObject([{ status: 'failed', attempts: 5, due: null }])
    expect(logged).toHaveLength(5)
    expect(await retryInbox(database.db, now, null)).toBe(1)
    expect(await read(serialOf)).toEqual({ read: 1, failed: 0, setAside: 0 })
    expect(await devices()).toEqual(['INBOX0000001'])
  })

  it('a delivery is applied as a whole or not at all', async () => {
    await store('two of them')
    const broken = { kind: 'check-in', checkIn: null } as unknown as Observation
    await read(() => [checkIn('INBOX0000001'), broken])
    expect(await devices()).toEqual([])
    expect((await database.pool.query('select 1 from ledger')).rows).toEqual([])
  })

  it('a delivery is known by its id for ever, and by its bytes for an hour where it has none', async () => {
    expect(await store('a', 'evt_1')).toBe(true)
    expect(await store('another', 'evt_1')).toBe(false)
    expect(await store('a', 'evt_2')).toBe(true)
    expect(await store('b')).toBe(true)
    later(60 * MINUTE - 1)
    expect(await store('b')).toBe(false)
    later(1)
    expect(await store('b')).toBe(true)
    expect(await store('a', 'evt_1', 'another source')).toBe(true)
  })

  it('of the same bytes that come twice at once, one is kept', async () => {
    const both = await Promise.all([store('same'), store('same'), store('same')])
    expect(both.filter(Boolean)).toHaveLength(1)
  })

  it('several processes read side by side, each row once', async () => {
    for (let n = 0; n < 20; n++) await store(`INBOX00000${10 + n}`)
    const both = await Promise.all([read(serialOf), read(serialOf)])
    expect(both.reduce((sum, one) => sum + one.read, 0)).toBe(20)
    expect(await devices()).toHaveLength(20)
  })

  it('bytes for a source that is not configured any more are kept, and say so', async () => {
    await store('x', null, 'gone')
    await read(serialOf)
    expect(await rows()).toMatchObject([{ status: 'failed', reason: expect.stringContaining('gone') }])
  })

  it('nothing to retry under an id is said', async () => {
    await expect(retryInbox(database.db, now, 'inb_none')).rejects.toMatchObject({ problem: 'not_found' })
    expect(await retryInbox(database.db, now, null)).toBe(0)
  })

  it('keeps bytes as they came and values as JSON, and lists them without showing them', async () => {
    const items = [Buffer.from([0xff]), 'text', { a: 1 }, undefined].map((body) => ({ body, reason: 'wrong \u0000' }))
    await keepRejected(database.db, now, { source: 'people', tokenId: null, items })
    const bodies = (await rows()).map((row) => row.body.toString('latin1'))
    expect(bodies.sort()).toEqual(['"text"', 'null', '{"a":1}', '\u00ff'])
    const listed = await listInbox(database.db, { limit: 10 })
    expect(listed).toHaveLength(4)
    expect(listed[0]).toMatchObject({ source: 'people', status: 'failed', reason: 'wrong ' })
    expect(JSON.stringify(listed)).not.toContain('body')
  })

  it('raw bytes of failures go after 14 days, what waits for its parcel after 90', async () => {
    await store('bad')
    await read(() => {
      throw new AppError('unreadable', 'bad')
    })
    await store('unknown parcel')
    await database.pool.query(`update inbox set status = 'set aside' where status = 'waiting'`)
    const withBody = async () => (await rows()).filter((row) => row.body !== null).map((row) => row.status)
    later(14 * DAY)
    await retainInbox(database.db, now)
    expect((await withBody()).sort()).toEqual(['failed', 'set aside'])
    later(1)
    await retainInbox(database.db, now)
    expect(await withBody()).toEqual(['set aside'])
    later(76 * DAY)
    await retainInbox(database.db, now)
    expect(await withBody()).toEqual([])
    expect(await retryInbox(database.db, now, null), 'there is nothing left to read').toBe(0)
  })
})

describe('beside the running service', () => {
  let edge: TestService
  beforeAll(async () => {
    edge = await startTestService()
  })
  afterAll(() => edge?.stop())

  let events = 0
  const webhook = async (trackingCode: string, over: object = {}, mode = 'production') => {
    const details = [
      {
        object: 'TrackingDetail',
        message: 'Picked up',
        status: 'in_transit',
        status_detail: 'received_at_origin_facility',
        datetime: '2026-11-01T10:00:00Z',
        source: 'FedEx',
        tracking_location: { city: 'COLUMBUS', state: 'OH', country: 'US', zip: '43215' },
      },
    ]
    const result = {
      id: `trk_${trackingCode}`,
      object: 'Tracker',
      mode,
      tracking_code: trackingCode,
      carrier: 'FedEx',
      tracking_details: details,
    }
    const body = JSON.stringify({
      id: `evt_inbox${++events}`,
      object: 'Event',
      mode,
      description: 'tracker.updated',
      result,
      ...over,
    })
    expect((await edge.send('POST', '/webhooks/easypost', body, easyPostProof(body))).status).toBe(200)
    await edge.drain()
  }
  const statuses = async () =>
    (await edge.database.pool.query('select status from inbox order by received_at')).rows.map((row) => row.status)
  const scans = async () => (await edge.database.pool.query('select 1 from scans')).rowCount

  it('a scan of a parcel nobody knows is set aside, and read when its shipment appears', async () => {
    const token = await edge.token({ scopes: ['shipments:write'] })
    await webhook('INBOX0011223')
    expect(await statuses()).toEqual(['set aside'])
    const shipment = { reference: 'S1', direction: 'out', tracking_code: 'inbox0011223', ordered_at: '2026-10-30' }
    await edge.send('POST', '/shipments', JSON.stringify(shipment), token.headers)
    await edge.drain()
    expect(await statuses()).toEqual(['read'])
    expect(await scans()).toBe(1)
  })

  it('test mode is set aside and never judged, also when it is tried again', async () => {
    await webhook('INBOX0011223', {}, 'test')
    const admin = await edge.signIn('admin')
    expect((await edge.rpc(admin, 'system.retryInbox', { id: null })).data).toEqual({ retried: 1 })
    await edge.drain()
    expect(await statuses()).toEqual(['read', 'set aside'])
    expect(await scans()).toBe(1)
  })

  it('a person sees why, reads the bytes if they may, and has one tried again', async () => {
    await webhook('INBOX0011223', { description: null })
    const provisioner = await edge.signIn('provisioner')
    const listed = (await edge.rpc(provisioner, 'system.inbox', {})).data
    const row = listed.find((one: { status: string }) => one.status === 'failed')
    expect(row).toMatchObject({ source: 'easypost', reason: expect.stringMatching(/./), attempts: 1 })
    expect((await edge.rpc(provisioner, 'system.inboxBody', { id: row.id })).error?.code).toBe('FORBIDDEN')
    const body = (await edge.rpc(await edge.signIn('analyst'), 'system.inboxBody', { id: row.id })).data
    expect(JSON.parse(body.text)).toMatchObject({ description: null })
    expect((await edge.rpc(provisioner, 'system.retryInbox', { id: row.id })).data).toEqual({ retried: 1 })
    await edge.drain()
    expect((await edge.rpc(provisioner, 'system.retryInbox', { id: 'inb_none' })).error?.code).toBe('NOT_FOUND')
  })
})
