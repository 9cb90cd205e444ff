// The rows of links: who else has a value, what is known of them, and how links are kept. Each function one statement.
import { sql } from 'kysely'
import { type Db, oneOf, type Tx } from '../lib/database.ts'
import type { LinkKind } from './rule.ts'

/** So many holders of a value are looked at; one that more have is crowded, and says nothing (DESIGN 9). */
export const CROWDED = 50
/** So many of a value's intervals are read, the newest: who comes and goes has several. */
const ROWS = 150

/** So many arrivals of tools on one laptop are read, the newest. */
const TOOLS = 20

/** So many laptops of one person are woken; who has more is no person. */
const DEVICES = 20

export interface Value {
  kind: LinkKind
  value: string
}

/** One interval of one holder of a value. */
export interface LinkRow extends Value {
  deviceId: string | null
  personId: string
  use: 'home' | 'identity' | 'ship_to' | null
  fromSeq: number
  toSeq: number | null
  from: Date
  to: Date | null
}

/** What is read of those who have a value in common with the devices being judged. */
export interface SharedRows {
  links: LinkRow[]
  /** Where the others' laptops were, by their networks. */
  networks: LinkRow[]
  /** By which tools and devices the others' laptops can be driven, since when. */
  tools: { personId: string; toolId: string; seq: number; at: Date }[]
  /** The others' homes and where their parcels went. */
  addresses: {
    personId: string
    doorKey: string | null
    buildingKey: string | null
    since: Date
    approvedAt: Date | null
  }[]
  /** Findings about the others that were decided with a case that ended so. */
  confirmed: { personId: string; caseId: string; seq: number; at: Date; outcome: 'confirmed' | 'policy_breach' }[]
}

export const noShared: SharedRows = { links: [], networks: [], tools: [], addresses: [], confirmed: [] }

/** Who has or had these values, and these people's own phones: one statement however many they are. */
export async function holdersOf(
  db: Db | Tx,
  { values, personIds, maxSeq }: { values: Value[]; personIds: string[]; maxSeq: number },
): Promise<LinkRow[]> {
  const { rows } = await sql<LinkRow>`
    with own as (
      select kind, value from unnest(${values.map((one) => one.kind)}::text[], ${values.map((one) => one.value)}::text[]) as v (kind, value)
      union select kind, value from links where person_id = ${oneOf(personIds)} and kind = 'phone')
    select l.kind, l.value, l.device_id as "deviceId", l.person_id as "personId",
      (select a.use from address_versions a where a.id = l.origin and l.device_id is null) as use, l.from_seq as "fromSeq", l.to_seq as "toSeq", l.from_at as "from", l.to_at as "to"
    from own cross join lateral (
      select * from links where kind = own.kind and value = own.value and from_seq <= ${maxSeq}
      order by from_seq desc limit ${ROWS}) l
    where l.person_id is not null`.execute(db)
  return rows
}

/** What the holders of shared values are to others: their homes, where their laptops were, how cases about them ended. */
export async function aboutHolders(
  db: Db | Tx,
  { personIds, deviceIds, maxSeq }: { personIds: string[]; deviceIds: string[]; maxSeq: number },
): Promise<Omit<SharedRows, 'links'>> {
  const { rows } = await sql<{ networks: Json[]; tools: Json[]; addresses: Json[]; confirmed: Json[] }>`
    select
      (select coalesce(json_agg(n), '[]') from unnest(${deviceIds}::text[]) as d (id) cross join lateral (
        select kind, value, device_id as "deviceId", person_id as "personId", null as use, from_seq as "fromSeq",
          to_seq as "toSeq", from_at as "from", to_at as "to"
        from links where device_id = d.id and kind = any ('{network,gateway,access point}') and person_id is not null
          and from_seq <= ${maxSeq}
        order by from_seq desc limit ${CROWDED}) n) as networks,
      (select coalesce(json_agg(t), '[]') from unnest(${deviceIds}::text[]) as d (id) cross join lateral (
        select person_id as "personId", value as "toolId", from_seq as seq, from_at as at from links
        where device_id = d.id and kind = 'tool' and person_id is not null and from_seq <= ${maxSeq}
        order by from_seq desc limit ${TOOLS}) t) as tools,
      (select coalesce(json_agg(json_build_object('personId', person_id,
          'doorKey', coalesce(linked_door_key, door_key), 'buildingKey', coalesce(linked_building_key, building_key),
          'since', recorded_at, 'approvedAt', approved_at)), '[]')
        from address_versions where person_id = ${oneOf(personIds)} and (use = 'home' or approved_at is not null)
          and refused_at is null and withdrawn_at is null and use <> 'identity') as addresses,
      (select coalesce(json_agg(json_build_object('personId', person_id, 'caseId', case_id, 'seq', seq,
          'at', occurred_at, 'outcome', payload->>'outcome')), '[]')
        from ledger where person_id = ${oneOf(personIds)} and kind = 'finding.decided' and seq <= ${maxSeq}
          and payload->>'outcome' in ('confirmed', 'policy_breach')) as confirmed`.execute(db)
  const { networks, tools, addresses, confirmed } = rows[0]!
  return {
    networks: networks.map((row) => dated(row, ['from', 'to'])),
    tools: tools.map((row) => dated(row, ['at'])),
    addresses: addresses.map((row) => dated(row, ['since', 'approvedAt'])),
    confirmed: confirmed.map((row) => dated(row, ['at'])),
  }
}

type Json = Record<string, unknown>

/** JSON writes times as text. */
const dated = <T>(row: Json, members: string[]): T => {
  const times = members.map((member) => [member, row[member] === null ? null : new Date(String(row[member]))])
  return { ...row, ...Object.fromEntries(times) } as T
}

// ── Keeping them ───────────────────────────────────────────────────────────────────────────────────────────

/** One row of `links`. */
export interface Link extends Value {
  deviceId: string | null
  personId: string | null
  origin: string
  fromSeq: number
  toSeq: number | null
  from: Date
  to: Date | null
}

/** A laptop as it stands, with one of its links that is open; `linkId` null where it has none. */
export interface OpenRow {
  deviceId: string
  assigneeId: string | null
  lifeCycle: string
  mergedInto: string | null
  linkId: number | null
  kind: LinkKind | null
  value: string | null
  origin: string | null
  personId: string | null
}

export async function openLinksOf(tx: Tx, deviceIds: Iterable<string>): Promise<OpenRow[]> {
  const { rows } = await sql<OpenRow>`
    select d.id as "deviceId", d.assignee_id as "assigneeId", d.life_cycle as "lifeCycle", d.merged_into as "mergedInto",
      l.id as "linkId", l.kind, l.value, l.origin, l.person_id as "personId"
    -- Bounded by each laptop, so that it is always their index that is read.
    from devices d left join lateral (select * from links where device_id = d.id and to_seq is null offset 0) l on true
    where d.id = ${oneOf(deviceIds)}`.execute(tx)
  return rows
}

/** Ends open links and begins others, in one statement. */
export async function writeLinks(
  tx: Tx,
  { ended, begun }: { ended: { id: number; toSeq: number; to: Date }[]; begun: Link[] },
): Promise<void> {
  if (ended.length + begun.length === 0) return
  await sql`
    with gone as (
      update links set to_seq = e.to_seq, to_at = e.to_at
      from unnest(${ended.map((one) => one.id)}::bigint[], ${ended.map((one) => one.toSeq)}::bigint[],
        ${ended.map((one) => one.to)}::timestamptz[]) as e (id, to_seq, to_at)
      where links.id = e.id)
    insert into links (kind, value, device_id, person_id, origin, from_seq, to_seq, from_at, to_at)
    select * from unnest(
      ${begun.map((one) => one.kind)}::text[], ${begun.map((one) => one.value)}::text[],
      ${begun.map((one) => one.deviceId)}::text[], ${begun.map((one) => one.personId)}::text[],
      ${begun.map((one) => one.origin)}::text[], ${begun.map((one) => one.fromSeq)}::bigint[],
      ${begun.map((one) => one.toSeq)}::bigint[], ${begun.map((one) => one.from)}::timestamptz[],
      ${begun.map((one) => one.to)}::timestamptz[])`.execute(tx)
}

/**
 * The laptops of those who hold a value that so many people hold at least; none where it is crowded. What ended long ago
 * counts too: a door of a closed case is news.
 */
export async function devicesSharing(tx: Tx, values: Value[], peopleMin = 2): Promise<string[]> {
  if (values.length === 0) return []
  const { rows } = await sql<{ id: string }>`
    select distinct d.id
    from unnest(${values.map((one) => one.kind)}::text[], ${values.map((one) => one.value)}::text[]) as v (kind, value)
    cross join lateral (
      select array_agg(distinct n.person_id) as people, array_remove(array_agg(distinct n.device_id), null) as devices
      from (select * from links l where l.kind = v.kind and l.value = v.value order by from_seq desc limit ${ROWS}) n
      where n.person_id is not null) h
    cross join lateral unnest(h.people) as p (id)
    -- Bounded, so that it is always their index that is read.
    cross join lateral (
      select id from devices where assignee_id = p.id and withdrawn_at is null limit ${DEVICES}) d
    where cardinality(h.people) between ${peopleMin}::int and ${CROWDED} and cardinality(h.devices) <= ${CROWDED}`.execute(
    tx,
  )
  return rows.map((row) => row.id)
}

/** The values that people and their laptops have or had, the newest first; a tool alone ties nobody to anybody. */
export async function valuesOf(tx: Tx, personIds: Iterable<string>): Promise<Value[]> {
  const { rows } = await sql<Value>`
    select distinct l.kind, l.value from unnest(${[...personIds]}::text[]) as p (id) cross join lateral (
      select kind, value from links where person_id = p.id and kind <> 'tool' order by from_seq desc limit ${CROWDED}) l`.execute(
    tx,
  )
  return rows
}
