// Databases for the labelled years: a real PostgreSQL that need not outlive a power cut, since its disk is not what is measured.
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { type Connection, connect, migrate } from '../../../server/lib/database.ts'
import { startPostgres } from '../../../server/lib/postgres.ts'

const quiet = { info() {}, warn() {}, error() {} }
const careless = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off', max_connections: '60' }

export interface Server {
  /** A new one, migrated and empty. */
  open(name: string): Promise<Connection>
  stop(): Promise<void>
}

export async function startServer(): Promise<Server> {
  const folder = await mkdtemp(path.join(tmpdir(), 'telltale-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({
    folder,
    log: quiet,
    options: careless,
    initdb: ['--no-sync'],
    elsewhere: folder,
  })
  return {
    async open(name) {
      const admin = new pg.Client({ connectionString: postgres.url })
      await admin.connect()
      await admin.query(`create database ${name} template template0 encoding 'UTF8'`)
      await admin.end()
      const url = Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href
      const database = connect(url, { max: 6, applicationName: 'bench', log: quiet })
      await migrate(database.db)
      return database
    },
    async stop() {
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
