// Every endpoint that machines write to, given what no machine should send: the answers of CONTRACTS, and nothing lost.
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createToken } from '../../server/access/tokens.ts'
import { systemActor } from '../../server/custody/events.ts'
import {
  type Answer,
  easyPostProof,
  jamfProof,
  secrets,
  startTestService,
  type TestService,
  type TestToken,
} from '../service.ts'

let edge: TestService
let token: TestToken

beforeAll(async () => {
  edge = await startTestService()
  token = await edge.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'] })
})
afterEach(async () => {
  expect((await edge.send('GET', '/readyz')).status, 'it still answers').toBe(200)
  expect(
    edge.logged.filter((line) => /failed/.test(line)),
    'nothing of ours broke',
  ).toEqual([])
})
afterAll(() => edge?.stop())

const day = '2026-11-02T15:04:05Z'
let serial = 0
const number = () => String(++serial).padStart(6, '0')

/** The endpoints that take a token: what each calls its source, a good object, and a member of it that holds free text. */
const endpoints = [
  { where: '/checkins', member: 'hostname', good: () => ({ serialNumber: `EDGE${number()}`, reportedAt: day }) },
  { where: '/people', member: 'name', good: () => ({ external_id: `E${number()}`, name: 'Ines Calder' }) },
  { where: '/devices', member: 'model', good: () => ({ serial_number: `EDGE${number()}` }) },
  {
    where: '/shipments',
    member: 'addressee',
    good: () => ({ reference: `S${number()}`, direction: 'out', ordered_at: day }),
  },
].map((endpoint) => ({ ...endpoint, source: endpoint.where.slice(1) }))

const post = (where: string, body: string | Uint8Array, headers: Record<string, string> = token.headers) =>
  edge.send('POST', where, body, headers)

function expectProblem(answer: Answer, status: number): void {
  expect({ status: answer.status, type: answer.headers.get('content-type') }, answer.text).toEqual({
    status,
    type: 'application/problem+json',
  })
  expect(answer.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
  expect(answer.json.requestId).toMatch(/^[\w-]{36}$/)
}

interface Kept {
  id: string
  source: string
  status: string
  reason: string | null
  body: Buffer | null
}

/** What the inbox has of a source. */
async function kept(source: string): Promise<Kept[]> {
  const { rows } = await edge.database.pool.query<Kept>(
    'select id, source, status, reason, body from inbox where source = $1',
    [source],
  )
  return rows
}

/** What is kept on top of what was there when `work` began. */
async function keptBy(source: string, work: () => Promise<unknown>): Promise<Kept[]> {
  const before = new Set((await kept(source)).map((row) => row.id))
  await work()
  return (await kept(source)).filter((row) => !before.has(row.id))
}

const nested = (open: string, close: string) => `${open.repeat(10_000)}1${close.repeat(10_000)}`

describe.each(endpoints)('POST $where', ({ where, source, member, good }) => {
  const unreadable: [string, string | Uint8Array][] = [
    ['nothing at all', ''],
    ['malformed JSON', '{"a":'],
    ['JSON cut short', JSON.stringify(good()).slice(0, -4)],
    ['a bare NUL', '{"a":\u0000'],
    ['ten thousand arrays in each other', nested('[', ']')],
    ['ten thousand objects in each other', nested('{"a":', '}')],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22])],
  ]
  it.each(unreadable)('answers 400 to %s, and keeps the bytes', async (_what, body) => {
    const rows = await keptBy(source, async () => expectProblem(await post(where, body), 400))
    expect(rows).toMatchObject([{ status: 'failed', reason: expect.stringContaining('body') }])
    expect(rows[0]?.body).toEqual(Buffer.from(body))
  })

  it('answers 400 to a gzip stream that is cut or is none, and keeps the bytes', async () => {
    const whole = gzipSync(JSON.stringify(good()))
    for (const body of [whole.subarray(0, whole.length - 6), Buffer.from('{}')]) {
      const rows = await keptBy(source, async () =>
        expectProblem(await post(where, body, { ...token.headers, 'content-encoding': 'gzip' }), 400),
      )
      expect(rows.map((row) => row.body)).toEqual([body])
    }
  })

  const wrong = ['null', '7', '"text"', 'true', '{}', '{"__proto__":{"external_id":"x"}}', `{"${member}":[]}`]
  it.each(wrong)('answers 422 to %s, names the fault, and keeps it', async (body) => {
    const rows = await keptBy(source, async () => {
      const answer = await post(where, body)
      expectProblem(answer, 422)
      expect(answer.json.errors[0]).toEqual({ path: expect.any(String), problem: expect.any(String) })
    })
    expect(rows).toMatchObject([{ status: 'failed' }])
    expect(JSON.parse(String(rows[0]?.body))).toEqual(JSON.parse(body))
  })

  it('answers 422 with the path of a text that is a megabyte long, or an object, or a number past all bounds', async () => {
    for (const value of [JSON.stringify('x'.repeat(1 << 20)), '{"a":1}', '1e400']) {
      const body = `${JSON.stringify(good()).slice(0, -1)},"${member}":${value}}`
      const answer = await post(where, body)
      expectProblem(answer, 422)
      expect(answer.json.errors.map((fault: { path: string }) => fault.path)).toContain(member)
    }
  })

  const odd = [
    'a\\u0000b',
    '\\ud800',
    '\\udc00 alone',
    '\\u202egnp.exe',
    'שלום',
    '\\ud83e\\udd8a',
    "'; drop table ledger; --",
  ]
  it.each(odd)('takes the text %s as somebody’s odd name', async (text) => {
    const answer = await post(
      where,
      `${JSON.stringify(good()).slice(0, -1)},"${member}":"${text}","__proto__":{"a":1}}`,
    )
    expect({ status: answer.status, rejected: answer.json.rejected }).toEqual({ status: 200, rejected: [] })
  })

  it('takes members it has no word for, however long and odd', async () => {
    const note = `${'a'.repeat(999)}🦊`
    const body = { ...good(), [`${'k'.repeat(99)}🦊`]: 'x', note, constructor: { prototype: 1 }, list: [[['deep']]] }
    expect((await post(where, JSON.stringify(body))).json).toMatchObject({ rejected: [] })
  })

  it('applies the others when one of an array is wrong, and names and keeps that one', async () => {
    const rows = await keptBy(source, async () => {
      const answer = await post(where, JSON.stringify([good(), { [member]: [] }, good()]))
      expect(answer.status).toBe(200)
      expect(answer.json.rejected).toEqual([{ index: 1, problem: expect.any(String) }])
      expect(answer.json.accepted ?? answer.json.created).toBe(2)
    })
    expect(rows.map((row) => String(row.body))).toEqual([JSON.stringify({ [member]: [] })])
  })

  it('applies the others when a line of NDJSON cannot be read, and keeps that line', async () => {
    const rows = await keptBy(source, async () => {
      const lines = `${JSON.stringify(good())}\r\n{"half":\n\n${JSON.stringify(good())}\n${nested('[', ']')}`
      const answer = await post(where, lines, { ...token.headers, 'content-type': 'application/x-ndjson' })
      expect(answer.status).toBe(200)
      expect(answer.json.rejected).toEqual([
        { index: 1, problem: 'is not JSON' },
        { index: 3, problem: 'is not JSON' },
      ])
      expect(answer.json.accepted ?? answer.json.created).toBe(2)
    })
    expect(rows.map((row) => String(row.body)).sort()).toEqual([nested('[', ']'), '{"half":'])
  })

  it('takes an empty array, and gzip, also of two members', async () => {
    expect((await post(where, '[]')).json).toMatchObject({ unchanged: 0, rejected: [] })
    const text = JSON.stringify([good()])
    // What the last member says of its size is not the whole's.
    const members = Buffer.concat([gzipSync(text.slice(0, -1).padEnd(70_000)), gzipSync(text.slice(-1))])
    for (const zipped of [gzipSync(text), members])
      expect((await post(where, zipped, { ...token.headers, 'content-encoding': 'gzip' })).json).toMatchObject({
        rejected: [],
      })
  })

  it('counts a repeat of the same bytes as unchanged', async () => {
    const body = JSON.stringify(good())
    await post(where, body)
    expect((await post(where, body)).json).toMatchObject({ unchanged: 1, rejected: [] })
  })

  const tooMuch: [string, () => Uint8Array | string, Record<string, string>][] = [
    ['more than 16 MiB', () => Buffer.alloc((16 << 20) + 1, ' '), {}],
    ['a gzip bomb', () => gzipSync(Buffer.alloc(64 << 20, ' ')), { 'content-encoding': 'gzip' }],
    ['10,001 items', () => `[${'1,'.repeat(10_000)}1]`, {}],
    ['10,001 lines', () => '1\n'.repeat(10_001), { 'content-type': 'application/x-ndjson' }],
  ]
  it.each(tooMuch)('answers 413 to %s, and keeps nothing', async (_what, body, headers) => {
    const rows = await keptBy(source, async () =>
      expectProblem(await post(where, body(), { ...token.headers, ...headers }), 413),
    )
    expect(rows).toEqual([])
  })

  it('answers 415 to a type or a coding it does not know, and keeps nothing', async () => {
    const rows = await keptBy(source, async () => {
      expectProblem(await post(where, 'x', { ...token.headers, 'content-type': 'image/png' }), 415)
      expectProblem(await post(where, '{}', { ...token.headers, 'content-type': 'text/plain' }), 415)
      expectProblem(await post(where, '{}', { ...token.headers, 'content-encoding': 'br' }), 415)
    })
    expect(rows).toEqual([])
  })

  const strangers: [string, () => Promise<Record<string, string>>][] = [
    ['no token', async () => ({})],
    ['something that is no token', async () => ({ authorization: 'Bearer x' })],
    ['a token nobody made', async () => ({ authorization: `Bearer tt_${'A'.repeat(43)}` })],
    ['a token as a password', async () => ({ authorization: `Basic ${btoa(`token:${token.secret}`)}` })],
    ['a session’s cookie', async () => ({ cookie: await edge.signIn('admin') })],
    [
      'a token that was revoked',
      async () => {
        const { id, headers } = await edge.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'] })
        await edge.rpc(await edge.signIn('admin'), 'access.revokeToken', { id })
        return headers
      },
    ],
    [
      'a token that has expired',
      async () => {
        const { db, clock, world } = edge.service.house
        const act = { now: clock(), actor: systemActor('test'), world }
        const input = { name: 'old', source: 'agent', vouches: 'nothing' as const, expiresAt: act.now }
        const { secret } = await db
          .transaction()
          .execute((tx) => createToken(tx, act, { ...input, scopes: ['checkins:write', 'directory:write'] }))
        return { authorization: `Bearer ${secret}` }
      },
    ],
  ]
  it.each(strangers)('answers 401 to %s, however much it sends, and keeps nothing', async (_what, proof) => {
    const headers = { 'content-type': 'application/json', ...(await proof()) }
    const rows = await keptBy(source, async () => {
      const answer = await post(where, '{"a":', headers)
      expectProblem(answer, 401)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expectProblem(await post(where, Buffer.alloc(20 << 20, ' '), headers), 401)
    })
    expect(rows).toEqual([])
  })

  it('answers 403 to a token without the scope, or from another network, and keeps nothing', async () => {
    const scopes = ['checkins:write', 'directory:write', 'shipments:write'] as const
    const narrow = await edge.token({ scopes: ['read'] })
    const elsewhere = await edge.token({ scopes: [...scopes], networks: ['203.0.113.0/24', '2001:db8::/32'] })
    const rows = await keptBy(source, async () => {
      expectProblem(await post(where, '{"a":', narrow.headers), 403)
      expectProblem(await post(where, '{"a":', elsewhere.headers), 403)
      const pretending = { ...elsewhere.headers, 'x-forwarded-for': '203.0.113.9, 198.51.100.7' }
      expectProblem(await post(where, '{"a":', pretending), 403)
    })
    expect(rows).toEqual([])
    for (const address of ['203.0.113.9', '198.51.100.7, 203.0.113.9', '2001:db8::7']) {
      const behindProxy = { ...elsewhere.headers, 'x-forwarded-for': address }
      expect((await post(where, JSON.stringify(good()), behindProxy)).status).toBe(200)
    }
  })

  it('answers 429 with Retry-After past the token’s rate, keeps nothing, and takes more in the next minute', async () => {
    const slow = await edge.token({
      scopes: ['checkins:write', 'directory:write', 'shipments:write'],
      ratePerMinute: 2,
    })
    const now = new Date()
    edge.time.now = now
    const rows = await keptBy(source, async () => {
      for (let n = 0; n < 2; n++) expect((await post(where, JSON.stringify(good()), slow.headers)).status).toBe(200)
      const answer = await post(where, '{"a":', slow.headers)
      expectProblem(answer, 429)
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    })
    expect(rows).toEqual([])
    edge.time.now = new Date(now.getTime() + 60_000)
    expect((await post(where, JSON.stringify(good()), slow.headers)).status).toBe(200)
    edge.time.now = null
  })
})

it('names every fault of one object, each with its path', async () => {
  const person = { external_id: 'E9', name: 'Ines', kind: 'cat', starts_on: 'soon', email: 'nobody' }
  const answer = await post('/people', JSON.stringify(person))
  expect(answer.json.errors.map((fault: { path: string }) => fault.path).sort()).toEqual(['email', 'kind', 'starts_on'])
  const checkIn = { reportedAt: 'noon', usbDevices: [{ vendorId: 'xyz', productId: '0104' }] }
  const faults = (await post('/checkins', JSON.stringify(checkIn))).json.errors
  const paths = faults.map((fault: { path: string }) => fault.path)
  expect(paths.sort()).toEqual(['reportedAt', 'serialNumber', 'usbDevices.0.vendorId'])
})

it('takes check-ins of any age, and caps what is in the future', async () => {
  const times = [
    '0000-01-01T00:00:00Z',
    '0001-01-01T00:00:00+23:59',
    '1969-07-20T20:17:40Z',
    '9999-12-31T23:59:59-23:59',
  ]
  const checkIns = times.map((reportedAt) => ({
    serialNumber: `EDGE${number()}`,
    reportedAt,
    uptimeSeconds: 1e10,
    timeZone: 'Mars/Olympus',
    publicIp: '::ffff:1.2.3.4',
  }))
  expect((await post('/checkins', JSON.stringify(checkIns))).json).toMatchObject({ accepted: 4, rejected: [] })
  await edge.drain()
  const { rows } = await edge.database.pool.query('select 1 from ledger where occurred_at > recorded_at')
  expect(rows).toEqual([])
})

// ── Webhooks ───────────────────────────────────────────────────────────────────────────────────────────────

const event = (over: object = {}) =>
  JSON.stringify({
    id: `evt_edge${number()}`,
    object: 'Event',
    mode: 'production',
    description: 'tracker.updated',
    result: { id: 'trk_edge', object: 'Tracker', mode: 'production', tracking_code: 'EDGE00112233', carrier: 'FedEx' },
    ...over,
  })
const mdmEvent = (over: object = {}) =>
  JSON.stringify({
    webhook: { id: 1, webhookEvent: 'ComputerCheckIn', eventTimestamp: 1_793_631_845_000 + ++serial },
    event: { computer: { serialNumber: 'EDGEMDM00001', udid: '4C4C4544-0042-4810-8057-000000000001', ...over } },
  })

const webhooks: {
  where: string
  proof: string
  good: () => string
  prove: (body: string | Uint8Array) => Record<string, string>
}[] = [
  { where: '/webhooks/easypost', proof: 'a signature', good: event, prove: (body) => easyPostProof(body) },
  { where: '/webhooks/jamf', proof: 'a password', good: mdmEvent, prove: () => jamfProof },
  { where: '/webhooks/jamf', proof: 'a token', good: mdmEvent, prove: () => token.headers },
]

describe.each(webhooks)('POST $where with $proof', ({ where, proof, good, prove }) => {
  const source = where.slice('/webhooks/'.length)

  it('stores a good one, and reads it', async () => {
    const rows = await keptBy(source, async () => {
      const body = good()
      expect((await post(where, body, prove(body))).status).toBe(200)
      await edge.drain()
    })
    expect(rows.map((row) => row.status)).toEqual([source === 'jamf' ? 'read' : 'set aside'])
  })

  const hostile: [string, () => string | Uint8Array][] = [
    ['nothing at all', () => `${' '.repeat(++serial)}`],
    ['malformed JSON', () => `{"n":${++serial},`],
    ['JSON cut short', () => good().slice(0, -5)],
    ['a number', () => String(++serial)],
    [
      'an event of something else',
      () => JSON.stringify({ id: `evt_x${++serial}`, description: 'batch.created', result: {} }),
    ],
    ['a result that is a text', () => event({ result: `text ${++serial}` })],
    [
      'wrong types all over',
      () => JSON.stringify({ webhook: [++serial], event: 7, id: {}, result: [], description: 1 }),
    ],
    ['NULs and lone surrogates', () => good().replace(/"(trk_edge|EDGEMDM00001)"/, '"A\\u0000B\\ud800C12345"')],
    ['ten thousand arrays in each other', () => `[${++serial},${nested('[', ']')}]`],
    ['a megabyte of text', () => good().replace(/"(trk_edge|EDGEMDM00001)"/, `"${'x'.repeat(1 << 20)}"`)],
    ['a __proto__', () => good().replace('{', '{"__proto__":{"description":"tracker.updated"},')],
    ['bytes that are no UTF-8', () => Buffer.from([0xff, 0xfe, ++serial % 256])],
  ]
  it.each(hostile)('stores %s once, whatever it is, and reading it stops nothing', async (_what, make) => {
    const body = make()
    const after = good()
    const rows = await keptBy(source, async () => {
      for (const each of [body, after]) expect((await post(where, each, prove(each))).status).toBe(200)
      await edge.drain()
    })
    expect(rows).toHaveLength(2)
    expect(rows.map((row) => row.status)).not.toContain('waiting')
    for (const row of rows)
      if (row.status === 'failed') expect(row).toMatchObject({ body: Buffer.from(body), reason: expect.any(String) })
  })

  it('stores the same delivery once, however often it comes', async () => {
    const body = good()
    const rows = await keptBy(source, async () => {
      for (let n = 0; n < 3; n++) expect((await post(where, body, prove(body))).status).toBe(200)
    })
    expect(rows).toHaveLength(1)
  })

  it('stores bytes without an id once in an hour, and again later', async () => {
    const body = `{"no id":${++serial}}`
    const now = new Date()
    const rows = await keptBy(source, async () => {
      for (const minutes of [0, 59, 61]) {
        edge.time.now = new Date(now.getTime() + minutes * 60_000)
        expect((await post(where, body, prove(body))).status).toBe(200)
        await edge.drain()
      }
    })
    edge.time.now = null
    expect(rows).toHaveLength(2)
  })

  it('answers 413 to more than 16 MiB and to a gzip bomb, and keeps nothing', async () => {
    const large = Buffer.alloc((16 << 20) + 1, ' ')
    const bomb = gzipSync(Buffer.alloc(64 << 20, ' '))
    const rows = await keptBy(source, async () => {
      expectProblem(await post(where, large, prove(large)), 413)
      expectProblem(await post(where, bomb, { ...prove(bomb), 'content-encoding': 'gzip' }), 413)
    })
    expect(rows).toEqual([])
  })

  it('takes gzip; a stream cut short has no proof by signature, and is stored by any other', async () => {
    const body = good()
    const whole = gzipSync(body)
    const cut = gzipSync(good()).subarray(0, 40)
    const rows = await keptBy(source, async () => {
      expect((await post(where, whole, { ...prove(body), 'content-encoding': 'gzip' })).status).toBe(200)
      const answer = await post(where, cut, { ...prove(body), 'content-encoding': 'gzip' })
      expect(answer.status).toBe(proof === 'a signature' ? 401 : 200)
      await edge.drain()
    })
    const failed = rows.filter((row) => row.status === 'failed')
    expect(failed.map((row) => row.body)).toEqual(proof === 'a signature' ? [] : [cut])
  })
})

const unproven: [string, string, (body: string) => Record<string, string>][] = [
  ['/webhooks/easypost', 'no signature', () => ({})],
  ['/webhooks/easypost', 'the signature of other bytes', () => easyPostProof('other')],
  ['/webhooks/easypost', 'a signature by another secret', (body) => easyPostProof(body, 'guess')],
  [
    '/webhooks/easypost',
    'half a signature',
    (body) => ({ 'x-hmac-signature': easyPostProof(body)['x-hmac-signature'].slice(0, 40) }),
  ],
  [
    '/webhooks/easypost',
    'a good signature for another path',
    (body) => ({ ...easyPostProof(body), 'x-path': '/elsewhere' }),
  ],
  ['/webhooks/easypost', 'a token of ours', () => token.headers],
  ['/webhooks/jamf', 'no password', () => ({})],
  ['/webhooks/jamf', 'a wrong password', () => ({ authorization: `Basic ${btoa(`${secrets.jamfUser}:guess`)}` })],
  ['/webhooks/jamf', 'a password without a name', () => ({ authorization: `Basic ${btoa(secrets.jamfPassword)}` })],
  ['/webhooks/jamf', 'Basic and rubbish', () => ({ authorization: 'Basic ¥%&/' })],
  ['/webhooks/jamf', 'a token nobody made', () => ({ authorization: `Bearer tt_${'A'.repeat(43)}` })],
]
it.each(unproven)('POST %s with %s is 401 and keeps nothing', async (where, _what, proof) => {
  const source = where.slice('/webhooks/'.length)
  const rows = await keptBy(source, async () => {
    for (const body of [event(), '{"a":', '']) {
      const headers = Object.fromEntries(
        Object.entries({ 'content-type': 'application/json', ...proof(body) }).map(([name, value]) => [
          name,
          Buffer.from(value).toString('latin1'),
        ]),
      )
      expectProblem(await post(where, body, headers), 401)
    }
  })
  expect(rows).toEqual([])
})

it('takes no webhook by a token that lacks the scope or is past its rate', async () => {
  const narrow = await edge.token({ scopes: ['read'] })
  const rows = await keptBy('jamf', async () =>
    expectProblem(await post('/webhooks/jamf', mdmEvent(), narrow.headers), 403),
  )
  expect(rows).toEqual([])
})

// ── What there is not ──────────────────────────────────────────────────────────────────────────────────────

it('has no webhook for a vendor that is not configured or not known', async () => {
  const bare = await startTestService({
    EASYPOST_WEBHOOK_SECRET: '',
    JAMF_WEBHOOK_USER: '',
    JAMF_WEBHOOK_PASSWORD: '',
    ALERT_WEBHOOK_URL: '',
    ALERT_WEBHOOK_SECRET: '',
  })
  try {
    for (const where of [
      '/webhooks/easypost',
      '/webhooks/jamf',
      '/webhooks/kandji',
      '/webhooks/%ff',
      '/webhooks/__proto__',
    ]) {
      const body = event()
      expectProblem(await bare.send('POST', where, body, easyPostProof(body)), 404)
      expectProblem(await bare.send('POST', where, body, jamfProof), 404)
    }
    const own = await bare.token({ scopes: ['checkins:write'] })
    expect((await bare.send('POST', '/webhooks/jamf', mdmEvent(), own.headers)).status).toBe(200)
  } finally {
    await bare.stop()
  }
})

const nowhere = [
  ['POST', '/nowhere'],
  ['POST', '/'],
  ['PUT', '/checkins'],
  ['DELETE', '/people'],
  ['PATCH', '/webhooks/easypost'],
  ['POST', '/checkins/'],
  ['POST', '/webhooks/easypost/more'],
  ['GET', '/checkins'],
  ['GET', '/webhooks/easypost'],
  ['GET', '/webhooks/%ff'],
  ['GET', '/nowhere.php'],
  ['GET', '/assets/..%2f..%2fpackage.json'],
] as const
it.each(nowhere)('%s %s is 404', async (method, where) => {
  expectProblem(await edge.send(method, where, method === 'GET' ? undefined : '{}', token.headers), 404)
})

it('answers HEAD without a body', async () => {
  for (const [where, status] of [
    ['/healthz', 200],
    ['/readyz', 200],
    ['/checkins', 404],
  ] as const)
    expect(await edge.send('HEAD', where)).toMatchObject({ status, text: '' })
})

it('gives numbers to a token that may read, and to nobody else', async () => {
  const reader = await edge.token({ scopes: ['read'] })
  expectProblem(await edge.send('GET', '/metrics'), 401)
  expectProblem(await edge.send('GET', '/metrics', undefined, { authorization: token.headers.authorization }), 403)
  const answer = await edge.send('GET', '/metrics', undefined, { authorization: reader.headers.authorization })
  expect(answer.text).toMatch(/^telltale_ledger_events \d+$/m)
  expect(answer.text).toContain('# TYPE telltale_connector_failing gauge')
})

it('outlives what is no HTTP, and a sender who leaves in the middle', async () => {
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(edge.base).port), '127.0.0.1')
      let heard = ''
      socket.on('data', (chunk) => {
        heard += chunk
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(heard))
      socket.end(text)
    })
  const start = `POST /checkins HTTP/1.1\r\nHost: x\r\nAuthorization: ${token.headers.authorization}\r\n`
  const rows = await keptBy('checkins', async () => {
    await say('\u0000\u0001\u0002')
    expect(await say('GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 [34]/)
    await say(`${start}Content-Length: 100\r\n\r\n{"serialNumber":`)
    await say(`${start}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)
  })
  expect(rows).toEqual([])
})

it('writes no secret, name or address into its log', async () => {
  const street = '14 Unlikely Quay'
  await post('/people', JSON.stringify({ external_id: 'E-LOG', name: 'Ines Unlikely', line1: street, city: 'Boston' }))
  await post('/people', `{"name":"Ines Unlikely","line1":"${street}"`)
  await post('/webhooks/easypost', event(), easyPostProof('other'))
  await edge.drain()
  const log = edge.logged.join('\n')
  for (const secret of [
    'Unlikely',
    token.secret,
    secrets.easypost,
    secrets.jamfPassword,
    secrets.alerts,
    'correct horse',
  ])
    expect(log).not.toContain(secret)
})
