// Hand-overs: one signature for everything, custody only where it is due, and nobody accused.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerAtCounter, type HandoverAnswer } from '../../server/devices/answers.ts'
import { dealWithHandover } from '../../server/devices/deal-with.ts'
import { openHandover, withdrawHandover } from '../../server/devices/handovers.ts'
import { makeLink } from '../../server/devices/links.ts'
import { holdShipment } from '../../server/shipping/holds.ts'
import { readCounts } from '../../server/views/counts.ts'
import { readLink } from '../../server/views/handover-link.ts'
import { handoversOf, listHandovers, readHandover } from '../../server/views/handovers.ts'
import { fern, openWorld, type TestWorld, time, user } from '../world.ts'
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
})

const typed = { how: 'typed', name: 'Fern Hollis' } as const
const drawn = { how: 'drawn', name: 'Fern Hollis', path: 'M 1 2 L 30 40 L 50 10' } as const
const everything = {
  view: 'open' as const,
  personId: null,
  deviceId: null,
  shipmentId: null,
  after: null,
  limit: 10,
}

describe('a delivery', () => {
  it('is ONE hand-over for all that is in the parcel, under the terms in force, and there is no second one beside it', async () => {
    const id = await story.open()
    const [opened] = await world.events('handover.opened')
    expect(opened).toMatchObject({
      personId: story.person.id,
      shipmentId: story.shipment.id,
      payload: { handoverId: id, deviceIds: story.devices, termsId: await story.termsOf(id) },
    })
    await expect(story.open()).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching('open already'),
    })
  })

  it('passes custody of each laptop by one signature, with the terms’ hash and the digest of what was signed with', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const termsId = await story.termsOf(id)
    expect(await story.answer(secret, '2026-03-06', { items: story.items(), signature: drawn, termsId })).toEqual({
      done: true,
      another: [],
    })
    expect(await story.standsAt()).toEqual(['accepted', 'accepted'])
    expect((await world.events('device.accepted')).map((event) => event.payload)).toEqual(
      story.devices.map(() => ({ personId: story.person.id, proof: 'signature', shipmentId: story.shipment.id })),
    )
    const terms = await world.db.selectFrom('terms').selectAll().where('id', '=', termsId).executeTakeFirstOrThrow()
    expect(await world.events('handover.signed')).toMatchObject([
      {
        payload: {
          handoverId: id,
          termsId,
          termsHash: createHash('sha256').update(`${terms.title}\n\n${terms.body}`).digest('hex'),
          how: 'drawn',
          signatureDigest: createHash('sha256').update(`${id}\n${drawn.path}`).digest('hex'),
          at: 'link',
        },
      },
    ])
    expect(await story.handover(id)).toMatchObject({ status: 'answered', signed_from: '198.51.100.77', operator: null })
    expect(JSON.stringify(await world.events())).not.toMatch(/Hollis|198\.51\.100\.77/)
  })

  it('is not accepted before the carrier delivered it, and says so; nothing is counted or spent by that', async () => {
    const id = await story.open()
    const secret = await story.link(id, 'acceptance', '2026-03-03')
    const answer = { items: story.items(), signature: typed, termsId: await story.termsOf(id) }
    await expect(story.answer(secret, '2026-03-03', answer)).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching('not been delivered yet'),
    })
    await story.arrive('2026-03-05')
    expect(await story.answer(secret, '2026-03-05T13:00:00Z', answer)).toMatchObject({ done: true })
  })

  it('needs the terms agreed to, a signature, and an answer to each laptop', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const termsId = await story.termsOf(id)
    const whole = { items: story.items(), signature: typed, termsId }
    for (const [over, words] of [
      [{ termsId: null }, 'terms'],
      [{ signature: null }, 'Sign'],
      [{ items: story.items().slice(1) }, 'each laptop'],
      [{ items: [...story.items(), { ...story.items()[0]!, deviceId: 'dev_other' }] }, 'not part'],
    ] satisfies [Partial<HandoverAnswer>, string][])
      await expect(story.answer(secret, '2026-03-06', { ...whole, ...over })).rejects.toMatchObject({
        problem: 'invalid',
        message: expect.stringMatching(words),
      })
    expect(await world.events('handover.item_answered')).toEqual([])
  })

  it('lets one be declined and the other accepted; the declined one stays unaccepted and waits for a look', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const items = story.items({ 0: { answer: 'declined', reason: 'damaged', note: 'The lid is cracked.' } })
    await story.answer(secret, '2026-03-06', { items, signature: typed, termsId: await story.termsOf(id) })
    expect((await story.standsAt()).sort()).toEqual(['accepted', 'delivered'])
    const { handovers } = await listHandovers(world.db, { ...everything, view: 'needs a look' })
    expect(handovers).toMatchObject([{ id, accepted: 1, declined: 1, needsLook: true }])
    expect(await readHandover(world.db, { id, now: time('2026-03-07'), role: 'provisioner' })).toMatchObject({
      items: expect.arrayContaining([
        expect.objectContaining({ answer: 'declined', reason: 'damaged', note: 'The lid is cracked.' }),
      ]),
    })
    expect(await world.findings(), 'a declined laptop accuses nobody').toEqual([])
    expect(await world.events('shipment.task_added')).toMatchObject([
      { shipmentId: story.shipment.id, payload: { task: expect.stringMatching('Not everything') } },
    ])
  })

  it('needs no signature where nothing was received', async () => {
    const id = await story.open()
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const none = { answer: 'declined', reason: 'not received', note: null } as const
    const items = story.items({ 0: none, 1: none })
    expect(await story.answer(secret, '2026-03-06', { items, signature: null, termsId: null })).toMatchObject({
      done: true,
    })
    expect(await world.events('handover.signed')).toEqual([])
  })

  it('passes no custody of a laptop that bears another number than the one on file', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const answer = {
      items: story.items({ 0: { lastFour: 'ZZZZ' } }),
      signature: typed,
      termsId: await story.termsOf(id),
    }
    for (const left of [4, 3, 2, 1])
      expect(await story.answer(secret, '2026-03-06', answer)).toEqual({
        done: false,
        wrong: [{ deviceId: story.devices[0], left }],
      })
    expect(await story.answer(secret, '2026-03-06', answer)).toEqual({ done: true, another: [story.devices[0]] })
    expect((await world.events('device.accepted')).map((event) => event.deviceId)).toEqual([story.devices[1]])
    expect((await listHandovers(world.db, { ...everything, view: 'needs a look' })).handovers).toHaveLength(1)
  })

  it('waits in the list until somebody says what came of a laptop that was declined', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const list = async () => (await listHandovers(world.db, { ...everything, view: 'waiting' })).handovers
    expect(await list()).toMatchObject([{ id, status: 'open', needsLook: false, unsettled: false }])
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    const items = story.items({ 0: { answer: 'declined', reason: 'damaged', note: null } })
    await story.answer(secret, '2026-03-06', { items, signature: typed, termsId: await story.termsOf(id) })
    expect(await list()).toMatchObject([{ id, status: 'answered', needsLook: true, unsettled: true }])
    expect((await readCounts(world.db, { userId: 'usr_1', now: new Date('2026-03-06') })).handovers).toBe(1)

    const deal = () =>
      world.run((tx) =>
        dealWithHandover(tx, world.act('2026-03-07', technician), { handoverId: id, reason: 'sent for repair' }),
      )
    await deal()
    expect(await list()).toEqual([])
    expect((await readCounts(world.db, { userId: 'usr_1', now: new Date('2026-03-07') })).handovers).toBe(0)
    expect(await world.events('handover.dealt_with')).toMatchObject([
      { personId: story.person.id, actor: technician, payload: { handoverId: id, deviceIds: [story.devices[0]] } },
    ])
    expect((await story.standsAt()).sort(), 'custody stays where it is').toEqual(['accepted', 'delivered'])
    await expect(deal()).rejects.toMatchObject({ problem: 'conflict' })
  })

  it('is not opened, sent or accepted while its parcel is held; the receiver is told nothing of why', async () => {
    const id = await story.open()
    const early = await story.link(id, 'acceptance', '2026-03-04')
    const hold = { shipmentId: story.shipment.id, reason: 'a name that nobody knows' }
    await world.run((tx) => holdShipment(tx, world.act('2026-03-04', user('usr_a')), hold))
    await expect(story.link(id, 'acceptance', '2026-03-04')).rejects.toMatchObject({
      message: expect.stringMatching('held'),
    })
    await story.arrive()
    const answer = { items: story.items(), signature: typed, termsId: await story.termsOf(id) }
    await expect(story.answer(early, '2026-03-06', answer)).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching(/^This delivery needs a check first/),
    })
    await world.run((tx) =>
      withdrawHandover(tx, world.act('2026-03-06', technician), { handoverId: id, reason: 'held' }),
    )
    await expect(story.open()).rejects.toMatchObject({ problem: 'conflict', message: expect.stringMatching('held') })
  })

  it('is withdrawn with a reason, and then nothing of it works', async () => {
    await story.arrive()
    const id = await story.open('2026-03-05')
    const secret = await story.link(id, 'acceptance', '2026-03-05')
    await world.run((tx) =>
      withdrawHandover(tx, world.act('2026-03-06', technician), { handoverId: id, reason: 'sent to the wrong person' }),
    )
    const answer = { items: story.items(), signature: typed, termsId: await story.termsOf(id) }
    await expect(story.answer(secret, '2026-03-06', answer)).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching('withdrawn'),
    })
    const again = { handoverId: id, purpose: 'acceptance', url: '', byHand: true } as const
    await expect(world.run((tx) => makeLink(tx, world.act('2026-03-06'), again))).rejects.toMatchObject({
      problem: 'conflict',
    })
  })
})

describe('at the counter', () => {
  const open = async (personId: string, serial: string) => {
    const { id: deviceId } = await world.device(serial)
    const input = { kind: 'counter' as const, personId, deviceIds: [deviceId] }
    return world.run((tx) => openHandover(tx, world.act('2026-03-04', technician), input))
  }
  const sign = async (handoverId: string, serial: string) => {
    const { id: deviceId } = await world.device(serial)
    return world.run(async (tx) =>
      answerAtCounter(tx, world.act('2026-03-04', technician), {
        handoverId,
        items: [{ deviceId, answer: 'accepted', lastFour: serial.slice(-4) }],
        signature: drawn,
        termsId: await story.termsOf(handoverId),
      }),
    )
  }

  it('a laptop goes out of stock straight into the hands of who signs; who operated the screen is kept', async () => {
    await world.importDevices('2026-02-01', [{ serial_number: 'C02STOCK09', status: 'stock' }])
    const { id } = await open(story.person.id, 'C02STOCK09')
    expect(await sign(id, 'C02STOCK09')).toMatchObject({ done: true })
    expect(await world.device('C02STOCK09')).toMatchObject({ life_cycle: 'in service', holder_id: story.person.id })
    expect(await world.events('device.transferred')).toMatchObject([
      { payload: { fromPersonId: null, toPersonId: story.person.id, handoverId: id } },
    ])
    expect(await story.handover(id)).toMatchObject({ operator: technician, signed_name: 'Fern Hollis' })
  })

  it('a delivered laptop is accepted there by the person it was meant for, and by nobody else', async () => {
    await story.arrive()
    await world.importPeople('2026-03-04', [{ external_id: 'E-2', name: 'Bo Larch', email: 'bo@example.com' }])
    const bo = await world.person('bo@example.com')
    await expect(open(bo.id, 'C02TALE001')).rejects.toMatchObject({ message: expect.stringMatching('somebody else') })
    const { id } = await open(story.person.id, 'C02TALE001')
    await sign(id, 'C02TALE001')
    expect(await world.events('device.accepted')).toMatchObject([{ payload: { proof: 'counter' } }])
  })

  it('refuses what breaks the life cycle: a laptop that is packed for somebody is not handed out on the side', async () => {
    await expect(open(story.person.id, 'C02TALE001')).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching('ordered'),
    })
  })
})

it('who gives a laptop back signs for that, and is asked for no number they have not before them', async () => {
  await story.arrive()
  const deviceIds = [story.devices[0]!]
  const give = { kind: 'return' as const, personId: story.person.id, deviceIds }
  const { id } = await world.run((tx) => openHandover(tx, world.act('2026-03-05', technician), give))
  const secret = await story.link(id, 'acceptance', '2026-03-05')
  expect(await readLink(world.db, time('2026-03-05'), { secret, hasMail: true })).toMatchObject({
    isReturn: true,
    laptops: [{ asksEnd: false }],
    terms: { title: expect.stringMatching('back') },
  })
  const items = [{ deviceId: story.devices[0]!, answer: 'accepted' as const, lastFour: null }]
  await story.answer(secret, '2026-03-05', { items, signature: typed, termsId: await story.termsOf(id) })
  expect(await world.events('device.read_back')).toEqual([])
  expect(await world.events('device.accepted')).toEqual([])
  expect(await story.handover(id)).toMatchObject({ status: 'answered', signed_name: 'Fern Hollis' })
})

it('the open ones come oldest first, and each thing knows its own', async () => {
  const id = await story.open()
  expect((await listHandovers(world.db, everything)).handovers.map((one) => one.id)).toEqual([id])
  for (const about of [
    { personId: story.person.id },
    { deviceId: story.devices[1]! },
    { shipmentId: story.shipment.id },
  ])
    expect((await handoversOf(world.db, about)).map((one) => one.id)).toEqual([id])
  expect(await handoversOf(world.db, { deviceId: 'dev_none' })).toEqual([])
})

it('a signature is for who hands over and who audits, not for who works the cases', async () => {
  await story.arrive()
  const id = await story.open('2026-03-05')
  const secret = await story.link(id, 'acceptance', '2026-03-05')
  await story.answer(secret, '2026-03-06', {
    items: story.items(),
    signature: drawn,
    termsId: await story.termsOf(id),
  })
  const as = async (role: 'admin' | 'provisioner' | 'auditor' | 'analyst') =>
    (await readHandover(world.db, { id, now: time('2026-03-07'), role })).signed
  for (const role of ['admin', 'provisioner', 'auditor'] as const)
    expect(await as(role)).toMatchObject({ path: drawn.path, name: fern.name })
  expect(await as('analyst')).toMatchObject({ how: 'drawn', path: null, name: null, from: null })
})
