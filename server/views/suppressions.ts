// Suppressions as the pages show them: of what, why, by whom, until when, and how often each silenced.
import { sql } from 'kysely'
import { ruleById } from '../detection/rules/index.ts'
import type { SuppressionAsked } from '../detection/suppressions.ts'
import type { Db } from '../lib/database.ts'
import { namesOf } from './actors.ts'
import { cutPage } from './page.ts'

export interface SuppressionFilter {
  state: 'in force' | 'over' | 'all'
  ruleId: string | null
  now: Date
  after: { at: string; id: string } | null
  limit: number
}

/** Newest first. */
export async function listSuppressions(db: Db, { state, ruleId, now, after, limit }: SuppressionFilter) {
  const rows = await db
    .selectFrom('suppressions as s')
    .leftJoin('notes', 'notes.id', 's.note_id')
    .leftJoin('people', 'people.id', 's.person_id')
    .leftJoin('devices', 'devices.id', 's.device_id')
    .leftJoin('cases', 'cases.id', 's.case_id')
    .selectAll('s')
    .select(['notes.text as note', 'people.name', 'devices.serial_number', 'cases.number'])
    .select(
      sql<number>`(select count(*) from findings f where f.suppressed_by = s.id and f.status = 'suppressed')`.as('now'),
    )
    .$if(state === 'in force', (qb) => qb.where('ended_at', 'is', null).where('ends_at', '>', now))
    .$if(state === 'over', (qb) => qb.where((eb) => eb.or([eb('ended_at', 'is not', null), eb('ends_at', '<=', now)])))
    .$if(ruleId !== null, (qb) => qb.where('rule', '=', ruleId!))
    .$if(after !== null, (qb) => qb.where(sql<boolean>`(starts_at, s.id) < (${after!.at}::timestamptz, ${after!.id})`))
    .orderBy('starts_at', 'desc')
    .orderBy('s.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, last } = cutPage(rows, limit)
  const nameOf = await namesOf(
    db,
    page.flatMap((row) => [row.owner, row.approved_by]),
  )
  return {
    next: last && { at: last.starts_at.toISOString(), id: last.id },
    suppressions: page.map((row) => ({
      id: row.id,
      rule: row.rule,
      title: ruleById(row.rule)?.title ?? row.rule,
      person: row.person_id === null ? null : { id: row.person_id, name: row.name },
      device: row.device_id === null ? null : { id: row.device_id, serialNumber: row.serial_number },
      fact: row.fact === null ? null : { name: row.fact, value: row.fact_value },
      caseNumber: row.number,
      owner: nameOf(row.owner),
      approvedBy: row.approved_by === null ? null : nameOf(row.approved_by),
      reason: row.note,
      startsAt: row.starts_at.toISOString(),
      endsAt: row.ends_at.toISOString(),
      endedAt: row.ended_at?.toISOString() ?? null,
      isOver: row.ended_at !== null || row.ends_at <= now,
      /** How often it silenced, and how many findings it keeps quiet now. */
      silenced: row.silenced,
      quietNow: row.now,
    })),
  }
}

/** Says of what each of these is to keep quiet. */
export async function scopeWords(db: Db, asked: SuppressionAsked[]): Promise<(one: SuppressionAsked) => string> {
  const personIds = asked.flatMap((one) => one.personId ?? [])
  const deviceIds = asked.flatMap((one) => one.deviceId ?? [])
  const people =
    personIds.length === 0
      ? []
      : await db.selectFrom('people').select(['id', 'name']).where('id', 'in', personIds).execute()
  const devices =
    deviceIds.length === 0
      ? []
      : await db.selectFrom('devices').select(['id', 'serial_number']).where('id', 'in', deviceIds).execute()
  return ({ personId, deviceId, fact }) => {
    const person = people.find((one) => one.id === personId)
    const device = devices.find((one) => one.id === deviceId)
    const parts = [
      ...(personId === null ? [] : [person?.name ?? 'somebody erased']),
      ...(deviceId === null ? [] : [`laptop ${device?.serial_number ?? 'without a serial number'}`]),
      ...(fact === null ? [] : [`${fact.name} is ${fact.value}`]),
    ]
    return parts.length === 0 ? 'everybody' : parts.join(', ')
  }
}
