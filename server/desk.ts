// What buying, printing and stopping parcels need of the house: the carrier, transactions, and a judge.
import { type Detection, judgeShipment } from './detection/engine.ts'
import { retrying } from './imports/import.ts'
import { AppError } from './lib/errors.ts'
import type { Carrier } from './ports.ts'
import type { LabelDesk } from './shipping/labels.ts'

/** What of the house it takes. */
type Ground = Omit<Detection, 'carrier'> & { carrier(): Carrier | null }

/** The desk, or null where no carrier is set up. */
export function deskOf(house: Ground): LabelDesk | null {
  const carrier = house.carrier()
  if (carrier === null) return null
  return {
    carrier,
    clock: house.clock,
    run: (work) => retrying(() => house.db.transaction().execute(work)),
    judge: (tx, shipmentId) => judgeShipment(tx, house, shipmentId),
    log: house.log,
  }
}

/** As `deskOf`; throws 'conflict' with what to do where no carrier is set up. */
export function requireDesk(house: Ground): LabelDesk {
  const desk = deskOf(house)
  if (desk === null)
    throw new AppError(
      'conflict',
      'No carrier is set up yet, so nothing can be asked or bought: an admin can add its key under Settings.',
    )
  return desk
}
