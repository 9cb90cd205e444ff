// Asks after parcels, and says outside, once, that the provider keeps failing.
import { type Connector, isRotationOver } from './access/connector.ts'
import type { Outside } from './cases/alerts.ts'
import { isNewlyFailing, savePolling, type Tracking, trackDue } from './shipping/tracking.ts'
import { sayFailing } from './sync.ts'

interface Polling extends Tracking {
  outside: Outside
  connector: Pick<Connector, 'provider' | 'state' | 'refresh'>
}

/** One run of the task `track`. */
export async function pollCarrier(house: Polling): Promise<void> {
  const { connector, db } = house
  if (isRotationOver(connector.state(), house.clock())) await connector.refresh()
  const { polling } = await trackDue(house)
  const now = house.clock()
  if (!isNewlyFailing(polling, now)) return
  await db.transaction().execute(async (tx) => {
    let isFirst = false
    await savePolling(tx, (was) => {
      isFirst = isNewlyFailing(was, now)
      return isFirst ? { ...was, alertedAt: now.toISOString() } : was
    })
    if (!isFirst) return
    await sayFailing(tx, house.outside, now, connector.provider.name)
  })
}
