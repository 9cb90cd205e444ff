// The circumstances in which the labelled years are judged: the atlas for places, a key of the bench's, nobody to tell.
import { createHmac } from 'node:crypto'
import { classifyAddress } from '../../../server/addresses/classify.ts'
import { knownPlaces } from '../../../server/addresses/known-places.ts'
import type { World } from '../../../server/custody/act.ts'
import type { Detection } from '../../../server/detection/engine.ts'
import type { Db } from '../../../server/lib/database.ts'
import { atlas } from '../../../server/simulator/years/atlas.ts'

export const world: World = {
  places: atlas,
  pseudonym: (value) => createHmac('sha256', 'a key of the bench').update(value).digest('base64url'),
  classify: (address) => classifyAddress(address, knownPlaces),
}

export const outside = { sinks: [], url: 'https://telltale.example' }

export const detectionOf = (db: Db, clock: () => Date, error: (message: string) => void): Detection => ({
  db,
  clock,
  world,
  outside,
  carrier: () => null,
  log: { error },
})
