// What findings lead to: their subject's case, an alert, a hold, or a task where only a person can act.
import { type Alert, alert, type Outside } from '../cases/alerts.ts'
import { addTask, judgeCase } from '../cases/cases.ts'
import type { OpenCases } from '../cases/open-cases.ts'
import type { Act } from '../custody/act.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { holdEvents, stoppable } from '../shipping/holds.ts'
import { addShipmentTask, CALL_CARRIER, callCarrier, interceptable } from '../shipping/tasks.ts'
import type { Finding, OnFile } from './on-file.ts'
import type { Dossier } from './rule.ts'
import { opensCase, scoreRows, titleOf } from './scored.ts'
import { respondAtSite } from './site-case.ts'
import { tiesOf } from './sites.ts'

interface RespondInput {
  dossier: Dossier
  subject: { kind: 'person' | 'device'; id: string }
  openCases: OpenCases
  onFile: OnFile
  raised: Finding[]
  /** Standing ones that have come to hold. */
  risen: Finding[]
}

/**
 * Moves the subject's case to what stands now, and does what the findings ask for: tell, hold, or have somebody call.
 * The alerts about findings are the caller's to send, once what it judged is written.
 */
export async function respond(
  tx: Tx,
  act: Act,
  outside: Outside,
  { subject, dossier, openCases, onFile, raised, risen }: RespondInput,
): Promise<{ events: NewEvent[]; alerts: Alert[] }> {
  const rows = onFile.standingOf(subject)
  const { caseId, events } = await moveCase(tx, act, outside, { subject, dossier, openCases, onFile, rows, raised })
  for (const finding of [...raised, ...risen]) {
    if (finding.response !== 'hold') continue
    await onFile.flush()
    events.push(...(await hold(tx, act, outside, { finding, dossier, caseId })))
  }
  const alerts = raised
    .filter((finding) => finding.response === 'notify')
    .map((finding): Alert => {
      return {
        type: 'finding.raised',
        now: act.now,
        orderingKey: caseId ?? finding.id,
        caseId,
        findingIds: [finding.id],
      }
    })
  return { events, alerts }
}

interface Moved {
  caseId: string | null
  events: NewEvent[]
}

/** The case of the person's site where they have one, or else their own: opened, or moved to what stands now. */
async function moveCase(
  tx: Tx,
  act: Act,
  outside: Outside,
  input: Omit<RespondInput, 'risen'> & { rows: Finding[] },
): Promise<Moved> {
  const { subject, dossier, openCases, onFile, rows, raised } = input
  const score = scoreRows(rows)
  const opens = opensCase(score, rows)
  const ties = tiesOf(dossier, rows)
  const isAtSite = subject.kind === 'person' && (ties.personIds.length > 0 || openCases.hasSiteOf(subject.id))
  const hasOwn = opens || openCases.has(subject)
  if (!isAtSite && !hasOwn) return { caseId: null, events: [] }
  await onFile.flush()
  const news = raised.length > 0
  const site: Moved = isAtSite
    ? await respondAtSite(tx, act, outside, { personId: subject.id, ties, openCases, news })
    : { caseId: null, events: [] }
  if (site.caseId !== null || !hasOwn) return site
  openCases.opened(subject)
  const { severity, parts } = score
  const ruleIds = [...new Set(parts.map((part) => part.rule))]
  const own = await judgeCase(tx, act, outside, {
    subject,
    severity,
    score: score.score,
    parts,
    title: titleOf(ruleIds),
    findingIds: rows.map((row) => row.id),
    rules: ruleIds,
    opens,
    news,
  })
  return { caseId: own.caseId, events: [...site.events, ...own.events] }
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
  const row = await tx
    .selectFrom('shipments')
    .select(['status', 'carrier'])
    .where('id', '=', shipment.id)
    .executeTakeFirst()
  if (row === undefined || stoppable.includes(row.status) || row.status === 'delivered' || input.caseId === null)
    return []
  const onCase = await addTask(
    tx,
    { ...act, actor: systemActor('detection') },
    {
      caseId: input.caseId,
      key: `${CALL_CARRIER}:${shipment.id}`,
      task: 'The parcel is on its way: call the carrier and ask for it to be stopped or sent back.',
    },
  )
  const onShipment = interceptable.includes(row.status)
    ? await addShipmentTask(tx, ruleAct, { shipmentId: shipment.id, key: CALL_CARRIER, task: callCarrier(row.carrier) })
    : []
  return [...onCase, ...onShipment]
}
