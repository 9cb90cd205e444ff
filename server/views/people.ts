// What the people list and a person's page show. Streets stay masked.
import { sql } from 'kysely'
import { versionsOf } from '../addresses/versions.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { maskedAddress } from './mask.ts'
import { countSome, cutPage } from './page.ts'

export interface PeopleFilter {
  text: string
  kind: 'employee' | 'contractor' | null
  after: { name: string; id: string } | null
  limit: number
}

/** A page of people by name, by keyset. */
export async function listPeople(db: Db, filter: PeopleFilter) {
  const like = `%${filter.text
    .trim()
    .toLowerCase()
    .replace(/[\\%_]/g, '\\$&')}%`
  const matching = db
    .selectFrom('people')
    .where('people.withdrawn_at', 'is', null)
    .$if(filter.text.trim() !== '', (qb) =>
      qb.where((eb) =>
        eb.or([
          eb(eb.fn('lower', ['people.name']), 'like', like),
          eb(eb.fn('lower', ['email']), 'like', like),
          eb(eb.fn('lower', ['external_id']), 'like', like),
        ]),
      ),
    )
    .$if(filter.kind !== null, (qb) => qb.where('people.kind', '=', filter.kind!))
  const name = sql<string>`lower(coalesce(people.name, ''))`
  const rows = await matching
    .select([
      'people.id',
      'people.name',
      'email',
      'external_id',
      'people.kind',
      'starts_on',
      'leaves_on',
      'erased_at',
      name.as('sort'),
      sql<number>`(select count(*) from devices d where d.assignee_id = people.id and d.withdrawn_at is null)`.as(
        'devices',
      ),
      sql<
        string | null
      >`(select a.city || coalesce(', ' || nullif(a.region, ''), '') from address_versions a where a.person_id = people.id and a.use = 'home' and a.refused_at is null and a.withdrawn_at is null order by a.valid_from desc limit 1)`.as(
        'city',
      ),
      sql<
        number | null
      >`(select c.number from cases c where c.subject_kind = 'person' and c.subject_id = people.id and c.status <> 'closed')`.as(
        'case_number',
      ),
    ])
    .$if(filter.after !== null, (qb) =>
      qb.where(
        sql<boolean>`(lower(coalesce(people.name, '')), people.id) > (${filter.after!.name}, ${filter.after!.id})`,
      ),
    )
    .orderBy(name)
    .orderBy('people.id')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, matching.select('people.id')),
    next: last && { name: last.sort, id: last.id },
    people: page.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      externalId: row.external_id,
      kind: row.kind,
      startsOn: row.starts_on,
      leavesOn: row.leaves_on,
      erased: row.erased_at !== null,
      devices: row.devices,
      city: row.city,
      caseNumber: row.case_number,
    })),
  }
}

/** A person whole, by id. */
export async function readPerson(db: Db, id: string) {
  const row = await db
    .selectFrom('people')
    .selectAll()
    .where('id', '=', id)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such person.')
  const devices = await db
    .selectFrom('devices')
    .select(['id', 'serial_number', 'model', 'life_cycle', 'holder_kind', 'holder_id'])
    .where((eb) => eb.or([eb('assignee_id', '=', id), eb('holder_id', '=', id)]))
    .where('withdrawn_at', 'is', null)
    .execute()
  const shipments = await db
    .selectFrom('shipments')
    .select(['id', 'reference', 'direction', 'carrier', 'status', 'ordered_at', 'held_at'])
    .where('person_id', '=', id)
    .where('withdrawn_at', 'is', null)
    .orderBy('ordered_at', 'desc')
    .execute()
  const cases = await db
    .selectFrom('cases')
    .select(['number', 'title', 'status', 'severity', 'outcome'])
    .where('subject_kind', '=', 'person')
    .where('subject_id', '=', id)
    .orderBy('opened_at', 'desc')
    .execute()
  const declarations = await db
    .selectFrom('declarations')
    .leftJoin('people as other', (join) =>
      join
        .on((eb) => eb.or([eb('other.id', '=', eb.ref('person_id')), eb('other.id', '=', eb.ref('other_person_id'))]))
        .on('other.id', '<>', id),
    )
    .selectAll('declarations')
    .select(['other.id as other_id', 'other.name as other_name'])
    .where((eb) => eb.or([eb('person_id', '=', id), eb('other_person_id', '=', id)]))
    .orderBy('declarations.starts_on', 'desc')
    .execute()
  const versions = await versionsOf(db as Tx, id)
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    phoneOnFile: row.phone !== null,
    externalId: row.external_id,
    kind: row.kind,
    managerEmail: row.manager_email,
    startsOn: row.starts_on,
    leavesOn: row.leaves_on,
    notes: row.notes,
    erasedAt: row.erased_at?.toISOString() ?? null,
    addresses: versions.map(maskedAddress).reverse(),
    devices: devices.map((device) => ({
      id: device.id,
      serialNumber: device.serial_number,
      model: device.model,
      lifeCycle: device.life_cycle,
      holder: device.holder_kind,
      holdsIt: device.holder_id === id,
    })),
    shipments: shipments.map((one) => ({
      id: one.id,
      reference: one.reference,
      direction: one.direction,
      carrier: one.carrier,
      status: one.status,
      orderedAt: one.ordered_at.toISOString(),
      held: one.held_at !== null,
    })),
    cases,
    declarations: declarations.map((one) => ({
      id: one.id,
      kind: one.kind,
      value: one.value,
      startsOn: one.starts_on,
      endsOn: one.ends_on,
      reason: one.reason,
      endedAt: one.ended_at?.toISOString() ?? null,
      /** Whom else it names: the colleague of a household, the delegate or whom one stands in for. */
      other: one.other_id === null ? null : { id: one.other_id, name: one.other_name },
    })),
  }
}
