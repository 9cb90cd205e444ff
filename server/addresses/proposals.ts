// Addresses in a receiver's own words: the parcel's confirmed or another one proposed through a link, and asking about it.
import { timingSafeEqual } from 'node:crypto'
import type { Act } from '../custody/act.ts'
import { type Actor, actorSchema } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import { ADDRESS_TRIES, aboutHandover, type Handover, itemsOf, spendLink, takeLink } from '../devices/links.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { plainText } from '../lib/plain.ts'
import { addShipmentTask } from '../shipping/tasks.ts'
import { type Address, parseAddress } from './parse.ts'
import { type AddressVersion, addAddress, addressOf, isSameAddress, versionsOf } from './versions.ts'

/** What says where an address that was typed into a link came from. */
export const LINK_SOURCE = 'hand-over link'

const squeezed = (text: string) => plainText(text).replace(/[^\p{L}\p{N}]/gu, '')

/** The house number and the postal code, either of which shows that somebody knows the address; the whole first line without both. */
function proofsOf(address: Address): string[] {
  const parsed = parseAddress(address)
  const proofs = [parsed?.number ?? '', parsed?.postalCode || address.postalCode].map(squeezed).filter(Boolean)
  return proofs.length > 0 ? proofs : [squeezed(address.line1)].filter(Boolean)
}

/** Whether what was typed shows that they know the address: its house number or its postal code. */
export function knowsAddress(address: Address, typed: string): boolean {
  const given = squeezed(typed)
  // An American code may come with its last four digits.
  const isLong = address.country === 'US' && /^\d{9}$/.test(given)
  const bytes = Buffer.from(isLong ? given.slice(0, 5) : given)
  return proofsOf(address).some((proof) => {
    const expected = Buffer.from(proof)
    return expected.length === bytes.length && timingSafeEqual(expected, bytes)
  })
}

async function versionOf(tx: Tx, handover: Handover): Promise<AddressVersion> {
  if (handover.address_version_id === null) throw new AppError('conflict', 'There is no address to ask about any more.')
  return tx
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', handover.address_version_id)
    .executeTakeFirstOrThrow()
}

async function settle(
  tx: Tx,
  act: Act,
  handover: Handover,
  input: { linkId: string; answer: 'confirmed' | 'other'; proposedId: string | null },
) {
  await tx
    .updateTable('handovers')
    .set({ address_answer: input.answer, address_answered_at: act.now, proposed_address_id: input.proposedId })
    .where('id', '=', handover.id)
    .execute()
  await spendLink(tx, act.now, input.linkId)
  const items = await itemsOf(tx, handover.id)
  const deviceIds = items.map((item) => item.device_id)
  return {
    ...aboutHandover(act, handover, deviceIds),
    kind: 'handover.address_answered' as const,
    payload: {
      handoverId: handover.id,
      answer: input.answer,
      addressId: handover.address_version_id,
      proposedAddressId: input.proposedId,
    },
  }
}

/** The receiver says that the parcel goes to the right address, by its house number or postal code. It verifies nothing. */
export async function confirmAddress(
  tx: Tx,
  act: Act,
  input: { secret: string; typed: string },
): Promise<{ done: true } | { done: false; left: number }> {
  const { link, handover } = await takeLink(tx, act.now, input.secret, 'address')
  const version = await versionOf(tx, handover)
  if (link.attempts >= ADDRESS_TRIES)
    throw new AppError('too_many', 'That was tried too often. Give the whole address instead.')
  if (!knowsAddress(addressOf(version), input.typed)) {
    await tx
      .updateTable('handover_links')
      .set({ attempts: link.attempts + 1 })
      .where('id', '=', link.id)
      .execute()
    return { done: false, left: ADDRESS_TRIES - link.attempts - 1 }
  }
  await record(tx, act.now, [
    await settle(tx, act, handover, { linkId: link.id, answer: 'confirmed', proposedId: null }),
  ])
  return { done: true }
}

/**
 * Another address, in the receiver's own words: an unapproved version in the place of the parcel's, which stays bound
 * for the one it was prepared for. One that is on file for them already is that version.
 */
export async function proposeAddress(
  tx: Tx,
  act: Act,
  input: { secret: string; address: Address },
): Promise<{ answer: 'confirmed' | 'other' }> {
  const { link, handover } = await takeLink(tx, act.now, input.secret, 'address')
  requireWhole(act, input.address)
  const old = await versionOf(tx, handover)
  if (isSameAddress(old, input.address)) {
    await record(tx, act.now, [
      await settle(tx, act, handover, { linkId: link.id, answer: 'confirmed', proposedId: null }),
    ])
    return { answer: 'confirmed' }
  }
  const versions = await versionsOf(tx, handover.person_id)
  const known = versions.findLast(
    (one) => one.use !== 'identity' && one.refused_at === null && isSameAddress(one, input.address),
  )
  const added = known
    ? null
    : await addAddress(tx, act, {
        personId: handover.person_id,
        use: old.use === 'ship_to' ? 'ship_to' : 'home',
        address: input.address,
        source: LINK_SOURCE,
        approved: false,
        validFrom: act.now,
        changedAt: act.now,
        replaces: old.id,
      })
  const proposedId = known?.id ?? added!.id
  const answered = await settle(tx, act, handover, { linkId: link.id, answer: 'other', proposedId })
  const task = await addShipmentTask(tx, act, {
    shipmentId: handover.shipment_id!,
    key: `address ${handover.id}`,
    task: 'The receiver gave another address: have it reviewed, and do not send the parcel before.',
  })
  await record(tx, act.now, [...(added === null ? [] : [added.event]), answered, ...task])
  return { answer: 'other' }
}

function requireWhole(act: Act, address: Address): void {
  const faults = [
    ...(address.line1.trim() === '' ? [{ path: 'address.line1', problem: 'is needed: street and house number' }] : []),
    ...(address.city.trim() === '' ? [{ path: 'address.city', problem: 'is needed' }] : []),
    ...(act.world.places.countryCode(address.country) === null
      ? [{ path: 'address.country', problem: 'is no country we know' }]
      : []),
  ]
  if (faults.length > 0) throw new AppError('invalid', 'The address is not whole yet.', faults)
}

/**
 * Who had a hand in an address: its author, and whoever saw the link by which it came, since they could have typed it
 * in themselves. None of them may approve it.
 */
export async function involvedInAddress(
  tx: Tx,
  addressId: string,
): Promise<{ involved: Actor[]; since: Date } | undefined> {
  const version = await tx
    .selectFrom('address_versions')
    .select(['author', 'recorded_at'])
    .where('id', '=', addressId)
    .executeTakeFirst()
  if (version === undefined) return undefined
  const seen = await tx
    .selectFrom('handover_links')
    .innerJoin('handovers', 'handovers.id', 'handover_links.handover_id')
    .select('handover_links.created_by')
    .where('handovers.proposed_address_id', '=', addressId)
    .where('handover_links.purpose', '=', 'address')
    .where('by_hand', '=', true)
    .execute()
  return {
    involved: [version.author, ...seen.map((row) => row.created_by)].map((actor) => actorSchema.parse(actor)),
    since: version.recorded_at,
  }
}

/** A way to reach somebody, and since when it is on file. */
export interface Contact {
  by: 'mail' | 'phone'
  value: string
  onFileSince: Date
  /** Known before the address was proposed: only such a one is worth asking by. */
  isOlder: boolean
}

/** How these people can be reached, and since when each is on file. */
export async function contactsOf(db: Db | Tx, personIds: string[]): Promise<Map<string, Omit<Contact, 'isOlder'>[]>> {
  const people = await db
    .selectFrom('people')
    .select(['id', 'email', 'phone', 'created_at'])
    .where('id', 'in', personIds)
    .execute()
  const changes = await db
    .selectFrom('ledger')
    .select(['person_id', 'payload', 'recorded_at'])
    .where('person_id', 'in', personIds)
    .where('kind', '=', 'person.changed')
    .orderBy('seq')
    .execute()
  const since = (person: (typeof people)[number], field: string) =>
    changes.findLast(
      (row) => row.person_id === person.id && (row.payload as { fields?: string[] } | null)?.fields?.includes(field),
    )?.recorded_at ?? person.created_at
  return new Map(
    people.map((person) => [
      person.id,
      [
        ...(person.phone ? [{ by: 'phone' as const, value: person.phone, onFileSince: since(person, 'phone') }] : []),
        ...(person.email ? [{ by: 'mail' as const, value: person.email, onFileSince: since(person, 'email') }] : []),
      ],
    ]),
  )
}

/** Says of each contact whether it was on file before the address. */
export const besideAddress = (
  contacts: Omit<Contact, 'isOlder'>[],
  version: Pick<AddressVersion, 'recorded_at'>,
): Contact[] => contacts.map((one) => ({ ...one, isOlder: one.onFileSince < version.recorded_at }))

/** Gives the contact to ask by, and records that somebody asks. Refused where it came with or after the address. */
export async function askAboutAddress(
  tx: Tx,
  act: Act,
  input: { addressId: string; by: Contact['by']; note: string | null },
): Promise<{ value: string }> {
  const version = await tx
    .selectFrom('address_versions')
    .select(['person_id', 'recorded_at'])
    .where('id', '=', input.addressId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (version === undefined) throw new AppError('not_found', 'There is no such address.')
  const all = version.person_id === null ? [] : (await contactsOf(tx, [version.person_id])).get(version.person_id)
  const contact = besideAddress(all ?? [], version).find((one) => one.by === input.by)
  if (contact === undefined) throw new AppError('conflict', 'None of that kind is on file.')
  if (!contact.isOlder)
    throw new AppError(
      'conflict',
      'This came on file with the address or after it: whoever changed the one may have changed the other.',
    )
  const noteId = input.note === null ? undefined : await keepNote(tx, act.now, input.note)
  await record(tx, act.now, [
    {
      kind: 'address.asked',
      personId: version.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { addressId: input.addressId, by: input.by, ...(noteId === undefined ? {} : { noteId }) },
    },
  ])
  return { value: contact.value }
}
