// Sources as a whole: when one counts as silent, measured by its own habits, and in what word its state is said.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { movePresence } from '../../server/checkins/presence.ts'
import { longestGapMs, patienceMs } from '../../server/checkins/silence.ts'
import { dismissSource, stateOf } from '../../server/checkins/source-health.ts'
import { DAY, HOUR, MINUTE } from '../../server/lib/time.ts'
import { watchSources } from '../../server/silent-sources.ts'
import { syncDue } from '../../server/sync.ts'
import { laptop, startSmallMdm } from '../small-mdm.ts'
import { openWorld, outside, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const house = (now: string) => ({
  db: world.db,
  clock: () => time(now),
  world: world.world,
  outside,
  log: { error: () => {} },
})
/** As the task does, again and again; up to a time, where one is given. */
async function watch(from: string, to = from): Promise<void> {
  for (let at = Date.parse(from); at <= Date.parse(to); at += HOUR)
    await watchSources(house(new Date(at).toISOString()))
}
const failing = () => world.events('connector.failing')
const told = async () => (await world.alerts()).filter((one) => one.type === 'connector.failing')

/** Laptops that a source sees from one day to another, at these hours of each, but not on these days of the week. */
async function seen(input: {
  from: string
  to: string
  hours?: number[]
  not?: number[]
  devices?: number
  source?: string
}): Promise<void> {
  const { from, to, hours = [0, 4, 8, 12, 16, 20], not = [], devices = 6, source = 'agent' } = input
  const serials = Array.from({ length: devices }, (_, n) => `${source.toUpperCase()}000${n}`)
  const bodies = serials.map((serialNumber) => ({
    serialNumber,
    reportedAt: `${from}T${String(hours[0]).padStart(2, '0')}:00:00Z`,
  }))
  await world.checkInMany(`${from}T23:00:00Z`, bodies, { source })
  const rows = await world.db.selectFrom('devices').select('id').where('serial_number', 'in', serials).execute()
  const times: Date[] = []
  for (let day = Date.parse(from); day <= Date.parse(to); day += DAY)
    if (!not.includes(new Date(day).getUTCDay())) times.push(...hours.map((hour) => new Date(day + hour * HOUR)))
  const common = { source, proof: 'claimed' as const, bootedAt: null, fingerprint: null }
  await world.run((tx) =>
    movePresence(
      tx,
      rows.flatMap(({ id }) => times.map((at) => ({ deviceId: id, at, ...common }))),
    ),
  )
}

describe('a source is silent', () => {
  test('when none of its laptops was heard of for a day, said once in the ledger and outside', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-15T20:30:00Z', '2026-03-16T19:30:00Z')
    expect(await failing()).toEqual([])
    await Promise.all([watch('2026-03-16T20:30:00Z'), watch('2026-03-16T20:30:00Z')])
    await watch('2026-03-16T21:30:00Z', '2026-03-17T20:30:00Z')
    expect(await failing()).toMatchObject([
      { occurredAt: time('2026-03-15T20:00:00Z'), payload: { source: 'agent', why: 'silent' } },
    ])
    expect(await told()).toMatchObject([{ key: 'connector agent', data: { connector: 'agent' } }])
  })

  test('until one of them is heard of again', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-16T00:00:00Z', '2026-03-17T00:00:00Z')
    await world.checkIn('2026-03-18T09:00:00Z', { serialNumber: 'AGENT0000' }, { source: 'agent' })
    await watch('2026-03-18T09:10:00Z')
    expect(await world.events('connector.recovered')).toMatchObject([
      { payload: { source: 'agent', failedFrom: '2026-03-15T20:00:00.000Z' } },
    ])
    await watch('2026-03-18T09:20:00Z')
    expect(await failing()).toHaveLength(1)
  })

  test('until somebody says that it is waited for no more, and then not said again', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-15T20:30:00Z', '2026-03-16T21:30:00Z')
    const dismiss = () =>
      world.run((tx) => dismissSource(tx, world.act('2026-03-16T21:40:00Z', user('usr_1')), 'agent'))
    await dismiss()
    expect(await world.events('connector.recovered')).toMatchObject([{ actor: { type: 'user', id: 'usr_1' } }])
    await watch('2026-03-16T22:00:00Z', '2026-03-18T12:00:00Z')
    expect(await failing()).toHaveLength(1)
    await expect(dismiss()).rejects.toThrow('is not silent')
  })

  test('and a report of before its silence does not end it', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-16T00:00:00Z', '2026-03-17T00:00:00Z')
    const late = { source: 'agent', told: '2026-03-17T05:00:00Z' }
    await world.checkIn('2026-03-15T18:00:00Z', { serialNumber: 'AGENT0000' }, late)
    await watch('2026-03-17T05:10:00Z')
    expect(await world.events('connector.recovered')).toEqual([])
  })

  test('also where it is asked and answers: only hearing of a laptop ends it', async () => {
    const small = await startSmallMdm()
    small.pages.push([])
    await seen({ from: '2026-03-02', to: '2026-03-15', source: 'small-mdm' })
    await watch('2026-03-16T00:00:00Z', '2026-03-17T00:00:00Z')
    const sync = (now: string) => syncDue({ ...house(now), mdms: [small.mdm] })
    await sync('2026-03-17T05:00:00Z')
    expect(await failing()).toMatchObject([{ payload: { source: 'small-mdm', why: 'silent' } }])
    expect(await world.events('connector.recovered')).toEqual([])
    small.pages[0] = [laptop('SMALL-MDM0000', '2026-03-17T06:00:00Z')]
    await sync('2026-03-17T06:00:00Z')
    await small.close()
    await watch('2026-03-17T06:10:00Z')
    expect(await world.events('connector.recovered')).toHaveLength(1)
  })
})

describe('a source is not silent', () => {
  const office = { hours: [8, 10, 12, 14, 16, 17], not: [0, 6] }

  test('at the weekend, on a public holiday after it, or at night, where the company sleeps then', async () => {
    // From Monday March 2nd to Friday the 13th.
    await seen({ from: '2026-03-02', to: '2026-03-13', ...office })
    await watch('2026-03-13T17:50:00Z', '2026-03-17T07:50:00Z')
    expect(await failing()).toEqual([])
    await watch('2026-03-17T08:50:00Z', '2026-03-18T07:50:00Z')
    expect(await failing()).toHaveLength(1)
  })

  test('on the first weekend after it was connected', async () => {
    await seen({ from: '2026-03-10', to: '2026-03-13', ...office })
    await watch('2026-03-13T17:50:00Z', '2026-03-16T07:50:00Z')
    expect(await failing()).toEqual([])
  })

  test('with fewer than five laptops, or laptops that are seen seldom', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15', devices: 4 })
    await seen({ from: '2026-03-14', to: '2026-03-15', devices: 9, source: 'new agent' })
    await watch('2026-03-15T20:50:00Z', '2026-03-20T04:50:00Z')
    expect(await failing()).toEqual([])
  })

  test('any more, once it was forgotten', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-16T04:00:00Z')
    await watch('2026-06-01T00:00:00Z', '2026-06-02T12:00:00Z')
    expect(await failing()).toEqual([])
  })

  test('because nobody was here to be told: it has a day from when we listen again', async () => {
    await seen({ from: '2026-03-02', to: '2026-03-15' })
    await watch('2026-03-15T20:50:00Z', '2026-03-15T21:50:00Z')
    await watch('2026-03-18T08:00:00Z', '2026-03-19T07:00:00Z')
    expect(await failing()).toEqual([])
    await watch('2026-03-19T08:00:00Z')
    expect(await failing()).toHaveLength(1)
  })
})

test('the longest gap is between the moments in which anything was heard', () => {
  const at = (day: string, ...slots: number[]) => ({
    day,
    slots: Array.from({ length: 144 }, (_, slot) => (slots.includes(slot) ? '1' : '0')).join(''),
  })
  expect(longestGapMs([])).toBe(0)
  expect(longestGapMs([at('2026-03-02', 60)])).toBe(0)
  expect(longestGapMs([at('2026-03-02', 60, 66, 143), at('2026-03-03', 0)])).toBe(77 * 10 * MINUTE)
  expect(longestGapMs([at('2026-03-06', 102), at('2026-03-09', 48)])).toBe(63 * HOUR)
  expect(patienceMs([at('2026-03-01', 0), at('2026-03-08', 0)])).toBe(1.5 * 7 * DAY)
  expect(patienceMs([at('2026-03-08', 0, 100)])).toBe(72 * HOUR)
})

test.each([
  ['never', { lastSuccessAt: null }],
  ['behind', { lastSuccessAt: null, failures: 1 }],
  ['ok', {}],
  ['ok', { lastSuccessAt: time('2026-03-02T11:35:00Z') }],
  ['behind', { failures: 1 }],
  ['behind', { lastSuccessAt: time('2026-03-02T11:20:00Z') }],
  ['refused', { failingWhy: 'refused' }],
  ['failing', { failingWhy: 'unreachable' }],
  ['silent', { failingWhy: 'silent' }],
] as const)('a source that is asked is %s with %j', (state, over) => {
  const well = { failingWhy: null, failures: 0, lastSuccessAt: time('2026-03-02T11:50:00Z'), heardAt: null, ...over }
  expect(stateOf(well, time('2026-03-02'), { everyMs: 15 * MINUTE })).toBe(state)
})

test('a source that speaks by itself is ok once it was heard', () => {
  const quiet = { failingWhy: null, failures: 0, lastSuccessAt: null }
  expect(stateOf({ ...quiet, heardAt: null }, time('2026-03-02'), null)).toBe('never')
  expect(stateOf({ ...quiet, heardAt: time('2026-03-01') }, time('2026-03-02'), null)).toBe('ok')
})
