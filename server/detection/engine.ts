// The detector: follows the ledger with its own cursor, so that opinions come after facts and can never undo them.
import { sql } from 'kysely'
import { type Alert, alertAll, type Outside } from '../cases/alerts.ts'
import { loadOpenCases } from '../cases/open-cases.ts'
import type { World } from '../custody/act.ts'
import { lockCursor, moveCursor } from '../custody/cursors.ts'
import { type LedgerEvent, type NewEvent, systemActor } from '../custody/events.ts'
import { lockJudging } from '../custody/judging.ts'
import { eventColumns, headSeq, toEvent } from '../custody/ledger.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { logText } from '../lib/errors.ts'
import { HOUR, plus } from '../lib/time.ts'
import type { Clock } from '../ports.ts'
import { refreshCatalog } from './catalog/company.ts'
import { loadManyFacts } from './facts.ts'
import { answerVerdict, judgeDevice, loadStanding, saveWatches, type Verdict, type Watch } from './judge.ts'
import { loadOnFile } from './on-file.ts'
import { fillLinks, projectLinks } from './project-links.ts'
import { loadRules, type SetRule } from './settings.ts'
import { devicesWoken, type Woken } from './woken.ts'

export interface Detection {
  db: Db
  clock: Clock
  world: World
  outside: Outside
  /** Who can be asked whether a scan is so; null where nobody can. */
  carrier(): { mode: 'test' | 'production' } | null
  log: { error(message: string): void }
}

const CURSOR = 'detect'
/** So many events of the ledger are taken in one transaction. */
const BATCH = 200
/** A device that could not be judged is tried again by the sweep after so long. */
const RETRY_MS = HOUR

export interface Judged {
  events: number
  devices: number
  raised: number
}

/** Judges everything recorded since the cursor. Several processes may call it: the cursor's row keeps it single. */
export async function detect(detection: Detection): Promise<Judged> {
  const total: Judged = { events: 0, devices: 0, raised: 0 }
  await refreshCatalog(detection.db)
  for (;;) {
    const batch = await detection.db.transaction().execute((tx) => detectBatch(tx, detection))
    total.events += batch.events
    total.devices += batch.devices
    total.raised += batch.raised
    if (batch.events < BATCH && filled.has(detection.db)) return total
  }
}

async function detectBatch(tx: Tx, detection: Detection): Promise<Judged> {
  const from = await lockCursor(tx, CURSOR)
  const rows = await tx
    .selectFrom('ledger')
    .select(eventColumns)
    .where('seq', '>', from)
    .orderBy('seq')
    .limit(BATCH)
    .execute()
  const later = await makeOldLinks(tx, detection, from)
  const last = rows.at(-1)
  if (last === undefined) {
    await lookAgain(tx, later, detection.clock())
    return { events: 0, devices: 0, raised: 0 }
  }
  const events = rows.map(toEvent)
  const woken = await devicesWoken(tx, events, later)
  await followLinks(tx, detection, { events, woken })
  const rules = woken.size === 0 ? [] : await loadRules(tx)
  const watched = new Set(rules.flatMap(({ rule }) => rule.watches))
  // Devices in id order, as everybody else locks them. What no rule watches need not be read.
  const due = [...woken.keys()]
    .sort()
    .map((deviceId) => ({ deviceId, ...woken.get(deviceId)! }))
    .filter(({ wake }) => wake.has('all') || !watched.isDisjointFrom(wake))
  const { events: made, raised } = await judgeDevices(tx, detection, due, { rules, seq: last.seq })
  await lookAgain(tx, later, detection.clock())
  await moveCursor(tx, CURSOR, last.seq)
  await record(tx, detection.clock(), made)
  return { events: rows.length, devices: woken.size, raised: raised.length }
}

/** Houses in which every link is made that was recorded before there were links. */
const filled = new WeakSet<Db>()

/** A step of that in every batch: judging goes on meanwhile. Gives whom it found, who are left to the sweep. */
async function makeOldLinks(tx: Tx, detection: Detection, from: number): Promise<Set<string>> {
  if (filled.has(detection.db)) return new Set()
  const found = await fillLinks(tx, detection, from)
  if (found === null) filled.add(detection.db)
  return new Set(found)
}

/** Brings links up to the batch before it is judged; laptops that come to share something are woken by that. */
async function followLinks(
  tx: Tx,
  detection: Detection,
  { events, woken }: { events: LedgerEvent[]; woken: Map<string, Woken> },
): Promise<void> {
  for (const deviceId of await projectLinks(tx, detection, events, woken)) {
    const entry = woken.get(deviceId) ?? { wake: new Set(), late: false }
    entry.wake.add('shared')
    woken.set(deviceId, entry)
  }
}

/** A device that is to be judged, and by what it was woken. */
interface Due {
  deviceId: string
  wake: ReadonlySet<string>
  late: boolean
}

interface Judging {
  rules: SetRule[]
  seq: number
  /** Given by a sweep; left out after events. */
  now?: Date
}

interface Came {
  events: NewEvent[]
  /** Ids of findings. */
  raised: string[]
}

/** So many devices are judged together: what they rest on is read at once for all of them. */
const TOGETHER = 50

/** Judges devices, given in id order. What goes wrong with one stops no other, and is written down. */
export async function judgeDevices(tx: Tx, detection: Detection, due: Due[], judging: Judging): Promise<Came> {
  const total: Came = { events: [], raised: [] }
  if (due.length === 0) return total
  // All of them before the first is judged: whoever waits for a laptop must not hold what its judge needs.
  await lockSubjects(tx, { deviceIds: due.map((one) => one.deviceId) })
  await lockJudging(tx)
  for (let at = 0; at < due.length; at += TOGETHER) {
    const came = await judgeTogether(tx, detection, due.slice(at, at + TOGETHER), judging)
    total.events.push(...came.events)
    total.raised.push(...came.raised)
  }
  return total
}

/** Judges some devices within a savepoint; where one of them fails, each is judged anew, alone. */
async function judgeTogether(tx: Tx, detection: Detection, due: Due[], judging: Judging): Promise<Came> {
  await sql`savepoint devices`.execute(tx)
  try {
    const came = await judge(tx, detection, due, judging)
    await sql`release savepoint devices`.execute(tx)
    return came
  } catch {
    await sql`rollback to savepoint devices`.execute(tx)
  }
  const total: Came = { events: [], raised: [] }
  for (const one of due) {
    const came = await judgeAlone(tx, detection, one, judging)
    total.events.push(...came.events)
    total.raised.push(...came.raised)
  }
  return total
}

async function judge(tx: Tx, detection: Detection, due: Due[], { rules, seq, now }: Judging): Promise<Came> {
  const deviceIds = due.map((one) => one.deviceId)
  const factsOf = await loadManyFacts(tx, deviceIds, seq, { isReplayed: false })
  const standingOf = await loadStanding(tx, deviceIds)
  const personIds = [...new Set([...factsOf.values()].flatMap((facts) => facts.people.map((one) => one.id)))]
  const onFile = await loadOnFile(tx, { deviceIds, personIds })
  const openCases = await loadOpenCases(tx, { deviceIds, personIds })
  const act = { now: now ?? detection.clock(), actor: systemActor('detection'), world: detection.world }
  const canConfirm = detection.carrier()?.mode === 'production'
  const verdicts: Verdict[] = []
  for (const { deviceId, wake, late } of due) {
    const facts = factsOf.get(deviceId)
    if (facts === undefined) continue
    const asked = { facts, onFile, standing: standingOf(deviceId), rules, wake, seq, late, canConfirm }
    verdicts.push(await judgeDevice(tx, act, now === undefined ? asked : { ...asked, now }))
  }
  const came: Came = {
    events: verdicts.flatMap(({ said }) => said.events),
    raised: verdicts.flatMap(({ said }) => said.raised.map((finding) => finding.id)),
  }
  const alerts: Alert[] = []
  for (const verdict of verdicts) {
    const answer = await answerVerdict(tx, act, detection.outside, { verdict, openCases, onFile })
    came.events.push(...answer.events)
    alerts.push(...answer.alerts)
  }
  await onFile.flush()
  await alertAll(tx, detection.outside, alerts)
  await saveWatches(tx, watchesOf(verdicts))
  return came
}

const watchesOf = (verdicts: Verdict[]): ReadonlyMap<string, Watch> =>
  new Map(verdicts.flatMap(({ dossier, watch }) => (watch === null ? [] : [[dossier.device.id, watch] as const])))

/** Somebody else has just opened the same case, or held what we wanted: the second look sees what they did. */
const hasMetAnother = (error: unknown) => ['23505', '40P01'].includes(String((error as { code?: unknown }).code))

/** Judges one device within a savepoint: what goes wrong with it stops nothing else, and is written down. */
async function judgeAlone(tx: Tx, detection: Detection, one: Due, judging: Judging): Promise<Came> {
  await sql`savepoint device`.execute(tx)
  try {
    const came = await judge(tx, detection, [one], judging).catch(async (error: unknown) => {
      if (!hasMetAnother(error)) throw error
      await sql`rollback to savepoint device`.execute(tx)
      return judge(tx, detection, [one], judging)
    })
    await sql`release savepoint device`.execute(tx)
    return came
  } catch (error) {
    await sql`rollback to savepoint device`.execute(tx)
    await noteUnjudged(tx, detection, one.deviceId, error)
    return { events: [], raised: [] }
  }
}

async function noteUnjudged(tx: Tx, detection: Detection, deviceId: string, error: unknown): Promise<void> {
  detection.log.error(`${deviceId} could not be judged: ${logText(error)}`)
  const values = { failed_at: detection.clock(), error: logText(error) }
  await tx
    .insertInto('rule_failures')
    .values({ rule: '(dossier)', device_id: deviceId, ...values })
    .onConflict((oc) => oc.columns(['rule', 'device_id']).doUpdateSet(values))
    .execute()
  const again = { look_again_at: plus(detection.clock(), RETRY_MS) }
  await tx
    .insertInto('watch')
    .values({ device_id: deviceId, ...again })
    .onConflict((oc) => oc.column('device_id').doUpdateSet(again))
    .execute()
}

/**
 * Judges the devices of a parcel now, in the transaction of whoever is about to hand it over, so that nothing leaves
 * between a fact and its hold (DESIGN 3). Returns whether the parcel is held.
 */
export async function judgeShipment(tx: Tx, detection: Detection, shipmentId: string): Promise<boolean> {
  const devices = await tx
    .selectFrom('shipment_devices')
    .select('device_id')
    .where('shipment_id', '=', shipmentId)
    .execute()
  const deviceIds = devices.map((row) => row.device_id).sort()
  await lockSubjects(tx, { deviceIds, shipmentIds: [shipmentId] })
  const due = deviceIds.map((deviceId) => ({ deviceId, wake: new Set(['all']), late: false }))
  const { events } = await judgeDevices(tx, detection, due, { rules: await loadRules(tx), seq: await headSeq(tx) })
  await record(tx, detection.clock(), events)
  const row = await tx.selectFrom('shipments').select('held_at').where('id', '=', shipmentId).executeTakeFirst()
  return row?.held_at != null
}

/** What concerns half the fleet is left to the sweep, which takes it in hundreds, each a transaction of its own. */
async function lookAgain(tx: Tx, deviceIds: ReadonlySet<string>, now: Date): Promise<void> {
  if (deviceIds.size === 0) return
  await lockJudging(tx)
  await sql`
    insert into watch (device_id, look_again_at) select id, ${now} from unnest(${[...deviceIds]}::text[]) as id
    on conflict (device_id) do update set look_again_at = excluded.look_again_at`.execute(tx)
}
