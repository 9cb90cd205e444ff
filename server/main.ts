// The composition root: configuration, database, vendors, app, worker. Reads process.env, and nothing else does.
import path from 'node:path'
import { createAuth } from './access/auth.ts'
import { createConnector } from './access/connector.ts'
import { firstAdminLink } from './access/invitations.ts'
import { createVault } from './access/secrets.ts'
import { createTokenCheck } from './access/tokens.ts'
import { createKnownPlaces } from './addresses/company-places.ts'
import { createApp } from './app.ts'
import { type Config, loadConfig } from './config.ts'
import type { World } from './custody/act.ts'
import { systemActor } from './custody/events.ts'
import { append, signingKey, toEvent } from './custody/ledger.ts'
import type { House, Log } from './house.ts'
import { checkInEndpoint } from './http/check-ins.ts'
import { listenTo } from './http/listen.ts'
import { readersOf } from './http/readers.ts'
import { serve } from './http/serve.ts'
import {
  createAgentProtocols,
  createCarrierProvider,
  createMails,
  createMdms,
  createSinks,
  createWebhookSources,
  offeredVendors,
} from './integrations/index.ts'
import { createPlaceData } from './integrations/places/place-data.ts'
import { connect, type Db, migrate } from './lib/database.ts'
import { AppError } from './lib/errors.ts'
import { startPostgres } from './lib/postgres.ts'
import { openPlaceFiles } from './place-files.ts'
import type { Clock } from './ports.ts'
import { loadKeys } from './secrets.ts'
import { checkpoint, idleWorker, startWorker, tasks } from './worker.ts'

export interface EnvironmentOver {
  /** Instead of what the environment says; empty is absent. */
  over?: Record<string, string>
  /** Where the environment says nothing. */
  defaults?: Record<string, string>
}

/** Whether to show what is only for who works on this program. */
export const isDebugging = (): boolean => process.env['LOG_LEVEL'] === 'debug'

/** The configuration of this process. Throws 'invalid' with every fault, one a line. */
export function readConfig({ over = {}, defaults = {} }: EnvironmentOver = {}): Config {
  const said = Object.entries(process.env).filter(([, value]) => value?.trim())
  const result = loadConfig({ ...defaults, ...Object.fromEntries(said), ...over })
  if (result.ok) return result.config
  throw new AppError(
    'invalid',
    `The configuration has ${result.faults.length === 1 ? 'a fault' : `${result.faults.length} faults`}:\n${result.faults.map((fault) => `  ${fault.path}: ${fault.problem}`).join('\n')}`,
    result.faults,
  )
}

export interface OpenOptions {
  as: 'service' | 'command'
  log: Log
  clock?: Clock
  /** Set for the demo: what the ledger's first row says, and `start` refuses. */
  demo?: { seed: number }
}

export interface OpenHouse extends House {
  databaseUrl: string
  /** What had gone wrong before and was put right; null when nothing had. */
  recovered: string | null
  close(): Promise<void>
}

/** Starts or joins the database, and composes everything but the server and the worker. */
export async function openHouse(config: Config, options: OpenOptions): Promise<OpenHouse> {
  const { log } = options
  const clock = options.clock ?? (() => new Date())
  const postgres =
    config.databaseUrl === null ? await startPostgres({ folder: config.dataFolder, log, as: options.as }) : null
  const closing: (() => Promise<unknown>)[] = postgres ? [() => postgres.stop()] : []
  try {
    const databaseUrl = postgres?.url ?? config.databaseUrl!
    const connection = connect(databaseUrl, {
      max: options.as === 'service' ? 12 : 4,
      applicationName: `telltale ${options.as}`,
      log,
    })
    closing.unshift(() => connection.pool.end())
    const { db, pool } = connection
    const applied = await migrate(db)
    if (applied.length > 0) log.info(`database brought up to date: ${applied.join(', ')}`)
    await openLedger(db, clock, options)
    const keys = await loadKeys(config.dataFolder)
    const signIn = createAuth({ databaseUrl, secret: keys.auth, url: config.url, log })
    closing.unshift(() => signIn.close())
    const sinks = createSinks(config.integrations)
    const placeData = createPlaceData({
      folder: path.join(config.dataFolder, 'places'),
      mirror: config.integrations.places?.mirror ?? null,
    })
    await openPlaceFiles({ db, placeData, log })
    const knownPlaces = createKnownPlaces()
    await knownPlaces.refresh(db)
    const world: World = { places: placeData.places, pseudonym: keys.pseudonym, classify: knownPlaces.classify }
    const vault = createVault(keys.settings)
    const provider = createCarrierProvider(config.integrations)
    const connector = createConnector({ db, vault, provider, clock, world, log })
    await connector.refresh()
    const sources = createWebhookSources(config.integrations, { url: config.url, carrier: connector })
    const mdms = createMdms(config.integrations, { clock })
    const agents = createAgentProtocols(config.integrations)
    return {
      databaseUrl,
      recovered: postgres?.recovered ?? null,
      url: config.url,
      demo: options.demo !== undefined,
      db,
      pool,
      clock,
      world,
      placeData,
      knownPlaces,
      outside: { sinks: sinks.map((sink) => sink.name), url: config.url },
      sinks,
      sources,
      mdms,
      vendors: offeredVendors(config.integrations),
      agents,
      readers: readersOf(sources, mdms, agents),
      carrier: () => connector.state().carrier,
      connector,
      vault,
      mail: createMails(config.integrations),
      signingKey: signingKey(keys.signing),
      auth: signIn.auth,
      tokens: createTokenCheck(db, clock),
      worker: idleWorker,
      log,
      close: () => closeAll(closing),
    }
  } catch (error) {
    await closeAll(closing)
    throw error
  }
}

async function closeAll(closing: (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closing) await close().catch(() => {})
}

/** The ledger's first row says whether this is a demo, so that nobody takes the one for the other. */
async function openLedger(db: Db, clock: Clock, options: OpenOptions): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const row = await tx.selectFrom('ledger').selectAll().orderBy('seq').limit(1).executeTakeFirst()
    const first = row && toEvent(row)
    const isDemo = first?.kind === 'ledger.opened' && first.payload?.demo === true
    if (first !== undefined && isDemo && options.demo === undefined)
      throw new AppError(
        'conflict',
        'This database belongs to a demo: its people and parcels are invented. Run “telltale demo”, or name another folder in TELLTALE_DATA.',
      )
    if (first !== undefined && !isDemo && options.demo !== undefined)
      throw new AppError(
        'conflict',
        'This database holds real records: the demo needs a folder of its own in TELLTALE_DATA.',
      )
    if (first !== undefined) return
    const now = clock()
    await append(tx, now, [
      {
        kind: 'ledger.opened',
        occurredAt: now,
        actor: systemActor('first start'),
        payload: options.demo === undefined ? { demo: false } : { demo: true, seed: options.demo.seed },
      },
    ])
  })
}

export interface Service {
  house: House
  /** A one-time link for the first admin; null once there is somebody. */
  adminLink: string | null
  recovered: string | null
  stop(): Promise<void>
}

/** Starts the whole service and returns when it takes input. `timed` false leaves the jobs' clock to the caller. */
export async function startService(
  config: Config,
  options: Omit<OpenOptions, 'as'> & { timed?: boolean },
): Promise<Service> {
  const server = await serve({ port: config.port, host: config.host, log: options.log })
  const ending: (() => Promise<unknown>)[] = [() => server.close()]
  try {
    const opened = await openHouse(config, { ...options, as: 'service' })
    ending.push(() => opened.close())
    const house: House = { ...opened, worker: idleWorker }
    const listener = await listenTo(opened.databaseUrl, house)
    ending.unshift(() => listener.close())
    house.worker = startWorker(house, { timed: options.timed ?? true })
    ending.unshift(() => house.worker.stop())
    const adminLink = await firstAdminLink(opened.db, { now: opened.clock(), world: opened.world }, config.url)
    const app = createApp(house, { changes: listener.changes })
    server.open({ fetch: app.fetch, direct: checkInEndpoint(house) })
    return {
      house,
      adminLink,
      recovered: opened.recovered,
      async stop() {
        await server.drain()
        await house.worker.stop()
        await leaveWord(house)
        await closeAll(ending)
      },
    }
  } catch (error) {
    await closeAll(ending)
    throw error
  }
}

/** The last checkpoint leaves the house before the lights go out; a sink that does not answer does not keep us. */
async function leaveWord(house: House): Promise<void> {
  try {
    await house.tokens.flush()
    await checkpoint(house)
    await Promise.race([tasks.deliver(house), new Promise((resolve) => setTimeout(resolve, 8_000).unref())])
  } catch (error) {
    house.log.warn(`the last checkpoint could not be sent: ${error instanceof Error ? error.message : String(error)}`)
  }
}
