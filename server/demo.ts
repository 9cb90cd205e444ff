// The demo: the service in a folder of its own, with the simulator's company playing through the public endpoints.
import { randomBytes } from 'node:crypto'
import { sql } from 'kysely'
import type { Config } from './config.ts'
import type { House, Log } from './house.ts'
import { variableNames } from './integrations/index.ts'
import { connect, type Db } from './lib/database.ts'
import { AppError, messageOf } from './lib/errors.ts'
import { startPostgres } from './lib/postgres.ts'
import { DAY, dayOf, HOUR, MINUTE, plus } from './lib/time.ts'
import { readConfig, type Service, startService } from './main.ts'
import { startEasyPost } from './simulator/easypost-server.ts'
import { startFleet } from './simulator/mdm/fleet-server.ts'
import { type Receiver, startReceiver } from './simulator/receiver.ts'
import { accounts, createSimulation, type Simulation } from './simulator/simulation.ts'
import { idleWorker, startWorker, tasks } from './worker.ts'

export interface DemoInput {
  seed: number
  /** Plays the months and the stories at once, and then goes on at the pace of real time. */
  fast: boolean
  untilAsked(): Promise<void>
}

const HISTORY_STEP_HOURS = 8
/** While one watches, an hour passes in so much real time. */
const HOUR_SHOWN_MS = 2_000

/**
 * Runs the demo until it is asked to end. Each start plays the company anew: what an earlier demo left in the folder
 * is removed, which is refused unless the ledger's first row there says that it is a demo's.
 */
export async function runDemo({ seed, fast, untilAsked }: DemoInput): Promise<void> {
  const began = performance.now()
  const ending = new AbortController()
  void untilAsked().then(() => ending.abort())
  const receiver = await startReceiver({ keep: 1_000 })
  const jamf = { user: 'jamf', password: secret() }
  const easypostSecret = secret()
  let now = firstMorning(new Date())
  const fleet = { webhookSecret: secret(), token: secret() }
  const fleetServer = await startFleet({ token: fleet.token, computers: [] })
  const easypost = await startEasyPost({ apiKey: `EZAK${secret()}`, now: () => now })
  const config = readConfig({
    defaults: { TELLTALE_DATA: '.telltale-demo' },
    over: {
      // Never the operator's own database, nor their vendors, nor their alerts.
      DATABASE_URL: '',
      ...Object.fromEntries(variableNames().map((name) => [name, ''])),
      EASYPOST_API_KEY: easypost.apiKey,
      EASYPOST_BASE_URL: easypost.url,
      EASYPOST_WEBHOOK_SECRET: easypostSecret,
      JAMF_WEBHOOK_USER: jamf.user,
      JAMF_WEBHOOK_PASSWORD: jamf.password,
      FLEET_URL: fleetServer.url,
      FLEET_TOKEN: fleet.token,
      FLEET_WEBHOOK_SECRET: fleet.webhookSecret,
      ALERT_WEBHOOK_URL: receiver.url,
      ALERT_WEBHOOK_SECRET: `whsec_${randomBytes(32).toString('base64')}`,
    },
  })
  const log: Log = { info: () => {}, warn: complain, error: complain }
  let service: Service | null = null
  try {
    if (await clearDemo(config, log)) say('What an earlier demo left is removed: the company begins anew.')
    service = await startService(config, { clock: () => now, demo: { seed }, timed: false, log })
    const { house } = service
    const simulation = await createSimulation({
      url: `http://${config.host === '0.0.0.0' ? '127.0.0.1' : config.host}:${config.port}`,
      origin: config.url,
      adminLink: service.adminLink ?? '',
      seed,
      startsAt: now,
      easypostSecret,
      easypost,
      jamf,
      fleet: { server: fleetServer, webhookSecret: fleet.webhookSecret },
      setClock: (at) => {
        now = at
      },
      settle: settling(house),
      say: (line) => say(`${now.toISOString().slice(0, 16).replace('T', ' ')}  ${line}`),
    })
    greet(config, seed)
    await playHistory(house, simulation, {
      until: fast ? simulation.storiesUntil : simulation.storiesFrom,
      signal: ending.signal,
    })
    if (!ending.signal.aborted)
      say(
        `${fast ? 'The months and the ten stories' : 'Four months'} were played in ${((performance.now() - began) / 1000).toFixed(0)} s.`,
      )
    await playOn(simulation, {
      now: () => now,
      tickMs: fast ? MINUTE : HOUR_SHOWN_MS,
      passesMs: fast ? MINUTE : HOUR,
      receiver,
      signal: ending.signal,
    })
    say('Ending…')
  } finally {
    await service?.stop()
    await receiver.close()
    await easypost.close()
    await fleetServer.close()
  }
}

const secret = () => randomBytes(24).toString('base64url')
const say = (line: string) => void process.stdout.write(`${line}\n`)
const complain = (message: string) => void process.stderr.write(`${message}\n`)

/** A Monday, so many weeks ago that the stories end about now: the same seed has the same weekdays whenever it is played. */
function firstMorning(today: Date): Date {
  const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate())
  const monday = midnight - ((today.getUTCDay() + 6) % 7) * DAY
  return new Date(monday - 19 * 7 * DAY)
}

function greet(config: Config, seed: number): void {
  say(`Telltale demo, seed ${seed}: an invented company of two hundred people. Nothing in it is real.`)
  say(`  ${config.url}`)
  for (const { email, role, password } of Object.values(accounts))
    say(`  ${email.padEnd(18)} ${role.padEnd(12)} password: ${password}`)
}

// ── Time ───────────────────────────────────────────────────────────────────────────────────────────────────

/** What the passing of time brings: everything is read and judged, and what the clock would wake is woken. */
export function settling(house: House): (at: Date) => Promise<void> {
  let day = ''
  let sweptAt = new Date(0)
  return async (at) => {
    await tasks.read(house)
    await tasks.track(house)
    await tasks.detect(house)
    if (at.getTime() - sweptAt.getTime() >= HOUR) {
      sweptAt = at
      while ((await tasks.sync(house)) === 'more') {}
      await tasks.listen(house)
      await tasks.sweep(house)
      await tasks.labels(house)
      await tasks.returns(house)
      await tasks.places(house)
      await tasks.seen(house)
      await tasks.compare(house)
      await tasks.common(house)
    }
    if (dayOf(at) !== day) {
      day = dayOf(at)
      for (const task of ['seal', 'checkpoint', 'retain', 'remember'] as const) await tasks[task](house)
    }
    await tasks.deliver(house)
  }
}

/** Nobody else works meanwhile, so that what is recorded when is the same each time. */
async function playHistory(
  house: House,
  simulation: Simulation,
  { until, signal }: { until: Date; signal: AbortSignal },
): Promise<void> {
  await house.worker.stop()
  house.worker = idleWorker
  await simulation.play(until, { stepHours: HISTORY_STEP_HOURS, isEnding: () => signal.aborted })
  house.worker = startWorker(house, { timed: false })
}

interface Pace {
  now(): Date
  /** Each so much real time, so much time passes. */
  tickMs: number
  passesMs: number
  receiver: Receiver
  signal: AbortSignal
}

async function playOn(simulation: Simulation, { now, tickMs, passesMs, receiver, signal }: Pace): Promise<void> {
  while (!signal.aborted) {
    const began = performance.now()
    const heard = receiver.received.length
    await simulation.play(plus(now(), passesMs), { stepHours: passesMs / HOUR, isEnding: () => signal.aborted })
    for (const { body } of receiver.received.slice(heard)) tellAlert(body)
    await pause(Math.max(0, tickMs - (performance.now() - began)), signal)
  }
}

function tellAlert(body: string): void {
  const { type, data } = JSON.parse(body) as {
    type: string
    data: { case: { severity: string; score: number } | null }
  }
  if (type !== 'ledger.checkpoint')
    say(`                  → alert ${type}${data.case ? `, ${data.case.severity}, score ${data.case.score}` : ''}`)
}

const pause = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })

// ── The folder ─────────────────────────────────────────────────────────────────────────────────────────────

/** Empties the demo's database, if it is one. Returns whether there was anything. Throws 'conflict' for any other. */
async function clearDemo(config: Config, log: Log): Promise<boolean> {
  const postgres = await startPostgres({ folder: config.dataFolder, log, as: 'service' })
  const connection = connect(postgres.url, { max: 1, applicationName: 'telltale demo', log })
  try {
    const had = await emptyDemo(connection.db)
    // Nothing in a demo has to outlive a power cut.
    await sql`alter database ${sql.id(new URL(postgres.url).pathname.slice(1))} set synchronous_commit = off`.execute(
      connection.db,
    )
    return had
  } finally {
    await connection.pool.end()
    await postgres.stop()
  }
}

/** Drops everything in a demo's database; nothing in an empty one. Throws 'conflict' unless the ledger's first row says demo. */
export async function emptyDemo(db: Db): Promise<boolean> {
  const { rows: found } = await sql<{ schema: string; tables: number }>`
    select nspname as schema, (select count(*)::int from pg_class c where c.relnamespace = n.oid) as tables
    from pg_namespace n where nspname !~ '^pg_' and nspname <> 'information_schema'`.execute(db)
  if (found.every((one) => one.tables === 0)) return false
  if (!(await isDemo(db)))
    throw new AppError(
      'conflict',
      'The database in this folder is no demo’s, so it is left alone: name another folder in TELLTALE_DATA, or leave that unset.',
    )
  for (const { schema } of found) await sql`drop schema ${sql.id(schema)} cascade`.execute(db)
  await sql`create schema public`.execute(db)
  return true
}

async function isDemo(db: Db): Promise<boolean> {
  try {
    const { rows } = await sql<{
      demo: boolean
    }>`select kind = 'ledger.opened' and (payload->>'demo')::boolean is true as demo from ledger order by seq limit 1`.execute(
      db,
    )
    return rows[0]?.demo === true
  } catch (error) {
    throw new AppError(
      'conflict',
      `The database in this folder cannot be told to be a demo’s, so it is left alone (${messageOf(error)}).`,
    )
  }
}
