// The values of facets that a batch of check-ins reads and moves: read once, written once.
import { sql } from 'kysely'
import type { Facet } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { type Tx, timeOf } from '../lib/database.ts'
import { type Item, type Members, undo } from './facets.ts'

export interface FacetKey {
  deviceId: string
  source: string
  facet: Facet
}

export interface FacetValue {
  members: Members
  /** Of the last report as it came, for the cheap comparison. */
  hash: Buffer
  private: Record<string, string> | null
  /** Since when it has held; null where it says what was known already. */
  at: Date | null
  proof: string
}

export interface FacetValues {
  current(key: FacetKey): Members | null
  /** Whether the last report said just this, with this proof. */
  isLast(key: FacetKey, said: Pick<FacetValue, 'hash' | 'proof'>): boolean
  put(key: FacetKey, value: FacetValue): void
  /** What was put of a device's facet, by whichever source. */
  puts(deviceId: string, facet: Facet): { source: string; members: Members }[]
  /**
   * The value at an earlier time: the current one with every later change taken back. `repeated` where a late report
   * of that very time is recorded already.
   */
  valueAt(key: FacetKey & { at: Date }): Promise<{ known: Members | null; repeated: boolean }>
  /** Writes what was put. `seq` is the batch's last sequence number. */
  save(seq: number): Promise<void>
}

const text = ({ deviceId, source, facet }: FacetKey) => `${deviceId}\n${source}\n${facet}`

/** Reads the current values of these facets, and of no others. Call it with their devices' rows locked. */
export async function loadFacetValues(tx: Tx, keys: FacetKey[]): Promise<FacetValues> {
  const rows = keys.length === 0 ? [] : await load(tx, keys)
  // As texts until one is asked for: inventories of a whole batch would outlive what is young.
  const stored = new Map(
    rows.map((row) => [text({ deviceId: row.device_id, source: row.source, facet: row.facet as Facet }), row]),
  )
  const moved = new Map<string, FacetKey & FacetValue>()
  const current = (key: FacetKey): Members | null => {
    const put = moved.get(text(key))
    if (put !== undefined) return put.members
    const known = stored.get(text(key))
    return known === undefined ? null : JSON.parse(known.content)
  }
  return {
    current,
    isLast(key, { hash, proof }) {
      const said = moved.get(text(key)) ?? stored.get(text(key))
      return said !== undefined && said.proof === proof && said.hash.equals(hash)
    },
    put(key, value) {
      const was = moved.get(text(key))
      moved.set(text(key), {
        ...key,
        ...value,
        private: bothNamed(was?.private ?? null, value.private),
        at: value.at ?? was?.at ?? null,
      })
    },
    puts: (deviceId, facet) => [...moved.values()].filter((one) => one.deviceId === deviceId && one.facet === facet),
    valueAt: (key) => valueAt(tx, key, current(key)),
    async save(seq) {
      const puts = [...moved.values()]
      if (puts.length > 0) await upsert(tx, puts, seq)
    },
  }
}

/** As with members, a name that is not told again stays. */
const bothNamed = (was: FacetValue['private'], is: FacetValue['private']): FacetValue['private'] =>
  was === null || is === null ? (is ?? was) : { ...was, ...is }

const load = (tx: Tx, keys: FacetKey[]) =>
  tx
    .selectFrom('facets')
    .select(['device_id', 'source', 'facet', 'hash', 'proof', sql<string>`content::text`.as('content')])
    .where(
      sql<boolean>`(device_id, source, facet) in (select * from unnest(
        ${keys.map((key) => key.deviceId)}::text[], ${keys.map((key) => key.source)}::text[], ${keys.map((key) => key.facet)}::text[]))`,
    )
    .execute()

async function valueAt(
  tx: Tx,
  key: FacetKey & { at: Date },
  current: Members | null,
): Promise<{ known: Members | null; repeated: boolean }> {
  const rows = await tx
    .selectFrom('ledger')
    .select(eventColumns)
    .where('device_id', '=', key.deviceId)
    .where('kind', '=', 'checkin.changed')
    .where('occurred_at', '>=', key.at)
    .where(sql<boolean>`payload->>'facet' = ${key.facet} and payload->>'source' = ${key.source}`)
    .orderBy('seq', 'desc')
    .execute()
  let known = current
  for (const event of rows.map(toEvent)) {
    if (event.kind !== 'checkin.changed' || event.payload === null) continue
    const isSameTime = event.occurredAt.getTime() === key.at.getTime()
    if (isSameTime) return { known: null, repeated: true }
    if (event.payload.late || known === null) continue
    const change = event.payload as { added: Item[]; removed: Item[] }
    known = event.payload.first ? without(known, change.added) : undo(known, change)
  }
  return { known, repeated: false }
}

/** Before the members of a first report were known; null when none was. */
function without(known: Members, first: Item[]): Members | null {
  const gone = new Set(first.map((item) => item.member))
  const left = Object.entries(known).filter(([member]) => !gone.has(member))
  return left.length === 0 ? null : Object.fromEntries(left)
}

async function upsert(tx: Tx, puts: (FacetKey & FacetValue)[], seq: number): Promise<void> {
  const rows = puts.map(({ deviceId: device_id, source, facet, hash, members: content, private: named, at, proof }) => {
    return {
      device_id,
      source,
      facet,
      hash: hash.toString('hex'),
      content,
      private: named,
      at: at?.getTime() ?? null,
      proof,
    }
  })
  // As one value: lists of texts would have every quotation mark of an inventory escaped, and read again.
  await sql`
    insert into facets as f (device_id, source, facet, hash, content, private, at, proof, seq)
    select device_id, source, facet, decode(hash, 'hex'), content, private, coalesce(${timeOf('at')}, '-infinity'), proof, ${seq}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as put (
      device_id text, source text, facet text, hash text, content jsonb, private jsonb, at bigint, proof text)
    on conflict (device_id, source, facet) do update set
      hash = excluded.hash, content = excluded.content, private = case when f.private is null then excluded.private else f.private || coalesce(excluded.private, '{}') end,
      at = greatest(f.at, excluded.at), proof = excluded.proof, seq = excluded.seq`.execute(tx)
}
