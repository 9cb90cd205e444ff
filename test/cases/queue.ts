// Cases for tests: one of a parcel that was sent elsewhere, and rows for a queue without the stories that lead to them.
import type { Insertable } from 'kysely'
import type { CasesTable } from '../../server/lib/tables.ts'
import { order, parcel, type TestWorld, time } from '../world.ts'

/** Puts a case into the queue, and gives its id. */
export async function putCase(world: TestWorld, number: number, over: Partial<Insertable<CasesTable>> = {}) {
  const id = `case_${number}`
  await world.db
    .insertInto('cases')
    .values({
      id,
      number,
      subject_kind: 'person',
      subject_id: `per_${number}`,
      title: `Case ${number}`,
      status: 'new',
      severity: 'medium',
      score: 12,
      opened_at: time('2026-03-01'),
      due_at: time('2026-03-04'),
      ...over,
    })
    .execute()
  return id
}

/** A laptop on its way whose parcel is then sent to another city, judged: one person with one case, the only one. */
export async function sendElsewhere(world: TestWorld): Promise<void> {
  await order(world)
  await world.scan('2026-03-03', { scans: [{ at: '2026-03-02T12:00:00Z', in: 'Columbus', is: 'accepted' }] })
  await world.importShipments('2026-03-03T12:00:00Z', [
    { ...parcel, line1: '500 Desert Road', city: 'Phoenix', region: 'AZ', country: 'US' },
  ])
  await world.detect('2026-03-03T12:00:00Z')
}
