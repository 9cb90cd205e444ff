// Judges one device: runs the rules that were woken, reconciles their findings, and moves the case and the holds.
import type { Selectable } from 'kysely'
import { alert, type Outside } from '../cases/alerts.ts'
import { addTask, adoptCase, judgeCase } from '../cases/cases.ts'
import type { Act } from '../custody/act.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { messageOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { FindingsTable } from '../lib/tables.ts'
import { DAY, HOUR, plus } from '../lib/time.ts'
import { holdEvents, stoppable } from '../shipping/holds.ts'
import { assembleDossier } from './dossier.ts'
import type { Facts } from './facts.ts'
import type { Dossier, Evaluation, RuleFinding } from './rule.ts'
import { ruleById } from './rules/index.ts'
import { CASE_SCORE, type Scored, scoreOf } from './score.ts'
import { effectiveResponse, type SetRule } from './settings.ts'

type Finding = Selectable<FindingsTable>

/** What woke a device: kinds of events, facets, `time`; `all` wakes every rule. */
export type Wake = ReadonlySet<string>

export interface Evaluated {
  set: SetRule
  findings: RuleFinding[]
  lookAgainAt: Date | null
}

/** Runs rules over a dossier. A rule that throws says nothing, and its error is given back; it never stops the others. */
export function evaluateRules(
  dossier: Dossier,
  rules: SetRule[],
  wake: Wake,
): { evaluated: Evaluated[]; failures: { rule: string; error: string }[] } {
  const evaluated: Evaluated[] = []
  const failures: { rule: string; error: string }[] = []
  for (const set of rules) {
    if (set.ladder === 'off') {
      evaluated.push({ set, findings: [], lookAgainAt: null })
      continue
    }
    if (!wake.has('all') && !set.rule.watches.some((watched) => wake.has(watched))) continue
    try {
      const came = set.rule.evaluate(dossier, set.params as never)
      const { findings, lookAgainAt }: Evaluation = Array.isArray(came) ? { findings: came } : came
      evaluated.push({ set, findings, lookAgainAt: lookAgainAt ?? null })
    } catch (error) {
      failures.push({ rule: set.rule.id, error: messageOf(error) })
    }
  }
  return { evaluated, failures }
}

export interface JudgeInput {
  facts: Facts
  rules: SetRule[]
  wake: Wake
  seq: number
  /** Given by a sweep; left out after events. */
  now?: Date
  /** Whether what woke it came in more than a day late: it may add a finding, and clears one only with that mark. */
  late: boolean
}

/** Judges a device and says what came of it. The events are the caller's to record, after all devices of the batch. */
export async function judgeDevice(
  tx: Tx,
  act: Act,
  outside: Outside,
  input: JudgeInput,
): Promise<{ events: NewEvent[]; raised: string[] }> {
  const dossier = assembleDossier(input.facts, {
    seq: input.seq,
    ...(input.now === undefined ? {} : { now: input.now }),
  })
  const { evaluated, failures } = evaluateRules(dossier, input.rules, input.wake)
  await noteFailures(tx, act, dossier, evaluated, failures)
  await keepWatch(tx, act, dossier.device.id, { evaluated, failures })
  const { events, raised, changed } = await reconcile(tx, act, dossier, evaluated, input.late)
  if (!changed) return { events, raised: [] }
  const subject =
    dossier.person === null
      ? ({ kind: 'device', id: dossier.device.id } as const)
      : ({ kind: 'person', id: dossier.person.id } as const)
  if (subject.kind === 'person') await adoptCase(tx, { deviceId: dossier.device.id, personId: subject.id })
  events.push(...(await respond(tx, act, outside, { dossier, subject, rules: input.rules, raised })))
  return { events, raised: raised.map((finding) => finding.id) }
}

async function noteFailures(
  tx: Tx,
  act: Act,
  dossier: Dossier,
  evaluated: Evaluated[],
  failures: { rule: string; error: string }[],
): Promise<void> {
  const fine = evaluated.map((one) => one.set.rule.id)
  if (fine.length > 0)
    await tx.deleteFrom('rule_failures').where('device_id', '=', dossier.device.id).where('rule', 'in', fine).execute()
  for (const { rule, error } of failures) {
    const values = { failed_at: act.now, error }
    await tx
      .insertInto('rule_failures')
      .values({ rule, device_id: dossier.device.id, ...values })
      .onConflict((oc) => oc.columns(['rule', 'device_id']).doUpdateSet(values))
      .execute()
  }
}

/** A rule that failed has another try after so long. */
const FAILED_AGAIN_MS = HOUR

/** Keeps when each rule wants to look again; rules that did not run keep what they asked for before. */
async function keepWatch(
  tx: Tx,
  act: Act,
  deviceId: string,
  { evaluated, failures }: ReturnType<typeof evaluateRules>,
): Promise<void> {
  const row = await tx
    .selectFrom('watch')
    .select(['by_rule', 'look_again_at'])
    .where('device_id', '=', deviceId)
    .executeTakeFirst()
  const byRule: Record<string, string> = { ...row?.by_rule }
  for (const { set, lookAgainAt } of evaluated) {
    if (lookAgainAt === null) delete byRule[set.rule.id]
    else byRule[set.rule.id] = lookAgainAt.toISOString()
  }
  // What it had asked for may be due already: left so, the sweep would claim the device for ever.
  for (const { rule } of failures)
    if (byRule[rule] !== undefined) byRule[rule] = plus(act.now, FAILED_AGAIN_MS).toISOString()
  for (const rule of Object.keys(byRule)) if (isGone(rule)) delete byRule[rule]
  const next = Object.values(byRule).sort()[0]
  const lookAgainAt = next === undefined ? null : new Date(next)
  const isKept = row
    ? row.look_again_at?.getTime() === lookAgainAt?.getTime() && isEqual(row.by_rule, byRule)
    : lookAgainAt === null
  if (isKept) return
  const values = { look_again_at: lookAgainAt, by_rule: JSON.stringify(byRule) }
  await tx
    .insertInto('watch')
    .values({ device_id: deviceId, ...values })
    .onConflict((oc) => oc.column('device_id').doUpdateSet(values))
    .execute()
}

const isGone = (ruleId: string) => (ruleById(ruleId)?.status ?? 'retired') === 'retired'

const isEqual = (a: Record<string, string>, b: Record<string, string>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([rule, at]) => b[rule] === at)

interface Reconciled {
  events: NewEvent[]
  raised: Finding[]
  changed: boolean
}

/** Raises what is new, updates what moved, clears what no longer holds. A decided finding raises only on new evidence. */
async function reconcile(
  tx: Tx,
  act: Act,
  dossier: Dossier,
  evaluated: Evaluated[],
  late: boolean,
): Promise<Reconciled> {
  const ruleIds = evaluated.map((one) => one.set.rule.id)
  const outcome: Reconciled = { events: [], raised: [], changed: false }
  if (ruleIds.length === 0) return outcome
  const stored = await tx
    .selectFrom('findings')
    .selectAll()
    .where('device_id', '=', dossier.device.id)
    .where('rule', 'in', ruleIds)
    .where('status', 'in', ['active', 'decided'])
    .forUpdate()
    .execute()
  const active = new Map(stored.filter((row) => row.status === 'active').map((row) => [`${row.rule}\n${row.key}`, row]))
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
      if (was) await update(tx, act, dossier, was, set, finding, outcome)
      else if (!decided.get(id)?.some((row) => isCovered(finding.evidence, row.evidence as number[])))
        await raise(tx, act, dossier, set, finding, key, outcome)
    }
  }
  for (const gone of active.values()) {
    // What was found about somebody who had it before stays theirs.
    if (gone.person_id !== (dossier.person?.id ?? null) && gone.person_id !== null) continue
    await clear(tx, act, gone, late, outcome)
  }
  return outcome
}

const isCovered = (evidence: number[], decided: number[]) => evidence.every((seq) => decided.includes(seq))

const columnsOf = (set: SetRule, finding: RuleFinding) => ({
  severity: finding.severity ?? set.rule.severity,
  weight: finding.weight ?? set.rule.weight,
  exceptional: finding.exceptional ?? false,
  summary: finding.summary,
  facts: JSON.stringify(finding.facts),
  params: JSON.stringify(set.params),
  evidence: JSON.stringify(finding.evidence),
  response: effectiveResponse(set),
  since: finding.since,
})

const payloadOf = (id: string, set: SetRule, finding: RuleFinding) => ({
  findingId: id,
  rule: set.rule.id,
  severity: finding.severity ?? set.rule.severity,
  weight: finding.weight ?? set.rule.weight,
  evidence: finding.evidence,
})

async function raise(
  tx: Tx,
  act: Act,
  dossier: Dossier,
  set: SetRule,
  finding: RuleFinding,
  key: string,
  outcome: Reconciled,
): Promise<void> {
  const row = await tx
    .insertInto('findings')
    .values({
      id: newId('fnd'),
      rule: set.rule.id,
      key,
      device_id: dossier.device.id,
      person_id: dossier.person?.id ?? null,
      status: 'active',
      raised_at: act.now,
      changed_at: act.now,
      ...columnsOf(set, finding),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  outcome.raised.push(row)
  outcome.changed = true
  outcome.events.push({
    kind: 'finding.raised',
    deviceId: dossier.device.id,
    personId: dossier.person?.id ?? null,
    occurredAt: act.now,
    actor: { type: 'rule', id: set.rule.id },
    payload: payloadOf(row.id, set, finding),
  })
}

async function update(
  tx: Tx,
  act: Act,
  dossier: Dossier,
  was: Finding,
  set: SetRule,
  finding: RuleFinding,
  outcome: Reconciled,
): Promise<void> {
  // What was found while the laptop was nobody's is its person's once they are known.
  const personId = was.person_id ?? dossier.person?.id ?? null
  const next = { ...columnsOf(set, finding), person_id: personId }
  const isSame =
    was.person_id === personId &&
    was.weight === next.weight &&
    was.summary === next.summary &&
    was.severity === next.severity &&
    was.exceptional === next.exceptional &&
    was.response === next.response &&
    JSON.stringify(was.evidence) === next.evidence
  if (isSame) return
  await tx
    .updateTable('findings')
    .set({ ...next, changed_at: act.now })
    .where('id', '=', was.id)
    .execute()
  outcome.changed = true
  outcome.events.push({
    kind: 'finding.changed',
    deviceId: was.device_id,
    personId,
    occurredAt: act.now,
    actor: { type: 'rule', id: was.rule },
    payload: payloadOf(was.id, set, finding),
  })
}

async function clear(tx: Tx, act: Act, gone: Finding, late: boolean, outcome: Reconciled): Promise<void> {
  await tx
    .updateTable('findings')
    .set({ status: 'cleared', cleared_at: act.now, changed_at: act.now, late_data: late })
    .where('id', '=', gone.id)
    .execute()
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

// ── Responses ──────────────────────────────────────────────────────────────────────────────────────────────

interface RespondInput {
  dossier: Dossier
  subject: { kind: 'person' | 'device'; id: string }
  rules: SetRule[]
  raised: Finding[]
}

async function respond(tx: Tx, act: Act, outside: Outside, input: RespondInput): Promise<NewEvent[]> {
  const { subject, dossier, raised } = input
  const rows = await tx
    .selectFrom('findings')
    .selectAll()
    .where('status', '=', 'active')
    .where(subject.kind === 'person' ? 'person_id' : 'device_id', '=', subject.id)
    .where('response', 'not in', ['off', 'watch'])
    .$if(subject.kind === 'device', (qb) => qb.where('person_id', 'is', null))
    .execute()
  const scored = rows.flatMap((row) => scoredOf(row) ?? [])
  const { score, severity, parts } = scoreOf(scored)
  const ruleIds = [...new Set(parts.map((part) => part.rule))]
  const { caseId, events } = await judgeCase(tx, act, outside, {
    subject,
    severity,
    score,
    parts,
    title: titleOf(ruleIds),
    findingIds: rows.map((row) => row.id),
    rules: ruleIds,
    opens: score >= CASE_SCORE || rows.some((row) => row.response === 'case' || row.response === 'hold'),
    news: raised.length > 0,
  })
  for (const finding of raised) {
    if (finding.response === 'notify')
      await alert(tx, outside, {
        type: 'finding.raised',
        now: act.now,
        orderingKey: caseId ?? finding.id,
        caseId,
        findingIds: [finding.id],
      })
    if (finding.response === 'hold') events.push(...(await hold(tx, act, outside, { finding, dossier, caseId })))
  }
  return events
}

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

function titleOf(ruleIds: string[]): string {
  const [first, second] = ruleIds.flatMap((id) => ruleById(id)?.title ?? [])
  if (first === undefined) return 'Nothing holds any more'
  return second === undefined ? first : `${first}, ${second.charAt(0).toLowerCase()}${second.slice(1)}`
}

/** Holds the parcel where that still stops it; on its way already, it is a task: call the carrier. */
async function hold(
  tx: Tx,
  act: Act,
  outside: Outside,
  input: { finding: Finding; dossier: Dossier; caseId: string | null },
): Promise<NewEvent[]> {
  const shipment = input.dossier.shipment
  if (shipment === null) return []
  const ruleAct: Act = { ...act, actor: { type: 'rule', id: input.finding.rule } }
  const events = await holdEvents(tx, ruleAct, { shipmentId: shipment.id, findingId: input.finding.id, reason: null })
  if (events.length > 0) {
    await alert(tx, outside, {
      type: 'shipment.held',
      now: act.now,
      orderingKey: input.caseId ?? shipment.id,
      caseId: input.caseId,
      findingIds: [input.finding.id],
      shipmentIds: [shipment.id],
      deviceIds: [input.dossier.device.id],
    })
    return events
  }
  const row = await tx.selectFrom('shipments').select(['status']).where('id', '=', shipment.id).executeTakeFirst()
  if (row === undefined || stoppable.includes(row.status) || row.status === 'delivered' || input.caseId === null)
    return []
  return addTask(
    tx,
    { ...act, actor: systemActor('detection') },
    {
      caseId: input.caseId,
      key: `call-carrier:${shipment.id}`,
      task: 'The parcel is on its way: call the carrier and ask for it to be stopped or sent back.',
    },
  )
}

/** More than a day between a fact and its record is late (DESIGN 6.8). */
export const LATE_MS = DAY
