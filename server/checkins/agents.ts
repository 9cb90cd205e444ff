// Agents that enrolled here: each reports under a key of its own, of which only the hash is kept.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import { type Db, oneOf, type Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hashOf, newSecret } from '../lib/secret.ts'
import { DAY, MINUTE, plus } from '../lib/time.ts'
import type { EnrolledAgent } from '../ports.ts'

/** A host that enrols more often within a day shares its identifier with another: each takes the other's key, for ever. */
const ENROLMENTS_PER_DAY = 24

/**
 * Lets an agent in and returns its key, which is shown this once. Whoever enrolled under the same host identifier before
 * is taken to be the same host, whose key ends. A host identifier may be a person's, so what is kept is its pseudonym.
 * Throws AppError 'too_many' where that host did so too often; the key that it got last goes on to stand.
 */
export async function enrolAgent(
  tx: Tx,
  act: Act,
  input: { source: string; hostIdentifier: string; memory: unknown },
): Promise<{ agentId: string; key: string; replacedIds: string[] }> {
  const host = act.world.pseudonym(input.hostIdentifier)
  // Two enrolments of one host at once: the later one's key stands.
  await sql`select pg_advisory_xact_lock(7355610, hashtext(${`${input.source}\n${host}`}))`.execute(tx)
  const { times } = await tx
    .selectFrom('agents')
    .select(({ fn }) => fn.countAll<number>().as('times'))
    .where('source', '=', input.source)
    .where('host_identifier', '=', host)
    .where('enrolled_at', '>', plus(act.now, -DAY))
    .executeTakeFirstOrThrow()
  if (Number(times) >= ENROLMENTS_PER_DAY)
    throw new AppError('too_many', 'This host enrolled too often today: another may have the same host identifier.')
  const before = await tx
    .updateTable('agents')
    .set({ invalidated_at: act.now })
    .where('source', '=', input.source)
    .where('host_identifier', '=', host)
    .where('invalidated_at', 'is', null)
    .returning('id')
    .execute()
  const agentId = newId('agt')
  const key = newSecret()
  await tx
    .insertInto('agents')
    .values({
      id: agentId,
      source: input.source,
      key_hash: hashOf(key),
      host_identifier: host,
      memory: JSON.stringify(input.memory),
      enrolled_at: act.now,
      last_seen_at: act.now,
    })
    .execute()
  await record(tx, act.now, [
    {
      kind: 'agent.enrolled',
      occurredAt: act.now,
      actor: act.actor,
      payload: { agentId, source: input.source, again: before.length > 0 },
    },
  ])
  return { agentId, key, replacedIds: before.map((row) => row.id) }
}

/** Takes an agent's key from it: it is refused from then on, and enrols anew if it still has the secret. Throws 'not_found' and 'conflict'. */
export async function invalidateAgent(tx: Tx, act: Act, input: { agentId: string; reason: string }): Promise<void> {
  const row = await tx.selectFrom('agents').selectAll().where('id', '=', input.agentId).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', `There is no agent ${input.agentId}.`)
  if (row.invalidated_at !== null) throw new AppError('conflict', 'The key of this agent does not stand any more.')
  await tx.updateTable('agents').set({ invalidated_at: act.now }).where('id', '=', row.id).execute()
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'agent.invalidated',
      occurredAt: act.now,
      actor: act.actor,
      payload: { agentId: row.id, source: row.source, noteId },
    },
  ])
}

// ── Finding by key ─────────────────────────────────────────────────────────────────────────────────────────

export interface AgentFinder {
  /** The agent that a key belongs to, as it was within the last minute; null where the key does not stand. */
  find(source: string, key: string): Promise<EnrolledAgent | null>
  /** What is found from now on, without asking. */
  remember(agent: EnrolledAgent): void
  forget(agentId: string): void
}

/** A key is believed from memory so long; whoever records what came under it looks again (`lockAgents`). */
const REMEMBER_MS = MINUTE
const REMEMBER_MAX = 50_000

export function createAgentFinder(db: Db, clock: () => Date): AgentFinder {
  const byKey = new Map<string, { agentId: string; until: Date }>()
  const byId = new Map<string, EnrolledAgent & { source: string }>()
  const known = (source: string, hash: string): EnrolledAgent | null => {
    const found = byKey.get(hash)
    const agent = found && found.until > clock() ? byId.get(found.agentId) : undefined
    return agent?.source === source ? agent : null
  }
  return {
    async find(source, key) {
      const hash = hashOf(key)
      const text = hash.toString('base64')
      const remembered = known(source, text)
      if (remembered !== null) return remembered
      const row = await db
        .selectFrom('agents')
        .select(['id', 'memory', 'source'])
        .where('key_hash', '=', hash)
        .where('source', '=', source)
        .where('invalidated_at', 'is', null)
        .executeTakeFirst()
      if (row === undefined) return null
      if (byKey.size >= REMEMBER_MAX) {
        byKey.clear()
        byId.clear()
      }
      byKey.set(text, { agentId: row.id, until: plus(clock(), REMEMBER_MS) })
      byId.set(row.id, row)
      return row
    },
    remember({ id, memory }) {
      const agent = byId.get(id)
      if (agent) byId.set(id, { ...agent, memory })
    },
    forget: (agentId) => void byId.delete(agentId),
  }
}

// ── What they are remembered by ────────────────────────────────────────────────────────────────────────────

/** Locks the agents among these whose keys still stand, in the order of their ids, as they are now. */
export async function lockAgents(tx: Tx, agentIds: Iterable<string>): Promise<Map<string, EnrolledAgent>> {
  const rows = await tx
    .selectFrom('agents')
    .select(['id', 'memory'])
    .where('id', '=', oneOf(new Set(agentIds)))
    .where('invalidated_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute()
  return new Map(rows.map((row) => [row.id, row]))
}

/** Keeps what is remembered of agents that reported just now. Call it with their rows locked. */
export async function rememberAgents(tx: Tx, now: Date, agents: EnrolledAgent[]): Promise<void> {
  if (agents.length === 0) return
  await sql`
    update agents as a set memory = said.memory::jsonb, last_seen_at = greatest(a.last_seen_at, ${now})
    from unnest(${agents.map((agent) => agent.id)}::text[], ${agents.map((agent) => JSON.stringify(agent.memory))}::text[])
      as said (id, memory)
    where a.id = said.id`.execute(tx)
}

/** Keys that ended are kept so long, for whoever asks when an agent enrolled. */
const ENDED_MS = 90 * DAY

/** Retention: forgets agents whose key ended long ago; the ledger keeps that they enrolled. */
export async function retainAgents(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('agents').where('invalidated_at', '<', plus(now, -ENDED_MS)).execute()
}
