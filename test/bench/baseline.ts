// The plain service that Telltale is compared with: Hono and pg, one table, one insert of the whole body per request.
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import pg from 'pg'

const [databaseUrl = '', port = '0'] = process.argv.slice(2)
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 })
await pool.query('create table if not exists bodies (id bigint generated always as identity primary key, body jsonb)')

const app = new Hono()
app.post('/checkins', async (c) => {
  await pool.query('insert into bodies (body) values ($1)', [JSON.stringify(await c.req.json())])
  return c.json({ stored: true })
})
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' }, () => process.stdout.write('ready\n'))
