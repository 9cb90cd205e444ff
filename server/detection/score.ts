// The score of a case: decibans for "diverted" against "ordinary", added up so that repetition counts little.
import type { Layer, Severity } from './rule.ts'

/** One active finding, as far as the score needs it. */
export interface Scored {
  findingId: string
  rule: string
  group: string
  layer: Layer
  weight: number
  severity: Severity
  exceptional: boolean
}

/** A named part of the bar: what the finding weighs, and what of it counts. */
export interface Part {
  findingId: string
  rule: string
  layer: Layer
  weight: number
  counted: number
}

export interface Score {
  score: number
  severity: Severity
  parts: Part[]
}

/** Within a group the strongest counts in full, the others so much. A start to calibrate from (DESIGN 8). */
export const GROUP_DISCOUNT = 1 / 3
/** No group alone says more than this. */
export const GROUP_CAP = 24
/** Thresholds in decibans, and how many layers must agree (DESIGN 8). */
export const THRESHOLDS = {
  medium: { score: 10, layers: 1 },
  high: { score: 20, layers: 2 },
  critical: { score: 30, layers: 3 },
} as const
/** From here a case opens. */
export const CASE_SCORE = 10

const order: Severity[] = ['low', 'medium', 'high', 'critical']
export const atLeast = (a: Severity, b: Severity): boolean => order.indexOf(a) >= order.indexOf(b)
const lower = (a: Severity, b: Severity): Severity => (atLeast(a, b) ? b : a)
const higher = (a: Severity, b: Severity): Severity => (atLeast(a, b) ? a : b)

/** Adds up findings. Parts stand strongest first; `counted` of all of them is the score. */
export function scoreOf(findings: Scored[]): Score {
  const parts: Part[] = []
  for (const group of Map.groupBy(findings, (finding) => finding.group).values()) {
    let left = GROUP_CAP
    for (const [index, finding] of group.toSorted((a, b) => b.weight - a.weight).entries()) {
      const counted = Math.min(left, finding.weight * (index === 0 ? 1 : GROUP_DISCOUNT))
      left -= counted
      parts.push({
        findingId: finding.findingId,
        rule: finding.rule,
        layer: finding.layer,
        weight: finding.weight,
        counted: round(counted),
      })
    }
  }
  parts.sort((a, b) => b.counted - a.counted)
  const score = round(parts.reduce((sum, part) => sum + part.counted, 0))
  return { score, severity: severityOf(score, findings), parts }
}

const round = (decibans: number) => Math.round(decibans * 10) / 10

function severityOf(score: number, findings: Scored[]): Severity {
  const layers = new Set(findings.map((finding) => finding.layer)).size
  const reached =
    (['critical', 'high', 'medium'] as const).find(
      (severity) => score >= THRESHOLDS[severity].score && layers >= THRESHOLDS[severity].layers,
    ) ?? 'low'
  const raised = findings.some((finding) => finding.exceptional) ? higher(reached, 'high') : reached
  // A single rule never says more than its own cap.
  const [only, second] = findings
  return only !== undefined && second === undefined ? lower(raised, only.severity) : raised
}

/** What the severity would be without each finding: the line above the bar that says what would have changed it. */
export function withoutEach(findings: Scored[]): { findingId: string; severity: Severity }[] {
  return findings.map((gone) => ({
    findingId: gone.findingId,
    severity: scoreOf(findings.filter((one) => one !== gone)).severity,
  }))
}
