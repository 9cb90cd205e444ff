// Approvals: one asks, another grants, it ends by itself; and what most of the fleet has is proposed once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Actor } from '../../../server/custody/events.ts'
import { askApproval, decideApproval, endApproval } from '../../../server/detection/approvals.ts'
import { backtest } from '../../../server/detection/backtest.ts'
import { followCommon } from '../../../server/detection/common.ts'
import { listApprovals } from '../../../server/views/approvals.ts'
import { openWorld, type TestWorld, time } from '../../world.ts'
import { anyDesk, first, foundFleet, report, STAFF, serialOf } from './company.ts'

let world: TestWorld
let ada: Actor
let ben: Actor

beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  ada = await world.addUser('ada')
  ben = await world.addUser('ben')
})
afterEach(() => world.reset())

const ask = (at: string, by: Actor, over: object = {}) =>
  world.run((tx) =>
    askApproval(tx, world.act(at, by), {
      what: 'tool',
      value: 'anydesk',
      people: null,
      endsOn: '2026-06-01',
      reason: 'the helpdesk works with it',
      ...over,
    }),
  )
const decide = (at: string, by: Actor, approvalId: string, decision: 'granted' | 'refused' = 'granted') =>
  world.run((tx) => decideApproval(tx, world.act(at, by), { approvalId, decision, reason: 'looked at it' }))
const follow = (at: string) => followCommon({ db: world.db, clock: world.detection(at).clock, world: world.world })

/** Laptops about which a finding of a remote tool stands. */
async function toolFindings(): Promise<string[]> {
  const devices = await world.db.selectFrom('devices').select(['id', 'serial_number']).execute()
  const serials = new Map(devices.map((one) => [one.id, one.serial_number]))
  const findings = (await world.findings()).filter(
    (one) => one.status === 'active' && JSON.stringify(one.facts).includes('AnyDesk'),
  )
  return [...new Set(findings.map((one) => serials.get(one.device_id) ?? ''))].sort()
}

describe('an approval', () => {
  it('is granted by a second person, silences, is counted, and speaks again when it is ended', async () => {
    await foundFleet(world)
    await report(world, '2026-03-06', [20, 21], { software: [anyDesk] })
    await world.detect('2026-03-06')
    await follow('2026-03-06')
    expect(await toolFindings()).toEqual([serialOf(20), serialOf(21)])

    const { id } = await ask('2026-03-07', ada)
    await expect(decide('2026-03-07', ada, id)).rejects.toThrow('somebody else has to do it')
    const { woken } = await decide('2026-03-07', ben, id)
    expect(woken).toBe(2)
    await world.sweep('2026-03-07T13:00:00Z')
    expect(await toolFindings()).toEqual([])

    await world.run((tx) =>
      endApproval(tx, world.act('2026-03-08', ada), { approvalId: id, reason: 'we changed the helpdesk' }),
    )
    await report(world, '2026-03-09', [22], { software: [anyDesk] })
    await world.detect('2026-03-09')
    expect(await toolFindings()).toContain(serialOf(22))
  })

  it('of a group silences its people only, by what their import says', async () => {
    await foundFleet(world)
    const { id } = await ask('2026-03-05', ada, { people: { column: 'department', value: 'it' } })
    await decide('2026-03-05', ben, id)
    await report(world, '2026-03-06', [3, 20], { software: [anyDesk] })
    await world.detect('2026-03-06')
    expect(await toolFindings()).toEqual([serialOf(20)])
  })

  it('of a publisher covers all that it makes, and of contractors nobody else', async () => {
    await foundFleet(world)
    const { id } = await ask('2026-03-05', ada, {
      what: 'publisher',
      value: 'anydesk software gmbh',
      people: { kind: 'contractor' },
    })
    await decide('2026-03-05', ben, id)
    await report(world, '2026-03-06', [3, 20], { software: [anyDesk] })
    await world.detect('2026-03-06')
    expect(await toolFindings()).toEqual([serialOf(20)])
  })

  it('is over after its last day: what comes then is a finding', async () => {
    await foundFleet(world)
    const { id } = await ask('2026-03-05', ada, { endsOn: '2026-03-10' })
    await decide('2026-03-05', ben, id)
    await report(world, '2026-03-11', [20], { software: [anyDesk] })
    await world.detect('2026-03-11')
    expect(await toolFindings()).toEqual([serialOf(20)])
    await follow('2026-03-11')
    expect((await world.events('approval.ended')).map((event) => event.payload?.approvalId)).toEqual([id])
  })

  it.each([
    [{ value: 'no such thing' }, 'is no tool of the catalogue'],
    [{ what: 'publisher', value: 'Nobody Ltd' }, 'is no publisher of the catalogue'],
    [{ what: 'network_exit', value: '10' }, 'must be a network range'],
    [{ endsOn: null }, 'is needed'],
    [{ endsOn: '2026-03-01' }, 'is over already'],
    [{ endsOn: '2026-12-01' }, 'is more than 180 days away'],
    [{ people: { column: 'department', value: 'Nobody' } }, 'fewer than two people'],
    [{ what: 'entry_off' }, 'is switched off for everybody'],
  ])('says what to do about %j', async (over, problem) => {
    await expect(ask('2026-03-05', ada, over)).rejects.toThrow(problem)
  })

  it('of the same thing for the same people is asked once', async () => {
    await ask('2026-03-05', ada)
    await expect(ask('2026-03-06', ben)).rejects.toThrow('asked already')
  })

  it('that switches an entry off has no end, and is taken back by ending it', async () => {
    await foundFleet(world)
    const { id } = await ask('2026-03-05', ada, { what: 'entry_off', endsOn: null })
    await decide('2026-03-05', ben, id)
    await report(world, '2026-12-06', [20], { software: [anyDesk] })
    await world.detect('2026-12-06')
    expect(await toolFindings()).toEqual([])
  })
})

describe('what most of the fleet has', () => {
  it('is proposed once, is silent until somebody decides, and then speaks or stays silent', async () => {
    await foundFleet(world)
    await report(world, '2026-03-06', first(12), { software: [anyDesk] })
    await follow('2026-03-06')
    await follow('2026-03-06')
    const proposed = await world.events('approval.proposed')
    expect(proposed.map((event) => event.payload)).toMatchObject([
      { what: 'network_exit', laptops: STAFF },
      { what: 'tool', value: 'anydesk', laptops: 12, people: 12, of: STAFF },
    ])
    await world.detect('2026-03-06')
    expect(await toolFindings()).toEqual([])

    const row = await world.db.selectFrom('approvals').select('id').where('what', '=', 'tool').executeTakeFirstOrThrow()
    const { woken } = await decide('2026-03-07', ada, row.id, 'refused')
    expect(woken).toBe(12)
    await world.sweep('2026-03-07T13:00:00Z')
    expect(await toolFindings()).toHaveLength(12)
    const input = { ruleId: 'remote-tool-unapproved', days: 30, params: {}, now: time('2026-03-07T13:00:00Z') }
    const { matches } = await backtest(world.db, input)
    expect(matches.map((match) => match.serialNumber).sort()).toEqual(await toolFindings())
    await report(world, '2026-03-08', first(13), { software: [anyDesk] })
    await follow('2026-03-08')
    expect(await world.events('approval.proposed')).toHaveLength(2)
  })

  it('clears what was raised before it was common, and is approved for good by one word', async () => {
    await foundFleet(world)
    await report(world, '2026-03-06', [0, 1, 2], { software: [anyDesk] })
    await world.detect('2026-03-06')
    await follow('2026-03-06')
    expect(await toolFindings()).toHaveLength(3)
    await report(world, '2026-03-07', first(15), { software: [anyDesk] })
    await follow('2026-03-07')
    await world.detect('2026-03-07')
    await world.sweep('2026-03-07T13:00:00Z')
    expect(await toolFindings()).toEqual([])
    const row = await world.db.selectFrom('approvals').select('id').where('what', '=', 'tool').executeTakeFirstOrThrow()
    await decide('2026-03-08', ada, row.id)
    await report(world, '2026-03-09', [25], { software: [anyDesk] })
    await world.detect('2026-03-09')
    expect(await toolFindings()).toEqual([])
  })

  it('is never what one house has, however many laptops stand in it', async () => {
    await foundFleet(world, { homes: 4 })
    await report(world, '2026-03-06', first(STAFF), { software: [anyDesk] })
    await follow('2026-03-06')
    expect(await world.events('approval.proposed')).toEqual([])
  })

  it('is never what a few laptops have, nor what vanished again, nor what is declared', async () => {
    await foundFleet(world)
    await report(world, '2026-03-06', first(9), { software: [anyDesk], publicIp: '203.0.113.9' })
    await report(world, '2026-03-07', first(9))
    await report(world, '2026-03-08', first(9), { software: [{ name: 'RustDesk', kind: 'app' }] })
    await follow('2026-03-08')
    const tools = (await world.events('approval.proposed')).filter((event) => event.payload?.what === 'tool')
    expect(tools).toEqual([])
    await world.importDeclarations('2026-03-08', [
      { kind: 'tool', value: 'TeamViewer', starts_on: '2026-03-01', ends_on: '2026-08-01', reason: 'ours' },
    ])
    await report(world, '2026-03-09', first(20), { software: [{ name: 'TeamViewer', kind: 'app' }] })
    await follow('2026-03-09')
    expect((await world.events('approval.proposed')).filter((event) => event.payload?.what === 'tool')).toEqual([])
  })
})

describe('a device of the catalogue', () => {
  it('is approved as a tool is: the lab’s own KVM', async () => {
    await foundFleet(world)
    const { id } = await ask('2026-03-05', ada, { value: 'PiKVM' })
    await decide('2026-03-05', ben, id)
    const { rows } = await listApprovals(world.db, { show: 'open', toolId: 'pikvm', now: time('2026-03-05') })
    expect(rows).toMatchObject([{ what: 'tool', value: 'pikvm', title: 'PiKVM', status: 'granted' }])
    const usbDevices = [{ vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device' }]
    await world.checkIn('2026-03-06', { serialNumber: serialOf(20), platform: 'darwin', usbDevices })
    await world.detect('2026-03-06')
    expect((await world.findings()).filter((one) => one.rule === 'kvm-hardware')).toEqual([])
    await follow('2026-03-06')
    const { woken } = await world.run((tx) =>
      endApproval(tx, world.act('2026-03-07', ada), { approvalId: id, reason: 'the lab is closed' }),
    )
    expect(woken).toBe(1)
    await world.sweep('2026-03-07T13:00:00Z')
    expect((await world.findings()).some((one) => one.rule === 'kvm-hardware')).toBe(false)
    await world.checkIn('2026-03-08', { serialNumber: serialOf(21), platform: 'darwin', usbDevices })
    await world.detect('2026-03-08')
    expect((await world.findings()).filter((one) => one.rule === 'kvm-hardware')).toHaveLength(1)
  })
})
