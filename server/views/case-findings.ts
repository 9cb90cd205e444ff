// The findings on the case page: what each rests on, how much it counts, and what the case would be without it.
import type { Case } from '../cases/cases.ts'
import type { Finding } from '../detection/on-file.ts'
import { ruleById } from '../detection/rules/index.ts'
import { type Scored, scoreOf } from '../detection/score.ts'
import { scoredOf } from '../detection/scored.ts'
import type { Db } from '../lib/database.ts'

/** All findings of some cases, cleared ones too; the strongest first. */
export const findingsOf = (db: Db, caseIds: string[]): Promise<Finding[]> =>
  db
    .selectFrom('findings')
    .selectAll()
    .where('case_id', 'in', caseIds)
    .orderBy('weight', 'desc')
    .orderBy('raised_at')
    .execute()

/** What stands and counts: a site's case is as strong as what stands about the strongest of its people. */
export function countingOf(row: Case, findings: Finding[]): Scored[] {
  const standing = findings.filter((finding) => finding.status === (row.status === 'closed' ? 'decided' : 'active'))
  const groups =
    row.subject_kind === 'site' ? [...Map.groupBy(standing, (finding) => finding.person_id).values()] : [standing]
  const scores = groups.map((group) => group.flatMap((finding) => scoredOf(finding) ?? []))
  return scores.toSorted((a, b) => scoreOf(b).score - scoreOf(a).score)[0] ?? []
}

/** Findings with the words of their rules; `scored` is what counts of them. */
export async function showFindings(db: Db, row: Case, { found, scored }: { found: Finding[]; scored: Scored[] }) {
  const without = new Map(
    scored.map((gone) => [gone.findingId, scoreOf(scored.filter((one) => one.findingId !== gone.findingId))]),
  )
  const counted = new Map(scoreOf(scored).parts.map((part) => [part.findingId, part.counted]))
  const bySeq = await evidenceOf(db, found)
  return found.map((finding) => {
    const rule = ruleById(finding.rule)
    return {
      id: finding.id,
      rule: finding.rule,
      title: rule?.title ?? finding.rule,
      layer: rule?.layer ?? 'custody',
      group: rule?.group ?? '',
      why: rule?.why ?? '',
      falsePositives: rule?.falsePositives ?? [],
      runbook: rule?.runbook ?? [],
      status: finding.status,
      severity: finding.severity,
      weight: finding.weight,
      counted: counted.get(finding.id) ?? 0,
      /** It stands, and counts for somebody of the site who has less against them than another. */
      isBeside: finding.status === 'active' && !counted.has(finding.id) && row.subject_kind === 'site',
      exceptional: finding.exceptional,
      /** Of the settings it was raised with; null before they had versions. */
      ruleVersion: finding.rule_version,
      summary: finding.summary,
      facts: finding.facts as Record<string, string | number | boolean | null>,
      params: finding.params as Record<string, unknown>,
      evidence: (finding.evidence as number[]).flatMap((seq) => bySeq.get(seq) ?? []),
      since: finding.since.toISOString(),
      raisedAt: finding.raised_at.toISOString(),
      clearedAt: finding.cleared_at?.toISOString() ?? null,
      clearedByLateData: finding.late_data,
      deviceId: finding.device_id,
      /** What the case would come to without this finding. */
      severityWithout: without.get(finding.id)?.severity ?? row.severity,
      scoreWithout: without.get(finding.id)?.score ?? row.score,
    }
  })
}

/** The events that findings rest on, by their sequence numbers. */
async function evidenceOf(db: Db, findings: Finding[]) {
  const seqs = [...new Set(findings.flatMap((finding) => finding.evidence as number[]))]
  const events =
    seqs.length === 0
      ? []
      : await db
          .selectFrom('ledger')
          .select(['seq', 'kind', 'occurred_at', 'recorded_at'])
          .where('seq', 'in', seqs)
          .execute()
  return new Map(
    events.map((event) => [
      event.seq,
      {
        seq: event.seq,
        kind: event.kind,
        occurredAt: event.occurred_at.toISOString(),
        recordedAt: event.recorded_at.toISOString(),
      },
    ]),
  )
}
