// One PostgreSQL for the whole suite, with a migrated template that every test file's own database is copied from.
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { connect, migrate } from '../server/lib/database.ts'
import { type Log, startPostgres } from '../server/lib/postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A server, as a superuser or at least one who may create databases; its database is `postgres` or the operator's. */
    server: string
  }
}

export const template = 'telltale_template'

const quiet: Log = { info() {}, warn() {}, error() {} }

// Nothing here has to outlive a power cut.
const careless = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
}

/** Uses the server of TEST_DATABASE_URL where that is set, else starts one in the temporary folder. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL']
  const own = given ? null : await startCluster()
  const server = given ?? own!.url
  await makeTemplate(server)
  project.provide('server', server)
  return async () => own?.stop()
}

async function startCluster() {
  await removeAbandoned()
  const folder = await mkdtemp(join(tmpdir(), `telltale-tests-${process.pid}-`))
  // The user that PostgreSQL runs as must get through, and mkdtemp makes 0700.
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    folder,
    log: quiet,
    options: careless,
    initdb: ['--no-sync'],
    elsewhere: folder,
  })
  const stop = async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
  return { url: postgres.url, stop }
}

/** Clusters of test runs that were killed: their server is ended at once, their folder removed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const owner = /^telltale-tests-(\d+)-/.exec(name)?.[1]
    if (!owner || signal(Number(owner), 0)) continue
    const pidFile = join(tmpdir(), name, 'postgres-18', 'postmaster.pid')
    const pid = Number((await readFile(pidFile, 'utf8').catch(() => '')).split('\n')[0])
    const command = pid ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
    if (command.includes(name)) signal(pid, 'SIGQUIT')
    await rm(join(tmpdir(), name), { recursive: true, force: true, maxRetries: 3 }).catch(() => {})
  }
}

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function makeTemplate(server: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await client.query(`drop database if exists ${template} with (force)`)
  await client.query(`create database ${template} template template0 encoding 'UTF8' ${await locale(client)}`)
  await client.end()
  const { db, pool } = connect(databaseUrl(server, template), { max: 1, applicationName: 'tests', log: quiet })
  await migrate(db)
  await pool.end()
}

/** What the embedded cluster has, or the nearest that an older server can do: order by code point, case by Unicode. */
async function locale(client: pg.Client): Promise<string> {
  const { rows } = await client.query(`select current_setting('server_version_num')::int >= 170000 as builtin`)
  return rows[0].builtin
    ? `locale_provider builtin builtin_locale 'C.UTF-8' locale 'C'`
    : `lc_collate 'C' lc_ctype 'C.UTF-8'`
}

/** The URL of another database of the same server. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}
