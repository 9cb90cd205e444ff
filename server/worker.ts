// The task list: read the inbox, detect, deliver, sweep, checkpoint, seal, retain. Each drains a table, so each is woken, never queued.
import { setTimeout } from 'node:timers/promises'
import { classifyAnew } from './addresses/classify-anew.ts'
import { rekeyAddresses } from './addresses/rekey.ts'
import { alert } from './cases/alerts.ts'
import { wakeSnoozed } from './cases/snooze.ts'
import { retainAgents } from './checkins/agents.ts'
import { followPlaces } from './checkins/device-places.ts'
import { followPresence } from './checkins/device-seen.ts'
import { sealPresence } from './checkins/presence.ts'
import { systemActor } from './custody/events.ts'
import { takeCheckpoint } from './custody/ledger.ts'
import { deskOf } from './desk.ts'
import { followCommon } from './detection/common.ts'
import { detect } from './detection/engine.ts'
import { sweep } from './detection/sweep.ts'
import { compareRecords } from './devices/comparing.ts'
import { followLeavingDates } from './devices/leaving.ts'
import { remindReturns } from './devices/reminders.ts'
import type { House } from './house.ts'
import { readInbox, retainInbox } from './inbox.ts'
import { logText } from './lib/errors.ts'
import { HOUR, MINUTE } from './lib/time.ts'
import { deliver } from './outbox.ts'
import { refreshMonthly } from './place-files.ts'
import { pollCarrier } from './poll.ts'
import { settleLabels } from './shipping/labels.ts'
import { rereadWordings } from './shipping/rereading.ts'
import { askToStop } from './shipping/tasks.ts'
import { watchSources } from './silent-sources.ts'
import { syncDue } from './sync.ts'

type Task =
  | 'read'
  | 'detect'
  | 'deliver'
  | 'sweep'
  | 'checkpoint'
  | 'seal'
  | 'retain'
  | 'remember'
  | 'labels'
  | 'returns'
  | 'track'
  | 'reread'
  | 'refresh'
  | 'sync'
  | 'listen'
  | 'places'
  | 'seen'
  | 'common'
  | 'compare'
  | 'classify'
  | 'rekey'

/** What each task does: everything there is to do, and then returns. All are safe to run in several processes at once. */
export const tasks: Record<Task, (house: Omit<House, 'worker'>) => Promise<unknown>> = {
  read: (house) => readInbox(house),
  detect: (house) => detect(house),
  deliver: (house) => deliver(house),
  sweep: async (house) => {
    const at = house.clock()
    await wakeSnoozed(house.db, { now: at, actor: systemActor('snooze'), world: house.world })
    await sweep(house, { at, automatic: true })
  },
  checkpoint: (house) => checkpoint(house),
  seal: (house) => sealPresence(house.db, house.clock()),
  retain: (house) => retain(house),
  remember: (house) => house.tokens.flush(),
  returns: (house) => tendReturns(house),
  labels: (house) => tendLabels(house),
  track: (house) => pollCarrier(house),
  // What the answer to whoever classified a wording was interrupted in.
  reread: (house) => rereadWordings(house),
  refresh: (house) => refreshMonthly(house),
  sync: (house) => syncDue(house),
  listen: (house) => watchSources(house),
  places: (house) => followPlaces(house.db),
  seen: (house) => followPresence(house.db),
  common: (house) => followCommon(house),
  compare: (house) => compareRecords(house),
  classify: (house) => classifyAnew(house),
  rekey: (house) => rekeyAddresses(house),
}

/** What a finished task may have made work for. */
const next: Partial<Record<Task, Task[]>> = {
  read: ['detect'],
  detect: ['deliver', 'labels'],
  sweep: ['deliver'],
  checkpoint: ['deliver'],
  reread: ['detect'],
  classify: ['detect'],
  rekey: ['detect'],
  sync: ['detect', 'deliver'],
  common: ['sweep'],
  listen: ['deliver'],
}

/** Looked at so often even if nobody woke it: a notification may be lost. The rest only happens by the clock. */
const everyMs: Record<Task, number> = {
  read: 5_000,
  detect: 2_000,
  deliver: 5_000,
  sweep: MINUTE,
  checkpoint: HOUR,
  seal: HOUR,
  retain: 6 * HOUR,
  remember: MINUTE,
  returns: 10 * MINUTE,
  labels: MINUTE,
  track: MINUTE,
  reread: MINUTE,
  refresh: 6 * HOUR,
  sync: MINUTE,
  listen: 10 * MINUTE,
  places: 10_000,
  seen: MINUTE,
  common: MINUTE,
  compare: 10_000,
  classify: MINUTE,
  rekey: MINUTE,
}

/** What is kept for a while only. */
async function retain(house: Omit<House, 'worker'>): Promise<void> {
  await retainInbox(house.db, house.clock())
  await retainAgents(house.db, house.clock())
}

/**
 * A run rests so long before the next: under load what comes meanwhile is taken together, and nobody waits for an alert
 * that much longer.
 */
const REST_MS = 50

/** What is under way then gets so long: whatever is cut off goes on at the next start, as after a crash. */
const END_MS = 5_000

/** Finds out what became of purchases whose answer was lost, and asks for parcels to be stopped. */
async function tendLabels(house: Omit<House, 'worker'>): Promise<void> {
  const desk = deskOf(house)
  if (desk === null) return
  const act = { now: house.clock(), actor: systemActor('labels'), world: house.world }
  await settleLabels(desk, act)
  await askToStop(desk, act)
}

/** Asks for what leavers have, and reminds of what is due. */
async function tendReturns(house: Omit<House, 'worker'>): Promise<void> {
  await followLeavingDates(house)
  await remindReturns(house)
}

/** Signs the ledger's head, and sends the checkpoint out of the house. */
export async function checkpoint(house: Omit<House, 'worker'>): Promise<void> {
  await house.db.transaction().execute(async (tx) => {
    const now = house.clock()
    const taken = await takeCheckpoint(tx, now, house.signingKey)
    if (taken)
      await alert(tx, house.outside, { type: 'ledger.checkpoint', now, orderingKey: 'ledger', checkpoint: taken })
  })
}

export interface Worker {
  /** Has a task run soon: at once, or once more after the run that is under way. */
  wake(task: Task): void
  /** Stops taking up work and waits a few seconds for what is under way. */
  stop(): Promise<void>
}

/** A worker that does nothing: for commands, which run the tasks they need themselves. */
export const idleWorker: Worker = { wake: () => {}, stop: async () => {} }

/** Runs the tasks of this process. `timed` false leaves the clock to somebody else (the demo). */
export function startWorker(house: Omit<House, 'worker'>, { timed }: { timed: boolean }): Worker {
  const running = new Map<Task, Promise<void>>()
  const again = new Set<Task>()
  const ending = new AbortController()
  const working = { ...house, ending: ending.signal }
  let isStopping = false
  const run = async (task: Task) => {
    do {
      again.delete(task)
      try {
        if ((await tasks[task](working)) === 'more') again.add(task)
      } catch (error) {
        house.log.error(`the task “${task}” failed and will be tried again: ${logText(error)}`)
      }
      for (const following of next[task] ?? []) wake(following)
      if (task === 'detect' && !isStopping) await setTimeout(REST_MS)
    } while (again.has(task) && !isStopping)
    running.delete(task)
  }
  const wake = (task: Task) => {
    if (isStopping) return
    if (running.has(task)) again.add(task)
    else running.set(task, run(task))
  }
  const always: Task[] = ['read', 'detect', 'deliver', 'remember']
  const timers = (Object.keys(everyMs) as Task[])
    .filter((task) => timed || always.includes(task))
    .map((task) => setInterval(() => wake(task), everyMs[task]))
  for (const task of timed ? (Object.keys(tasks) as Task[]) : always) wake(task)
  return {
    wake,
    async stop() {
      isStopping = true
      ending.abort()
      for (const timer of timers) clearInterval(timer)
      await Promise.race([Promise.allSettled(running.values()), setTimeout(END_MS, null, { ref: false })])
    },
  }
}
