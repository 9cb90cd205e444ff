// How a rule has done: how often it spoke, about how many people, how their cases ended, and how sure that makes us.
import { sql } from 'kysely'
import type { Db } from '../lib/database.ts'

export interface Performance {
  rule: string
  fired: number
  people: number
  /** Cases in which it had a part, by how they ended. */
  confirmed: number
  policyBreach: number
  benign: number
  cannotTell: number
  open: number
  /** Fractions; null while nothing is decided. `precision`: confirmed and policy breaches among those that were told apart. */
  precision: { value: number; low: number; high: number } | null
  medianHoursToClose: number | null
  suppressions: number
  suppressed: number
}

/** Every rule that spoke since a time, or one of them, by its id. */
export async function readPerformance(
  db: Db,
  input: { since: Date; now: Date; ruleId?: string },
): Promise<ReadonlyMap<string, Performance>> {
  const { rows } = await sql<Counted>`
    select f.rule, count(*) as fired, count(distinct coalesce(f.person_id, f.device_id)) as people,
      count(distinct c.id) filter (where c.outcome = 'confirmed') as confirmed,
      count(distinct c.id) filter (where c.outcome = 'policy_breach') as policy_breach,
      count(distinct c.id) filter (where c.outcome = 'benign') as benign,
      count(distinct c.id) filter (where c.outcome = 'cannot_tell') as cannot_tell,
      count(distinct c.id) filter (where c.status <> 'closed') as open,
      percentile_cont(0.5) within group (order by extract(epoch from c.closed_at - c.opened_at) / 3600)
        filter (where c.closed_at is not null) as median_hours,
      count(*) filter (where f.status = 'suppressed') as suppressed
    from findings f left join cases c on c.id = f.case_id
    where f.raised_at >= ${input.since} and (${input.ruleId ?? null}::text is null or f.rule = ${input.ruleId ?? null})
    group by f.rule`.execute(db)
  const alive = await sql<{ rule: string; count: number }>`
    select rule, count(*) as count from suppressions where ended_at is null and ends_at > ${input.now} group by rule`.execute(
    db,
  )
  const aliveOf = new Map(alive.rows.map((row) => [row.rule, row.count]))
  return new Map(rows.map((row) => [row.rule, performanceOf(row, aliveOf.get(row.rule) ?? 0)]))
}

interface Counted {
  rule: string
  fired: number
  people: number
  confirmed: number
  policy_breach: number
  benign: number
  cannot_tell: number
  open: number
  median_hours: number | null
  suppressed: number
}

function performanceOf(row: Counted, suppressions: number): Performance {
  const right = row.confirmed + row.policy_breach
  return {
    rule: row.rule,
    fired: row.fired,
    people: row.people,
    confirmed: row.confirmed,
    policyBreach: row.policy_breach,
    benign: row.benign,
    cannotTell: row.cannot_tell,
    open: row.open,
    precision: precisionOf(right, right + row.benign),
    medianHoursToClose: row.median_hours === null ? null : Math.round(row.median_hours * 10) / 10,
    suppressions,
    suppressed: row.suppressed,
  }
}

/** Of a normal distribution, for 95 %. */
const Z = 1.96

/** A share with its 95 % score interval (E. B. Wilson, 1927), which stays honest where there are few. Null of none. */
export function precisionOf(right: number, all: number): Performance['precision'] {
  if (all === 0) return null
  const share = right / all
  const middle = share + (Z * Z) / (2 * all)
  const half = Z * Math.sqrt((share * (1 - share)) / all + (Z * Z) / (4 * all * all))
  const whole = 1 + (Z * Z) / all
  return { value: share, low: Math.max(0, (middle - half) / whole), high: Math.min(1, (middle + half) / whole) }
}
