// Sweeps: judging what is due by the passing of time alone.
import { sql } from 'kysely'
import { lockJudging } from '../custody/judging.ts'
import { headSeq } from '../custody/ledger.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db } from '../lib/database.ts'
import { MINUTE, plus } from '../lib/time.ts'
import { refreshCatalog } from './catalog/company.ts'
import { assembleDossier } from './dossier.ts'
import { type Detection, judgeDevices } from './engine.ts'
import { loadFacts } from './facts.ts'
import { evaluateRules } from './judge.ts'
import { loadRules } from './settings.ts'

const CLAIM = 100
/** The automatic sweep leaves a device alone that told us something so recently (DESIGN 6.1). */
const QUIET_MS = 15 * MINUTE

export interface Swept {
  devices: number
  raised: number
}

/**
 * Judges every device whose time has come, at `at`. The automatic one waits while input is unread and skips devices
 * with a fresh fact; a person's does not. Each claim is a transaction of its own.
 */
export async function sweep(detection: Detection, input: { at: Date; automatic: boolean }): Promise<Swept> {
  const total: Swept = { devices: 0, raised: 0 }
  if (input.automatic && (await hasUnread(detection.db))) return total
  await refreshCatalog(detection.db)
  for (;;) {
    const claimed = await detection.db.transaction().execute(async (tx) => {
      const fresh = plus(input.at, -QUIET_MS)
      const due = await tx
        .selectFrom('watch')
        .innerJoin('devices', 'devices.id', 'watch.device_id')
        .select('watch.device_id')
        .where('look_again_at', '<=', input.at)
        .$if(input.automatic, (qb) => qb.where(isQuietSince(fresh)))
        .orderBy('look_again_at')
        .limit(CLAIM)
        // Claimed by the device, which the detector too locks before it moves the watch. A person's sweep waits for its turn.
        .$if(input.automatic, (qb) => qb.forNoKeyUpdate('devices').skipLocked())
        .execute()
      const ids = due.map((row) => row.device_id).sort()
      await lockSubjects(tx, { deviceIds: ids })
      await lockJudging(tx)
      // Whatever comes of it, the time that was due has been looked at; rules ask anew for another.
      if (ids.length > 0)
        await tx.updateTable('watch').set({ look_again_at: null }).where('device_id', 'in', ids).execute()
      const woken = ids.map((deviceId) => ({ deviceId, wake: new Set(['all']), late: false }))
      const judging = { rules: await loadRules(tx), seq: await headSeq(tx), now: input.at }
      const { events, raised } = await judgeDevices(tx, detection, woken, judging)
      await record(tx, detection.clock(), events)
      return { devices: ids.length, raised: raised.length }
    })
    total.devices += claimed.devices
    total.raised += claimed.raised
    if (claimed.devices < CLAIM) return total
  }
}

/**
 * Nothing was recorded of the laptop itself, nor of a parcel that it is in. Asked of the newest fact of each, so that
 * it is one look into an index: as a join, a fleet that is due all at once was compared with all of its facts.
 */
const isQuietSince = (time: Date) => sql<boolean>`coalesce((
    select l.recorded_at <= ${time} from ledger l where l.device_id = watch.device_id order by l.seq desc limit 1), true)
  and not exists (
    select from shipment_devices sd cross join lateral (
      select l.recorded_at from ledger l where l.shipment_id = sd.shipment_id order by l.seq desc limit 1) newest
    where sd.device_id = watch.device_id and newest.recorded_at > ${time} offset 0)`

async function hasUnread(db: Db): Promise<boolean> {
  const row = await db
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', 'waiting')
    .where('next_attempt_at', 'is not', null)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

export interface Forecast {
  deviceId: string
  serialNumber: string | null
  rule: string
  summary: string
}

/** What a sweep at a future time would raise if nothing came until then. Records nothing. */
export async function forecast(db: Db, at: Date): Promise<Forecast[]> {
  await refreshCatalog(db)
  const due = await db
    .selectFrom('watch')
    .select('device_id')
    .where('look_again_at', '<=', at)
    .orderBy('look_again_at')
    .execute()
  const rules = await loadRules(db)
  const seq = await headSeq(db)
  const found: Forecast[] = []
  for (const { device_id } of due) {
    const facts = await loadFacts(db, device_id, seq)
    if (facts === null) continue
    const known = await db
      .selectFrom('findings')
      .select(['rule', 'key'])
      .where('device_id', '=', device_id)
      .where('status', 'in', ['active', 'suppressed'])
      .execute()
    const has = new Set(known.map((row) => `${row.rule}\n${row.key}`))
    const { evaluated } = evaluateRules(assembleDossier(facts, { seq, now: at }), rules, new Set(['all']))
    for (const { set, findings } of evaluated)
      for (const finding of findings)
        if (!has.has(`${set.rule.id}\n${device_id}:${finding.key}`))
          found.push({
            deviceId: device_id,
            serialNumber: facts.device.serialNumber,
            rule: set.rule.id,
            summary: finding.summary,
          })
  }
  return found
}
