// What findings lead to: their subject's case, an alert, a hold, or a task where only a person can act.
import { alert, type Outside } from '../cases/alerts.ts'
import { addTask, judgeCase } from '../cases/cases.ts'
import type { OpenCases } from '../cases/open-cases.ts'
import type { Act } from '../custody/act.ts'
import { type NewEvent, systemActor } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { holdEvents, stoppable } from '../shipping/holds.ts'
import { addShipmentTask, CALL_CARRIER, callCarrier, interceptable } from '../shipping/tasks.ts'
import type { Finding, OnFile } from './on-file.ts'
import type { Dossier } from './rule.ts'
import { CASE_SCORE, scoreOf } from './score.ts'
import { scoredOf, titleOf } from './scored.ts'
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

/** Moves the subject's case to what stands now, and does what the findings ask for: tell, hold, or have somebody call. */
export async function respond(tx: Tx, act: Act, outside: Outside, input: RespondInput): Promise<NewEvent[]> {
  const { subject, dossier, openCases, onFile, raised, risen } = input
  const rows = onFile.standingOf(subject)
  if (isQuiet(input, rows)) return []
  await onFile.flush()
  const site = await respondAtSite(tx, act, outside, { ...input, rows })
  const judged =
    site.caseId === null
      ? await judgeSubject(tx, act, outside, { subject, rows, openCases, news: raised.length > 0 })
      : { caseId: site.caseId, events: [] }
  const { caseId } = judged
  const events = [...site.events, ...judged.events]
  for (const finding of raised) {
    if (finding.response === 'notify')
      await alert(tx, outside, {
        type: 'finding.raised',
        now: act.now,
        orderingKey: caseId ?? finding.id,
        caseId,
        findingIds: [finding.id],
      })
  }
  for (const finding of [...raised, ...risen])
    if (finding.response === 'hold') events.push(...(await hold(tx, act, outside, { finding, dossier, caseId })))
  return events
}

/** Nothing comes of it: no case to open or to move, nobody to tell, nothing to hold. */
const isQuiet = ({ dossier, subject, openCases, raised, risen }: RespondInput, rows: Finding[]): boolean =>
  risen.length === 0 &&
  raised.every((finding) => finding.response === 'off' || finding.response === 'watch') &&
  !openCases.has(subject) &&
  !(subject.kind === 'person' && openCases.hasSiteOf(subject.id)) &&
  !asksForCase(rows) &&
  scoreOf(rows.flatMap((row) => scoredOf(row) ?? [])).score < CASE_SCORE &&
  tiesOf(dossier, rows).personIds.length === 0

const asksForCase = (rows: Finding[]) => rows.some((row) => row.response === 'case' || row.response === 'hold')

async function judgeSubject(
  tx: Tx,
  act: Act,
  outside: Outside,
  { subject, rows, openCases, news }: Pick<RespondInput, 'subject' | 'openCases'> & { rows: Finding[]; news: boolean },
) {
  const { score, severity, parts } = scoreOf(rows.flatMap((row) => scoredOf(row) ?? []))
  const opens = score >= CASE_SCORE || asksForCase(rows)
  if (!opens && !openCases.has(subject)) return { caseId: null, events: [] }
  openCases.opened(subject)
  const ruleIds = [...new Set(parts.map((part) => part.rule))]
  return judgeCase(tx, act, outside, {
    subject,
    severity,
    score,
    parts,
    title: titleOf(ruleIds),
    findingIds: rows.map((row) => row.id),
    rules: ruleIds,
    opens,
    news,
  })
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
