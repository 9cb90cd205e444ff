// Sites: where laptops of several people are together, found by what they share; one case for all of its people.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { newId } from '../lib/id.ts'
import type { Value } from './link-rows.ts'
import type { Finding } from './on-file.ts'
import type { Dossier, LinkKind } from './rule.ts'
import { closenessOf, isRecent, liveTogether, sharedOf } from './together.ts'

/** The rules that find people together, and by what. */
const siteRules: Readonly<Record<string, readonly LinkKind[]>> = {
  'address-shared': ['door', 'unit code'],
  'site-shared-network': ['network'],
  'site-shared-access-point': ['gateway', 'access point'],
  'site-shared-peripheral': ['peripheral'],
  farm: ['network', 'gateway', 'access point'],
}
/** What weighs less is a household, or people who come and go: no site. Decibans; a start, as the rules' own weights. */
const SITE_WEIGHT = 7
/** As in the rules' defaults: what is longer over makes no site. */
const RECENT_DAYS = 60

const networks: readonly LinkKind[] = ['network', 'gateway', 'access point']

/** By which values somebody is at one site with whom; nobody where they are at none. */
export interface Ties {
  values: Value[]
  personIds: string[]
}

/** By which values a laptop's person is at one site with whom, as far as findings about it stand that say so. */
export function tiesOf(dossier: Dossier, standing: Finding[]): Ties {
  const strong = standing.filter((row) => row.device_id === dossier.device.id && row.weight >= SITE_WEIGHT)
  const kinds = [...new Set(strong.flatMap((row) => siteRules[row.rule] ?? []))]
  const ties = sharedOf(dossier, kinds).flatMap((fact) => {
    if (fact.isPublicPlace) return []
    const others = fact.others.filter((other) => {
      if (!networks.includes(fact.kind)) return fact.kind !== 'peripheral' || !liveTogether(other)
      return !['one home', 'comes and goes'].includes(closenessOf(other)) && isRecent(other, RECENT_DAYS, dossier.now)
    })
    return others.length === 0 ? [] : [{ fact, others }]
  })
  const others = ties.flatMap((tie) => tie.others.map((other) => other.personId))
  return {
    values: ties.map(({ fact }) => ({ kind: fact.kind, value: fact.key })),
    personIds:
      others.length === 0 || dossier.person === null ? [] : [...new Set([dossier.person.id, ...others])].sort(),
  }
}

/**
 * The site of these values and people: found, grown by what is new, or put together of several that meet; the oldest
 * stays. Events are the caller's to record.
 */
export async function keepSite(
  tx: Tx,
  act: Act,
  { values, personIds }: Ties,
): Promise<{ siteId: string; merged: string[]; events: NewEvent[] }> {
  const known = await sql<{ id: string }>`
    select s.id from sites s where s.id in (
      select sv.site_id from site_values sv
      join unnest(${values.map((one) => one.kind)}::text[], ${values.map((one) => one.value)}::text[]) as v (kind, value)
        on v.kind = sv.kind and v.value = sv.value)
    order by s.found_at, s.id for update`.execute(tx)
  const [oldest, ...others] = known.rows.map((row) => row.id)
  const siteId = oldest ?? newId('site')
  if (oldest === undefined) await tx.insertInto('sites').values({ id: siteId, found_at: act.now }).execute()
  const events: NewEvent[] = []
  for (const other of others) events.push(await mergeSite(tx, act, siteId, other))
  const fresh = await addTo(tx, act, siteId, { values, personIds })
  if (oldest === undefined || fresh.kinds.length + fresh.personIds.length > 0)
    events.push({
      kind: oldest === undefined ? 'site.found' : 'site.grown',
      occurredAt: act.now,
      actor: act.actor,
      payload: { siteId, ...fresh },
    })
  return { siteId, merged: others, events }
}

async function mergeSite(tx: Tx, act: Act, siteId: string, fromSiteId: string): Promise<NewEvent> {
  await tx.updateTable('site_values').set({ site_id: siteId }).where('site_id', '=', fromSiteId).execute()
  await sql`
    with gone as (delete from site_people where site_id = ${fromSiteId} returning person_id, added_at)
    insert into site_people (site_id, person_id, added_at) select ${siteId}, person_id, added_at from gone
    on conflict do nothing`.execute(tx)
  await tx.updateTable('sites').set({ merged_into: siteId }).where('id', '=', fromSiteId).execute()
  return { kind: 'site.merged', occurredAt: act.now, actor: act.actor, payload: { siteId, fromSiteId } }
}

/** Gives what was new. */
async function addTo(
  tx: Tx,
  act: Act,
  siteId: string,
  { values, personIds }: { values: Value[]; personIds: string[] },
): Promise<{ kinds: string[]; personIds: string[] }> {
  const shown = await tx
    .insertInto('site_values')
    .values(values.map((one) => ({ ...one, site_id: siteId, added_at: act.now })))
    .onConflict((oc) => oc.columns(['kind', 'value']).doNothing())
    .returning('kind')
    .execute()
  const came = await tx
    .insertInto('site_people')
    .values(personIds.map((personId) => ({ site_id: siteId, person_id: personId, added_at: act.now })))
    .onConflict((oc) => oc.columns(['person_id', 'site_id']).doNothing())
    .returning('person_id')
    .execute()
  return { kinds: shown.map((row) => row.kind).sort(), personIds: came.map((row) => row.person_id).sort() }
}

/** The site whose open case somebody's findings go to; null where there is none, or where they were taken out of it. */
export async function siteOf(tx: Tx, personId: string): Promise<string | null> {
  const row = await tx
    .selectFrom('site_people')
    .innerJoin('cases', 'cases.subject_id', 'site_people.site_id')
    .select('site_people.site_id')
    .where('site_people.person_id', '=', personId)
    .where('cases.subject_kind', '=', 'site')
    .where('cases.status', '<>', 'closed')
    .orderBy('cases.opened_at')
    .limit(1)
    .executeTakeFirst()
  return row?.site_id ?? null
}

/** Everybody of a site, but who was taken out of its open case. */
export async function peopleOfSite(tx: Tx, siteId: string): Promise<string[]> {
  const { rows } = await sql<{ person_id: string }>`
    select sp.person_id from site_people sp
    where sp.site_id = ${siteId} and not exists (
      select from cases own join cases the on the.id = own.split_from
      where own.subject_kind = 'person' and own.subject_id = sp.person_id and own.status <> 'closed'
        and the.subject_kind = 'site' and the.subject_id = ${siteId} and the.status <> 'closed')
    order by sp.person_id`.execute(tx)
  return rows.map((row) => row.person_id)
}
