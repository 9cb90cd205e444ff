// Address versions: one address of one person from one time on, with source, author, approval. Old ones stay.
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { AddressVersionsTable } from '../lib/tables.ts'
import { storedKeys } from './keys.ts'
import { linkedKeys } from './one-door.ts'
import type { Address } from './parse.ts'
import { comparePrepared, prepareAddress } from './prepared.ts'

export type AddressVersion = Selectable<AddressVersionsTable>

/** The address as its parts; erased parts are empty. */
export function addressOf(version: AddressVersion): Address {
  return {
    line1: version.line1 ?? '',
    line2: version.line2 ?? '',
    city: version.city ?? '',
    region: version.region ?? '',
    postalCode: version.postal_code ?? '',
    country: version.country ?? '',
  }
}

/** The keys by which an address is known here: those of an older one that it proves to be, else its own. */
export const knownKeys = (
  version: Pick<AddressVersion, 'door_key' | 'building_key' | 'linked_door_key' | 'linked_building_key'>,
) => ({
  door: version.linked_door_key ?? version.door_key,
  building: version.linked_building_key ?? version.building_key,
})

const sameText = (a: Address, b: Address) =>
  (['line1', 'line2', 'city', 'region', 'postalCode', 'country'] as const).every(
    (part) => a[part].trim().toLowerCase() === b[part].trim().toLowerCase(),
  )

/** The same door, slips of typing forgiven, or the same text where no door could be read from it. */
export function isSameAddress(version: AddressVersion, address: Address): boolean {
  const [known, given] = [prepareAddress(addressOf(version)), prepareAddress(address)]
  if (known.isCertain && given.isCertain) return comparePrepared(known, given) === 'same door'
  return sameText(addressOf(version), address)
}

/** The same door by its exact normal form: one slip is another writing, which somebody may want to correct. */
export function isWrittenAlike(version: AddressVersion, address: Address): boolean {
  const { door_key: door } = storedKeys(address)
  if (door !== null && version.door_key !== null) return version.door_key === door
  return sameText(addressOf(version), address)
}

export async function versionsOf(tx: Tx, personId: string): Promise<AddressVersion[]> {
  return tx
    .selectFrom('address_versions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('withdrawn_at', 'is', null)
    .orderBy('valid_from')
    .orderBy('id')
    .execute()
}

/** The newest home address that was not refused. */
export function currentHome(versions: AddressVersion[]): AddressVersion | undefined {
  return versions.filter((version) => version.use === 'home' && version.refused_at === null).at(-1)
}

export interface AddressInput {
  personId: string | null
  use: 'home' | 'identity' | 'ship_to'
  address: Address
  source: string
  approved: boolean
  validFrom: Date
  changedAt: Date | null
  replaces: string | null
  /** The parcel that brought it, for a ship-to. */
  shipmentId?: string
}

/** Adds a version, placed and classified as far as it can be. The event is the caller's to record. */
export async function addAddress(tx: Tx, act: Act, input: AddressInput): Promise<{ id: string; event: NewEvent }> {
  const { address } = input
  const country = act.world.places.countryCode(address.country)
  const circle = act.world.places.locateCity({ city: address.city, region: address.region, country })
  const id = newId('adr')
  const keys = storedKeys(address)
  await tx
    .insertInto('address_versions')
    .values({
      id,
      person_id: input.personId,
      use: input.use,
      line1: address.line1,
      line2: address.line2,
      city: address.city,
      region: address.region,
      postal_code: address.postalCode,
      country: country ?? address.country,
      valid_from: input.validFrom,
      recorded_at: act.now,
      source: input.source,
      author: JSON.stringify(act.actor),
      approved_at: input.approved ? act.now : null,
      approved_by: input.approved ? JSON.stringify(act.actor) : null,
      ...keys,
      ...(await linkedKeys(tx, address, keys)),
      latitude: circle?.latitude ?? null,
      longitude: circle?.longitude ?? null,
      radius_km: circle?.radiusKm ?? null,
      class: JSON.stringify(act.world.classify(address)),
    })
    .execute()
  const event: NewEvent = {
    kind: 'address.added',
    personId: input.personId,
    shipmentId: input.shipmentId ?? null,
    occurredAt: input.validFrom,
    actor: act.actor,
    payload: {
      addressId: id,
      use: input.use,
      source: input.source,
      approved: input.approved,
      changedAt: input.changedAt?.toISOString() ?? null,
      replaces: input.replaces,
    },
  }
  return { id, event }
}

/**
 * Marks a version approved by somebody's word, and with it the person's other homes and ship-tos at the same door,
 * since they are the same address. The events are the caller's to record.
 */
export async function markApproved(tx: Tx, act: Act, version: AddressVersion, noteId: string): Promise<NewEvent[]> {
  const approved = await tx
    .updateTable('address_versions')
    .set({ approved_at: act.now, approved_by: JSON.stringify(act.actor), refused_at: null })
    .where((eb) =>
      eb.or([
        eb('id', '=', version.id),
        eb.and([
          eb('person_id', '=', version.person_id),
          eb('door_key', '=', version.door_key),
          eb('use', 'in', ['home', 'ship_to']),
          eb('approved_at', 'is', null),
          eb('refused_at', 'is', null),
          eb('withdrawn_at', 'is', null),
        ]),
      ]),
    )
    .returning('id')
    .execute()
  return approved.map(({ id }) => ({
    kind: 'address.approved',
    personId: version.person_id,
    occurredAt: act.now,
    actor: act.actor,
    payload: { addressId: id, noteId },
  }))
}

async function lockVersion(tx: Tx, addressId: string): Promise<AddressVersion> {
  const version = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', addressId)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (version === undefined) throw new AppError('not_found', 'There is no such address.')
  return version
}

/** Approves an address, as a second person: whoever proposed it may not (DESIGN 11; `secondPerson` checks the rest). */
export async function approveAddress(tx: Tx, act: Act, input: { addressId: string; reason: string }): Promise<void> {
  const version = await lockVersion(tx, input.addressId)
  if (version.approved_at !== null) throw new AppError('conflict', 'This address is approved already.')
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, await markApproved(tx, act, version, noteId))
}

/** Refuses an address: it stays on file and is used for nothing. */
export async function refuseAddress(tx: Tx, act: Act, input: { addressId: string; reason: string }): Promise<void> {
  const version = await lockVersion(tx, input.addressId)
  if (version.refused_at !== null) throw new AppError('conflict', 'This address is refused already.')
  await tx
    .updateTable('address_versions')
    .set({ refused_at: act.now, approved_at: null, approved_by: null })
    .where('id', '=', version.id)
    .execute()
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'address.refused',
      personId: version.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { addressId: version.id, noteId },
    },
  ])
}

/** Shows a whole address once, for a reason that is recorded. */
export async function revealAddress(tx: Tx, act: Act, input: { addressId: string; reason: string }): Promise<Address> {
  const version = await lockVersion(tx, input.addressId)
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'address.revealed',
      personId: version.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { addressId: version.id, noteId },
    },
  ])
  return addressOf(version)
}
