// How a source as a whole is: failing, silent, recovered, heard of; in the ledger, and in one word.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { type Actor, type Payload, systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

export type FailingWhy = Payload<'connector.failing'>['why']

/**
 * Says in the ledger that a source fails as a whole: from `since` on, the last success by default, what it did not say
 * says nothing. Returns whether that is news; another reason than before is kept, and is none.
 */
export async function markFailing(
  tx: Tx,
  now: Date,
  { source, why, since: told }: { source: string; why: FailingWhy; since?: Date },
): Promise<boolean> {
  const was = await tx
    .selectFrom('connectors')
    .select(['failing_why', 'last_success_at', 'started_at'])
    .where('source', '=', source)
    .forUpdate()
    .executeTakeFirstOrThrow()
  const isNew = was.failing_why === null
  const since = told ?? was.last_success_at ?? was.started_at ?? now
  await tx
    .updateTable('connectors')
    .set({ failing_why: why, ...(isNew ? { alerted_at: now, failing_since: since } : {}) })
    .where('source', '=', source)
    .execute()
  if (isNew)
    await record(tx, now, [
      { kind: 'connector.failing', occurredAt: since, actor: systemActor('connectors'), payload: { source, why } },
    ])
  return isNew
}

/** Says in the ledger that a source is heard again. */
export async function markRecovered(
  tx: Tx,
  now: Date,
  source: string,
  actor: Actor = systemActor('connectors'),
): Promise<void> {
  const event = await tx
    .selectFrom('ledger')
    .select('occurred_at')
    .where('kind', '=', 'connector.failing')
    .where(sql<string>`payload->>'source'`, '=', source)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  await tx
    .updateTable('connectors')
    .set({ failing_why: null, alerted_at: null, failing_since: null })
    .where('source', '=', source)
    .execute()
  const failedFrom = (event?.occurred_at ?? now).toISOString()
  await record(tx, now, [
    {
      kind: 'connector.recovered',
      occurredAt: now,
      actor,
      payload: { source, failedFrom },
    },
  ])
}

/**
 * A silent source is waited for no more: laptops that nobody else hears of count as silent from then on. Heard of again,
 * it is a source like any other. Throws 'conflict' where it is not silent.
 */
export async function dismissSource(tx: Tx, act: Act, source: string): Promise<void> {
  const dismissed = await tx
    .updateTable('connectors')
    .set({ heard_at: null })
    .where('source', '=', source)
    .where('failing_why', '=', 'silent')
    .executeTakeFirst()
  if (dismissed.numUpdatedRows === 0n)
    throw new AppError('conflict', `“${source}” is not silent: it is waited for as long as it is heard of or asked.`)
  await markRecovered(tx, act.now, source, act.actor)
}

// ── Heard of ───────────────────────────────────────────────────────────────────────────────────────────────

/** Keeps when each source was last heard of. Returns those that were silent until now. */
export async function noteHeard(tx: Tx, heard: Map<string, Date>): Promise<string[]> {
  if (heard.size === 0) return []
  const sources = [...heard.keys()].sort()
  const times = sources.map((source) => heard.get(source)!)
  await sql`
    insert into connectors (source) select unnest(${sources}::text[]) order by 1 on conflict do nothing`.execute(tx)
  const moved = await sql<{ source: string; failing_why: string | null }>`
    update connectors as c set heard_at = h.at
    from unnest(${sources}::text[], ${times}::timestamptz[]) as h (source, at)
    where c.source = h.source and (c.heard_at is null or c.heard_at < h.at)
    returning c.source, c.failing_why`.execute(tx)
  return moved.rows.filter((row) => row.failing_why === 'silent').map((row) => row.source)
}

/** Sources that were last heard of before `since`, and are not known to fail. */
export async function unheardSources(db: Db, since: Date): Promise<{ source: string; heardAt: Date }[]> {
  const rows = await db
    .selectFrom('connectors')
    .select(['source', 'heard_at'])
    .where('heard_at', '<=', since)
    .where('failing_why', 'is', null)
    .orderBy('source')
    .execute()
  return rows.map((row) => ({ source: row.source, heardAt: row.heard_at! }))
}

// ── In one word ────────────────────────────────────────────────────────────────────────────────────────────

/**
 * How a source is: `ok`; `never` asked whole or heard of; `behind` its turns, and not failing yet; `refused` credentials;
 * `failing` otherwise; `silent` as a whole.
 */
export type ConnectorState = 'ok' | 'never' | 'behind' | 'refused' | 'failing' | 'silent'

export interface Standing {
  failingWhy: string | null
  failures: number
  lastSuccessAt: Date | null
  heardAt: Date | null
}

/** `asked` is null for a source that speaks by itself. */
export function stateOf(
  { failingWhy, failures, lastSuccessAt, heardAt }: Standing,
  now: Date,
  asked: { everyMs: number } | null,
): ConnectorState {
  if (failingWhy === 'refused' || failingWhy === 'silent') return failingWhy
  if (failingWhy !== null) return 'failing'
  if (asked === null) return heardAt === null ? 'never' : 'ok'
  if (lastSuccessAt === null) return failures > 0 ? 'behind' : 'never'
  // A turn that takes its time is not behind.
  const isLate = now.getTime() - lastSuccessAt.getTime() > 2 * asked.everyMs
  return failures > 0 || isLate ? 'behind' : 'ok'
}
