// Backup and restore of the whole database through COPY, since the embedded PostgreSQL comes without pg_dump.
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import {
  type BackupRecord,
  type Header,
  readBackupFile,
  type Table,
  type WriteRecord,
  writeBackupFile,
} from './backup-file.ts'
import { appliedMigrations, type Db, migrate, migrationsFolder, readMigrations, refuseUnknown } from './database.ts'
import { AppError } from './errors.ts'
import type { Database } from './tables.ts'

/** What was written or restored, for the one who asked. */
export interface BackupSummary {
  tables: number
  rows: number
  migrations: string[]
}

/**
 * Writes every table and sequence of the schemas public and auth, as of one moment, to `file` (gzip, mode 0600), while
 * the service goes on working. Jobs in the queue (graphile_worker) are left out: they are made again from the tables.
 */
export async function backup(pool: pg.Pool, file: string): Promise<BackupSummary> {
  return withClient(pool, async (client) => {
    await client.query('begin isolation level repeatable read read only')
    await client.query(plainFormats)
    const migrations = await appliedMigrations(kyselyOn(client))
    const tables = await inForeignKeyOrder(client, await listTables(client))
    const rows: Record<string, number> = {}
    await writeBackupFile(file, async (write) => {
      await write({
        kind: 'header',
        format: 'telltale-backup',
        version: 1,
        takenAt: new Date().toISOString(),
        migrations,
      })
      for (const table of tables) rows[nameOf(table)] = await writeTable(client, table, write)
      await writeSequences(client, write)
      await write({ kind: 'trailer', rows })
    })
    await client.query('commit')
    return { tables: tables.length, rows: sum(rows), migrations }
  })
}

async function writeTable(client: pg.PoolClient, table: Table, write: WriteRecord): Promise<number> {
  await write(table)
  const rows = client.query(copyTo(`copy ${targetOf(table)} to stdout`))
  for await (const content of rows) await write({ kind: 'data', content })
  return rows.rowCount
}

async function writeSequences(client: pg.PoolClient, write: WriteRecord): Promise<void> {
  const { rows } = await client.query<{ schema: string; name: string; value: string }>(`
    select schemaname as schema, sequencename as name, last_value::text as value from pg_sequences
    where schemaname in ('public', 'auth') and last_value is not null order by 1, 2`)
  for (const sequence of rows) await write({ kind: 'sequence', ...sequence })
}

/**
 * Fills an empty database (new, or migrated and without a row) from a backup, in one transaction: it is whole or it
 * did not happen. The schema is then that of the backup; `migrate` brings it up to date. Throws AppError `conflict` for
 * a database that is not empty or a backup of a newer Telltale, `unreadable` for a file that was cut or changed.
 */
export async function restore(pool: pg.Pool, file: string, folder = migrationsFolder): Promise<BackupSummary> {
  return withClient(pool, async (client) => {
    await client.query('begin')
    await client.query(`${plainFormats}; set constraints all deferred`)
    const records = readBackupFile(file)
    try {
      const header = await readHeader(records)
      await makeSchema(kyselyOn(client), header.migrations, folder)
      const tables = await listTables(client)
      await refuseRows(client, tables)
      const rows = await fill(client, records, tables)
      await client.query('commit')
      return { tables: Object.keys(rows).length, rows: sum(rows), migrations: header.migrations }
    } finally {
      await records.return(undefined)
    }
  })
}

async function readHeader(records: AsyncGenerator<BackupRecord>): Promise<Header> {
  const { value } = await records.next()
  if (value?.kind !== 'header') throw broken()
  return value
}

/** Brings the schema to exactly the level of the backup, since its rows have the columns of that level. */
async function makeSchema(db: Db, wanted: string[], folder: string): Promise<void> {
  const known = Object.keys(await readMigrations(folder))
  refuseUnknown(wanted, known)
  const upTo = wanted.at(-1)
  if (!upTo || wanted.some((name, i) => name !== known[i])) throw broken()
  const applied = await appliedMigrations(db)
  if (applied.length > wanted.length) {
    throw new AppError('conflict', `The database is newer than the backup. ${useNewOne}`)
  }
  await migrate(db, { folder, upTo, transaction: false })
}

async function refuseRows(client: pg.PoolClient, tables: Table[]): Promise<void> {
  for (const table of tables) {
    const { rowCount } = await client.query(`select 1 from ${quoted(table)} limit 1`)
    if (rowCount) throw new AppError('conflict', `The database is not empty (${nameOf(table)} has rows). ${useNewOne}`)
  }
}

const useNewOne = 'Restore into a new one: another folder in TELLTALE_DATA, or an empty database in DATABASE_URL.'

/** Copies what the file holds into its tables, and compares the counts with the trailer. */
async function fill(client: pg.PoolClient, records: AsyncGenerator<BackupRecord>, tables: Table[]) {
  const known = new Set(tables.map(targetOf))
  const rows: Record<string, number> = {}
  let record = await next(records)
  while (record.kind !== 'trailer') {
    if (record.kind === 'table') {
      if (!known.has(targetOf(record)) || nameOf(record) in rows) throw broken()
      const { count, after } = await fillTable(client, record, records)
      rows[nameOf(record)] = count
      record = after
    } else if (record.kind === 'sequence') {
      await client.query(`select setval(format('%I.%I', $1::text, $2::text)::regclass, $3::bigint)`, [
        record.schema,
        record.name,
        record.value,
      ])
      record = await next(records)
    } else {
      throw broken()
    }
  }
  const named = Object.keys(record.rows)
  const missing = tables.length !== named.length || named.length !== Object.keys(rows).length
  if (missing || named.some((name) => rows[name] !== record.rows[name])) throw broken()
  return rows
}

/** Feeds the pieces of one table to COPY; returns the first record that is none of them. */
async function fillTable(client: pg.PoolClient, table: Table, records: AsyncGenerator<BackupRecord>) {
  const target = client.query(copyFrom(`copy ${targetOf(table)} from stdin`))
  // Not `pipeline`: once the server has refused a row, pg-copy-streams can neither be written to nor destroyed.
  const outcome: { refusal: pg.DatabaseError | null } = { refusal: null }
  const settled = new Promise<void>((settle) => {
    target.once('finish', settle).on('error', (error) => {
      outcome.refusal = error as pg.DatabaseError
      settle()
    })
  })
  let record = await next(records)
  for (; record.kind === 'data' && !outcome.refusal; record = await next(records)) {
    if (!target.write(record.content))
      await Promise.race([new Promise((ready) => target.once('drain', ready)), settled])
  }
  if (!outcome.refusal) target.end()
  await settled
  // Class 22 is data, 23 a constraint: what we wrote ourselves breaks neither. The error's details would quote rows.
  if (outcome.refusal) throw /^2[23]/.test(outcome.refusal.code ?? '') ? broken() : outcome.refusal
  return { count: target.rowCount, after: record }
}

async function next(records: AsyncGenerator<BackupRecord>): Promise<BackupRecord> {
  const { value, done } = await records.next()
  if (done) throw broken()
  return value
}

function broken(): AppError {
  return new AppError('unreadable', 'The file is not a whole backup of Telltale: its parts do not belong together.')
}

// --- the catalogue ---

/** The tables of ours with the columns that can be written; generated ones compute themselves. */
async function listTables(client: pg.PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    select 'table' as kind, n.nspname as schema, c.relname as name,
      array(select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('public', 'auth') and c.relkind = 'r'
      and c.relname not in ('kysely_migration', 'kysely_migration_lock')
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
    order by 2, 3`)
  return rows
}

/** What is referred to before what refers to it. References within a table, and deferrable ones, ask for no order. */
async function inForeignKeyOrder(client: pg.PoolClient, tables: Table[]): Promise<Table[]> {
  const { rows: references } = await client.query<{ from: string; to: string }>(`
    select n.nspname || '.' || c.relname as from, fn.nspname || '.' || fc.relname as to
    from pg_constraint k
      join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
      join pg_class fc on fc.oid = k.confrelid join pg_namespace fn on fn.oid = fc.relnamespace
    where k.contype = 'f' and k.conrelid <> k.confrelid and not k.condeferrable`)
  const waiting = new Map(tables.map((table) => [nameOf(table), table]))
  const ordered: Table[] = []
  while (waiting.size > 0) {
    const ready = [...waiting].filter(
      ([name]) => !references.some((each) => each.from === name && waiting.has(each.to)),
    )
    if (ready.length === 0) throw new Error(`tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`)
    for (const [name, table] of ready) {
      ordered.push(table)
      waiting.delete(name)
    }
  }
  return ordered
}

const nameOf = (table: Table) => `${table.schema}.${table.name}`
const quoted = (table: Table) => `${pg.escapeIdentifier(table.schema)}.${pg.escapeIdentifier(table.name)}`
const targetOf = (table: Table) => `${quoted(table)} (${table.columns.map(pg.escapeIdentifier).join(', ')})`
const sum = (rows: Record<string, number>) => Object.values(rows).reduce((all, count) => all + count, 0)

// The text of a value depends on these; the same on both sides, whatever the server's own settings are.
const plainFormats = `
  set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
  set local bytea_output = 'hex'; set local extra_float_digits = 1; set local statement_timeout = 0`

// --- one connection ---

/** Runs on one connection; after a failure it is closed, which undoes what it had begun. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  try {
    const result = await work(client)
    client.release()
    return result
  } catch (error) {
    client.release(true)
    throw error
  }
}

/** Kysely on a connection that somebody else has and keeps. */
function kyselyOn(client: pg.PoolClient): Db {
  const borrowed = { query: client.query.bind(client) as PostgresPoolClient['query'], release: () => {} }
  const pool = { connect: async () => borrowed, end: async () => {}, options: {} }
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) })
}
