// Plays a labelled year through the real road in one process: import, read, record, detect, sweep, on a clock that is passed in.
import { sql } from 'kysely'
import { closeCase } from '../../../server/cases/work.ts'
import { recordCheckIns } from '../../../server/checkins/record-checkins.ts'
import type { Act } from '../../../server/custody/act.ts'
import { systemActor } from '../../../server/custody/events.ts'
import { type Detection, detect } from '../../../server/detection/engine.ts'
import { sweep } from '../../../server/detection/sweep.ts'
import { importRows } from '../../../server/imports/import.ts'
import { recordObservation } from '../../../server/intake.ts'
import { createEasyPost } from '../../../server/integrations/carriers/easypost.ts'
import type { Connection } from '../../../server/lib/database.ts'
import { DAY, HOUR, plus } from '../../../server/lib/time.ts'
import { checkInSchema } from '../../../server/ports.ts'
import { releaseShipment } from '../../../server/shipping/holds.ts'
import { watchSources } from '../../../server/silent-sources.ts'
import { eventBody } from '../../../server/simulator/easypost.ts'
import type { Input } from '../../../server/simulator/years/inputs.ts'
import { checkInOf } from '../../../server/simulator/years/laptops.ts'
import { heardOf, type LabelledYear } from '../../../server/simulator/years/year.ts'
import { detectionOf, outside, world } from './world.ts'

/** So long a step of the clock is: what comes in within one is recorded and judged at its end. */
const STEP_MS = 6 * HOUR
/** So many check-ins are one batch. */
const BATCH = 400

const carrier = createEasyPost({ url: outside.url, hasWebhook: () => true, verify: () => true })

export interface Played {
  /** Milliseconds by what they were spent on. */
  spent: Record<string, number>
  /** What could not be applied, by its problem. */
  refused: Map<string, number>
  errors: string[]
  judged: { afterEvents: number; bySweep: number }
}

type Phase = 'rows' | 'trackers' | 'check-ins' | 'detect' | 'sweep' | 'desk'

/** Plays the whole year into an empty, migrated database. */
export async function playYear({ db }: Connection, year: LabelledYear, say: (line: string) => void): Promise<Played> {
  const played: Played = { spent: {}, refused: new Map(), errors: [], judged: { afterEvents: 0, bySweep: 0 } }
  let now = year.startsAt
  const act = (actor = systemActor('bench')): Act => ({ now, actor, world })
  const detection = detectionOf(
    db,
    () => now,
    (message) => void played.errors.push(message),
  )
  const timed = async <T>(phase: Phase, work: () => Promise<T>): Promise<T> => {
    const began = performance.now()
    const came = await work()
    played.spent[phase] = (played.spent[phase] ?? 0) + performance.now() - began
    return came
  }
  const refuse = (problem: string) => played.refused.set(problem, (played.refused.get(problem) ?? 0) + 1)
  const locked = new Set<string>()
  await db.transaction().execute((tx) => addDesk(tx))

  const record = async (inputs: Input[]): Promise<void> => {
    const [first] = inputs
    switch (first?.is) {
      case undefined:
        return
      case 'rows': {
        const rows = inputs.map((one, line) => ({ line, cells: one.is === 'rows' ? one.row : {} }))
        const summary = await timed('rows', () =>
          importRows(db, act(), { kind: first.to, rows, fileName: null, source: 'hr', dryRun: false, undoable: false }),
        )
        for (const { column, problem } of summary.rejected) refuse(`${first.to}: ${column} ${problem}`)
        return
      }
      case 'tracker':
        return timed('trackers', () =>
          db.transaction().execute(async (tx) => {
            for (const one of inputs) {
              if (one.is !== 'tracker') continue
              const told = carrier.read(Buffer.from(eventBody(one.parcel, one.count)))
              const by = { source: 'easypost', vouches: 'nothing' as const, tokenId: null }
              for (const report of told)
                if (!(await recordObservation(tx, act({ type: 'source', name: 'easypost' }), by, report)).done)
                  refuse('a tracker of a parcel that nobody knows')
            }
          }),
        )
      case 'check-in':
        for (let at = 0; at < inputs.length; at += BATCH) {
          const items = inputs.slice(at, at + BATCH).flatMap((one) => {
            if (one.is !== 'check-in' || locked.has(one.serialNumber)) return []
            const checkIn = checkInSchema.parse(checkInOf(year.usages.get(one.serialNumber)!, one.at))
            return [{ checkIn, source: one.source, vouches: 'enrolment' as const, tokenId: null }]
          })
          await timed('check-ins', () => db.transaction().execute((tx) => recordCheckIns(tx, act(), items)))
        }
        return
      case 'release':
        for (const one of inputs) if (one.is === 'release') await timed('desk', () => release(one.reference))
        return
      default:
        first satisfies never
    }
  }

  /** Whoever decides at the desk lets ordinary and diverted parcels go alike: what was held was asked about by telephone. */
  const release = async (reference: string): Promise<void> => {
    const row = await db
      .selectFrom('shipments')
      .select('id')
      .where('reference', '=', reference)
      .where('held_at', 'is not', null)
      .executeTakeFirst()
    if (row === undefined) return
    await db
      .transaction()
      .execute((tx) =>
        releaseShipment(tx, act({ type: 'user', id: 'user_desk' }), {
          shipmentId: row.id,
          reason: 'Asked by telephone',
        }),
      )
      .catch((error: Error) => refuse(`release: ${error.message}`))
  }

  const analyst = createAnalyst({ db, year, act, outside, locked, refuse })
  let next = 0
  let nextDay = plus(year.startsAt, DAY)
  while (now < year.endsAt) {
    now = plus(now, STEP_MS)
    const from = next
    while (next < year.inputs.length && heardOf(year.inputs[next]!) <= now) next++
    for (const run of runs(year.inputs.slice(from, next))) await record(run)
    if (next > from) played.judged.afterEvents += (await timed('detect', () => detect(detection))).devices
    played.judged.bySweep += (await timed('sweep', () => sweep(detection, { at: now, automatic: true }))).devices
    if (now >= nextDay) {
      nextDay = plus(nextDay, DAY)
      await timed('desk', async () => {
        await watchSources(detection as never)
        await analyst()
        await detect(detection)
      })
      if (now.getUTCDate() === 1) {
        await sql`analyze`.execute(db)
        say(`${now.toISOString().slice(0, 10)}: ${next} of ${year.inputs.length} inputs`)
      }
    }
  }
  return played
}

/** What comes one after the other and is of one kind is recorded together. */
function runs(inputs: Input[]): Input[][] {
  const found: Input[][] = []
  const kindOf = (one: Input) => (one.is === 'rows' ? one.to : one.is)
  for (const one of sorted(inputs)) {
    const last = found.at(-1)
    if (last !== undefined && kindOf(last[0]!) === kindOf(one)) last.push(one)
    else found.push([one])
  }
  return found
}

/** Within a step check-ins come last: they are many, and judged with what systems said before them. */
const sorted = (inputs: Input[]): Input[] => [
  ...inputs.filter((one) => one.is !== 'check-in'),
  ...inputs.filter((one) => one.is === 'check-in'),
]

async function addDesk(tx: Parameters<Parameters<ReturnType<Connection['db']['transaction']>['execute']>[0]>[0]) {
  for (const id of ['user_desk', 'user_analyst'])
    await sql`insert into auth."user" (id, name, email, "emailVerified", "updatedAt", role)
      values (${id}, ${id}, ${`${id}@house.example`}, true, now(), 'admin')`.execute(tx)
}

/** An ordinary case is closed after so long, a confirmed diversion too; its laptops are locked. */
const WORKED_AFTER_MS = 3 * DAY

interface Desk {
  db: Connection['db']
  year: LabelledYear
  act(actor?: Act['actor']): Act
  outside: Detection['outside']
  locked: Set<string>
  refuse(problem: string): void
}

/** Closes cases after some days: as the labels have it for ordinary people, and once they are high for the diverted. */
function createAnalyst({ db, year, act, outside, locked, refuse }: Desk): () => Promise<void> {
  const diverted = new Map(year.diversions.map((one) => [one.email, one]))
  return async () => {
    const { now } = act()
    const due = await db
      .selectFrom('cases')
      .select(['id', 'severity', 'part_of'])
      .where('status', '<>', 'closed')
      .where('opened_at', '<=', plus(now, -WORKED_AFTER_MS))
      .orderBy('number')
      .execute()
    for (const one of due) {
      const emails = await peopleOf(db, one.id)
      const theirs = emails.flatMap((email) => diverted.get(email) ?? [])
      const isHigh = one.severity === 'high' || one.severity === 'critical'
      // A suspicion that is not strong yet stays open, as do those that a site's case took in.
      if ((theirs.length > 0 && !isHigh) || one.part_of !== null) continue
      const outcome = theirs.length > 0 ? ('confirmed' as const) : ('benign' as const)
      await db
        .transaction()
        .execute((tx) =>
          closeCase(tx, act({ type: 'user', id: 'user_analyst' }), outside, {
            caseId: one.id,
            outcome,
            note: 'Looked into',
          }),
        )
        .catch((error: Error) => refuse(`close: ${error.message}`))
      for (const serial of theirs.flatMap((diversion) => diversion.serialNumbers)) locked.add(serial)
    }
  }
}

/** E-mails of the people a case is about: of its findings, and of the cases that it took in. */
async function peopleOf(db: Connection['db'], caseId: string): Promise<string[]> {
  const rows = await sql<{ email: string }>`
    select distinct p.email from cases c
      left join findings f on f.case_id = c.id
      join people p on p.id = f.person_id or (c.subject_kind = 'person' and p.id = c.subject_id)
    where c.id = ${caseId} or c.part_of = ${caseId}`.execute(db)
  return rows.rows.map((row) => row.email)
}
