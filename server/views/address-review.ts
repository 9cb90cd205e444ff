// What the address review shows: each address that waits beside the one it would replace, and what speaks for or against it.
import { sql } from 'kysely'
import { compareAddresses } from '../addresses/compare.ts'
import { contactsFor } from '../addresses/proposals.ts'
import { type AddressVersion, addressOf } from '../addresses/versions.ts'
import type { Db, Tx } from '../lib/database.ts'
import { maskedAddress } from './mask.ts'
import { countSome, cutPage } from './page.ts'

export interface ReviewFilter {
  personId: string | null
  after: { recordedAt: string; id: string } | null
  limit: number
}

/** So many of the others at a door or in a building are named; the rest are counted. */
const OTHERS_SHOWN = 5

/** A page of the addresses that nobody has decided about, newest first, by keyset. */
export async function listProposals(db: Db, filter: ReviewFilter) {
  const waiting = db
    .selectFrom('address_versions')
    .where('approved_at', 'is', null)
    .where('refused_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .where('line1', 'is not', null)
    .where('use', '<>', 'identity')
    .where('person_id', 'is not', null)
    .$if(filter.personId !== null, (qb) => qb.where('person_id', '=', filter.personId!))
  const rows = await waiting
    .selectAll()
    .$if(filter.after !== null, (qb) =>
      qb.where(sql<boolean>`(recorded_at, id) < (${new Date(filter.after!.recordedAt)}, ${filter.after!.id})`),
    )
    .orderBy('recorded_at', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, waiting.select('id')),
    next: last && { recordedAt: last.recorded_at.toISOString(), id: last.id },
    proposals: await Promise.all(page.map((version) => proposalOf(db, version))),
  }
}

async function proposalOf(db: Db, next: AddressVersion) {
  const person = await db
    .selectFrom('people')
    .select(['id', 'name', 'external_id'])
    .where('id', '=', next.person_id)
    .executeTakeFirstOrThrow()
  const old = await replacedBy(db, next)
  const parcels = await db
    .selectFrom('shipments')
    .select(['id', 'reference', 'status', 'ordered_at', 'held_at', 'address_version_id'])
    .where('person_id', '=', next.person_id)
    .where('direction', '=', 'out')
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .limit(20)
    .execute()
  const newestOrder = parcels.find((parcel) => parcel.ordered_at <= next.recorded_at)
  const contacts = await contactsFor(db as Tx, next)
  const { relation, km } = old
    ? compareAddresses(placed(old), placed(next))
    : { relation: 'cannot tell' as const, km: null }
  const verdict = next.verification as { result: string; codes: string[]; residential: boolean | null } | null
  return {
    person: { id: person.id, name: person.name, externalId: person.external_id },
    next: maskedAddress(next),
    old: old ? maskedAddress(old) : null,
    relation: old ? relation : null,
    km: km === null ? null : Math.round(km),
    /** The person's newest order before it came, and how long before. */
    order: newestOrder
      ? {
          id: newestOrder.id,
          reference: newestOrder.reference,
          hoursBefore: Math.round((next.recorded_at.getTime() - newestOrder.ordered_at.getTime()) / 3_600_000),
        }
      : null,
    /** Parcels that are bound for it and have not arrived. */
    bound: parcels
      .filter((parcel) => parcel.address_version_id === next.id && parcel.status !== 'delivered')
      .map((parcel) => ({
        id: parcel.id,
        reference: parcel.reference,
        status: parcel.status,
        held: parcel.held_at !== null,
      })),
    atDoor: await othersAt(db, next, 'door_key'),
    inBuilding: await othersAt(db, next, 'building_key'),
    verdict: verdict && {
      result: verdict.result,
      codes: verdict.codes,
      residential: verdict.residential,
      at: next.verified_at?.toISOString() ?? null,
    },
    contacts: contacts.map(({ by, onFileSince, isOlder }) => ({ by, onFileSince: onFileSince.toISOString(), isOlder })),
  }
}

const placed = (version: AddressVersion) => ({
  address: addressOf(version),
  circle:
    version.latitude === null || version.longitude === null || version.radius_km === null
      ? null
      : { latitude: version.latitude, longitude: version.longitude, radiusKm: version.radius_km },
})

/** The version it says it replaces, else the newest approved home. */
async function replacedBy(db: Db, next: AddressVersion): Promise<AddressVersion | undefined> {
  const added = await db
    .selectFrom('ledger')
    .select('payload')
    .where('person_id', '=', next.person_id)
    .where('kind', '=', 'address.added')
    .where(sql<string>`payload->>'addressId'`, '=', next.id)
    .executeTakeFirst()
  const replaces = (added?.payload as { replaces?: string | null } | null | undefined)?.replaces ?? null
  const versions = db.selectFrom('address_versions').selectAll().where('withdrawn_at', 'is', null)
  if (replaces !== null) return versions.where('id', '=', replaces).executeTakeFirst()
  return versions
    .where('person_id', '=', next.person_id)
    .where('use', '=', 'home')
    .where('approved_at', 'is not', null)
    .where('id', '<>', next.id)
    .orderBy('valid_from', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** Other people with an address at the same door or in the same building. */
async function othersAt(db: Db, next: AddressVersion, key: 'door_key' | 'building_key') {
  const value = next[key]
  if (value === null) return { count: 0, people: [] }
  const people = await db
    .selectFrom('address_versions')
    .innerJoin('people', 'people.id', 'address_versions.person_id')
    .select(['people.id', 'people.name'])
    .distinct()
    .where(key, '=', value)
    .where('address_versions.withdrawn_at', 'is', null)
    .where('refused_at', 'is', null)
    .where('people.id', '<>', next.person_id!)
    .orderBy('people.id')
    .limit(200)
    .execute()
  return { count: people.length, people: people.slice(0, OTHERS_SHOWN) }
}
