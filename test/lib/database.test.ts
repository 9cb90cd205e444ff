// The connection's own promises, and those of the migrations.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appliedMigrations, connect, dumpSchema, migrate } from '../../server/lib/database.ts'
import { type TestDatabase, testDatabase } from '../database.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await testDatabase({ empty: true })
  folder = await mkdtemp(join(tmpdir(), 'telltale-migrations-'))
  await writeFile(
    join(folder, '0001_first.sql'),
    'create table first (id int primary key); insert into first values (1);',
  )
  await writeFile(join(folder, 'schema.sql'), 'this is no migration')
})
afterAll(async () => {
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

describe('connect', () => {
  it('answers bigints as numbers, days as text, times in UTC, and refuses a number it cannot hold', async () => {
    const { rows } =
      await database.pool.query(`select 7::bigint as n, array[1, null, 3]::bigint[] as many, date '2026-03-29' as day,
      array[date '2026-03-29'] as days, '2026-03-29T12:00:00Z'::timestamptz as at, current_setting('timezone') as zone`)
    expect(rows[0]).toEqual({
      n: 7,
      many: [1, null, 3],
      day: '2026-03-29',
      days: ['2026-03-29'],
      at: new Date('2026-03-29T12:00:00Z'),
      zone: 'UTC',
    })
    await expect(database.pool.query('select 9007199254740993::bigint')).rejects.toThrow(RangeError)
  })

  it('survives a server that ends its connections', async () => {
    const lost: string[] = []
    const other = connect(database.url, {
      max: 1,
      applicationName: 'to be ended',
      log: { warn: (m) => void lost.push(m) },
    })
    await sql`select 1`.execute(other.db)
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'to be ended'`.execute(
      database.db,
    )
    await expect.poll(() => lost.length).toBeGreaterThan(0)
    expect((await sql`select 1 as one`.execute(other.db)).rows).toEqual([{ one: 1 }])
    await other.pool.end()
  })
})

describe('migrate', () => {
  it('applies each file once, also when two processes do it at the same time', async () => {
    const both = await Promise.all([migrate(database.db, { folder }), migrate(database.db, { folder })])
    expect(both.flat()).toEqual(['0001_first'])
    expect(await migrate(database.db, { folder })).toEqual([])
  })

  it('names the migration that fails, and keeps nothing of it', async () => {
    await writeFile(join(folder, '0002_second.sql'), 'create table second (id int); select nonsense;')
    await expect(migrate(database.db, { folder })).rejects.toThrow('0002_second')
    expect(await appliedMigrations(database.db)).toEqual(['0001_first'])
    await rm(join(folder, '0002_second.sql'))
  })

  it('refuses a database that a newer Telltale has made', async () => {
    await writeFile(join(folder, '0002_second.sql'), 'select 1')
    await migrate(database.db, { folder })
    await rm(join(folder, '0002_second.sql'))
    await expect(migrate(database.db, { folder })).rejects.toThrow('newer Telltale (it has 0002_second)')
  })
})

describe('dumpSchema', () => {
  it('is the golden schema: after a new migration run vitest with -u and commit the change', async () => {
    const migrated = await testDatabase()
    await expect(await dumpSchema(migrated.db)).toMatchFileSnapshot('../../migrations/schema.sql')
    await migrated.drop()
  })

  it('tells every kind of thing that a migration may make', async () => {
    const { db, drop } = await testDatabase({ empty: true })
    await sql
      .raw(`
      create type mood as enum ('glad', 'sad');
      create domain share as numeric check (value between 0 and 1);
      create sequence tickets start 7;
      create function touch() returns trigger language plpgsql as 'begin return new; end';
      create table "Odd One" (id bigint generated always as identity primary key, part share default 0.5 not null,
        mood mood, twice numeric generated always as (part * 2) stored, up bigint references "Odd One" deferrable);
      create unique index odd_glad on "Odd One" (mood) where mood = 'glad';
      create trigger odd_touch before update on "Odd One" for each row execute function touch();
      create table parts (day date not null) partition by range (day)`)
      .execute(db)
    expect(await dumpSchema(db)).toMatchInlineSnapshot(`
      "create type public.mood as enum ('glad', 'sad');

      create domain public.share as numeric CHECK (((VALUE >= (0)::numeric) AND (VALUE <= (1)::numeric)));

      create sequence public.tickets as bigint start 7 increment 1;

      CREATE OR REPLACE FUNCTION public.touch()
       RETURNS trigger
       LANGUAGE plpgsql
      AS $function$begin return new; end$function$
      ;

      create table public."Odd One" (
        id bigint generated always as identity not null,
        part share default 0.5 not null,
        mood mood,
        twice numeric generated always as (((part)::numeric * (2)::numeric)) stored,
        up bigint,
        constraint "Odd One_pkey" PRIMARY KEY (id),
        constraint "Odd One_up_fkey" FOREIGN KEY (up) REFERENCES "Odd One"(id) DEFERRABLE
      );
      CREATE UNIQUE INDEX odd_glad ON public."Odd One" USING btree (mood) WHERE (mood = 'glad'::mood);
      CREATE TRIGGER odd_touch BEFORE UPDATE ON public."Odd One" FOR EACH ROW EXECUTE FUNCTION touch();

      create table public.parts (
        day date not null
      ) partition by RANGE (day);
      "
    `)
    await drop()
  })
})

describe('what is asked again and again', () => {
  it('has its plan kept on the connection, with other values each time', async () => {
    const { url, drop } = await testDatabase()
    const { db, pool } = connect(url, { max: 1, applicationName: 'test', log: { warn() {} } })
    const ask = (value: number) => sql<{ twice: number }>`select ${value}::int * 2 as twice`.execute(db)
    for (let value = 0; value < 10; value++) expect((await ask(value)).rows).toEqual([{ twice: value * 2 }])
    const { rows } = await sql<{ statement: string }>`
      select statement from pg_prepared_statements where statement like '%as twice'`.execute(db)
    expect(rows).toHaveLength(1)
    await expect(sql`select ${'x'}::int * 2 as twice`.execute(db)).rejects.toMatchObject({ code: '22P02' })
    expect((await ask(4)).rows).toEqual([{ twice: 8 }])
    await pool.end()
    await drop()
  })
})
