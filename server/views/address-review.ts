// What the address review shows: each address that waits beside the one it would replace, and what speaks for or against it.
import { sql } from 'kysely'
import { compareAddresses } from '../addresses/compare.ts'
import { besideAddress, contactsOf } from '../addresses/proposals.ts'
import { type AddressVersion, addressOf } from '../addresses/versions.ts'
import type { Db } from '../lib/database.ts'
import { maskedAddress } from './mask.ts'
import { countSome, cutPage } from './page.ts'

export interface ReviewFilter {
  personId: string | null
  after: { recordedAt: string; id: string } | null
  limit: number
}

/** So many of the others at a door or in a building are named; the rest are counted, as far as that. */
const OTHERS_SHOWN = 5
const OTHERS_COUNTED = 200
/** So many of somebody's newest parcels are looked at. */
const PARCELS = 20

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
    proposals: await proposalsOf(db, page),
  }
}

/** What speaks for or against each of a page's addresses, in as many statements as for one. */
async function proposalsOf(db: Db, page: AddressVersion[]) {
  if (page.length === 0) return []
  const personIds = [...new Set(page.map((version) => version.person_id!))]
  const people = await db
    .selectFrom('people')
    .select(['id', 'name', 'external_id'])
    .where('id', 'in', personIds)
    .execute()
  const known = {
    people: new Map(people.map((row) => [row.id, row])),
    old: await replacedBy(db, page, personIds),
    parcels: await parcelsOf(db, personIds),
    contacts: await contactsOf(db, personIds),
    atDoor: await othersAt(db, page, 'door_key'),
    inBuilding: await othersAt(db, page, 'building_key'),
  }
  return page.map((next) => proposalOf(next, known))
}

interface Known {
  people: Map<string, { id: string; name: string | null; external_id: string | null }>
  old: Map<string, AddressVersion>
  parcels: Awaited<ReturnType<typeof parcelsOf>>
  contacts: Awaited<ReturnType<typeof contactsOf>>
  atDoor: Others
  inBuilding: Others
}

function proposalOf(next: AddressVersion, known: Known) {
  const person = known.people.get(next.person_id!)!
  const old = known.old.get(next.id)
  const parcels = known.parcels.filter((parcel) => parcel.person_id === person.id)
  const newestOrder = parcels.find((parcel) => parcel.ordered_at <= next.recorded_at)
  const contacts = besideAddress(known.contacts.get(person.id) ?? [], next)
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
    atDoor: counted(known.atDoor.get(next.id)),
    inBuilding: counted(known.inBuilding.get(next.id)),
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

/** Per address the version it says it replaces, else the newest approved home. */
async function replacedBy(db: Db, page: AddressVersion[], personIds: string[]): Promise<Map<string, AddressVersion>> {
  const ids = page.map((version) => version.id)
  const added = await db
    .selectFrom('ledger')
    .select('payload')
    .where('person_id', 'in', personIds)
    .where('kind', '=', 'address.added')
    .where(sql<boolean>`payload->>'addressId' = any (${ids}::text[])`)
    .execute()
  const replaces = new Map(
    added.flatMap(({ payload }) => {
      const said = payload as { addressId: string; replaces: string | null } | null
      return said?.replaces ? [[said.addressId, said.replaces] as const] : []
    }),
  )
  const versions = await db
    .selectFrom('address_versions')
    .selectAll()
    .where('withdrawn_at', 'is', null)
    .where((eb) =>
      eb.or([
        eb('id', 'in', [...replaces.values(), '']),
        eb.and([eb('person_id', 'in', personIds), eb('use', '=', 'home'), eb('approved_at', 'is not', null)]),
      ]),
    )
    .orderBy('valid_from', 'desc')
    .execute()
  const standsFor = (next: AddressVersion) => {
    const replaced = replaces.get(next.id)
    if (replaced !== undefined) return versions.find((one) => one.id === replaced)
    return versions.find(
      (one) => one.person_id === next.person_id && one.use === 'home' && one.approved_at !== null && one.id !== next.id,
    )
  }
  return new Map(
    page.flatMap((next) => {
      const old = standsFor(next)
      return old ? [[next.id, old] as const] : []
    }),
  )
}

/** The newest parcels to these people, newest order first. */
async function parcelsOf(db: Db, personIds: string[]) {
  const { rows } = await sql<{
    person_id: string
    id: string
    reference: string | null
    status: string
    ordered_at: Date
    held_at: Date | null
    address_version_id: string | null
  }>`
    select p.* from unnest(${personIds}::text[]) as w (id)
    cross join lateral (
      select s.person_id, s.id, s.reference, s.status, s.ordered_at, s.held_at, s.address_version_id from shipments s
      where s.person_id = w.id and s.direction = 'out' and s.withdrawn_at is null
      order by s.ordered_at desc limit ${PARCELS}) p
    order by p.ordered_at desc`.execute(db)
  return rows
}

type Others = Map<string, { id: string; name: string | null }[]>

/** Per address the other people with one at the same door or in the same building. */
async function othersAt(db: Db, page: AddressVersion[], key: 'door_key' | 'building_key'): Promise<Others> {
  const { rows } = await sql<{ address_id: string; id: string; name: string | null }>`
    select w.address_id, o.id, o.name
    from unnest(
      ${page.map((next) => next.id)}::text[], ${page.map((next) => next[key])}::text[],
      ${page.map((next) => next.person_id)}::text[]) as w (address_id, key, person_id)
    cross join lateral (
      select distinct p.id, p.name from address_versions a join people p on p.id = a.person_id
      where a.${sql.ref(key)} = w.key and a.withdrawn_at is null and a.refused_at is null and p.id <> w.person_id
      order by p.id limit ${OTHERS_COUNTED}) o`.execute(db)
  return Map.groupBy(rows, (row) => row.address_id)
}

const counted = (others: { id: string; name: string | null }[] = []) => ({
  count: others.length,
  people: others.slice(0, OTHERS_SHOWN).map(({ id, name }) => ({ id, name })),
})
