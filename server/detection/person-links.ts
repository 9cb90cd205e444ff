// What people have in common with others by where they live, where their parcels go, and their phone.
import { sql } from 'kysely'
import { parsePhoneNumberFromString } from 'libphonenumber-js/max'
import { unitCodeOf } from '../addresses/classify.ts'
import { parseAddress } from '../addresses/parse.ts'
import { addressOf, knownKeys } from '../addresses/versions.ts'
import type { World } from '../custody/act.ts'
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import type { Link } from './link-rows.ts'

/** The links of these people, whole: by what the ledger says of their addresses and phone, and by what those are now. */
export async function personLinks(tx: Tx, world: World, personIds: string[]): Promise<Link[]> {
  const people = await tx
    .selectFrom('people')
    .select(['id', 'phone'])
    .where('id', '=', oneOf(personIds))
    .where('withdrawn_at', 'is', null)
    .where('erased_at', 'is', null)
    .execute()
  const versions = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('person_id', '=', oneOf(people.map((one) => one.id)))
    .where('withdrawn_at', 'is', null)
    .where('use', '<>', 'identity')
    .execute()
  const rows = await tx
    .selectFrom('ledger')
    .select(eventColumns)
    .where('person_id', '=', oneOf(people.map((one) => one.id)))
    .where('kind', 'in', [
      'person.registered',
      'person.changed',
      'address.added',
      'address.refused',
      'shipment.ordered',
      'shipment.changed',
    ])
    .orderBy('seq')
    .execute()
  // The ship-to of a parcel whose person was known later only.
  const late = await sql<{ address_id: string; seq: number }>`
    select payload->>'addressId' as address_id, min(seq) as seq from ledger
    where shipment_id = any (array(select id from shipments where address_version_id = ${oneOf(versions.map((one) => one.id))}))
      and kind in ('shipment.ordered', 'shipment.changed') group by 1`.execute(tx)
  const orderedAt = new Map(late.rows.map((row) => [row.address_id, row.seq]))
  const eventsOf = Map.groupBy(rows.map(toEvent), (event) => event.personId!)
  return people.flatMap((person) => {
    const events = eventsOf.get(person.id) ?? []
    const theirs = versions.filter((version) => version.person_id === person.id)
    return [
      ...addressLinks(person.id, theirs, events, orderedAt),
      ...phoneLinks(world, person, events, theirs.findLast((one) => one.country !== null)?.country ?? null),
    ]
  })
}

type Version = Parameters<typeof addressOf>[0]

function addressLinks(
  personId: string,
  versions: Version[],
  events: LedgerEvent[],
  orderedAt: ReadonlyMap<string, number>,
): Link[] {
  const homes = events.filter((event) => event.kind === 'address.added' && event.payload?.use === 'home')
  return versions.flatMap((version): Link[] => {
    const isIt = (event: LedgerEvent) =>
      (event.kind === 'address.added' || event.kind === 'address.refused') && event.payload?.addressId === version.id
    const fromSeq =
      events.find((event) => event.kind === 'address.added' && isIt(event))?.seq ?? orderedAt.get(version.id)
    if (fromSeq === undefined) return []
    const refused = events.find((event) => event.kind === 'address.refused' && isIt(event))
    // Who has another home has left this one; where a parcel went stays true.
    const next = version.use === 'home' ? homes.find((event) => event.seq > fromSeq) : undefined
    const end = refused ?? next ?? null
    const to = end === null ? null : end.occurredAt > version.valid_from ? end.occurredAt : version.valid_from
    const link = {
      deviceId: null,
      personId,
      origin: version.id,
      fromSeq,
      toSeq: end?.seq ?? null,
      from: version.valid_from,
      to,
    }
    const { door, building } = knownKeys(version)
    return [
      ...(door === null ? [] : [{ ...link, kind: 'door' as const, value: door }]),
      ...(building === null ? [] : [{ ...link, kind: 'building' as const, value: building }]),
      ...(building !== null && hasCode(version) ? [{ ...link, kind: 'unit code' as const, value: building }] : []),
    ]
  })
}

/** Whether its unit looks like the number under which a forwarder knows a customer. */
function hasCode(version: Version): boolean {
  if ((version.class as { customerCode?: boolean } | null)?.customerCode) return true
  const parsed = parseAddress(addressOf(version))
  return parsed !== null && unitCodeOf(parsed) !== null
}

/** Only what it is now is on file: it holds from the newest word on it. */
function phoneLinks(
  world: World,
  person: { id: string; phone: string | null },
  events: LedgerEvent[],
  country: string | null,
): Link[] {
  const value = phoneKey(world, person.phone, country)
  const said = events.findLast(
    (event) =>
      event.kind === 'person.registered' ||
      (event.kind === 'person.changed' && event.payload?.fields.includes('phone')),
  )
  if (value === null || said === undefined) return []
  const link = { deviceId: null, personId: person.id, origin: 'phone', fromSeq: said.seq, toSeq: null, to: null }
  return [{ ...link, kind: 'phone', value, from: said.occurredAt }]
}

/** A keyed hash of the number as E.164; null where it is none. Numbers without a country code are read as of `country`. */
export function phoneKey(world: World, phone: string | null, country: string | null): string | null {
  if (phone === null) return null
  const parsed = parsePhoneNumberFromString(phone, {
    ...(country !== null && /^[A-Z]{2}$/.test(country) ? { defaultCountry: country as 'US' } : {}),
    extract: false,
  })
  return parsed?.isValid() ? world.pseudonym(`phone ${parsed.number}`) : null
}
