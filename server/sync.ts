// Asks MDMs for their devices, page by page, and says outside, once, that a source keeps failing.
import { setImmediate as pause } from 'node:timers/promises'
import { alert, type Outside } from './cases/alerts.ts'
import {
  askNow,
  type Claim,
  claimSync,
  endSync,
  holdSync,
  isOverdue,
  keepSync,
  noteFailure,
  noteRun,
  problemOf,
  type RunCounts,
  readProblem,
  releaseSync,
} from './checkins/connectors.ts'
import { recordCheckIns } from './checkins/record-checkins.ts'
import { type FailingWhy, markFailing } from './checkins/source-health.ts'
import type { Act, World } from './custody/act.ts'
import { retrying } from './imports/import.ts'
import { keepUnreadable, type Unreadable } from './inbox.ts'
import type { Db, Tx } from './lib/database.ts'
import { AppError, faultsText, logText } from './lib/errors.ts'
import type { CheckIn, Clock, Mdm, MdmPage } from './ports.ts'

export interface Syncing {
  db: Db
  clock: Clock
  world: World
  outside: Outside
  mdms: Mdm[]
  /** Aborted when this process ends: a sync is let go of at once, and goes on at its cursor. */
  ending?: AbortSignal
  log: { error(message: string): void }
}

/** No new page is asked for after so long: whatever else waits has its turn, and the sync goes on at its cursor. */
const SLICE_MS = 10_000
/** So many check-ins are recorded in one transaction: the ledger's lock is held no longer than for a batch. */
const TOGETHER = 100
/** A record with its software takes about a millisecond to read. */
const READ_AT_ONCE = 10

export type Went = 'done' | 'more'

/**
 * One run of the task `sync`: every MDM whose time has come, each on its own. Safe to run in several processes. 'more'
 * where a sync is under way and goes on at once.
 */
export async function syncDue(house: Syncing): Promise<Went> {
  const went = await Promise.all(
    house.mdms.map((mdm) =>
      syncSlice(house, mdm).catch((error: unknown): Went => {
        house.log.error(`the sync of ${mdm.source} broke off and goes on later: ${logText(error)}`)
        return 'done'
      }),
    ),
  )
  return went.includes('more') ? 'more' : 'done'
}

async function syncSlice(house: Syncing, mdm: Mdm): Promise<Went> {
  const until = performance.now() + SLICE_MS
  const claim = await claimSync(house.db, house.clock(), mdm)
  if (claim === null) return 'done'
  for (;;) {
    try {
      if (!(await syncPage(house, mdm, claim))) return 'done'
    } catch (error) {
      await giveUp(house, { mdm, claim, error })
      return 'done'
    }
    if (performance.now() < until && !house.ending?.aborted) continue
    await releaseSync(house.db, house.clock(), claim)
    return 'more'
  }
}

/** Reads a page and records it. Returns whether there is more to ask for: not where the sync is whole, or somebody else's. */
async function syncPage(house: Syncing, mdm: Mdm, claim: Claim): Promise<boolean> {
  const page = await readPage(house, mdm, claim.cursor)
  if (page === null) return true
  const isStuck = !page.isLast && JSON.stringify(page.cursor) === JSON.stringify(claim.cursor)
  if (isStuck) throw new AppError('unreadable', `${mdm.title} gave the same page again.`)
  const counts: RunCounts = { pages: 1, records: page.records.length, changed: 0, unreadable: 0 }
  for await (const portion of portions(house, mdm, page.records)) {
    if (house.ending?.aborted) return true
    if (!(await recordPortion(house, mdm, claim, portion, counts))) return false
  }
  const next = await house.db.transaction().execute(async (tx) => {
    const now = house.clock()
    if (!(await holdSync(tx, claim))) return null
    const next = await keepSync(tx, now, claim, { cursor: page.cursor })
    await noteRun(tx, now, claim, { ...counts, isWhole: page.isLast })
    if (page.isLast) await endSync(tx, now, claim, mdm)
    else if (isOverdue(claim.startedAt, now, mdm))
      await announceFailing(tx, house.outside, now, { source: mdm.source, why: 'behind' })
    return page.isLast ? null : next
  })
  Object.assign(claim, next)
  return next !== null
}

/** Null where this process ends before the answer is there. */
async function readPage({ ending }: Syncing, mdm: Mdm, cursor: unknown): Promise<MdmPage | null> {
  if (ending === undefined) return mdm.readPage(cursor)
  if (ending.aborted) return null
  const end = Promise.withResolvers<null>()
  const letGo = () => end.resolve(null)
  ending.addEventListener('abort', letGo)
  try {
    return await Promise.race([mdm.readPage(cursor), end.promise])
  } finally {
    ending.removeEventListener('abort', letGo)
  }
}

// ── Records ────────────────────────────────────────────────────────────────────────────────────────────────

/** With the members that are wrong; never with what stood in them. */
const reasonOf = (error: unknown): string =>
  error instanceof AppError && error.faults.length > 0
    ? `${problemOf(error)} ${faultsText(error.faults)}`
    : problemOf(error)

interface Read {
  record: unknown
  checkIns: CheckIn[]
}

interface Portion {
  read: Read[]
  unreadable: Unreadable[]
}

/** A page's records, read as they are needed and with room for others in between. */
async function* portions({ log }: Pick<Syncing, 'log'>, mdm: Mdm, records: unknown[]): AsyncGenerator<Portion> {
  let portion: Portion = { read: [], unreadable: [] }
  let size = 0
  for (const [index, record] of records.entries()) {
    if (index % READ_AT_ONCE === READ_AT_ONCE - 1) await pause()
    try {
      const checkIns = mdm.readRecord(record).map((report) => report.checkIn)
      if (checkIns.length === 0) continue
      if (size > 0 && size + checkIns.length > TOGETHER) {
        yield portion
        portion = { read: [], unreadable: [] }
        size = 0
      }
      portion.read.push({ record, checkIns })
      size += checkIns.length
    } catch (error) {
      if (!(error instanceof AppError)) log.error(`a record of ${mdm.source} could not be read: ${logText(error)}`)
      portion.unreadable.push({ record, reason: reasonOf(error) })
    }
  }
  if (portion.read.length + portion.unreadable.length > 0) yield portion
}

/** Records a portion in one transaction; where that throws, each record in one of its own, so that the others stand. */
async function recordPortion(
  house: Syncing,
  mdm: Mdm,
  claim: Claim,
  { read, unreadable }: Portion,
  counts: RunCounts,
): Promise<boolean> {
  counts.unreadable += unreadable.length
  try {
    return await recordTogether(house, mdm, claim, { read, unreadable }, counts)
  } catch (error) {
    house.log.error(`records of ${mdm.source} are tried one by one: ${logText(error)}`)
  }
  const refused: Unreadable[] = []
  for (const one of read) {
    try {
      if (!(await recordTogether(house, mdm, claim, { read: [one], unreadable: [] }, counts))) return false
    } catch (error) {
      // Where none can be recorded it is no fault of theirs: the page is asked for again.
      if (refused.length === read.length - 1 && read.length > 1) throw error
      house.log.error(`a record of ${mdm.source} could not be recorded: ${logText(error)}`)
      const reason = error instanceof AppError ? error.message : 'It could not be recorded; the log says why.'
      refused.push({ record: one.record, reason })
    }
  }
  counts.unreadable += refused.length
  return recordTogether(house, mdm, claim, { read: [], unreadable: [...unreadable, ...refused] }, counts)
}

/** Returns whether the sync is still ours, and the portion recorded therefore. */
async function recordTogether(
  house: Syncing,
  mdm: Mdm,
  claim: Claim,
  { read, unreadable }: Portion,
  counts: RunCounts,
): Promise<boolean> {
  const { source, vouches } = mdm
  const items = read.flatMap(({ record, checkIns }) =>
    checkIns.map((checkIn) => ({ record, item: { checkIn, source, vouches, tokenId: null } })),
  )
  const came = await retrying(() =>
    house.db.transaction().execute(async (tx) => {
      const now = house.clock()
      if (!(await holdSync(tx, claim))) return null
      const act: Act = { now, actor: { type: 'source', name: source }, world: house.world }
      const held = await keepSync(tx, now, claim)
      const results = await recordCheckIns(
        tx,
        act,
        items.map(({ item }) => item),
      )
      const refused = results.flatMap((result, index) =>
        typeof result === 'object' ? [{ record: items[index]!.record, reason: faultsText(result.faults) }] : [],
      )
      await keepUnreadable(tx, now, { source, records: [...unreadable, ...refused] })
      return { held, changed: results.filter((result) => result === 'changed').length, refused: refused.length }
    }),
  )
  if (came === null) return false
  Object.assign(claim, came.held)
  counts.changed += came.changed
  counts.unreadable += came.refused
  return true
}

// ── Failing ────────────────────────────────────────────────────────────────────────────────────────────────

async function giveUp(house: Syncing, { mdm, claim, error }: { mdm: Mdm; claim: Claim; error: unknown }) {
  if (!(error instanceof AppError)) house.log.error(`a page of ${mdm.source} could not be read: ${logText(error)}`)
  await house.db.transaction().execute(async (tx) => {
    const now = house.clock()
    const { source } = mdm
    const failing = await noteFailure(tx, now, { claim, asked: mdm, error })
    await noteRun(tx, now, claim, { problem: problemOf(error) })
    if (failing !== null) await announceFailing(tx, house.outside, now, { source, why: failing })
  })
}

/** In the ledger and outside, both once until it is heard again. */
export async function announceFailing(
  tx: Tx,
  outside: Outside,
  now: Date,
  failing: { source: string; why: FailingWhy; since?: Date },
): Promise<void> {
  if (!(await markFailing(tx, now, failing))) return
  await sayFailing(tx, outside, now, failing.source)
}

/** The one message outside about whatever we ask or listen to. */
export const sayFailing = (tx: Tx, outside: Outside, now: Date, source: string): Promise<void> =>
  alert(tx, outside, { type: 'connector.failing', now, orderingKey: `connector ${source}`, connector: source })

// ── At a person's word ─────────────────────────────────────────────────────────────────────────────────────

/** The MDM of a source. Throws 'not_found' where none of that name is asked here. */
export function mdmOf({ mdms }: Pick<Syncing, 'mdms'>, source: string): Mdm {
  const mdm = mdms.find((one) => one.source === source)
  if (mdm) return mdm
  const names = mdms.map((one) => one.source).join(', ')
  throw new AppError(
    'not_found',
    `Nothing is asked under “${source}” here; ${names === '' ? 'no MDM is set up' : `there is ${names}`}.`,
  )
}

/** Whether it worked, and what the vendor said. */
export async function testMdm(mdm: Mdm): Promise<{ works: boolean; said: string }> {
  try {
    return { works: true, said: await mdm.test() }
  } catch (error) {
    return { works: false, said: problemOf(error) }
  }
}

/** A whole sync at once, whatever the source waits for. Gives what went wrong, or null. */
export async function syncNow(house: Syncing, mdm: Mdm): Promise<string | null> {
  await askNow(house.db, house.clock(), mdm)
  while ((await syncSlice(house, mdm)) === 'more') {}
  return readProblem(house.db, mdm)
}
