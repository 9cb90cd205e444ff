// Connectors as a page and a command show them: every source that is asked or listened to, how it is, and what went wrong.
import { sql } from 'kysely'
import { type ConnectorState, stateOf } from '../checkins/source-health.ts'
import type { House } from '../house.ts'
import type { Db } from '../lib/database.ts'
import { remember } from '../lib/remember.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'

export interface ConnectorView {
  source: string
  title: string
  /** `asked` by us, page by page; or it `speaks` by itself. */
  kind: 'asked' | 'speaks'
  state: ConnectorState
  everyMs: number | null
  lastSuccessAt: string | null
  /** When the sync that is under way began. */
  syncingSince: string | null
  nextAt: string | null
  failures: number
  failingSince: string | null
  problem: string | null
  /** When one of its devices was last heard of. */
  heardAt: string | null
  devicesToday: number
  devicesWeek: number
  /** Deliveries and records in the inbox that could not be read. */
  unread: number
}

interface Heard {
  source: string
  at: Date
  today: number
  week: number
}

/** Counting a week of a large fleet takes its time, and need not be of this second. */
const heardBy = remember(30_000, async (house: HouseLike) => {
  const now = house.clock()
  const { rows } = await sql<Heard>`
    select source, max(last_at) as at, count(*) filter (where last_on = ${dayOf(now)}::date) as today, count(*) as week
    from (
      select source, device_id, max(last_at) as last_at, max(day) as last_on from presence
      where day > ${dayOf(plus(now, -7 * DAY))}::date group by source, device_id) as seen
    group by source`.execute(house.db)
  return new Map(rows.map((row) => [row.source, row]))
})

type HouseLike = Pick<House, 'db' | 'clock' | 'mdms' | 'agents' | 'sources' | 'connector'>

/** Every source there is, those that need somebody first. */
export async function listConnectors(house: HouseLike): Promise<ConnectorView[]> {
  const { db, mdms } = house
  const now = house.clock()
  const { value: heard } = await heardBy(house)
  const unread = await unreadBy(db)
  const rows = await db.selectFrom('connectors').selectAll().execute()
  const kept = new Map(rows.map((row) => [row.source, row]))
  const sources = new Set([
    ...mdms.map((mdm) => mdm.source),
    ...house.sources
      .filter((one) => one.configured && one.source !== house.connector.provider.name)
      .map((one) => one.source),
    ...house.agents.filter((one) => one.configured).map((one) => one.source),
    ...kept.keys(),
    ...heard.keys(),
    ...(await expectedSources(db)),
  ])
  const views = [...sources].map((source): ConnectorView => {
    const mdm = mdms.find((one) => one.source === source)
    const row = kept.get(source)
    const seen = heard.get(source)
    const heardAt = seen?.at ?? row?.heard_at ?? null
    const failures = row?.failures ?? 0
    const standing = { failingWhy: row?.failing_why ?? null, failures, lastSuccessAt: row?.last_success_at ?? null }
    return {
      source,
      title: titleOf(house, source),
      kind: mdm === undefined ? 'speaks' : 'asked',
      state: stateOf({ ...standing, heardAt }, now, mdm ?? null),
      everyMs: mdm?.everyMs ?? null,
      lastSuccessAt: row?.last_success_at?.toISOString() ?? null,
      syncingSince: mdm && row?.failures === 0 ? (row.started_at?.toISOString() ?? null) : null,
      nextAt: mdm ? (row?.next_at?.toISOString() ?? null) : null,
      failures,
      failingSince: row?.failing_since?.toISOString() ?? null,
      problem: row?.problem ?? null,
      heardAt: heardAt?.toISOString() ?? null,
      devicesToday: seen?.today ?? 0,
      devicesWeek: seen?.week ?? 0,
      unread: unread.get(source) ?? 0,
    }
  })
  return views.sort((a, b) => urgency[a.state] - urgency[b.state] || a.title.localeCompare(b.title))
}

/** As people write it, where anybody here knows; two ways to one vendor are told apart by their source. */
const titleOf = ({ mdms, agents }: HouseLike, source: string) =>
  [...mdms, ...agents].find((one) => one.source === source)?.title ?? source

const urgency: Record<ConnectorState, number> = { refused: 0, failing: 1, silent: 2, behind: 3, never: 4, ok: 5 }

/** Sources that have a key to us, also where nothing came yet. */
async function expectedSources(db: Db): Promise<string[]> {
  const { rows } = await sql<{ source: string }>`
    select source from tokens where 'checkins:write' = any (scopes) and revoked_at is null and distrusted_since is null
    union select distinct source from agents where invalidated_at is null`.execute(db)
  return rows.map((row) => row.source)
}

/** What came under a token counts as its source's. */
async function unreadBy(db: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ source: string; n: number }>`
    select coalesce(tokens.source, inbox.source) as source, count(*) as n
    from inbox left join tokens on tokens.id = inbox.token_id where inbox.status = 'failed' group by 1`.execute(db)
  return new Map(rows.map((row) => [row.source, row.n]))
}

/** The newest syncs of a source. */
export async function listRuns(db: Db, input: { source: string; limit: number }) {
  const rows = await db
    .selectFrom('connector_runs')
    .selectAll()
    .where('source', '=', input.source)
    .orderBy('began_at', 'desc')
    .orderBy('id', 'desc')
    .limit(input.limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    beganAt: row.began_at.toISOString(),
    endedAt: row.ended_at.toISOString(),
    outcome: row.outcome,
    pages: row.pages,
    records: row.records,
    changed: row.changed,
    unreadable: row.unreadable,
    problem: row.problem,
  }))
}

/** What a source sent that could not be read, newest first; a retry goes by the inbox. */
export async function listUnread(db: Db, input: { source: string; limit: number }) {
  const { rows } = await sql<{ id: string; received_at: Date; reason: string | null; has_body: boolean }>`
    select inbox.id, received_at, reason, body is not null as has_body
    from inbox left join tokens on tokens.id = inbox.token_id
    where inbox.status = 'failed' and coalesce(tokens.source, inbox.source) = ${input.source}
    order by received_at desc, inbox.id desc limit ${input.limit}`.execute(db)
  return rows.map((row) => ({
    id: row.id,
    receivedAt: row.received_at.toISOString(),
    reason: row.reason,
    canRetry: row.has_body,
  }))
}
