// The lock by which one process judges at a time: what is found about one laptop moves the findings and cases of others.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'

const JUDGING = 7355624

/**
 * Waits until nobody else judges, until the transaction ends. Taken after the rows of devices and before those of
 * findings, cases, sites and watches, by whoever touches those of more than one laptop.
 */
export async function lockJudging(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(${JUDGING})`.execute(tx)
}
