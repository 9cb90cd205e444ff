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
/** A layer agrees from so many counted decibans on: a trace of a sign is no second kind of evidence. */
export const LAYER_WEIGHT = 3
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
  return { score, severity: severityOf(score, layersOf(parts).length, findings), parts }
}

/** The layers that agree: whose parts count enough together. */
function layersOf(parts: Part[]): Layer[] {
  const byLayer = Map.groupBy(parts, (part) => part.layer)
  return [...byLayer].flatMap(([layer, told]) =>
    round(told.reduce((sum, part) => sum + part.counted, 0)) >= LAYER_WEIGHT ? [layer] : [],
  )
}

const round = (decibans: number) => Math.round(decibans * 10) / 10

function severityOf(score: number, layers: number, findings: Scored[]): Severity {
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

/** What would have changed a result, downwards and upwards. */
export interface WhatWouldChange {
  /** The layers that agree now. */
  layers: Layer[]
  /** Findings without which the severity would be lower, or no case would be open; the one that changes most first. */
  without: { findingId: string; severity: Severity; score: number; opensCase: boolean }[]
  /**
   * The next severity and what it lacks: decibans, and layers that must still agree. Null at the top, and where the
   * only rule that speaks may say no more.
   */
  next: { severity: Severity; decibans: number; layers: number } | null
}

/** Says what would have changed the result of these findings: without one of them, or with more. */
export function whatWouldChange(findings: Scored[]): WhatWouldChange {
  const now = scoreOf(findings)
  const without = findings
    .map((gone) => {
      const { severity, score } = scoreOf(findings.filter((one) => one !== gone))
      return { findingId: gone.findingId, severity, score, opensCase: score >= CASE_SCORE }
    })
    .filter((one) => one.severity !== now.severity || one.opensCase !== now.score >= CASE_SCORE)
    .toSorted((a, b) => a.score - b.score)
  return { layers: layersOf(now.parts), without, next: nextOf(now) }
}

function nextOf({ score, severity, parts }: Score): WhatWouldChange['next'] {
  const next = (['medium', 'high', 'critical'] as const).find((one) => !atLeast(severity, one))
  if (next === undefined) return null
  const wanted = THRESHOLDS[next]
  const decibans = round(Math.max(0, wanted.score - score))
  const layers = Math.max(0, wanted.layers - layersOf(parts).length)
  return decibans === 0 && layers === 0 ? null : { severity: next, decibans, layers }
}
