// Findings: raised, changed, cleared, so that what is on file is what the rules say now.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { newId } from '../lib/id.ts'
import type { Finding, OnFile } from './on-file.ts'
import type { Dossier, Response, RuleFinding } from './rule.ts'
import { effectiveResponse, lowerOf, type SetRule } from './settings.ts'
import { suppressionOf } from './suppressed.ts'

export interface Evaluated {
  set: SetRule
  findings: RuleFinding[]
  lookAgainAt: Date | null
}

export interface Reconciled {
  events: NewEvent[]
  /** New ones, and those that are kept quiet no longer. */
  raised: Finding[]
  /** Standing findings whose response has come to be *hold*: their rule was set so since. */
  risen: Finding[]
  changed: boolean
}

/** What of a finding has to wait. */
export interface Reserve {
  /** Whether what woke the device came in more than a day late: what is cleared then carries that mark. */
  late: boolean
  /** Whether it may hold no parcel yet. */
  mayNotHold(finding: RuleFinding): boolean
  /** Whether one that no longer shows may not be cleared yet. `key` is the rule's own. */
  mayNotClear(set: SetRule, gone: { key: string; evidence: number[] }): boolean
}

/** Raises what is new, updates what moved, clears what no longer holds. A decided finding raises only on new evidence. */
export function reconcile(
  act: Act,
  dossier: Dossier,
  { evaluated, onFile }: { evaluated: Evaluated[]; onFile: OnFile },
  reserve: Reserve,
): Reconciled {
  const ruleIds = new Set(evaluated.map((one) => one.set.rule.id))
  const outcome: Outcome = { events: [], raised: [], risen: [], changed: false, onFile }
  const stored = onFile.ofDevice(dossier.device.id).filter((row) => ruleIds.has(row.rule))
  const active = new Map(
    stored.filter((row) => row.status !== 'decided').map((row) => [`${row.rule}\n${row.key}`, row]),
  )
  const decided = Map.groupBy(
    stored.filter((row) => row.status === 'decided'),
    (row) => `${row.rule}\n${row.key}`,
  )
  for (const { set, findings } of evaluated) {
    for (const finding of findings) {
      const key = `${dossier.device.id}:${finding.key}`
      const id = `${set.rule.id}\n${key}`
      const was = active.get(id)
      active.delete(id)
      const columns = {
        ...columnsOf(set, finding, responseOf(set, finding, reserve, was)),
        ...silenceOf(set, finding, dossier, act),
      }
      if (was) update(act, dossier, was, set, finding, columns, outcome)
      else if (!decided.get(id)?.some((row) => isCovered(finding.evidence, row.evidence as number[])))
        raise(act, dossier, set, finding, { key, ...columns }, outcome)
    }
  }
  const sets = new Map(evaluated.map(({ set }) => [set.rule.id, set]))
  for (const gone of active.values()) {
    // What was found about somebody who had it before stays theirs.
    if (gone.person_id !== (dossier.person?.id ?? null) && gone.person_id !== null) continue
    const own = { key: gone.key.slice(dossier.device.id.length + 1), evidence: gone.evidence as number[] }
    if (reserve.mayNotClear(sets.get(gone.rule)!, own)) continue
    clear(act, gone, reserve.late, outcome)
  }
  const { onFile: _, ...reconciled } = outcome
  return reconciled
}

type Outcome = Reconciled & { onFile: OnFile }

const isCovered = (evidence: number[], decided: number[]) => evidence.every((seq) => decided.includes(seq))

/** What may not hold yet is a case meanwhile; what the version does not speak of leads to no more than it did. */
function responseOf(set: SetRule, finding: RuleFinding, reserve: Reserve, was: Finding | undefined): Response {
  const asked = effectiveResponse(set)
  const isOld = set.quietTo != null && finding.evidence.every((seq) => seq <= set.quietTo!)
  const response = isOld ? lowerOf(asked, (was?.response as Response | undefined) ?? 'watch') : asked
  return response === 'hold' && reserve.mayNotHold(finding) ? 'case' : response
}

function silenceOf(set: SetRule, finding: RuleFinding, dossier: Dossier, act: Act) {
  const suppression = suppressionOf(set.suppressions, dossier, finding, act.now)
  return {
    status: suppression === null ? ('active' as const) : ('suppressed' as const),
    suppressed_by: suppression?.id ?? null,
  }
}

type Columns = ReturnType<typeof columnsOf> & ReturnType<typeof silenceOf>

const columnsOf = (set: SetRule, finding: RuleFinding, response: Response) => ({
  severity: finding.severity ?? set.rule.severity,
  weight: finding.weight ?? set.rule.weight,
  exceptional: finding.exceptional ?? false,
  summary: finding.summary,
  facts: finding.facts,
  params: set.params,
  evidence: finding.evidence,
  response,
  since: finding.since,
  rule_version: set.version ?? null,
})

const payloadOf = (id: string, set: SetRule, finding: RuleFinding) => ({
  findingId: id,
  rule: set.rule.id,
  severity: finding.severity ?? set.rule.severity,
  weight: finding.weight ?? set.rule.weight,
  evidence: finding.evidence,
})

function raise(
  act: Act,
  dossier: Dossier,
  set: SetRule,
  finding: RuleFinding,
  columns: Columns & { key: string },
  outcome: Outcome,
): void {
  const row: Finding = {
    id: newId('fnd'),
    rule: set.rule.id,
    device_id: dossier.device.id,
    person_id: dossier.person?.id ?? null,
    case_id: null,
    raised_at: act.now,
    changed_at: act.now,
    cleared_at: null,
    late_data: false,
    ...columns,
  }
  outcome.onFile.put(row)
  if (row.status === 'active') outcome.raised.push(row)
  outcome.changed = true
  outcome.events.push(eventOf('finding.raised', act, row, set, finding))
  if (row.suppressed_by !== null) silence(act, row, row.suppressed_by, outcome)
}

const eventOf = (
  kind: 'finding.raised' | 'finding.changed',
  act: Act,
  row: Finding,
  set: SetRule,
  finding: RuleFinding,
): NewEvent => ({
  kind,
  deviceId: row.device_id,
  personId: row.person_id,
  occurredAt: act.now,
  actor: { type: 'rule', id: row.rule },
  payload: payloadOf(row.id, set, finding),
})

/** Counts what a suppression kept quiet, and says so. */
function silence(act: Act, row: Finding, suppressionId: string, outcome: Outcome): void {
  outcome.onFile.silenced(suppressionId)
  outcome.events.push({
    kind: 'finding.suppressed',
    deviceId: row.device_id,
    personId: row.person_id,
    occurredAt: act.now,
    actor: { type: 'rule', id: row.rule },
    payload: { findingId: row.id, rule: row.rule, suppressionId },
  })
}

function update(
  act: Act,
  dossier: Dossier,
  was: Finding,
  set: SetRule,
  finding: RuleFinding,
  columns: Columns,
  outcome: Outcome,
): void {
  // What was found while the laptop was nobody's is its person's once they are known.
  const next: Finding = { ...was, ...columns, person_id: was.person_id ?? dossier.person?.id ?? null }
  const isSame =
    was.person_id === next.person_id &&
    was.weight === next.weight &&
    was.summary === next.summary &&
    was.severity === next.severity &&
    was.exceptional === next.exceptional &&
    was.response === next.response &&
    was.status === next.status &&
    was.suppressed_by === next.suppressed_by &&
    JSON.stringify(was.evidence) === JSON.stringify(next.evidence)
  if (isSame) return
  outcome.onFile.put({ ...next, changed_at: act.now })
  outcome.changed = true
  if (next.status === 'active' && was.status === 'suppressed')
    outcome.raised.push({ ...was, response: next.response, status: 'active' })
  else if (next.status === 'active' && next.response === 'hold' && was.response !== 'hold')
    outcome.risen.push({ ...was, response: 'hold' })
  outcome.events.push(eventOf('finding.changed', act, next, set, finding))
  if (next.suppressed_by !== null && next.suppressed_by !== was.suppressed_by)
    silence(act, next, next.suppressed_by, outcome)
}

function clear(act: Act, gone: Finding, late: boolean, outcome: Outcome): void {
  outcome.onFile.put({ ...gone, status: 'cleared', cleared_at: act.now, changed_at: act.now, late_data: late })
  outcome.changed = true
  outcome.events.push({
    kind: 'finding.cleared',
    deviceId: gone.device_id,
    personId: gone.person_id,
    occurredAt: act.now,
    actor: { type: 'rule', id: gone.rule },
    payload: { findingId: gone.id, rule: gone.rule, lateData: late },
  })
}
