// Asking an MDM page by page: what is kept, what is asked again and when, and what is said of a source that keeps failing.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readersOf } from '../server/http/readers.ts'
import { readInbox, retryInbox } from '../server/inbox.ts'
import type { Mdm } from '../server/ports.ts'
import { type Syncing, syncDue } from '../server/sync.ts'
import { laptop, type SmallMdm, startSmallMdm } from './small-mdm.ts'
import { openWorld, outside, type TestWorld, time } from './world.ts'

let world: TestWorld
let small: SmallMdm
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  small = await startSmallMdm()
})
afterEach(() => small.close())

const logged: string[] = []
const house = (now: string, mdms: Mdm[] = [small.mdm]): Syncing => ({
  db: world.db,
  clock: () => time(now),
  world: world.world,
  outside,
  mdms,
  log: { error: (message) => logged.push(message) },
})
const sync = (now: string, mdms?: Mdm[]) => syncDue(house(now, mdms))
const connector = (source = 'small-mdm') =>
  world.db.selectFrom('connectors').selectAll().where('source', '=', source).executeTakeFirstOrThrow()
const runs = () => world.db.selectFrom('connector_runs').selectAll().orderBy('began_at').execute()
const kept = () => world.db.selectFrom('inbox').selectAll().orderBy('id').execute()
const serials = async () =>
  (await world.db.selectFrom('devices').select('serial_number').orderBy('serial_number').execute()).map(
    (row) => row.serial_number,
  )
const morning = '2026-03-02T08:00:00Z'

describe('a sync', () => {
  test('records every page as check-ins of its source, with what its credentials vouch for', async () => {
    small.pages.push([laptop('SMALL00001', morning), laptop('SMALL00002', morning)], [laptop('SMALL00003', morning)])
    await sync('2026-03-02T08:10:00Z')
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00002', 'SMALL00003'])
    const [first] = await world.events('checkin.changed')
    expect(first).toMatchObject({
      actor: { type: 'source', name: 'small-mdm' },
      payload: { source: 'small-mdm', proof: 'enrolled', tokenId: null },
    })
    expect(await runs()).toMatchObject([{ outcome: 'complete', pages: 2, records: 3, changed: 3, unreadable: 0 }])
    expect(await connector()).toMatchObject({ cursor: null, started_at: null, failures: 0, problem: null })
  })

  test('is not asked again before its time', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    await sync('2026-03-02T08:10:00Z')
    await sync('2026-03-02T08:20:00Z')
    expect(small.asked).toEqual([0])
    await sync('2026-03-02T08:25:00Z')
    expect(small.asked).toEqual([0, 0])
  })

  test('is made once where two processes begin at the same moment', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    await Promise.all([sync('2026-03-02T08:10:00Z'), sync('2026-03-02T08:10:00Z')])
    expect(small.asked).toEqual([0])
  })

  test('that changes nothing adds no event', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    await sync('2026-03-02T08:10:00Z')
    const before = await world.events()
    await sync('2026-03-02T08:30:00Z')
    expect(await world.events()).toHaveLength(before.length)
  })

  test('of a page with hundreds of laptops records them all, in portions', async () => {
    small.pages.push(Array.from({ length: 230 }, (_, n) => laptop(`MANY${String(n).padStart(6, '0')}`, morning)))
    await sync('2026-03-02T08:10:00Z')
    expect(await serials()).toHaveLength(230)
    expect(await runs()).toMatchObject([{ pages: 1, records: 230, changed: 230 }])
  })

  test('goes on at the kept cursor after a process died in the middle', async () => {
    small.pages.push([laptop('SMALL00001', morning)], [laptop('SMALL00002', morning)])
    const dying: Mdm = {
      ...small.mdm,
      readPage: (cursor) => (cursor === 1 ? new Promise(() => {}) : small.mdm.readPage(cursor)),
    }
    void sync('2026-03-02T08:10:00Z', [dying])
    await expect.poll(async () => (await runs())[0]?.pages).toBe(1)
    await sync('2026-03-02T08:12:00Z')
    expect(small.asked).toEqual([0])
    await sync('2026-03-02T08:30:00Z')
    expect(small.asked).toEqual([0, 1])
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00002'])
    expect(await runs()).toMatchObject([{ outcome: 'complete', pages: 2 }])
  })

  test('is let go of when its process ends, and goes on at the kept cursor with the next one, at once', async () => {
    small.pages.push([laptop('SMALL00001', morning)], [laptop('SMALL00002', morning)])
    const ending = new AbortController()
    const silent: Mdm = {
      ...small.mdm,
      readPage: (cursor) => (cursor === 1 ? new Promise(() => {}) : small.mdm.readPage(cursor)),
    }
    const under = syncDue({ ...house('2026-03-02T08:10:00Z', [silent]), ending: ending.signal })
    await expect.poll(async () => (await runs())[0]?.pages).toBe(1)
    ending.abort()
    await under
    expect(await connector()).toMatchObject({ failures: 0, problem: null })
    await sync('2026-03-02T08:10:01Z')
    expect(small.asked).toEqual([0, 1])
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00002'])
    expect(await runs()).toMatchObject([{ outcome: 'complete', pages: 2 }])
  })

  test('that was taken over by another process records nothing more', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    let answer = () => {}
    const slow: Mdm = {
      ...small.mdm,
      async readPage(cursor) {
        const page = await small.mdm.readPage(cursor)
        await new Promise<void>((resolve) => {
          answer = resolve
        })
        return page
      },
    }
    const first = sync('2026-03-02T08:10:00Z', [slow])
    await expect.poll(() => small.asked).toEqual([0])
    await sync('2026-03-02T08:30:00Z')
    const after = await world.events()
    answer()
    await first
    expect(await world.events()).toEqual(after)
    expect(await runs()).toMatchObject([{ outcome: 'complete', pages: 1 }])
  })

  test('never waits for another MDM, and is not stopped by one that fails', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    const other = await startSmallMdm({ source: 'other-mdm', title: 'Other MDM' })
    other.refusals.push({ status: 500 })
    await sync('2026-03-02T08:10:00Z', [other.mdm, small.mdm])
    await other.close()
    expect(await connector()).toMatchObject({ failures: 0 })
    expect(await connector('other-mdm')).toMatchObject({ failures: 1, problem: 'Small MDM answered 500.' })
  })
})

describe('a record', () => {
  test('that cannot be read is kept in the inbox, stops nothing, and can be tried again', async () => {
    const readable = { serial: 'SMALL00009', at: morning }
    small.pages.push([{ serial: 7 }, laptop('SMALL00001', morning), readable])
    const strict: Mdm = {
      ...small.mdm,
      readRecord(record) {
        if ((record as typeof readable).serial === 'SMALL00009') throw new Error('a bug of the adapter')
        return small.mdm.readRecord(record)
      },
    }
    await sync('2026-03-02T08:10:00Z', [strict])
    expect(await serials()).toEqual(['SMALL00001'])
    expect((await kept()).map((row) => [row.source, row.status, row.reason]).toSorted()).toEqual([
      ['small-mdm', 'failed', 'Something went wrong here while reading; the log says what.'],
      ['small-mdm', 'failed', 'The record has no serial number.'],
    ])
    expect(logged.join()).toContain('a bug of the adapter')
    expect(await runs()).toMatchObject([{ outcome: 'complete', records: 3, unreadable: 2 }])
    await retryInbox(world.db, time('2026-03-02T09:00:00Z'), null)
    const readers = readersOf([], [small.mdm], [])
    const counts = await readInbox({ ...house('2026-03-02T09:00:00Z'), readers })
    expect(counts).toMatchObject({ read: 1, failed: 1 })
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00009'])
    const added = (await world.events('device.registered')).at(-1)
    expect(added?.actor).toEqual({ type: 'source', name: 'small-mdm' })
  })

  test('that stays unreadable is kept once', async () => {
    small.pages.push([{ serial: 7 }])
    for (const now of ['2026-03-02T08:10:00Z', '2026-03-02T08:30:00Z', '2026-03-02T08:50:00Z']) await sync(now)
    expect(await kept()).toHaveLength(1)
  })

  test('that changes with every sync and stays unreadable fills no table', async () => {
    for (let n = 0; n < 3; n++) {
      small.pages[0] = Array.from({ length: 150 }, (_, index) => ({ serial: index, n }))
      await sync(`2026-03-02T0${n + 1}:00:00Z`)
    }
    const rows = await kept()
    expect(rows).toHaveLength(200)
    expect(rows.every((row) => !row.body?.toString().includes('"n":0'))).toBe(true)
  })

  test('that the database refuses leaves the others of its portion standing', async () => {
    await world.pool.query(`
      create function refuse_one() returns trigger language plpgsql as $$
      begin if new.serial_number = 'SMALL00002' then raise exception 'refused'; end if; return new; end $$;
      create trigger refuse_one before insert on devices for each row execute function refuse_one()`)
    small.pages.push(['SMALL00001', 'SMALL00002', 'SMALL00003'].map((serial) => laptop(serial, morning)))
    await sync('2026-03-02T08:10:00Z')
    await world.pool.query('drop trigger refuse_one on devices; drop function refuse_one')
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00003'])
    expect((await kept()).map((row) => row.reason)).toEqual(['It could not be recorded; the log says why.'])
    expect(await runs()).toMatchObject([{ outcome: 'complete', changed: 2, unreadable: 1 }])
  })

  test('is asked for again where none of its page can be recorded: then it is no fault of theirs', async () => {
    await world.pool.query(`
      create function refuse_all() returns trigger language plpgsql as $$ begin raise exception 'refused'; end $$;
      create trigger refuse_all before insert on devices for each row execute function refuse_all()`)
    small.pages.push(['SMALL00001', 'SMALL00002'].map((serial) => laptop(serial, morning)))
    await sync('2026-03-02T08:10:00Z')
    await world.pool.query('drop trigger refuse_all on devices; drop function refuse_all')
    expect(await kept()).toEqual([])
    expect(await connector()).toMatchObject({
      failures: 1,
      problem: 'Something went wrong here while reading; the log says what.',
    })
    await sync('2026-03-02T08:11:00Z')
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00002'])
  })

  test('and those before it are kept where a later portion of its page cannot be recorded', async () => {
    await world.pool.query(`
      create function refuse_late() returns trigger language plpgsql as $$
      begin if new.serial_number > 'MANY000150' then raise exception 'refused'; end if; return new; end $$;
      create trigger refuse_late before insert on devices for each row execute function refuse_late()`)
    small.pages.push(Array.from({ length: 180 }, (_, n) => laptop(`MANY${String(n).padStart(6, '0')}`, morning)))
    small.pages[0] = [...small.pages[0]!.slice(0, 100), ...small.pages[0]!.slice(160)]
    await sync('2026-03-02T08:10:00Z')
    await world.pool.query('drop trigger refuse_late on devices; drop function refuse_late')
    expect(await serials()).toHaveLength(100)
    expect(await connector()).toMatchObject({ failures: 1, next_at: time('2026-03-02T08:11:00Z') })
    await sync('2026-03-02T08:11:00Z')
    expect(await serials()).toHaveLength(120)
  })

  test('of which nothing tells whose it is, is kept with its fault', async () => {
    small.pages.push([laptop('To Be Filled By O.E.M.', morning), laptop('SMALL00001', morning)])
    await sync('2026-03-02T08:10:00Z')
    expect((await kept()).map((row) => row.reason)).toEqual([expect.stringContaining('identifies no device')])
    expect(await serials()).toEqual(['SMALL00001'])
  })
})

describe('a failure', () => {
  test('is tried again after a minute, then after ever longer pauses up to an hour', async () => {
    const pauses: number[] = []
    let now = time('2026-03-02T08:00:00Z')
    for (let n = 0; n < 9; n++) {
      small.refusals.push({ status: 502 })
      await sync(now.toISOString())
      const { next_at } = await connector()
      pauses.push((next_at!.getTime() - now.getTime()) / 60_000)
      now = next_at!
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  test('for longer than an hour is said in the ledger and outside, once, and its end too', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    await sync('2026-03-02T08:00:00Z')
    small.refusals.push({ status: 500 }, { status: 500 }, { status: 500 })
    await sync('2026-03-02T08:15:00Z')
    expect(await world.events('connector.failing')).toEqual([])
    await sync('2026-03-02T09:10:00Z')
    await sync('2026-03-02T09:30:00Z')
    expect(await world.events('connector.failing')).toMatchObject([
      { occurredAt: time('2026-03-02T08:00:00Z'), payload: { source: 'small-mdm', why: 'unreachable' } },
    ])
    const alerts = (await world.alerts()).filter((one) => one.type === 'connector.failing')
    expect(alerts).toMatchObject([{ key: 'connector small-mdm', data: { connector: 'small-mdm', findings: [] } }])
    await sync('2026-03-02T10:30:00Z')
    expect(await world.events('connector.recovered')).toMatchObject([
      { payload: { source: 'small-mdm', failedFrom: '2026-03-02T08:00:00.000Z' } },
    ])
    expect(await connector()).toMatchObject({ failing_why: null, failing_since: null, problem: null })
  })

  test('by refused credentials is said at once, and they are not tried often', async () => {
    small.refusals.push({ status: 401 }, { status: 401 })
    await sync('2026-03-02T08:00:00Z')
    expect(await world.events('connector.failing')).toMatchObject([{ payload: { why: 'refused' } }])
    const { next_at, problem } = await connector()
    expect(next_at).toEqual(time('2026-03-02T08:15:00Z'))
    expect(problem).toBe('Small MDM refused the credentials (401): check them in its settings.')
  })

  test('to take more for now waits as long as it was told to, and is none until it lasts', async () => {
    small.pages.push([laptop('SMALL00001', morning)])
    small.refusals.push({ status: 429, headers: { 'retry-after': '1800' } })
    await sync('2026-03-02T08:00:00Z')
    expect(await connector()).toMatchObject({ failures: 0, next_at: time('2026-03-02T08:30:00Z') })
    small.refusals.push({ status: 429, headers: { 'retry-after': '1800' } })
    await sync('2026-03-02T08:30:00Z')
    expect(await world.events('connector.failing')).toEqual([])
    small.refusals.push({ status: 429 })
    await sync('2026-03-02T09:00:00Z')
    expect(await world.events('connector.failing')).toMatchObject([{ payload: { why: 'unreachable' } }])
  })

  test('in the middle of a sync keeps what came before, and goes on there', async () => {
    small.pages.push([laptop('SMALL00001', morning)], [laptop('SMALL00002', morning)])
    let fails = true
    const cut: Mdm = {
      ...small.mdm,
      readPage(cursor) {
        if (cursor === 1 && fails) small.refusals.push({ status: 500 })
        return small.mdm.readPage(cursor)
      },
    }
    await sync('2026-03-02T08:00:00Z', [cut])
    expect(await serials()).toEqual(['SMALL00001'])
    expect(await runs()).toMatchObject([{ outcome: 'partial', pages: 1, problem: 'Small MDM answered 500.' }])
    fails = false
    await sync('2026-03-02T08:01:00Z', [cut])
    expect(small.asked).toEqual([0, 1])
    expect(await serials()).toEqual(['SMALL00001', 'SMALL00002'])
  })

  test('to read the same cursor five times begins anew, since the vendor may have forgotten it', async () => {
    small.pages.push([laptop('SMALL00001', morning)], [laptop('SMALL00002', morning)])
    const forgetful: Mdm = {
      ...small.mdm,
      readPage(cursor) {
        if (cursor === 1) small.refusals.push({ status: 410 })
        return small.mdm.readPage(cursor)
      },
    }
    let now = time('2026-03-02T08:00:00Z')
    for (let n = 0; n < 5; n++) {
      await sync(now.toISOString(), [forgetful])
      now = (await connector()).next_at!
    }
    expect(await connector()).toMatchObject({ cursor: null, failures: 5 })
  })

  test('of a vendor that gives the same page for ever does not run for ever', async () => {
    const stuck: Mdm = { ...small.mdm, readPage: async () => ({ records: [], cursor: 'again', isLast: false }) }
    await sync('2026-03-02T08:00:00Z', [stuck])
    expect(await connector()).toMatchObject({ failures: 1, problem: 'Small MDM gave the same page again.' })
  })

  test('shows no body and no secret', async () => {
    const leaking: Mdm = {
      ...small.mdm,
      readPage: () => Promise.reject(new Error('GET https://mdm.example/?token=s3cret: {"name":"Fern"}')),
    }
    await sync('2026-03-02T08:00:00Z', [leaking])
    expect(JSON.stringify([await connector(), await runs(), await world.events()])).not.toMatch(/s3cret|Fern/)
  })
})

test('the newest hundred runs of a source are kept', async () => {
  small.pages.push([])
  for (let n = 0; n < 103; n++) await sync(new Date(Date.parse(morning) + n * 20 * 60_000).toISOString())
  expect(await runs()).toHaveLength(100)
})
