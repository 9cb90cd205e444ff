// Cases for tests of the queue: rows as detection leaves them, without the stories that lead to them.
import type { Insertable } from 'kysely'
import type { CasesTable } from '../../server/lib/tables.ts'
import { type TestWorld, time } from '../world.ts'

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
