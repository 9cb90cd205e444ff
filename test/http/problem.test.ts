// What a request is answered with when it is no fault of its own.
import { expect, it } from 'vitest'
import { problemResponse } from '../../server/http/problem.ts'
import { connect } from '../../server/lib/database.ts'
import { freePort } from '../service.ts'

const log = { error() {}, warn() {} }

it('while the database is away, whoever sends is told to send it again', async () => {
  const url = `postgresql://nobody@127.0.0.1:${await freePort()}/nothing`
  const { db, pool } = connect(url, { max: 1, applicationName: 'tests', log })
  const error = await db
    .selectFrom('cursors')
    .select('seq')
    .execute()
    .catch((thrown: unknown) => thrown)
  await pool.end()
  const answer = problemResponse(error, log)
  expect(answer.status).toBe(503)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})

it('a fault of ours stays one, and shows no word of it', async () => {
  const answer = problemResponse(Object.assign(new Error('column "secret" is missing'), { code: '42703' }), log)
  expect(answer.status).toBe(500)
  expect(await answer.text()).not.toContain('secret')
})
