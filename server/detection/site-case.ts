// The one case of a site: it takes in what its people have open, and scores as the strongest of them does.
import type { Outside } from '../cases/alerts.ts'
import { judgeCase, moveSiteCase } from '../cases/cases.ts'
import type { OpenCases } from '../cases/open-cases.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { oneOf } from './fact-rows.ts'
import type { Finding } from './on-file.ts'
import type { Dossier } from './rule.ts'
import { CASE_SCORE, type Score, scoreOf } from './score.ts'
import { scoredOf, titleOf } from './scored.ts'
import { keepSite, peopleOfSite, siteOf, tiesOf } from './sites.ts'

interface AtSite {
  dossier: Dossier
  openCases: OpenCases
  /** What stands about the laptop's person. */
  rows: Finding[]
  raised: Finding[]
}

/**
 * Where the laptop's person shares a site with another, or belongs to one whose case is open: moves that case. `caseId`
 * is null where there is none, or not enough to open one; their own case then goes on.
 */
export async function respondAtSite(
  tx: Tx,
  act: Act,
  outside: Outside,
  { dossier, openCases, rows, raised }: AtSite,
): Promise<{ caseId: string | null; events: NewEvent[] }> {
  const personId = dossier.person?.id
  if (personId === undefined) return { caseId: null, events: [] }
  const ties = tiesOf(dossier, rows)
  if (ties.personIds.length === 0 && !openCases.hasSiteOf(personId)) return { caseId: null, events: [] }
  const { siteId, events } = await siteFor(tx, act, personId, ties)
  const people = siteId === null ? [] : await peopleOfSite(tx, siteId)
  if (siteId === null || people.length < 2 || !people.includes(personId)) return { caseId: null, events }
  const judged = await judgeSite(tx, act, outside, { siteId, people, news: raised.length > 0 })
  if (judged.caseId !== null) openCases.opened({ kind: 'site', id: siteId }, people)
  return { caseId: judged.caseId, events: [...events, ...judged.events] }
}

async function siteFor(
  tx: Tx,
  act: Act,
  personId: string,
  ties: ReturnType<typeof tiesOf>,
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
  const scores = [...Map.groupBy(rows, (row) => row.person_id!).values()].map((theirs) =>
    scoreOf(theirs.flatMap((row) => scoredOf(row) ?? [])),
  )
  const strongest = scores.toSorted(byStrength)[0] ?? scoreOf([])
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
    opens: strongest.score >= CASE_SCORE || rows.some((row) => row.response === 'case' || row.response === 'hold'),
    news,
  })
}

const byStrength = (a: Score, b: Score) => b.score - a.score
