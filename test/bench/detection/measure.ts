// What a played year came to, against its labels: what was found, how soon, what was not, and who was troubled for nothing.
import { sql } from 'kysely'
import type { Db } from '../../../server/lib/database.ts'
import { DAY } from '../../../server/lib/time.ts'
import type { LabelledYear } from '../../../server/simulator/years/year.ts'

export interface FoundCase {
  number: number
  people: string[]
  severity: string
  rules: string[]
  openedAt: string
  /** When it first was high or critical; null where it never was. */
  highAt: string | null
  isDiverted: boolean
  stories: string[]
  /** What its findings say, for whoever tunes. */
  findings: { rule: string; status: string; weight: number; summary: string; raisedAt: string }[]
}

export interface Outcome {
  number: number
  variant: string
  email: string
  possibleAt: string | null
  foundAt: string | null
  /** Hours from the first possible moment; negative where it came before. */
  hours: number | null
  severity: string | null
  rules: string[]
}

export interface Measured {
  people: number
  outcomes: Outcome[]
  cases: FoundCase[]
  /** Findings ever raised, by rule. */
  rules: { rule: string; ordinary: number; diverted: number }[]
}

interface CaseRow {
  id: string
  number: number
  opened_at: Date
  severity: string
  email: string[]
  rules: string[]
  findings: FoundCase['findings']
}

export async function measure(db: Db, year: LabelledYear, people: number): Promise<Measured> {
  const diverted = new Set(year.diversions.map((one) => one.email))
  const highAt = await highSince(db)
  const rows = await allCases(db)
  const peaks = await peakSeverities(db)
  const cases = rows.map((row): FoundCase => {
    const severity = peaks.get(row.id) ?? row.severity
    return {
      number: row.number,
      people: row.email,
      severity,
      rules: row.rules,
      openedAt: row.opened_at.toISOString(),
      highAt: highAt.get(row.id)?.toISOString() ?? null,
      isDiverted: row.email.some((email) => diverted.has(email)),
      stories: [...new Set(row.email.flatMap((email) => year.stories.get(email) ?? []))],
      findings: row.findings,
    }
  })
  const joined = await joinedAt(db)
  const outcomes = year.diversions.map((one): Outcome => {
    const theirs = rows.flatMap((row) => {
      const since = highAt.get(row.id)
      const own = joined.get(`${row.id} ${one.email}`)
      if (since === undefined || !row.email.includes(one.email)) return []
      return [{ at: own !== undefined && own > since ? own : since }]
    })
    const foundAt = theirs.map(({ at }) => at).sort((a, b) => a.getTime() - b.getTime())[0] ?? null
    const about = cases.filter((found) => found.people.includes(one.email))
    const possible = one.firstPossibleAt
    return {
      number: one.number,
      variant: one.variant,
      email: one.email,
      possibleAt: possible?.toISOString() ?? null,
      foundAt: foundAt?.toISOString() ?? null,
      hours: foundAt === null || possible === null ? null : (foundAt.getTime() - possible.getTime()) / 3_600_000,
      severity: about.map((found) => found.severity).sort(bySeverity)[0] ?? null,
      rules: [...new Set(about.flatMap((found) => found.rules))],
    }
  })
  return { people, outcomes, cases, rules: await ruleCounts(db, [...diverted]) }
}

const order = ['critical', 'high', 'medium', 'low']
const bySeverity = (a: string, b: string) => order.indexOf(a) - order.indexOf(b)

/** Every case, with the people it is about: of its subject, its findings and the cases that it took in. */
async function allCases(db: Db): Promise<CaseRow[]> {
  const { rows } = await sql<CaseRow>`
    select c.id, c.number, c.opened_at, c.severity,
      array(select distinct p.email from people p where p.id in (
        select f.person_id from findings f join cases k on k.id = f.case_id where k.id = c.id or k.part_of = c.id
        union select k.subject_id from cases k where (k.id = c.id or k.part_of = c.id) and k.subject_kind = 'person'
        union select d.assignee_id from cases k join devices d on d.id = k.subject_id where k.id = c.id and k.subject_kind = 'device'
      )) as email,
      array(select distinct f.rule from findings f join cases k on k.id = f.case_id where k.id = c.id or k.part_of = c.id) as rules,
      array(select jsonb_build_object('rule', f.rule, 'status', f.status, 'weight', f.weight, 'summary', f.summary, 'raisedAt', f.raised_at)
        from findings f join cases k on k.id = f.case_id where k.id = c.id or k.part_of = c.id order by f.raised_at) as findings
    from cases c order by c.number`.execute(db)
  return rows
}

/** When somebody's first finding joined a case, or one that it took in. */
async function joinedAt(db: Db): Promise<Map<string, Date>> {
  const { rows } = await sql<{ id: string; email: string; at: Date }>`
    select coalesce(c.part_of, c.id) as id, p.email, min(f.raised_at) as at
    from findings f join cases c on c.id = f.case_id join people p on p.id = f.person_id group by 1, 2`.execute(db)
  return new Map(rows.map((row) => [`${row.id} ${row.email}`, row.at]))
}

/** By the ledger, since a case that was high once counts from then on. */
async function highSince(db: Db): Promise<Map<string, Date>> {
  const { rows } = await sql<{ id: string; at: Date }>`
    select case_id as id, min(recorded_at) as at from ledger
    where kind in ('case.opened', 'case.changed') and payload->>'severity' in ('high', 'critical') group by case_id`.execute(
    db,
  )
  return new Map(rows.map((row) => [row.id, row.at]))
}

async function peakSeverities(db: Db): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; severities: string[] }>`
    select case_id as id, array_agg(distinct payload->>'severity') as severities from ledger
    where kind in ('case.opened', 'case.changed') group by case_id`.execute(db)
  return new Map(rows.map((row) => [row.id, row.severities.sort(bySeverity)[0]!]))
}

async function ruleCounts(db: Db, diverted: string[]): Promise<Measured['rules']> {
  const { rows } = await sql<{ rule: string; ordinary: number; diverted: number }>`
    select f.rule, count(*) filter (where p.email is null or p.email <> all (${diverted}::text[]))::int as ordinary,
      count(*) filter (where p.email = any (${diverted}::text[]))::int as diverted
    from findings f left join people p on p.id = f.person_id group by f.rule order by 2 desc`.execute(db)
  return rows
}

export interface Figure {
  hits: number
  of: number
}

/** Of a year, or of several together. */
export function figuresOf(all: Measured[]) {
  const outcomes = all.flatMap((one) => one.outcomes)
  const cases = all.flatMap((one) => one.cases)
  const found = outcomes.filter((one) => one.foundAt !== null)
  const high = cases.filter((one) => one.highAt !== null)
  const months = all.reduce((sum, one) => sum + one.people * 12, 0)
  return {
    found: { hits: found.length, of: outcomes.length },
    /** What is found though its labels show too little is found in time. */
    inTime: {
      hits: found.filter((one) => one.hours === null || one.hours * 3_600_000 <= DAY).length,
      of: found.length,
    },
    precise: { hits: high.filter((one) => one.isDiverted).length, of: high.length },
    troubled: { hits: cases.filter((one) => !one.isDiverted).length, of: months / 1000 },
  }
}

/** 95 % Wilson score interval of a share. Source: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927). */
export function wilson({ hits, of }: Figure): [low: number, high: number] {
  if (of === 0) return [0, 1]
  const z = 1.96
  const share = hits / of
  const middle = share + (z * z) / (2 * of)
  const spread = z * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of))
  const scale = 1 + (z * z) / of
  return [(middle - spread) / scale, (middle + spread) / scale]
}
