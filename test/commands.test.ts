// The commands, as processes of their own: what they print, how they exit, beside a running service and without one.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { run } from '../server/cli.ts'
import { systemActor } from '../server/custody/events.ts'
import { append } from '../server/custody/ledger.ts'
import { simulatedComputer } from '../server/simulator/mdm/fleet.ts'
import { startKandji } from '../server/simulator/mdm/kandji-server.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import {
  easyPostProof,
  freePort,
  secretOf,
  secrets,
  startAlertReceiver,
  startTestService,
  type TestService,
} from './service.ts'

const program = fileURLToPath(new URL('../server/cli.ts', import.meta.url))

interface Ran {
  code: number
  out: string
  err: string
}

/** The environment of a command: ours without anything of Telltale's, and what the test says. */
function environment(over: Record<string, string>): NodeJS.ProcessEnv {
  const ours = /^(DATABASE_URL|HOST|PORT|LOG_LEVEL|TELLTALE_|EASYPOST_|ALERT_|JAMF_)/
  const others = Object.entries(process.env).filter(([name]) => !ours.test(name))
  // What one command compiled the next need not.
  return { ...Object.fromEntries(others), NODE_COMPILE_CACHE: path.join(folder, 'compiled'), ...over }
}

const runIn = (over: Record<string, string>, ...args: string[]): Promise<Ran> =>
  new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: environment(over) }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })

/** The same in this process, which is quicker: for how a command line is read, and for what was once run as a process. */
async function runHere(over: Record<string, string>, ...args: string[]): Promise<Ran> {
  const said = { out: '', err: '' }
  const hear = (to: 'out' | 'err') => (text: string | Uint8Array) => {
    said[to] += text
    return true
  }
  vi.spyOn(process.stdout, 'write').mockImplementation(hear('out'))
  vi.spyOn(process.stderr, 'write').mockImplementation(hear('err'))
  for (const [name, value] of Object.entries(over)) vi.stubEnv(name, value)
  try {
    const code = await run(args)
    return { code, ...said }
  } finally {
    process.exitCode = 0
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  }
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'telltale commands '))
  // The user that PostgreSQL runs as has to get through.
  await chmod(folder, 0o755)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(name: string, text: string): Promise<string> {
  const at = path.join(folder, name)
  await writeFile(at, text)
  return at
}

describe('used wrongly or asked for help', () => {
  const nowhere = { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' }
  const commands = [
    '',
    'start',
    'demo',
    'import',
    'user',
    'user invite',
    'user list',
    'user disable',
    'token',
    'token create',
    'token list',
    'token revoke',
    'token distrust',
    'sweep',
    'drain',
    'backtest',
    'inbox',
    'inbox list',
    'inbox retry',
    'connectors',
    'connectors list',
    'connectors test',
    'connectors sync',
    'backup',
    'restore',
    'verify',
  ]
  it.each(commands)('“telltale %s --help” says how, and needs nothing', async (command) => {
    const { code, out, err } = await runHere(nowhere, ...command.split(' ').filter(Boolean), '--help')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain(`Usage: telltale ${command}`.trim())
  })

  const misused = [
    'import unicorns x.csv',
    'import people',
    'frobnicate',
    'token create --name x',
    'token create --name x --source y --scope all',
    'token create --name x --source y --scope read --expires soon',
    'user invite x@example.com --role king',
    'sweep --at tomorrow',
    'backtest some-rule --days 0',
    'token distrust tok_1',
    'drain --fast',
    'connectors sync',
  ]
  it.each(misused)('“telltale %s” is 2, and says what is wrong on stderr only', async (command) => {
    const { code, out, err } = await runHere(nowhere, ...command.split(' '))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/^error: /)
  })

  it('a process exits by the same numbers', async () => {
    const [helped, misused] = await Promise.all([runIn(nowhere, 'import', '--help'), runIn(nowhere, 'frobnicate')])
    expect(helped).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Usage: telltale import') })
    expect(misused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('frobnicate') })
  })

  it('what fails exits 1, with one sentence and no stack', async () => {
    const { code, out, err } = await runIn({ ...nowhere, TELLTALE_DATA: folder }, 'token', 'list')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    expect(err).toMatch(/^failed: .+\n$/)
  })

  it('every fault of the configuration is listed at once, before anything starts', async () => {
    const faulty = {
      DATABASE_URL: 'mysql://root:hunter2@db/x',
      PORT: 'x',
      ALERT_WEBHOOK_SECRET: 'hunter2',
      TELLTALE_DATA: path.join(folder, 'never'),
    }
    const { code, out, err } = await runIn(faulty, 'start')
    expect({ code, out }).toEqual({ code: 1, out: '' })
    for (const name of ['DATABASE_URL', 'PORT', 'ALERT_WEBHOOK_URL', 'ALERT_WEBHOOK_SECRET'])
      expect(err).toContain(`${name}: `)
    expect(err).not.toContain('hunter2')
    expect(await readdir(folder)).not.toContain('never')
  })
})

describe('beside a running service', () => {
  let edge: TestService
  beforeAll(async () => {
    edge = await startTestService()
  })
  afterAll(() => edge?.stop())

  const here = () => ({
    DATABASE_URL: edge.database.url,
    TELLTALE_DATA: edge.dataFolder,
    TELLTALE_URL: edge.base,
    EASYPOST_WEBHOOK_SECRET: secrets.easypost,
    ALERT_WEBHOOK_URL: edge.alerts.url,
    ALERT_WEBHOOK_SECRET: secrets.alerts,
  })
  const telltale = (...args: string[]) => runIn(here(), ...args)
  const json = async (...args: string[]) => {
    const { code, out, err } = await runHere(here(), ...args, '--json')
    return { code, err, said: JSON.parse(out) }
  }
  const refusal = async (...args: string[]) => (await runHere(here(), ...args)).code
  const events = async () => (await edge.database.pool.query('select count(*)::int as n from ledger')).rows[0].n

  it('imports a file: counts, and each line that was not applied with its column and problem', async () => {
    const people = await file(
      'people.csv',
      '\uFEFFexternal_id;name;email;starts_on\r\nE1;Ines Calder;ines@example.com;2026-01-05\r\nE2;Otto Brill;otto@example.com;soon\r\n',
    )
    const before = await events()
    const dry = await telltale('import', 'people', people, '--dry-run')
    expect(dry).toMatchObject({
      code: 1,
      out: expect.stringMatching(/^would be: 1 created, 0 updated, 0 unchanged, 1 rejected\nline 3, starts_on: /),
    })
    expect(await events()).toBe(before)
    const first = await telltale('import', 'people', people)
    expect(first.out).toMatch(/^1 created, 0 updated, 0 unchanged, 1 rejected\nline 3, starts_on: .+\n$/)
    const again = await json('import', 'people', people)
    expect(again).toMatchObject({
      code: 1,
      said: {
        created: 0,
        updated: 0,
        unchanged: 1,
        rejected: [{ line: 3, column: 'starts_on', problem: expect.any(String) }],
      },
    })
    const good = await file('good.csv', 'external_id,name\nE3,Mina Roth\n')
    expect(await json('import', 'people', good)).toMatchObject({ code: 0, said: { created: 1, rejected: [] } })
    expect(await refusal('import', 'people', path.join(folder, 'none.csv'))).toBe(1)
  })

  it('invites and lists users, disables one, and never the last admin', async () => {
    await edge.signIn('admin')
    const invited = await telltale('user', 'invite', 'fern@example.com', '--role', 'analyst')
    expect(invited).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/invite\/[\w-]{43}\n$/),
    })
    const input = { secret: secretOf(invited.out.trim()), name: 'Fern', email: null, password: 'correct horse battery' }
    expect((await edge.rpc(null, 'access.acceptInvitation', input)).error).toBeNull()
    expect((await telltale('user', 'disable', 'Fern@example.com')).code).toBe(0)
    expect((await json('user', 'list')).said).toEqual([
      expect.objectContaining({ email: 'admin@example.com', role: 'admin', disabled: false }),
      expect.objectContaining({ email: 'fern@example.com', role: 'analyst', disabled: true }),
    ])
    for (const email of ['admin@example.com', 'nobody@example.com'])
      expect(await refusal('user', 'disable', email)).toBe(1)
  })

  it('makes a token, alone on stdout, and ends it at once in the running service', async () => {
    const made = await telltale(
      'token',
      'create',
      '--name',
      'mdm',
      '--source',
      'fleet',
      '--scope',
      'checkins:write,read',
      '--expires',
      '90d',
      '--vouches',
      'enrolment',
    )
    expect(made).toMatchObject({ code: 0, err: '', out: expect.stringMatching(/^tt_[\w-]{43}\n$/) })
    const headers = { authorization: `Bearer ${made.out.trim()}`, 'content-type': 'application/json' }
    const checkIn = JSON.stringify({ serialNumber: 'COMMAND00001', reportedAt: '2026-11-02T15:04:05Z' })
    expect((await edge.send('POST', '/checkins', checkIn, headers)).status).toBe(200)
    const [listed] = (await json('token', 'list')).said
    expect(listed).toMatchObject({
      name: 'mdm',
      source: 'fleet',
      scopes: ['checkins:write', 'read'],
      vouches: 'enrolment',
      lastUsedAt: null,
    })
    expect(Date.parse(listed.expiresAt) - Date.parse(listed.createdAt)).toBe(90 * 86_400_000)
    expect((await telltale('token', 'distrust', listed.id, '--since', '2026-11-01T00:00:00Z')).code).toBe(0)
    expect((await telltale('token', 'list')).out).toMatch(/distrusted since 2026-11-01T00:00:00.000Z\n$/)
    expect((await telltale('token', 'revoke', listed.id)).code).toBe(0)
    await expect.poll(async () => (await edge.send('POST', '/checkins', checkIn, headers)).status).toBe(401)
    expect(await refusal('token', 'revoke', listed.id)).toBe(1)
    expect(await refusal('token', 'revoke', 'tok_none')).toBe(1)
  })

  it('drains, and exits 0 although something failed, since that is kept', async () => {
    await edge.service.house.worker.stop()
    const rubbish = '{"id":"evt_rubbish","result":'
    await edge.send('POST', '/webhooks/easypost', rubbish, easyPostProof(rubbish))
    const drained = await json('drain')
    expect(drained).toMatchObject({ code: 0, said: { failed: 1, undelivered: 0 } })
    expect(Object.keys(drained.said).sort()).toEqual([
      'delivered',
      'failed',
      'judged',
      'raised',
      'read',
      'setAside',
      'undelivered',
    ])
    expect((await telltale('drain')).out).toMatch(
      /^0 read, 0 failed, 0 set aside; 0 facts judged, 0 findings raised; 0 delivered, 0 not\n$/,
    )
  })

  it('lists what is kept in the inbox, tries it again, and says when that failed again', async () => {
    const [row] = (await json('inbox', 'list')).said
    expect(row).toMatchObject({ source: 'easypost', status: 'failed', reason: expect.any(String) })
    expect((await telltale('inbox', 'list')).out).toContain(`${row.id}  easypost`)
    expect(await json('inbox', 'retry', row.id)).toMatchObject({ code: 1, said: { retried: 1, read: 0, failed: 1 } })
    expect(await json('inbox', 'retry')).toMatchObject({ code: 1, said: { retried: 1 } })
    expect(await refusal('inbox', 'retry', 'inb_none')).toBe(1)
  })

  it('lists the connectors, tests one, and syncs it; with wrong credentials it says so and exits 1', async () => {
    const at = new Date()
    const mdm = await startKandji({ token: 'right', computers: [simulatedComputer({ number: 1, at })] })
    const withToken = async (token: string, ...args: string[]) => {
      const over = { ...here(), KANDJI_URL: mdm.url, KANDJI_TOKEN: token }
      const { code, out, err } = await runHere(over, 'connectors', ...args, '--json')
      return { code, err, said: JSON.parse(out) }
    }
    try {
      const { said: before } = await withToken('right', 'list')
      expect(before).toContainEqual(expect.objectContaining({ source: 'kandji', kind: 'asked', state: 'never' }))
      expect(await withToken('right', 'test', 'kandji')).toMatchObject({ code: 0, said: { works: true } })
      expect(await withToken('right', 'sync', 'kandji')).toMatchObject({
        code: 0,
        said: { outcome: 'complete', records: 1, changed: 1, problem: null },
      })
      const refused = { code: 1, said: { problem: expect.stringContaining('refused the credentials') } }
      expect(await withToken('wrong', 'sync', 'kandji')).toMatchObject(refused)
      expect(await withToken('wrong', 'test', 'kandji')).toMatchObject({ code: 1, said: { works: false } })
      const { said: after } = await withToken('wrong', 'list')
      expect(after[0]).toMatchObject({ source: 'kandji', state: 'refused', failures: 1, devicesWeek: 1 })
    } finally {
      await mdm.close()
    }
    expect(await refusal('connectors', 'sync', 'kandji')).toBe(1)
    expect((await telltale('connectors', 'list')).out).toContain('kandji  refused')
  })

  it('sweeps as of a past time, and with a future one says what would be and records nothing', async () => {
    await json('drain')
    const before = await events()
    const future = new Date(Date.now() + 30 * 86_400_000).toISOString()
    expect(await json('sweep', '--at', future)).toMatchObject({
      code: 0,
      said: { at: future, would: expect.any(Array) },
    })
    expect(await events()).toBe(before)
    expect(await json('sweep', '--at', '2026-11-01T00:00:00Z')).toMatchObject({
      code: 0,
      said: { devices: expect.any(Number), raised: expect.any(Number) },
    })
    expect((await telltale('sweep')).code).toBe(0)
  })

  it('back-tests a rule that there is', async () => {
    const told = await json('backtest', 'delivered-and-silent', '--days', '30')
    expect(told).toMatchObject({ code: 0, said: { days: 30, matches: expect.any(Array) } })
    expect(await refusal('backtest', 'no-such-rule')).toBe(1)
  })

  it('backs up and restores all of it, into an empty database only', async () => {
    const backup = path.join(folder, 'all.backup')
    const made = await json('backup', backup)
    expect(made).toMatchObject({ code: 0, said: { rows: expect.any(Number), tables: expect.any(Number) } })
    const empty = await testDatabase({ empty: true })
    const there = { DATABASE_URL: empty.url, TELLTALE_DATA: edge.dataFolder }
    try {
      const restored = await runIn(there, 'restore', backup, '--json')
      expect({ code: restored.code, said: JSON.parse(restored.out) }).toMatchObject({
        code: 0,
        said: { rows: made.said.rows },
      })
      const verified = await runHere(there, 'verify', '--json')
      expect({ code: verified.code, said: JSON.parse(verified.out) }).toMatchObject({
        code: 0,
        said: { ok: true, events: await events() },
      })
      expect((await runHere(there, 'restore', backup)).code).toBe(1)
      expect((await runHere(there, 'user', 'list')).out).toContain('fern@example.com')
    } finally {
      await empty.drop()
    }
    expect(await refusal('restore', backup)).toBe(1)
  })
})

// ── The service as a process ───────────────────────────────────────────────────────────────────────────────

interface Started {
  process: ChildProcess
  /** Everything it said so far. */
  said: { out: string; err: string }
  /** Resolves once it says that it listens. */
  ready: Promise<void>
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
}

const started: ChildProcess[] = []
afterAll(() => {
  for (const child of started) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
})

function start(over: Record<string, string>): Started {
  const child = spawn(process.execPath, [program, 'start'], {
    env: environment(over),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  const said = { out: '', err: '' }
  child.stderr.on('data', (chunk) => {
    said.err += chunk
  })
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said.out += chunk
      if (/listens on/.test(said.out)) resolve()
    })
    void ended.then(() => reject(new Error(`it ended: ${said.out}${said.err}`)))
  })
  ready.catch(() => {})
  return { process: child, said, ready, ended }
}

describe('start', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await testDatabase()
  })
  afterAll(() => database?.drop())

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'says where it listens and when it was ready, and ends cleanly on %s, given twice',
    async (signal) => {
      const port = await freePort()
      const service = start({
        DATABASE_URL: database.url,
        TELLTALE_DATA: path.join(folder, 'data'),
        PORT: String(port),
      })
      await service.ready
      expect(service.said.out).toMatch(
        new RegExp(`^Telltale listens on http://localhost:${port} \\(ready in \\d+\\.\\d s\\)`),
      )
      await expect.poll(() => service.said.out).toMatch(/\/invite\/[\w-]{43}\n/)
      expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
      service.process.kill(signal)
      service.process.kill(signal)
      expect(await service.ended).toEqual({ code: 0, signal: null })
      expect(service.said.out).toMatch(/Ended\.\n$/)
      await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
    },
  )

  it('says so when its port is taken, and leaves the other alone', async () => {
    const receiver = await startAlertReceiver()
    const { code, err } = await runIn(
      { DATABASE_URL: database.url, TELLTALE_DATA: folder, PORT: new URL(receiver.url).port },
      'start',
    )
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('is in use') })
    expect((await fetch(receiver.url, { method: 'POST' })).status).toBe(200)
    await receiver.close()
  })

  it('refuses the database of a demo', async () => {
    const demo = await testDatabase()
    const now = new Date()
    const opened = {
      kind: 'ledger.opened' as const,
      occurredAt: now,
      actor: systemActor('first start'),
      payload: { demo: true as const, seed: 1 },
    }
    await demo.db.transaction().execute((tx) => append(tx, now, [opened]))
    const { code, out, err } = await runIn(
      { DATABASE_URL: demo.url, TELLTALE_DATA: folder, PORT: String(await freePort()) },
      'start',
    )
    expect({ code, out, err }).toEqual({ code: 1, out: '', err: expect.stringContaining('demo') })
    await demo.drop()
  })

  it('leaves a checkpoint outside when it ends, against which a cut tail shows', async () => {
    const own = await testDatabase()
    const receiver = await startAlertReceiver()
    const there = {
      DATABASE_URL: own.url,
      TELLTALE_DATA: path.join(folder, 'checkpointed'),
      PORT: String(await freePort()),
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: secrets.alerts,
    }
    const service = start(there)
    await service.ready
    await runIn(there, 'user', 'invite', 'fern@example.com', '--role', 'auditor')
    service.process.kill('SIGTERM')
    await service.ended
    const last = receiver.came.map((alert) => alert.body).findLast((body) => body.includes('ledger.checkpoint'))
    const held = await file('held.json', last ?? '')
    expect(await runIn(there, 'verify', held)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^the ledger holds: \d+ events, \d+ checkpoints\n$/),
    })
    await own.pool.query(
      `set session_replication_role = replica; delete from checkpoints; delete from ledger where seq = (select max(seq) from ledger)`,
    )
    expect((await runIn(there, 'verify')).code, 'alone, a shorter chain is a chain').toBe(0)
    const cut = await runIn(there, 'verify', held)
    expect(cut).toMatchObject({ code: 1, out: expect.stringContaining('THE LEDGER DOES NOT HOLD') })
    expect(cut.out).toContain('tail was cut')
    const useless = [await file('none.json', '{}'), path.join(folder, 'nowhere.json')]
    const verdicts = await Promise.all(useless.map((name) => runIn(there, 'verify', name)))
    expect(verdicts.map((verdict) => verdict.code)).toEqual([1, 1])
    await receiver.close()
    await own.drop()
  })

  it('with a database of its own: after kill -9 the next start recovers, says so, and has lost nothing', async () => {
    const data = path.join(folder, 'embedded data')
    const there = { TELLTALE_DATA: data, PORT: String(await freePort()) }
    const first = start(there)
    await first.ready
    const made = await runIn(there, 'token', 'create', '--name', 'mdm', '--source', 'mdm', '--scope', 'checkins:write')
    expect(made.code, made.err).toBe(0)
    first.process.kill('SIGKILL')
    expect(await first.ended).toMatchObject({ signal: 'SIGKILL' })
    const second = start(there)
    await second.ready
    expect(second.said.out).toMatch(/^The database of an earlier run was still running; adopted it\./)
    second.process.kill('SIGKILL')
    for (const pid of await postmasters(data)) process.kill(pid, 'SIGKILL')
    await second.ended
    const third = start(there)
    await third.ready
    expect(third.said.out).toMatch(/^The database had been killed \(process \d+\); it has recovered\./)
    expect((await runIn(there, 'token', 'list')).out).toContain('mdm')
    third.process.kill('SIGTERM')
    expect(await third.ended).toEqual({ code: 0, signal: null })
    expect(await postmasters(data)).toEqual([])
    expect(await runIn(there, 'verify')).toMatchObject({ code: 0 })
    expect(await postmasters(data), 'a command without a service takes its database down again').toEqual([])
  })
})

/** The process ids of databases that run in a folder. */
async function postmasters(data: string): Promise<number[]> {
  const files = (await readdir(data, { recursive: true })).filter((name) => name.endsWith('postmaster.pid'))
  const pids = await Promise.all(
    files.map(async (name) => Number((await readFile(path.join(data, name), 'utf8')).split('\n')[0])),
  )
  return pids.filter((pid) => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  })
}
