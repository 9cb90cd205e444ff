// The one case of a site: it takes in what its people have open, and scores as the strongest of them does.
import type { Outside } from '../cases/alerts.ts'
import { judgeCase, moveSiteCase } from '../cases/cases.ts'
import type { OpenCases } from '../cases/open-cases.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import type { Score } from './score.ts'
import { opensCase, scoreRows, titleOf } from './scored.ts'
import { keepSite, peopleOfSite, siteOf, type Ties } from './sites.ts'

interface AtSite {
  personId: string
  /** By what they are at a site now. */
  ties: Ties
  openCases: OpenCases
  /** Whether something was raised. */
  news: boolean
}

/**
 * Where the laptop's person shares a site with another, or belongs to one whose case is open: moves that case. `caseId`
 * is null where there is none, or not enough to open one; their own case then goes on.
 */
export async function respondAtSite(
  tx: Tx,
  act: Act,
  outside: Outside,
  { personId, ties, openCases, news }: AtSite,
): Promise<{ caseId: string | null; events: NewEvent[] }> {
  const { siteId, events } = await siteFor(tx, act, personId, ties)
  const people = siteId === null ? [] : await peopleOfSite(tx, siteId)
  if (siteId === null || people.length < 2 || !people.includes(personId)) return { caseId: null, events }
  const judged = await judgeSite(tx, act, outside, { siteId, people, news })
  if (judged.caseId !== null) openCases.opened({ kind: 'site', id: siteId }, people)
  return { caseId: judged.caseId, events: [...events, ...judged.events] }
}

async function siteFor(
  tx: Tx,
  act: Act,
  personId: string,
  ties: Ties,
): Promise<{ siteId: string | null; events: NewEvent[] }> {
  if (ties.personIds.length === 0) return { siteId: await siteOf(tx, personId), events: [] }
  const { siteId, merged, events } = await keepSite(tx, act, ties)
  const moved = await moveSiteCase(tx, act, { siteId, fromSiteIds: merged })
  return { siteId, events: [...events, ...moved] }
}

async function judgeSite(
  tx: Tx,
  act: Act,
  outside: Outside,
  { siteId, people, news }: { siteId: string; people: string[]; news: boolean },
) {
  const rows = await tx
    .selectFrom('findings')
    .selectAll()
    .where('status', '=', 'active')
    .where('person_id', '=', oneOf(people))
    .where('response', 'not in', ['off', 'watch'])
    .orderBy('id')
    .execute()
  const scores = [...Map.groupBy(rows, (row) => row.person_id!).values()].map(scoreRows)
  const strongest = scores.toSorted(byStrength)[0] ?? scoreRows([])
  const parts = strongest.parts
  const ruleIds = [...new Set(parts.map((part) => part.rule))]
  return judgeCase(tx, act, outside, {
    subject: { kind: 'site', id: siteId },
    people,
    severity: strongest.severity,
    score: strongest.score,
    parts,
    title: titleOf(ruleIds),
    findingIds: rows.map((row) => row.id),
    rules: [...new Set(scores.flatMap((score) => score.parts.map((part) => part.rule)))],
    opens: opensCase(strongest, rows),
    news,
  })
}

const byStrength = (a: Score, b: Score) => b.score - a.score
