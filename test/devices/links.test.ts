// Public links: they work once, for three days, and say plainly when they do not; what is kept of them opens nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { proposeAddress } from '../../server/addresses/proposals.ts'
import { withdrawHandover } from '../../server/devices/handovers.ts'
import { mailLink } from '../../server/devices/link-mail.ts'
import { linkActor, makeLink, renewLink, withdrawLink } from '../../server/devices/links.ts'
import { AppError } from '../../server/lib/errors.ts'
import { erasePerson } from '../../server/people/erase.ts'
import type { Mail } from '../../server/ports.ts'
import { readLink } from '../../server/views/handover-link.ts'
import { fern, openWorld, type TestWorld, time } from '../world.ts'
import { type Story, technician, tell } from './handover-story.ts'

let world: TestWorld
let story: Story
let id: string
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  story = await tell(world)
  id = await story.open()
})

const look = (secret: string, at: string, hasMail = true) => readLink(world.db, time(at), { secret, hasMail })
const link = (at: string) => story.link(id, 'acceptance', at)

it('looking changes nothing, however often', async () => {
  const secret = await link('2026-03-02')
  const before = await world.dump()
  for (let n = 0; n < 3; n++) expect(await look(secret, '2026-03-02')).toMatchObject({ isOpen: true })
  expect(await world.dump()).toBe(before)
})

it('to somebody who was erased works no more, and brings no name or address back', async () => {
  const [accept, address] = [await link('2026-03-02'), await story.link(id, 'address', '2026-03-02')]
  await world.run((tx) => erasePerson(tx, world.act('2026-03-03'), { personId: story.person.id, reason: 'asked' }))
  expect(await look(accept, '2026-03-03')).toMatchObject({ isOpen: false, why: 'withdrawn', canSend: false })
  const typed = { line1: '9 Quill Row', line2: '', city: 'Denver', region: 'CO', postalCode: '80201', country: 'US' }
  const act = world.act('2026-03-03', linkActor)
  await expect(world.run((tx) => proposeAddress(tx, act, { secret: address, address: typed }))).rejects.toMatchObject({
    problem: 'conflict',
  })
})

it('the database holds no secret', async () => {
  const secret = await link('2026-03-02')
  expect(await world.dump()).not.toContain(secret)
})

it('shows a first name, what the laptops are called and the terms: no serial number, street, number or surname', async () => {
  const told = JSON.stringify([
    await look(await link('2026-03-02'), '2026-03-02'),
    await look(await story.link(id, 'address', '2026-03-02'), '2026-03-02'),
  ])
  expect(told).toContain('"firstName":"Fern"')
  expect(told).toContain('"city":"Boston"')
  expect(told).not.toMatch(/TALE|Hollis|Maple|"12|02118|fern@/)
})

describe('a link says plainly that it', () => {
  it('was used', async () => {
    await story.arrive('2026-03-02T13:00:00Z')
    const secret = await link('2026-03-04')
    const none = { answer: 'declined', reason: 'other', note: null } as const
    const answer = { items: story.items({ 0: none, 1: none }), signature: null, termsId: null }
    await story.answer(secret, '2026-03-04', answer)
    expect(await look(secret, '2026-03-04')).toMatchObject({ isOpen: false, why: 'used', canSend: false })
    await expect(story.answer(secret, '2026-03-04', answer)).rejects.toMatchObject({ problem: 'conflict' })
  })

  it('has expired, after three days, and that a new one may be sent', async () => {
    const secret = await link('2026-03-02')
    expect(await look(secret, '2026-03-05T11:59:59Z')).toMatchObject({ isOpen: true })
    expect(await look(secret, '2026-03-05T12:00:00Z')).toMatchObject({ isOpen: false, why: 'expired', canSend: true })
    expect(await look(secret, '2026-03-05T12:00:00Z', false), 'without mail there is no way').toMatchObject({
      canSend: false,
    })
    await expect(
      story.answer(secret, '2026-03-05', { items: story.items(), signature: null, termsId: null }),
    ).rejects.toMatchObject({ problem: 'conflict', message: expect.stringMatching('expired') })
  })

  it('was withdrawn, alone or with its hand-over, and that none will be sent by itself', async () => {
    const secret = await link('2026-03-02')
    const row = await world.db.selectFrom('handover_links').select('id').executeTakeFirstOrThrow()
    await world.run((tx) => withdrawLink(tx, world.act('2026-03-03', technician), { linkId: row.id }))
    expect(await look(secret, '2026-03-03')).toMatchObject({ why: 'withdrawn', canSend: false })
    expect(await world.events('handover.link_withdrawn')).toMatchObject([{ actor: technician }])
    const next = await link('2026-03-03')
    await world.run((tx) =>
      withdrawHandover(tx, world.act('2026-03-03', technician), { handoverId: id, reason: 'order cancelled' }),
    )
    expect(await look(next, '2026-03-03')).toMatchObject({ why: 'withdrawn', canSend: false })
  })

  it('has a newer one, and only that one works', async () => {
    const [older, newer] = [await link('2026-03-02'), await link('2026-03-03')]
    expect(await look(older, '2026-03-03')).toMatchObject({ why: 'replaced', canSend: false })
    expect(await look(newer, '2026-03-03')).toMatchObject({ isOpen: true })
  })

  it('is not known', async () => {
    await expect(look('A'.repeat(43), '2026-03-03')).rejects.toMatchObject({ problem: 'not_found' })
  })
})

it('its receiver may ask for a new one once it ran out: one at a time, and never while it works', async () => {
  const secret = await link('2026-03-02')
  const renew = (at: string) =>
    world.run((tx) => renewLink(tx, world.act(at, linkActor), { secret, url: 'https://telltale.example' }))
  await expect(renew('2026-03-03')).rejects.toMatchObject({ problem: 'conflict' })
  const { link: renewed } = await renew('2026-03-06')
  expect(await look(renewed.split('/h/')[1]!, '2026-03-06')).toMatchObject({ isOpen: true })
  await expect(renew('2026-03-06')).rejects.toMatchObject({ problem: 'conflict' })
})

it('each purpose has its own link, and one is no good for the other', async () => {
  const address = await story.link(id, 'address', '2026-03-02')
  const acceptance = await link('2026-03-02')
  expect(await look(address, '2026-03-02')).toMatchObject({ isOpen: true, purpose: 'address', terms: null })
  expect(await look(acceptance, '2026-03-02')).toMatchObject({ isOpen: true, purpose: 'acceptance', address: null })
  await expect(
    story.answer(address, '2026-03-02', { items: story.items(), signature: null, termsId: null }),
  ).rejects.toMatchObject({ problem: 'conflict', message: expect.stringMatching('something else') })
})

it('an address is asked about only while the parcel is here', async () => {
  await story.arrive()
  const late = { handoverId: id, purpose: 'address', url: '', byHand: false } as const
  await expect(world.run((tx) => makeLink(tx, world.act('2026-03-05', technician), late))).rejects.toMatchObject({
    problem: 'conflict',
    message: expect.stringMatching('has left'),
  })
})

describe('mailing', () => {
  const send = async (mail: Mail) => {
    const made = await world.run((tx) =>
      makeLink(tx, world.act('2026-03-02', technician), {
        handoverId: id,
        purpose: 'acceptance',
        url: 'https://telltale.example',
        byHand: false,
      }),
    )
    const input = { linkId: made.id, link: made.link, purpose: 'acceptance', personId: story.person.id } as const
    const came = await mailLink(world.db, mail, () => time('2026-03-02'), input)
    const row = await world.db
      .selectFrom('handover_links')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow()
    return { came, row, link: made.link }
  }

  it('goes to the e-mail on file, by first name, with the link and nothing about the laptop or the address', async () => {
    const sent: Parameters<Mail['send']>[0][] = []
    const { row, link } = await send({ send: async (message) => void sent.push(message) })
    expect(sent).toMatchObject([{ to: fern.email, text: expect.stringContaining(link) }])
    expect(`${sent[0]!.subject} ${sent[0]!.text}`).not.toMatch(/TALE|Hollis|Maple|Boston/)
    expect(row).toMatchObject({ sent_at: time('2026-03-02'), send_error: null })
  })

  it('that fails is kept with the link, without the address it went to', async () => {
    const { came, row } = await send({
      send: async ({ to }) => {
        throw new AppError('unavailable', `550 <${to}>: mailbox full`)
      },
    })
    expect(came).toEqual({ sent: false, error: '550 <the e-mail on file>: mailbox full' })
    expect(row).toMatchObject({ sent_at: null, send_error: came.error })
  })
})
