// Sites: where laptops of several people are together, by what shows it and since when, as list and as graph.
import { sql } from 'kysely'
import { type Db, oneOf } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { CasesTable, LinksTable } from '../lib/tables.ts'

export const siteStates = ['open', 'all'] as const

export interface SitePage {
  /** `open`: those whose case is. */
  state: (typeof siteStates)[number]
  after: { foundAt: Date; id: string } | null
  limit: number
}

interface SiteRow {
  id: string
  found_at: Date
  people: number
  devices: number
  kinds: LinksTable['kind'][]
  newest_at: Date | null
  case: SiteCase | null
}

interface SiteCase {
  id: string
  number: number
  severity: CasesTable['severity']
  score: number
  status: CasesTable['status']
}

/** The newest case of a site, as JSON. */
const caseOfSite = sql`(
  select jsonb_build_object('id', c.id, 'number', c.number, 'severity', c.severity, 'score', c.score, 'status', c.status)
  from cases c where c.subject_kind = 'site' and c.subject_id = s.id
  order by c.status = 'closed', c.opened_at desc limit 1)`

/** A page of sites, the newest first. */
export async function listSites(db: Db, { state, after, limit }: SitePage) {
  const { rows } = await sql<SiteRow>`
    select s.id, s.found_at, ${caseOfSite} as case,
      (select count(*) from site_people sp where sp.site_id = s.id) as people,
      array(select distinct sv.kind from site_values sv where sv.site_id = s.id order by 1) as kinds,
      l.devices, l.newest_at
    from sites s cross join lateral (
      select count(distinct l.device_id) filter (where l.to_seq is null) as devices, max(l.from_at) as newest_at
      from site_values sv join links l on l.kind = sv.kind and l.value = sv.value
      where sv.site_id = s.id
    ) l
    where s.merged_into is null
      and (${after === null} or (s.found_at, s.id) < (${after?.foundAt ?? null}::timestamptz, ${after?.id ?? null}))
      and (${state === 'all'} or exists (
        select from cases c where c.subject_kind = 'site' and c.subject_id = s.id and c.status <> 'closed'))
    order by s.found_at desc, s.id desc limit ${limit + 1}`.execute(db)
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    sites: page.map(({ found_at, newest_at, ...row }) => ({
      ...row,
      foundAt: found_at.toISOString(),
      newestAt: newest_at?.toISOString() ?? null,
    })),
    next: last ? { foundAt: last.found_at.toISOString(), id: last.id } : null,
  }
}

/** So many holders of one value are drawn. */
const HOLDERS_MAX = 50

/** One site: its values, who had each from when to when, and its people. One that was put together with another is that one. */
export async function readSite(db: Db, siteId: string) {
  const { rows } = await sql<{ id: string; found_at: Date; case: SiteCase | null }>`
    with recursive led as (
      select id, merged_into from sites where id = ${siteId}
      union all select s.id, s.merged_into from sites s join led on s.id = led.merged_into)
    select s.id, s.found_at, ${caseOfSite} as case from sites s join led on led.id = s.id where led.merged_into is null`.execute(
    db,
  )
  const site = rows[0]
  if (site === undefined) throw new AppError('not_found', 'There is no such site.')
  const holders = await holdersOf(db, site.id)
  const people = await peopleOf(db, site.id, holders)
  const values = [...Map.groupBy(holders, (row) => `${row.kind}\n${row.value}`).values()].map((group, index) => ({
    // Never the value itself: it is a key of somebody's home.
    id: `${index + 1}`,
    kind: group[0]!.kind,
    addedAt: group[0]!.added_at.toISOString(),
    isCut: group.length > HOLDERS_MAX,
    holders: group.slice(0, HOLDERS_MAX).flatMap((row) =>
      row.person_id === null
        ? []
        : [
            {
              personId: row.person_id,
              device: row.device_id === null ? null : { id: row.device_id, serialNumber: row.serial_number },
              from: row.from_at!.toISOString(),
              to: row.to_at?.toISOString() ?? null,
              seq: row.from_seq!,
            },
          ],
    ),
  }))
  return {
    id: site.id,
    foundAt: site.found_at.toISOString(),
    case: site.case,
    values,
    people,
    households: await householdsOf(
      db,
      people.map((person) => person.id),
    ),
  }
}

interface HolderRow {
  kind: LinksTable['kind']
  value: string
  added_at: Date
  person_id: string | null
  device_id: string | null
  serial_number: string | null
  from_at: Date | null
  to_at: Date | null
  from_seq: number | null
}

/** Who had each value: one row per person, laptop and value, from the first time to the last. */
async function holdersOf(db: Db, siteId: string): Promise<HolderRow[]> {
  const { rows } = await sql<HolderRow>`
    select sv.kind, sv.value, sv.added_at, l.*, d.serial_number
    from site_values sv left join lateral (
      select person_id, device_id, min(from_at) as from_at, min(from_seq) as from_seq,
        case when bool_or(to_seq is null) then null else max(to_at) end as to_at
      from links where kind = sv.kind and value = sv.value and person_id is not null
      group by person_id, device_id order by min(from_at), person_id, device_id limit ${HOLDERS_MAX + 1}
    ) l on true left join devices d on d.id = l.device_id
    where sv.site_id = ${siteId} order by sv.added_at, sv.kind, sv.value, l.from_at, l.person_id, l.device_id`.execute(
    db,
  )
  return rows
}

/** Who was found together there, and who only had one of its values too. */
async function peopleOf(db: Db, siteId: string, holders: HolderRow[]) {
  const ids = [...new Set(holders.flatMap((row) => row.person_id ?? []))]
  const rows = await db
    .selectFrom('people')
    .leftJoin('site_people', (join) =>
      join.onRef('site_people.person_id', '=', 'people.id').on('site_people.site_id', '=', siteId),
    )
    .select(['people.id', 'people.name', 'people.kind', 'people.leaves_on', 'site_people.added_at'])
    .where((eb) => eb.or([eb('site_people.site_id', '=', siteId), eb('people.id', '=', oneOf(ids))]))
    .orderBy('site_people.added_at', (ob) => ob.asc().nullsLast())
    .orderBy('people.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    leavesOn: row.leaves_on,
    /** When they were first found together with another here; null: they never were. */
    foundAt: row.added_at?.toISOString() ?? null,
  }))
}

/** Pairs of these people who are declared as one household. */
async function householdsOf(db: Db, personIds: string[]): Promise<[string, string][]> {
  const rows = await db
    .selectFrom('declarations')
    .select(['person_id', 'other_person_id'])
    .where('kind', '=', 'household')
    .where('ended_at', 'is', null)
    .where('person_id', '=', oneOf(personIds))
    .where('other_person_id', '=', oneOf(personIds))
    .execute()
  return rows.map((row) => [row.person_id!, row.other_person_id!])
}
