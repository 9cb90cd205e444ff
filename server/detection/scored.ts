// Findings on file as the score takes them, and what a case is called by their rules.
import type { Finding } from './on-file.ts'
import { ruleById } from './rules/index.ts'
import { CASE_SCORE, type Score, type Scored, scoreOf } from './score.ts'

/** A finding as the score takes it, or null when its rule is gone. */
export function scoredOf(row: Finding): Scored | null {
  const rule = ruleById(row.rule)
  if (rule === undefined) return null
  return {
    findingId: row.id,
    rule: row.rule,
    group: rule.group,
    layer: rule.layer,
    weight: row.weight,
    severity: row.severity,
    exceptional: row.exceptional,
  }
}

/** What findings come to together. */
export const scoreRows = (rows: Finding[]): Score => scoreOf(rows.flatMap((row) => scoredOf(row) ?? []))

/** Whether findings open a case: by what they weigh, or since one of them asks for it. */
export const opensCase = ({ score }: Score, rows: Finding[]): boolean =>
  score >= CASE_SCORE || rows.some((row) => row.response === 'case' || row.response === 'hold')

/** What a case is called: by its two strongest rules. */
export function titleOf(ruleIds: string[]): string {
  const [first, second] = ruleIds.flatMap((id) => ruleById(id)?.title ?? [])
  if (first === undefined) return 'Nothing holds any more'
  return second === undefined ? first : `${first}, ${second.charAt(0).toLowerCase()}${second.slice(1)}`
}
