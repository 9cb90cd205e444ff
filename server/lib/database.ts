// The connection to PostgreSQL, the migrations, and the schema as text.
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import pg from 'pg'
import { AppError, messageOf } from './errors.ts'
import type { Database } from './tables.ts'

export type Db = Kysely<Database>
export type Tx = Transaction<Database>

export interface Connection {
  pool: pg.Pool
  db: Db
}

export interface ConnectOptions {
  /** The most connections at one time. */
  max: number
  applicationName: string
  log: { warn(message: string): void }
}

/**
 * A pool and Kysely on it, in UTC; nothing is connected yet. `bigint` arrives as a number (RangeError above 2^53),
 * `date` as `YYYY-MM-DD`, `timestamptz` as Date. End it by `pool.end()`: `db.destroy()` does nothing before a first query.
 */
export function connect(url: string, { max, applicationName, log }: ConnectOptions): Connection {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: applicationName,
    options: '-c timezone=UTC',
    types: { getTypeParser },
  })
  // Without a listener, a server that ends an idle connection would end the process.
  pool.on('error', (error) => log.warn(`A database connection was lost: ${messageOf(error)}`))
  pool.on('connect', (client) => {
    client.on('error', () => {})
    prepareRepeated(client)
  })
  return { pool, db: new Kysely<Database>({ dialect: new PostgresDialect({ pool }) }) }
}

/** A time out of JSON, where it is in milliseconds: years before 1 and after 9999 have no text that both sides read. */
export const timeOf = (column: string) => sql`('epoch'::timestamptz + ${sql.ref(column)} * interval '1 millisecond')`

/** For a list of ids, as one parameter: a statement takes 65,535 of them, and is prepared once for lists of any length. */
export const oneOf = (ids: Iterable<string>) => sql<string>`any (${[...ids]}::text[])`

/** A statement asked so often on a connection is worth its plan being kept there; so many of them at most. */
const REPEATED = 3
const PREPARED_MAX = 300

/** Has the server keep the plans of what is asked again and again: making one costs it more than running it. */
function prepareRepeated(client: pg.PoolClient): void {
  const asked = new Map<string, number>()
  const names = new Map<string, string>()
  const query = client.query.bind(client) as (...args: unknown[]) => unknown
  const prepared = (text: unknown, values: unknown, ...rest: unknown[]): unknown => {
    // Without values it may be several statements, which cannot be prepared.
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0 || rest.length > 0)
      return query(text, values, ...rest)
    const known = names.get(text)
    if (known !== undefined) return query({ name: known, text, values })
    const times = (asked.get(text) ?? 0) + 1
    if (asked.size >= 10 * PREPARED_MAX) asked.clear()
    asked.set(text, times)
    if (times < REPEATED || names.size >= PREPARED_MAX) return query(text, values)
    const name = `t${names.size + 1}`
    names.set(text, name)
    asked.delete(text)
    return query({ name, text, values })
  }
  client.query = prepared as typeof client.query
}

/** A server that is away, starting, ending or has no connection left: SQLSTATE classes 08, 57P and 53300, or the socket's own. */
const away = /^(?:08\w{3}|57P0\d|53300|ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/

/** Whether a query failed since the database cannot be reached for now. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, message } = error as Error & { code?: unknown }
  return typeof code === 'string' ? away.test(code) : /^Connection terminated/.test(message)
}

const oids = { bigint: 20, bigints: 1016, date: 1082, dates: 1182, texts: 1009 }

function getTypeParser(oid: number, format?: 'text' | 'binary') {
  const given = pg.types.getTypeParser(oid, format as 'text')
  if (format === 'binary') return given
  if (oid === oids.bigint) return safeInteger
  if (oid === oids.bigints) {
    return (text: string) => (given(text) as (string | null)[]).map((each) => each && safeInteger(each))
  }
  if (oid === oids.date) return (text: string) => text
  if (oid === oids.dates) return pg.types.getTypeParser(oids.texts, 'text')
  return given
}

function safeInteger(text: string): number {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError(`bigint ${text} is too large for a number`)
  return number
}

// --- migrations ---

export const migrationsFolder = fileURLToPath(new URL('../../migrations/', import.meta.url))

export interface MigrateOptions {
  folder?: string
  /** The last migration to apply; all when absent. */
  upTo?: string
  /** False inside a transaction of the caller's own. */
  transaction?: boolean
}

/**
 * Applies the migrations that are missing, all in one transaction, and returns their names. Two processes at once are
 * safe: one migrates, the other waits and finds nothing to do. Throws AppError `unavailable` for a server older than
 * PostgreSQL 15, and `conflict` for a database made by a newer Telltale.
 */
export async function migrate(db: Db, options: MigrateOptions = {}): Promise<string[]> {
  const known = await readMigrations(options.folder ?? migrationsFolder)
  await refuseOldServer(db)
  refuseUnknown(await appliedMigrations(db), Object.keys(known))
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => known },
    disableTransactions: options.transaction === false,
  })
  const { error, results } = await (options.upTo ? migrator.migrateTo(options.upTo) : migrator.migrateToLatest())
  const failed = results?.find((result) => result.status === 'Error')?.migrationName
  if (error) throw new Error(`migration ${failed ?? ''} failed: ${messageOf(error)}`, { cause: error })
  return (results ?? []).map((result) => result.migrationName)
}

/** The names of the migrations that a database has, oldest first; none when it is new. */
export async function appliedMigrations(db: Db): Promise<string[]> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass('kysely_migration') is not null as there`.execute(db)
  if (!rows[0]?.there) return []
  const applied = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return applied.rows.map((row) => row.name)
}

/** Throws AppError `conflict` when a database or a backup has migrations that this program lacks. */
export function refuseUnknown(names: string[], known: string[]): void {
  const unknown = names.filter((name) => !known.includes(name))
  if (unknown.length === 0) return
  throw new AppError(
    'conflict',
    `This was made by a newer Telltale (it has ${unknown.join(', ')}). Use that version, or a later one.`,
  )
}

/** The migrations of a folder by name: every `.sql` file that begins with a number, which leaves out schema.sql. */
export async function readMigrations(folder: string): Promise<Record<string, Migration>> {
  const names = (await readdir(folder)).filter((name) => /^\d.*\.sql$/.test(name)).sort()
  const entries = names.map(async (name): Promise<[string, Migration]> => {
    const text = await readFile(join(folder, name), 'utf8')
    return [basename(name, '.sql'), { up: async (db) => void (await sql.raw(text).execute(db)) }]
  })
  return Object.fromEntries(await Promise.all(entries))
}

async function refuseOldServer(db: Db): Promise<void> {
  const { rows } = await sql<{ number: number; version: string }>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as version`.execute(
    db,
  )
  if (rows[0] && rows[0].number >= 150000) return
  throw new AppError('unavailable', `Telltale needs PostgreSQL 15 or newer; this server is ${rows[0]?.version}.`)
}

// --- the schema as text ---

/**
 * The schemas public and auth as text, from the catalogues: the same for the same migrations on every server from
 * PostgreSQL 15 on. Types, sequences, functions, then each table with its indexes and triggers, then views, by name.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const parts: string[] = []
  for (const query of [types, sequences, functions, tables, views]) {
    const { rows } = await query.execute(db)
    parts.push(...rows.map((row) => row.text.trim()))
  }
  return `${parts.join('\n\n')}\n`
}

const ours = sql`n.nspname in ('public', 'auth')`
const ofNoExtension = (catalogue: string, oid: string) => sql`not exists (
  select from pg_depend d where d.classid = ${sql.lit(catalogue)}::regclass and d.objid = ${sql.ref(oid)} and d.deptype = 'e')`

const types = sql<{ text: string }>`
  select case t.typtype
      when 'e' then format('create type %I.%I as enum (%s);', n.nspname, t.typname,
        (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid))
      else format('create domain %I.%I as %s;', n.nspname, t.typname, concat_ws(' ', format_type(t.typbasetype, t.typtypmod),
        'default ' || t.typdefault,
        (select string_agg(pg_get_constraintdef(c.oid), ' ' order by c.conname collate "C") from pg_constraint c where c.contypid = t.oid)))
    end as text
  from pg_type t join pg_namespace n on n.oid = t.typnamespace
  where ${ours} and t.typtype in ('e', 'd') and ${ofNoExtension('pg_type', 't.oid')}
  order by n.nspname collate "C", t.typname collate "C"`

const sequences = sql<{ text: string }>`
  select format('create sequence %I.%I as %s start %s increment %s;', n.nspname, c.relname,
    format_type(s.seqtypid, null), s.seqstart, s.seqincrement) as text
  from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('i', 'e'))
  order by n.nspname collate "C", c.relname collate "C"`

const functions = sql<{ text: string }>`
  select pg_get_functiondef(p.oid) || ';' as text
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where ${ours} and p.prokind in ('f', 'p') and ${ofNoExtension('pg_proc', 'p.oid')}
  order by n.nspname collate "C", p.proname collate "C", pg_get_function_identity_arguments(p.oid) collate "C"`

// Constraints of kind "n" (not null) exist in the catalogue only from PostgreSQL 18 on; the columns say it everywhere.
const tables = sql<{ text: string }>`
  select concat_ws(e'\n',
    format(e'create table %I.%I (\n%s\n)%s%s;', n.nspname, c.relname,
      (select string_agg('  ' || line, e',\n' order by part, place, line collate "C") from (
        select 1 as part, a.attnum as place, concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          case when a.attcollation <> t.typcollation then 'collate ' || a.attcollation::regcollation::text end,
          case a.attidentity when 'a' then 'generated always as identity' when 'd' then 'generated by default as identity' end,
          case when a.attgenerated <> '' then format('generated always as (%s) stored', pg_get_expr(f.adbin, f.adrelid))
            else 'default ' || pg_get_expr(f.adbin, f.adrelid) end,
          case when a.attnotnull then 'not null' end) as line
        from pg_attribute a join pg_type t on t.oid = a.atttypid
          left join pg_attrdef f on f.adrelid = a.attrelid and f.adnum = a.attnum
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        union all
        select 2, 0, format('constraint %I %s', k.conname, pg_get_constraintdef(k.oid))
        from pg_constraint k where k.conrelid = c.oid and k.contype in ('p', 'u', 'c', 'f', 'x')
      ) lines),
      ' partition by ' || pg_get_partkeydef(c.oid), ' with (' || array_to_string(c.reloptions, ', ') || ')'),
    (select string_agg(pg_get_indexdef(i.indexrelid) || ';', e'\n' order by x.relname collate "C")
      from pg_index i join pg_class x on x.oid = i.indexrelid
      where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))),
    (select string_agg(pg_get_triggerdef(g.oid) || ';', e'\n' order by g.tgname collate "C")
      from pg_trigger g where g.tgrelid = c.oid and not g.tgisinternal)) as text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and c.relkind in ('r', 'p') and not c.relispartition
    and c.relname not in ('kysely_migration', 'kysely_migration_lock') and ${ofNoExtension('pg_class', 'c.oid')}
  order by n.nspname collate "C", c.relname collate "C"`

// In the server's own words, which changed with PostgreSQL 16.
const views = sql<{ text: string }>`
  select format(e'create %s %I.%I as\n%s', case c.relkind when 'm' then 'materialized view' else 'view' end,
    n.nspname, c.relname, pg_get_viewdef(c.oid)) as text
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where ${ours} and c.relkind in ('v', 'm') and ${ofNoExtension('pg_class', 'c.oid')}
  order by n.nspname collate "C", c.relname collate "C"`
