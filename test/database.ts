// A private database for one test file, copied from the migrated template.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { inject } from 'vitest'
import { type Connection, connect } from '../server/lib/database.ts'
import { databaseUrl, template } from './cluster.ts'

export interface TestDatabase extends Connection {
  url: string
  drop(): Promise<void>
}

/** A migrated, empty database; with `empty`, one without even the migrations. `drop` it in `afterAll`. */
export async function testDatabase({ empty = false, max = 10 } = {}): Promise<TestDatabase> {
  const server = inject('server')
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(server, (client) => create(client, name, empty ? 'template0' : template))
  const url = databaseUrl(server, name)
  const connection = connect(url, { max, applicationName: 'tests', log: console })
  const drop = async () => {
    await connection.pool.end()
    await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`))
  }
  return { ...connection, url, drop }
}

async function create(client: pg.Client, name: string, source: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await client.query(
        `create database ${name} template ${source}${source === 'template0' ? ` encoding 'UTF8'` : ''}`,
      )
      return
    } catch (error) {
      // Another file is copying the template at this moment (object_in_use).
      if ((error as pg.DatabaseError).code !== '55006' || tries === 200) throw error
      await pause(25)
    }
  }
}

async function onServer(server: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  await work(client).finally(() => client.end())
}
