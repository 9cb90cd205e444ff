// Addresses in the receiver's own words: confirmed by who knows them, proposed to be looked at by somebody else.
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest'
import { requireSecondPerson } from '../../server/access/second-person.ts'
import {
  askAboutAddress,
  confirmAddress,
  involvedInAddress,
  knowsAddress,
  proposeAddress,
} from '../../server/addresses/proposals.ts'
import { revealAddress } from '../../server/addresses/versions.ts'
import { linkActor } from '../../server/devices/links.ts'
import { listProposals } from '../../server/views/address-review.ts'
import { type Story, technician, tell } from '../devices/handover-story.ts'
import { fern, openWorld, type TestWorld } from '../world.ts'

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

const at = '2026-03-02'
const act = () => world.act(at, linkActor)
const denver = { line1: '77 Pine Street', line2: '', city: 'Denver', region: 'CO', postalCode: '80205', country: 'US' }
const home = { line1: '12 Maple St.', line2: '', city: 'Boston', region: 'MA', postalCode: '02118', country: 'US' }
const link = (byHand = false) => story.link(id, 'address', at, byHand)
const confirm = (secret: string, typed: string) => world.run((tx) => confirmAddress(tx, act(), { secret, typed }))
const propose = (secret: string, address = denver) => world.run((tx) => proposeAddress(tx, act(), { secret, address }))
const review = () => listProposals(world.db, { personId: null, after: null, limit: 10 })

test.each([
  ['12', true],
  [' 12 ', true],
  ['02118', true],
  ['02118-1234', true],
  ['1', false],
  ['Maple', false],
  ['', false],
])('%o shows that somebody knows 12 Maple Street, 02118: %o', (typed, knows) => {
  expect(knowsAddress(home, typed)).toBe(knows)
})

describe('an address', () => {
  it('is confirmed by its house number, once, and that verifies nothing', async () => {
    const secret = await link()
    expect(await confirm(secret, '12')).toEqual({ done: true })
    expect(await story.handover(id)).toMatchObject({ status: 'open', address_answer: 'confirmed' })
    expect(await world.events('handover.address_answered')).toMatchObject([
      { actor: linkActor, payload: { answer: 'confirmed', addressId: story.shipment.address_version_id } },
    ])
    expect(await world.events('address.approved')).toEqual([])
    await expect(confirm(secret, '12')).rejects.toMatchObject({ problem: 'conflict' })
  })

  it('is not guessed: five wrong tries, then only a whole address is taken', async () => {
    const secret = await link()
    for (const left of [4, 3, 2, 1, 0]) expect(await confirm(secret, '99')).toEqual({ done: false, left })
    await expect(confirm(secret, '12')).rejects.toMatchObject({ problem: 'too_many' })
    expect(await propose(secret)).toEqual({ answer: 'other' })
  })

  it('proposed anew is an unapproved version beside the old one, and the parcel stays bound where it was', async () => {
    await propose(await link())
    const [added] = (await world.events('address.added')).filter((event) => event.actor.type === 'source')
    expect(added).toMatchObject({
      actor: linkActor,
      payload: { source: 'hand-over link', approved: false, replaces: story.shipment.address_version_id },
    })
    expect((await world.shipment('PO-1')).address_version_id).toBe(story.shipment.address_version_id)
    expect(await story.handover(id)).toMatchObject({
      address_answer: 'other',
      proposed_address_id: added!.payload!.addressId,
    })
    expect(JSON.stringify(await world.events()), 'the ledger names no street').not.toMatch(/Pine|80205/)
  })

  it('that is the parcel’s own, written out, is a confirmation and no other version', async () => {
    expect(await propose(await link(), home)).toEqual({ answer: 'confirmed' })
    expect((await review()).proposals).toEqual([])
  })

  it('has to be whole, and says what is missing', async () => {
    const secret = await link()
    await expect(propose(secret, { ...denver, line1: ' ', country: 'Nowhere' })).rejects.toMatchObject({
      problem: 'invalid',
      faults: [{ path: 'address.line1' }, { path: 'address.country' }],
    })
    expect(await propose(secret)).toEqual({ answer: 'other' })
  })
})

describe('the review', () => {
  it('shows old and new, how far apart, how long after the order, and who else is there', async () => {
    await world.importPeople('2026-02-15', [
      { ...fern, external_id: 'E-2', name: 'Bo Larch', email: 'bo@example.com', ...stored(denver) },
    ])
    await propose(await link())
    const { proposals } = await review()
    expect(proposals).toMatchObject([
      {
        person: { name: fern.name },
        next: { city: 'Denver', source: 'hand-over link', approved: false },
        old: { city: 'Boston', approved: true },
        relation: 'same country',
        order: { id: story.shipment.id, hoursBefore: 24 },
        bound: [],
        atDoor: { count: 1, people: [{ name: 'Bo Larch' }] },
      },
    ])
    expect(proposals[0]!.km).toBeGreaterThan(2_500)
    expect(JSON.stringify(proposals)).not.toMatch(/Pine|Maple|80205/)
    const reveal = { addressId: proposals[0]!.next.id, reason: 'to compare' }
    expect(await world.run((tx) => revealAddress(tx, world.act(at, technician), reveal))).toMatchObject(denver)
  })

  it('is not for who saw the link and could have typed the address in; one that was mailed was seen by nobody here', async () => {
    const reviewer = await world.addUser('usr_tech')
    await world.addUser('usr_other')
    const mayApprove = async (addressId: string) => {
      const hands = await world.run((tx) => involvedInAddress(tx, addressId))
      return world.run((tx) => requireSecondPerson(tx, world.act(at, reviewer), hands!))
    }
    await propose(await link(true))
    const { proposed_address_id } = await story.handover(id)
    await expect(mayApprove(proposed_address_id!)).rejects.toMatchObject({ problem: 'forbidden' })
    await world.db.updateTable('handover_links').set({ by_hand: false }).execute()
    expect(await mayApprove(proposed_address_id!)).toEqual({ alone: false })
  })

  it('asks only by what was on file before the address, and records that it did', async () => {
    await propose(await link())
    const [{ next }] = (await review()).proposals as [Awaited<ReturnType<typeof review>>['proposals'][number]]
    const ask = (by: 'mail' | 'phone', when: string) =>
      world.run((tx) =>
        askAboutAddress(tx, world.act(when, technician), { addressId: next.id, by, note: 'asked whether it is hers' }),
      )
    expect(await ask('mail', '2026-03-03')).toEqual({ value: fern.email })
    await expect(ask('phone', '2026-03-03')).rejects.toMatchObject({ problem: 'conflict' })
    await world.importPeople('2026-03-04', [{ ...fern, phone: '+1 617 555 0199' }])
    await expect(ask('phone', '2026-03-05')).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringMatching('after'),
    })
    expect(await world.events('address.asked')).toMatchObject([{ payload: { by: 'mail' } }])
    expect((await review()).proposals[0]!.contacts).toMatchObject([
      { by: 'phone', isOlder: false },
      { by: 'mail', isOlder: true },
    ])
  })

  it('pages by keyset, newest first', async () => {
    await propose(await link())
    await world.importPeople('2026-03-05', [
      { ...fern, ...stored({ ...denver, line1: '9 Oak Street' }), address_verified: 'no' },
    ])
    const first = await listProposals(world.db, { personId: null, after: null, limit: 1 })
    const second = await listProposals(world.db, { personId: null, after: first.next, limit: 1 })
    expect([first, second].map(({ proposals }) => proposals[0]!.next.source)).toEqual(['hr', 'hand-over link'])
    expect([first.total, second.next]).toEqual([2, null])
  })
})

const stored = ({ postalCode, ...address }: typeof denver) => ({ ...address, postal_code: postalCode })
