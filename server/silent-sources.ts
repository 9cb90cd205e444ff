// Listens to the sources themselves: says in the ledger and outside when one has fallen silent, and when it is heard again.

import { heardSince, isSilent, noteListening } from './checkins/silence.ts'
import { markRecovered, noteHeard, unheardSources } from './checkins/source-health.ts'
import { DAY, plus } from './lib/time.ts'
import { announceFailing, type Syncing } from './sync.ts'

/** One run of the task `listen`. Safe to run in several processes. */
export async function watchSources(house: Omit<Syncing, 'mdms'>): Promise<void> {
  const { db, clock, outside } = house
  const now = clock()
  const heard = await heardSince(db, plus(now, -DAY))
  const listeningSince = await db.transaction().execute(async (tx) => {
    for (const source of await noteHeard(tx, heard)) await markRecovered(tx, now, source)
    return noteListening(tx, now)
  })
  for (const one of await unheardSources(db, plus(now, -DAY))) {
    if (!(await isSilent(db, now, { ...one, listeningSince }))) continue
    await db
      .transaction()
      .execute((tx) => announceFailing(tx, outside, now, { source: one.source, why: 'silent', since: one.heardAt }))
  }
}
