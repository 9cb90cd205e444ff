// Reading a serial number back: at any time, without ever being told it, and without a penalty for who cannot see it.
import { afterAll, beforeAll, beforeEach, expect, it, test } from 'vitest'
import { linkActor, makeLink } from '../../server/devices/links.ts'
import { answerReadBack, requestReadBack } from '../../server/devices/read-back.ts'
import { isSameEnd } from '../../server/devices/serial-end.ts'
import { readLink } from '../../server/views/handover-link.ts'
import { listHandovers } from '../../server/views/handovers.ts'
import { openWorld, parcel, type TestWorld, time } from '../world.ts'
import { type Story, technician, tell } from './handover-story.ts'

let world: TestWorld
let story: Story
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  story = await tell(world)
  await story.arrive()
})

const at = '2026-03-10'
async function ask() {
  const { id: deviceId } = await world.device(parcel.serial_number)
  const { handoverId } = await world.run((tx) =>
    requestReadBack(tx, world.act(at, technician), { deviceId, caseId: null }),
  )
  const { link } = await world.run((tx) =>
    makeLink(tx, world.act(at, technician), { handoverId, purpose: 'read-back', url: '', byHand: false }),
  )
  const secret = link.split('/h/')[1]!
  const answer = (lastFour: string | null) =>
    world.run((tx) => answerReadBack(tx, world.act(at, linkActor), { secret, reads: [{ deviceId, lastFour }] }))
  return { secret, answer }
}
const results = async () => (await world.events('device.read_back')).map((event) => event.payload?.result)

test.each([
  ['E001', true],
  ['e001', true],
  ['EOOI', true],
  ['C02 TALE-001', true],
  ['001', false],
  ['', false],
  ['E002', false],
])('%o is the end of C02TALE001: %o', (typed, isSame) => {
  expect(isSameEnd('C02TALE001', typed)).toBe(isSame)
})

it('the right end is on record as the same, with the one who has it', async () => {
  const { answer } = await ask()
  expect(await answer('e001')).toEqual({ done: true })
  expect(await world.events('device.read_back')).toMatchObject([
    { personId: story.person.id, actor: linkActor, payload: { result: 'same' } },
  ])
})

it('who cannot read it says so, and that is an answer like any other', async () => {
  const { answer } = await ask()
  expect(await answer(null)).toEqual({ done: true })
  expect(await results()).toEqual(['cannot'])
  expect(await world.findings()).toEqual([])
})

it('guessing ends after five tries, for good: what was read is another number then', async () => {
  const { answer, secret } = await ask()
  for (const left of [4, 3, 2, 1]) expect(await answer('0000')).toMatchObject({ done: false, wrong: [{ left }] })
  expect(await answer('0000')).toEqual({ done: true })
  expect(await results()).toEqual(['different'])
  await expect(answer('E001')).rejects.toMatchObject({ problem: 'conflict' })
  expect(await readLink(world.db, time(at), { secret, hasMail: true })).toMatchObject({ isOpen: false, why: 'used' })
  const waiting = { view: 'waiting', personId: null, deviceId: null, shipmentId: null, after: null, limit: 10 } as const
  expect((await listHandovers(world.db, waiting)).handovers).toMatchObject([{ kind: 'read-back', unsettled: true }])
})

it('tries are counted even when they come at once', async () => {
  const { answer } = await ask()
  const came = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => answer(`000${n % 10}`)))
  expect(came.filter((one) => one.status === 'fulfilled' && !one.value.done)).toHaveLength(4)
  expect(await results()).toEqual(['different'])
})

it('no answer tells the number, right or wrong', async () => {
  const { answer, secret } = await ask()
  const told = JSON.stringify([
    await readLink(world.db, time(at), { secret, hasMail: true }),
    await answer('0000'),
    await answer('E001'),
  ])
  expect(told).not.toMatch(/TALE|E001/)
})

it('nobody is asked about a device without an owner', async () => {
  await world.importDevices('2026-02-01', [{ serial_number: 'C02STOCK01', status: 'stock' }])
  const { id: deviceId } = await world.device('C02STOCK01')
  await expect(
    world.run((tx) => requestReadBack(tx, world.act(at, technician), { deviceId, caseId: null })),
  ).rejects.toMatchObject({ problem: 'conflict', message: expect.stringMatching('nobody can be asked') })
})
