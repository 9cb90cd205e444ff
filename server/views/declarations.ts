// Declarations of the whole company, and everything that silenced something lately.
import { type Expression, type SqlBool, sql } from 'kysely'
import { keptPlace } from '../addresses/declared-place.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import type { Db } from '../lib/database.ts'
import { dayOf } from '../lib/time.ts'
import type { DeclarationKind } from '../people/declarations.ts'
import { namesOf } from './actors.ts'
import { cutPage } from './page.ts'
import { entriesOf } from './timeline.ts'

export interface DeclarationFilter {
  state: 'in force' | 'to come' | 'over' | 'all'
  kind: DeclarationKind | null
  /** Whom it is about: everybody, somebody, or either. */
  scope: 'everybody' | 'somebody' | null
  now: Date
  after: { startsOn: string; id: string } | null
  limit: number
}

/** The newest first, by when they begin. */
export async function listDeclarations(db: Db, { state, kind, scope, now, after, limit }: DeclarationFilter) {
  const today = dayOf(now)
  const rows = await db
    .selectFrom('declarations as d')
    .leftJoin('people as p', 'p.id', 'd.person_id')
    .leftJoin('people as o', 'o.id', 'd.other_person_id')
    .selectAll('d')
    .select(['p.name as person_name', 'o.name as other_name'])
    .where((eb) => {
      const is: Expression<SqlBool>[] = []
      if (state === 'in force')
        is.push(eb('d.ended_at', 'is', null), eb('d.starts_on', '<=', today), eb('d.ends_on', '>=', today))
      if (state === 'to come') is.push(eb('d.ended_at', 'is', null), eb('d.starts_on', '>', today))
      if (state === 'over') is.push(eb.or([eb('d.ended_at', 'is not', null), eb('d.ends_on', '<', today)]))
      if (kind !== null) is.push(eb('d.kind', '=', kind))
      if (scope !== null) is.push(eb('d.person_id', scope === 'everybody' ? 'is' : 'is not', null))
      if (after !== null) is.push(sql<boolean>`(d.starts_on, d.id) < (${after.startsOn}::date, ${after.id})`)
      return eb.and(is)
    })
    .orderBy('d.starts_on', 'desc')
    .orderBy('d.id', 'desc')
    .limit(limit + 1)
    .execute()
  const { page, last } = cutPage(rows, limit)
  const nameOf = await namesOf(
    db,
    page.map((row) => row.author),
  )
  return {
    next: last && { startsOn: last.starts_on, id: last.id },
    declarations: page.map((row) => ({
      id: row.id,
      kind: row.kind,
      person: row.person_id === null ? null : { id: row.person_id, name: row.person_name },
      other: row.other_person_id === null ? null : { id: row.other_person_id, name: row.other_name },
      value: row.value,
      /** Whether its address line was read: an office as one building, a second home as a place. Null where it is none. */
      isRead: isRead(row),
      startsOn: row.starts_on,
      endsOn: row.ends_on,
      endedAt: row.ended_at?.toISOString() ?? null,
      reason: row.reason,
      owner: nameOf(row.author),
      state:
        row.ended_at !== null || (row.ends_on !== null && row.ends_on < today)
          ? ('over' as const)
          : row.starts_on > today
            ? ('to come' as const)
            : ('in force' as const),
    })),
  }
}

function isRead(row: Parameters<typeof keptPlace>[0]): boolean | null {
  const kept = keptPlace(row)
  if (kept === null) return null
  return kept.buildingKey !== null || (row.kind === 'second_home' && kept.place.country !== null)
}

/** Kinds of event by which somebody silences something, or lets it speak again. The index `ledger_silences` has the same. */
export const silencing = [
  'declaration.made',
  'declaration.ended',
  'suppression.made',
  'suppression.ended',
  'place.set',
  'setting.changed',
  'approval.granted',
  'approval.refused',
  'approval.ended',
  'rule.set',
  'change.proposed',
  'change.decided',
  'token.distrusted',
] as const

const SHOWN = 300

/** Who silenced what since a time, and why: for whoever audits it. Newest first; `isCut` where there was more. */
export async function readSilences(db: Db, input: { since: Date }) {
  const rows = await db
    .selectFrom('ledger')
    .select(eventColumns)
    .where(sql<boolean>`kind in (${sql.join(silencing.map((kind) => sql.lit(kind)))})`)
    .where('recorded_at', '>=', input.since)
    .orderBy('seq', 'desc')
    .limit(SHOWN + 1)
    .execute()
  const events = rows.slice(0, SHOWN).map(toEvent)
  const declared = events.flatMap((event) =>
    event.kind === 'declaration.made' && event.payload ? [[event.seq, event.payload.declarationId] as const] : [],
  )
  const reasonOf = await reasonsOf(
    db,
    declared.map(([, id]) => id),
  )
  const idOf = new Map(declared)
  const entries = await entriesOf(db, events)
  return {
    isCut: rows.length > SHOWN,
    entries: entries.map((entry, index) => ({
      ...entry,
      quote: entry.quote ?? reasonOf.get(idOf.get(entry.seq) ?? '') ?? null,
      personId: events[index]?.personId ?? null,
    })),
  }
}

async function reasonsOf(db: Db, declarationIds: string[]): Promise<Map<string, string | null>> {
  if (declarationIds.length === 0) return new Map()
  const rows = await db.selectFrom('declarations').select(['id', 'reason']).where('id', 'in', declarationIds).execute()
  return new Map(rows.map((row) => [row.id, row.reason]))
}
