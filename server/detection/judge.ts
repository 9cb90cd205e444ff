// Judges one device: runs the rules that were woken over its dossier, and hands on what they say.

import { sql } from 'kysely'
import type { Alert, Outside } from '../cases/alerts.ts'
import { adoptCase } from '../cases/cases.ts'
import type { OpenCases } from '../cases/open-cases.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import { messageOf } from '../lib/errors.ts'
import { DAY, HOUR, plus } from '../lib/time.ts'
import { assembleDossier } from './dossier.ts'
import type { Facts } from './facts.ts'
import { type Evaluated, type Reconciled, type Reserve, reconcile } from './findings.ts'
import type { OnFile } from './on-file.ts'
import { respond } from './respond.ts'
import type { Dossier, Evaluation } from './rule.ts'
import { ruleById } from './rules/index.ts'
import type { SetRule } from './settings.ts'
import { earliest } from './spans.ts'
import { quietUntil } from './suppressed.ts'
import { restsOnUnconfirmed, standsButForUnconfirmed } from './unconfirmed.ts'

/** What woke a device: kinds of events, facets, `time`; `all` wakes every rule. */
export type Wake = ReadonlySet<string>

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

/** What is on file of a device from when it was judged before. */
export interface Standing {
  watch: Watch | null
  /** Rules that failed on it. */
  failed: ReadonlySet<string>
}

/** When to look at a device again, and which rule asked for when. */
export interface Watch {
  lookAgainAt: Date | null
  byRule: Record<string, string>
}

/** Reads it for many devices in two statements. Call it with those devices' rows locked. */
export async function loadStanding(tx: Tx, deviceIds: string[]): Promise<(deviceId: string) => Standing> {
  const these = oneOf(deviceIds)
  const watches = await tx.selectFrom('watch').selectAll().where('device_id', '=', these).execute()
  const failures = await tx
    .selectFrom('rule_failures')
    .select(['rule', 'device_id'])
    .where('device_id', '=', these)
    .execute()
  const watchOf = new Map(
    watches.map((row) => [row.device_id, { lookAgainAt: row.look_again_at, byRule: row.by_rule as Watch['byRule'] }]),
  )
  const failedOf = Map.groupBy(failures, (row) => row.device_id)
  return (deviceId) => ({
    watch: watchOf.get(deviceId) ?? null,
    failed: new Set((failedOf.get(deviceId) ?? []).map((row) => row.rule)),
  })
}

/** Keeps when devices are to be looked at again. */
export async function saveWatches(tx: Tx, watches: ReadonlyMap<string, Watch>): Promise<void> {
  if (watches.size === 0) return
  const all = [...watches].sort(([a], [b]) => (a < b ? -1 : 1))
  await sql`
    insert into watch (device_id, look_again_at, by_rule)
    select device_id, look_again_at, by_rule::jsonb
    from unnest(
      ${all.map(([id]) => id)}::text[], ${all.map(([, watch]) => watch.lookAgainAt)}::timestamptz[],
      ${all.map(([, watch]) => JSON.stringify(watch.byRule))}::text[]
    ) as w (device_id, look_again_at, by_rule)
    on conflict (device_id) do update set look_again_at = excluded.look_again_at, by_rule = excluded.by_rule`.execute(
    tx,
  )
}

export interface JudgeInput {
  facts: Facts
  onFile: OnFile
  standing: Standing
  rules: SetRule[]
  wake: Wake
  seq: number
  /** Given by a sweep; left out after events. */
  now?: Date
  /** Whether what woke it came in more than a day late: it may add a finding, and clears one only with that mark. */
  late: boolean
  /** Whether a scan can be asked for again: what rests on scans alone then waits until they are confirmed. */
  canConfirm: boolean
}

/** What a device was judged to be; the findings are on file, and nobody has been told. */
export interface Verdict {
  dossier: Dossier
  said: Reconciled
  /** Null where it stays as it was. */
  watch: Watch | null
}

/** Judges a device and says what came of it. Events and watch are the caller's to record, after all devices of the batch. */
export async function judgeDevice(tx: Tx, act: Act, input: JudgeInput): Promise<Verdict> {
  const dossier = assembleDossier(input.facts, {
    seq: input.seq,
    ...(input.now === undefined ? {} : { now: input.now }),
  })
  const came = evaluateRules(dossier, input.rules, input.wake)
  await noteFailures(tx, act, dossier, input.standing, came)
  const watch = nextWatch(act, dossier, input, came)
  const { evaluated } = came
  const said = reconcile(act, dossier, { evaluated, onFile: input.onFile }, reserveOf(dossier, input))
  return { dossier, said, watch }
}

/** Does what a verdict asks for; `verdict` is one of several, all of them on file by now. */
export async function answerVerdict(
  tx: Tx,
  act: Act,
  outside: Outside,
  { verdict, openCases, onFile }: { verdict: Verdict; openCases: OpenCases; onFile: OnFile },
): Promise<{ events: NewEvent[]; alerts: Alert[] }> {
  const { dossier, said } = verdict
  if (!said.changed) return { events: [], alerts: [] }
  const subject =
    dossier.person === null
      ? ({ kind: 'device', id: dossier.device.id } as const)
      : ({ kind: 'person', id: dossier.person.id } as const)
  if (subject.kind === 'person' && openCases.has({ kind: 'device', id: dossier.device.id })) {
    await adoptCase(tx, { deviceId: dossier.device.id, personId: subject.id })
    openCases.opened(subject)
  }
  const { raised, risen } = said
  return respond(tx, act, outside, { dossier, subject, openCases, onFile, raised, risen })
}

const everyRule: Wake = new Set(['all'])

function reserveOf(dossier: Dossier, { facts, late, canConfirm }: JudgeInput): Reserve {
  const says = (set: SetRule) => (other: Dossier) =>
    evaluateRules(other, [set], everyRule).evaluated.flatMap((one) => one.findings)
  return {
    late,
    mayNotHold: (finding) => canConfirm && restsOnUnconfirmed(dossier, finding.evidence),
    mayNotClear: (set, gone) => canConfirm && standsButForUnconfirmed(facts, dossier, gone, says(set)),
  }
}

async function noteFailures(
  tx: Tx,
  act: Act,
  dossier: Dossier,
  { failed }: Standing,
  { evaluated, failures }: ReturnType<typeof evaluateRules>,
): Promise<void> {
  const fine = evaluated.map((one) => one.set.rule.id).filter((rule) => failed.has(rule))
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

/** When each rule wants to look again; rules that did not run keep what they asked for before. Null where all stays. */
function nextWatch(
  act: Act,
  dossier: Dossier,
  { standing: { watch: was }, wake }: JudgeInput,
  { evaluated, failures }: ReturnType<typeof evaluateRules>,
): Watch | null {
  const byRule: Watch['byRule'] = { ...was?.byRule }
  for (const { set, findings, lookAgainAt } of evaluated) {
    const again = earliest([lookAgainAt, quietUntil(set.suppressions, dossier, findings, act.now)].filter(isTime))
    if (again === null) delete byRule[set.rule.id]
    else byRule[set.rule.id] = again.toISOString()
  }
  // What it had asked for may be due already: left so, the sweep would claim the device for ever.
  for (const { rule } of failures)
    if (byRule[rule] !== undefined) byRule[rule] = plus(act.now, FAILED_AGAIN_MS).toISOString()
  for (const rule of Object.keys(byRule)) if (isGone(rule)) delete byRule[rule]
  const next = Object.values(byRule).sort()[0]
  const asked = next === undefined ? null : new Date(next)
  // Whoever had every rule look again is still to be served: an event wakes only some of them.
  const isWaiting = was !== null && was.lookAgainAt !== null && !wake.has('all') && !isAskedBy(was)
  const lookAgainAt = isWaiting ? earliest([was.lookAgainAt, asked].filter(isTime)) : asked
  const isKept =
    was === null
      ? lookAgainAt === null
      : was.lookAgainAt?.getTime() === lookAgainAt?.getTime() && isEqual(was.byRule, byRule)
  return isKept ? null : { lookAgainAt, byRule }
}

/** Whether it is a rule that asked for this time. */
const isAskedBy = ({ lookAgainAt, byRule }: Watch) =>
  Object.values(byRule).some((at) => at === lookAgainAt?.toISOString())

const isTime = (at: Date | null): at is Date => at !== null

const isGone = (ruleId: string) => (ruleById(ruleId)?.status ?? 'retired') === 'retired'

const isEqual = (a: Record<string, string>, b: Record<string, string>) =>
  Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([rule, at]) => b[rule] === at)

/** More than a day between a fact and its record is late (DESIGN 6.8). */
export const LATE_MS = DAY
