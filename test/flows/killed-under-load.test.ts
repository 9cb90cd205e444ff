// The server is killed at random moments while check-ins pour in: what it answered is there once, and nothing is there twice.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { randomFrom } from '../../server/simulator/random.ts'
import { type TestDatabase, testDatabase } from '../database.ts'
import { freePort, secrets, startAlertReceiver } from '../service.ts'

const KILLS = 20
const SENDERS = 8
const DEVICES_EACH = 4

const program = fileURLToPath(new URL('../../server/cli.ts', import.meta.url))
const random = randomFrom(20)

let database: TestDatabase
let folder: string
let receiver: Awaited<ReturnType<typeof startAlertReceiver>>
let environment: NodeJS.ProcessEnv
let port: number
let token: string
let child: ChildProcess

beforeAll(async () => {
  database = await testDatabase()
  folder = await mkdtemp(path.join(tmpdir(), 'telltale killed '))
  receiver = await startAlertReceiver()
  port = await freePort()
  environment = {
    PATH: process.env['PATH'],
    NODE_COMPILE_CACHE: path.join(folder, 'compiled'),
    DATABASE_URL: database.url,
    TELLTALE_DATA: path.join(folder, 'data'),
    PORT: String(port),
    LOG_LEVEL: 'error',
    ALERT_WEBHOOK_URL: receiver.url,
    ALERT_WEBHOOK_SECRET: secrets.alerts,
  }
  const made = await command('token', 'create', '--name', 'agents', '--source', 'agent', '--scope', 'checkins:write')
  token = made.trim()
})

afterAll(async () => {
  child?.kill('SIGKILL')
  await receiver.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

const command = async (...args: string[]): Promise<string> =>
  (await promisify(execFile)(process.execPath, [program, ...args], { env: environment })).stdout

/** Starts the server as an operator would, and waits until it takes input. */
async function start(): Promise<void> {
  child = spawn(process.execPath, [program, 'start'], { env: environment, stdio: 'ignore' })
  const { exitCode } = child
  while (exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null)
    if (answer?.status === 200) return
    await pause(20)
  }
}

async function kill(): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

interface Acknowledged {
  serialNumber: string
  at: string
  /** The version that it was the first to tell; null where it said nothing new. */
  version: string | null
}

const acknowledged: Acknowledged[] = []
let told = 0

/** One laptop's next report: every third with another version, every tenth with an IP-KVM that comes or goes. */
function nextReport(serialNumber: string, laptop: { minute: number; version: string; kvm: boolean }) {
  laptop.minute++
  told++
  const isNew = told % 3 === 0
  if (isNew) laptop.version = `1.${told}`
  if (told % 10 === 0) laptop.kvm = !laptop.kvm
  const reportedAt = new Date(Date.UTC(2026, 2, 2, 8, laptop.minute)).toISOString()
  const software = [{ name: 'Notes', version: laptop.version, kind: 'app' }]
  const kvm = { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device' }
  const body = { serialNumber, reportedAt, software, usbDevices: laptop.kvm ? [kvm] : [] }
  return { body, kept: { serialNumber, at: reportedAt, version: isNew ? laptop.version : null } }
}

/** Sends without a pause until it is told to stop; what the server did not answer is nobody's promise. */
async function keepSending(sender: number, signal: AbortSignal): Promise<void> {
  const laptops = fleets[sender]!
  for (let turn = 0; !signal.aborted; turn++) {
    const [serialNumber, laptop] = laptops[turn % laptops.length]!
    const { body, kept } = nextReport(serialNumber, laptop)
    const answer = await fetch(`http://127.0.0.1:${port}/checkins`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
      .then(async (response) => ({ status: response.status, json: await response.json() }))
      .catch(() => null)
    if (answer?.status === 200) acknowledged.push(kept)
  }
}

const fleets = Array.from({ length: SENDERS }, (_, sender) =>
  Array.from(
    { length: DEVICES_EACH },
    (_, index) => [`KILL${sender}${index}AAAA`, { minute: 0, version: '1.0', kvm: false }] as const,
  ),
)

test(`killed ${KILLS} times under load, it keeps every check-in that it answered, once`, {
  timeout: 300_000,
}, async () => {
  for (let round = 0; round < KILLS; round++) {
    await start()
    const over = new AbortController()
    const before = acknowledged.length
    const sending = Promise.all(fleets.map((_, sender) => keepSending(sender, over.signal)))
    while (acknowledged.length === before) await pause(5)
    await pause(random.whole(0, 400))
    await kill()
    over.abort()
    await sending
  }
  await start()
  await command('drain')
  expect(acknowledged.length).toBeGreaterThan(KILLS)
  expect(await lost()).toEqual([])
  expect(await command('verify')).toMatch(/events/)
  expect(await twice()).toEqual({ changes: [], findings: [], messages: [] })
  expect(receivedTwice()).toEqual([])
})

/** What was answered and is not there, or not just once. */
async function lost(): Promise<Acknowledged[]> {
  const { db } = database
  const seen = await sql<{ serial: string; day: string; slots: string; first_at: Date; last_at: Date }>`
    select d.serial_number as serial, p.day::text as day, p.slots::text as slots, p.first_at, p.last_at
    from presence p join devices d on d.id = p.device_id`.execute(db)
  const changes = await sql<{ serial: string; at: Date; version: string; count: number }>`
    select d.serial_number as serial, l.occurred_at as at, item->'value'->>'version' as version, count(*)::int as count
    from ledger l join devices d on d.id = l.device_id, jsonb_array_elements(l.payload->'added') as item
    where l.kind = 'checkin.changed' and item->>'member' = 'software' group by 1, 2, 3`.execute(db)
  const isSeen = ({ serialNumber, at }: Acknowledged) =>
    seen.rows.some(
      (row) =>
        row.serial === serialNumber &&
        row.first_at <= new Date(at) &&
        row.last_at >= new Date(at) &&
        row.slots[Math.floor((Date.parse(at) % 86_400_000) / 600_000)] === '1',
    )
  const counts = new Map(changes.rows.map((row) => [`${row.serial} ${row.at.toISOString()} ${row.version}`, row.count]))
  const isKept = ({ serialNumber, at, version }: Acknowledged) =>
    version === null || counts.get(`${serialNumber} ${at} ${version}`) === 1
  return acknowledged.filter((one) => !isSeen(one) || !isKept(one))
}

/** Facts, findings and messages that are there more than once. */
async function twice() {
  const { db } = database
  const changes = await sql`
    select device_id, occurred_at, payload->>'facet' as facet from ledger where kind = 'checkin.changed'
    group by 1, 2, 3 having count(*) > 1`.execute(db)
  const findings = await sql`
    select rule, key, evidence from findings group by 1, 2, 3 having count(*) > 1
    union all
    select payload->>'findingId', kind, null from ledger where kind = 'finding.raised' group by 1, 2 having count(*) > 1`.execute(
    db,
  )
  const messages = await sql`
    select type, ordering_key, body::jsonb - 'timestamp' as body from outbox where type <> 'ledger.checkpoint'
    group by 1, 2, 3 having count(*) > 1`.execute(db)
  return { changes: changes.rows, findings: findings.rows, messages: messages.rows }
}

/** Ids of webhooks that came with more than one content; the same one again is allowed (CONTRACTS: at least once). */
function receivedTwice(): string[] {
  const bodies = Map.groupBy(receiver.came, (one) => String(one.headers['webhook-id']))
  return [...bodies].filter(([, same]) => new Set(same.map((one) => one.body)).size > 1).map(([id]) => id)
}
