// Backup and restore: all of it or nothing.
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backup, restore } from '../../server/lib/backup.ts'
import { appliedMigrations, dumpSchema, migrate } from '../../server/lib/database.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

let source: TestDatabase
let folder: string
let file: string

beforeAll(async () => {
  source = await testDatabase()
  await fill(source.pool)
  folder = await mkdtemp(join(tmpdir(), 'telltale backup '))
  file = join(folder, 'all of it.gz')
  await backup(source.pool, file)
})
afterAll(async () => {
  await source.drop()
  await rm(folder, { recursive: true, force: true })
})

/** Rows with everything that a careless text format would lose, in tables that refer to each other. */
async function fill(pool: pg.Pool): Promise<void> {
  await pool.query(`
    insert into ledger select n, 'device.named', 'dev_' || n, null, null, null, now(), now(), '{"kind": "system"}',
      jsonb_build_object('text', E'tab\\t, line\\n, \\\\. and \\\\N, ü 🦊', 'n', n), '\\x00ff', '\\x01', '\\x02', '\\x03' from generate_series(1, 20000) n;
    insert into people (id, name, starts_on, created_at) values ('per_1', '', '2026-03-29', now()), ('per_2', null, null, 'infinity');
    insert into devices (id, serial_number, known, created_at) values ('dev_1', 'C02XK1ABCDEF', true, '2026-11-02T15:04:05.678Z');
    insert into shipments (id, direction, person_id, ordered_at, prepared_by, created_at) values ('shp_1', 'out', 'per_1', now(), '{}', now());
    insert into shipment_devices values ('shp_1', 'dev_1');
    insert into outbox (id, sink, ordering_key, type, body, created_at, next_attempt_at) select 'msg_' || n, 'webhook', 'k', 't', '\\.', now(), now() from generate_series(1, 3) n;
    insert into auth."user" (id, name, email, "emailVerified") values ('u1', 'Fern', 'fern@example.com', true);
    insert into auth.session (id, "expiresAt", token, "updatedAt", "userId") values ('s1', now(), 'secret', now(), 'u1');
    select nextval('case_numbers'), nextval('case_numbers')`)
}

/** Every row of every table as text, and where each sequence stands. */
async function contents(pool: pg.Pool): Promise<Record<string, unknown>> {
  const { rows: tables } = await pool.query(`select schemaname || '.' || quote_ident(tablename) as name from pg_tables
    where schemaname in ('public', 'auth') and tablename not like 'kysely%' order by 1`)
  const all: Record<string, unknown> = {}
  for (const { name } of tables) {
    all[name] = (
      await pool.query(`select count(*)::int, md5(string_agg(t::text, '|' order by t::text)) from ${name} t`)
    ).rows
  }
  all['sequences'] = (
    await pool.query('select schemaname, sequencename, last_value from pg_sequences order by 1, 2')
  ).rows
  return all
}

async function isEmpty(pool: pg.Pool): Promise<boolean> {
  return (await pool.query(`select 1 from pg_tables where schemaname in ('public', 'auth')`)).rowCount === 0
}

describe('backup and restore', () => {
  it('gives an empty database the same rows, sequences and schema', async () => {
    const target = await testDatabase({ empty: true })
    const summary = await restore(target.pool, file)
    expect(summary.rows).toBe(20_000 + 2 + 1 + 1 + 1 + 3 + 1 + 1)
    expect(await contents(target.pool)).toEqual(await contents(source.pool))
    expect(await dumpSchema(target.db)).toBe(await dumpSchema(source.db))
    expect(await appliedMigrations(target.db)).toEqual(await appliedMigrations(source.db))
    expect(await migrate(target.db)).toEqual([])
    await expect(target.pool.query('delete from ledger')).rejects.toThrow('append-only')
    const { rows } =
      await target.pool.query(`insert into outbox (id, sink, ordering_key, type, body, created_at, next_attempt_at)
      values ('msg_4', 'webhook', 'k', 't', 'b', now(), now()) returning position`)
    expect(rows).toEqual([{ position: 4 }])
    await target.drop()
  })

  it('fills a database that is migrated and has no row yet', async () => {
    const target = await testDatabase()
    await restore(target.pool, file)
    expect(await contents(target.pool)).toEqual(await contents(source.pool))
    await target.drop()
  })

  it('writes for the owner only, and leaves no part behind', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    await expect(backup(source.pool, join(folder, 'no such folder', 'file'))).rejects.toThrow('ENOENT')
    expect((await source.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })

  it('takes one moment, whatever is written meanwhile', async () => {
    const busy = join(folder, 'busy.gz')
    const [summary] = await Promise.all([
      backup(source.pool, busy),
      source.pool.query(
        `insert into notes (id, text, written_at) select 'n' || n, 'x', now() from generate_series(1, 1000) n`,
      ),
    ])
    expect([20_010, 21_010]).toContain(summary.rows)
    await source.pool.query('delete from notes')
  })
})

describe('a backup that is not whole', () => {
  const ways: Record<string, (path: string) => Promise<void>> = {
    'cut in the middle': async (path) => truncate(path, Math.floor((await stat(path)).size / 2)),
    'cut by its last byte': async (path) => truncate(path, (await stat(path)).size - 1),
    'cut between two records': async (path) =>
      rewrite(path, (text) => text.slice(0, text.lastIndexOf('{"kind":"table"'))),
    'without its trailer': async (path) =>
      rewrite(path, (text) => text.slice(0, text.lastIndexOf('{"kind":"trailer"'))),
    'changed in one value': async (path) => rewrite(path, (text) => text.replace('C02XK1ABCDEF', 'C02XK1ABCDEG')),
    'changed in one byte of the file': async (path) => {
      const bytes = await readFile(path)
      bytes[Math.floor(bytes.length / 2)]! ^= 1
      await writeFile(path, bytes)
    },
    'followed by something': async (path) => rewrite(path, (text) => `${text}{}\n`),
    'no backup at all': async (path) => writeFile(path, 'hello'),
    'another gzip file': async (path) => writeFile(path, gzipSync('{"kind":"header"}\n')),
    empty: async (path) => writeFile(path, ''),
  }

  async function rewrite(path: string, change: (text: string) => string): Promise<void> {
    const text = gunzipSync(await readFile(path)).toString('latin1')
    expect(change(text)).not.toBe(text)
    await writeFile(path, gzipSync(Buffer.from(change(text), 'latin1')))
  }

  it.each(Object.keys(ways))('%s: is refused, and the database stays empty', async (way) => {
    const target = await testDatabase({ empty: true })
    const broken = join(folder, 'broken.gz')
    await writeFile(broken, await readFile(file))
    await ways[way]!(broken)
    await expect(restore(target.pool, broken)).rejects.toMatchObject({ problem: 'unreadable' })
    expect(await isEmpty(target.pool)).toBe(true)
    await restore(target.pool, file)
    await target.drop()
  })

  it('a missing file is named', async () => {
    await expect(restore(source.pool, join(folder, 'nowhere'))).rejects.toThrow('ENOENT')
  })
})

describe('a database that is not for it', () => {
  it('with rows is refused, keeps them, and the sentence says what to do', async () => {
    const target = await testDatabase()
    await target.pool.query(`insert into settings values ('kept', '1')`)
    await expect(restore(target.pool, file)).rejects.toThrow(/settings has rows.*TELLTALE_DATA/)
    expect((await target.pool.query('select key from settings')).rows).toEqual([{ key: 'kept' }])
    await target.drop()
  })

  it('a backup of a newer Telltale is refused', async () => {
    const target = await testDatabase({ empty: true })
    const older = await mkdtemp(join(tmpdir(), 'telltale-migrations-'))
    await writeFile(join(older, '0001_custody.sql'), 'select 1')
    await expect(restore(target.pool, file, older)).rejects.toThrow('newer Telltale')
    expect(await isEmpty(target.pool)).toBe(true)
    await rm(older, { recursive: true })
    await target.drop()
  })
})
