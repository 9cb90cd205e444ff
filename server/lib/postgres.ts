// The embedded PostgreSQL: set up, started, shared by every process of ours on one data folder, stopped by the last.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { AppError, messageOf } from './errors.ts'
import { exists, syncFolder } from './files.ts'
import { type Home, homeFor, type PostgresUser } from './postgres-home.ts'

export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface PostgresInput {
  /** The data folder; the cluster is `<folder>/postgres-<major>`. */
  folder: string
  log: Log
  /** There is at most one service per folder, and any number of commands beside it. */
  as?: 'service' | 'command'
  /** Server settings, e.g. `{ fsync: 'off' }`; values without spaces or quotes. */
  options?: Record<string, string>
  /** More flags for initdb. */
  initdb?: string[]
  /** Stands in for /var/lib/telltale. */
  elsewhere?: string
}

export interface Postgres {
  url: string
  /** What had gone wrong before and was put right, as a sentence; null when nothing had. */
  recovered: string | null
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a folder, or joins the one that runs there. `stop` ends it when no other process of
 * ours uses it any more, and may be called when it is gone already. Throws AppError `conflict` when another service
 * uses the folder, and `unavailable` with the reason when it cannot be started.
 *
 * Who uses it is known by advisory locks, held on one connection per process: they end with the process, however it ends.
 */
export async function startPostgres(input: PostgresInput): Promise<Postgres> {
  const home = await homeFor({ wanted: input.folder, ...(input.elsewhere && { elsewhere: input.elsewhere }) })
  if (home.note) input.log.info(home.note)
  const repaired = await initialise(home, input)
  const cluster = { ...home, password: (await readFile(join(home.data, passwordFile), 'utf8')).trim() }
  const joined = await joinServer(cluster, input)
  const recovered = [repaired, joined.recovered].filter((sentence) => sentence !== null).join(' ') || null
  let stopping: Promise<void> | undefined
  return {
    url: urlOf(cluster, joined.port, 'telltale'),
    recovered,
    stop: () => (stopping ??= leave(cluster, joined.lease, input)),
  }
}

interface Cluster extends Home {
  password: string
}

const passwordFile = 'telltale.password'

const urlOf = (cluster: Cluster, port: number, database: string) =>
  `postgres://telltale:${cluster.password}@127.0.0.1:${port}/${database}`

// --- setting up ---

/** Runs initdb in a folder beside and moves the result into place, so that a cluster under its own name is complete. */
async function initialise(home: Home, input: PostgresInput): Promise<string | null> {
  const { data, user } = home
  refuseShellCharacters(home)
  const unfinished = await clearUnfinished(home)
  if (await exists(join(data, passwordFile))) return unfinished
  const part = `${data}.part-${process.pid}`
  const password = randomBytes(24).toString('hex')
  await mkdir(part, { mode: 0o700 })
  await writeFile(join(part, passwordFile), password, { mode: 0o600 })
  if (user) for (const path of [part, join(part, passwordFile)]) await chown(path, user.uid, user.gid)
  try {
    await run(home, 'initdb', [
      ...['-D', join(part, 'cluster'), '-U', 'telltale', '-A', 'scram-sha-256'],
      `--pwfile=${join(part, passwordFile)}`,
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '-E', 'UTF8', '--data-checksums'],
      ...(input.initdb ?? []),
    ])
    await rename(join(part, passwordFile), join(part, 'cluster', passwordFile))
    await syncFolder(join(part, 'cluster'))
    await rename(join(part, 'cluster'), data)
    await syncFolder(dirname(data))
  } catch (error) {
    // Another process of ours may have been quicker; its cluster serves as well.
    if (!(await exists(join(data, passwordFile)))) throw failed(`could not be set up in ${data}`, messageOf(error))
  } finally {
    await rm(part, { recursive: true, force: true })
  }
  return unfinished
}

/** Removes what killed set-ups left; a folder under the cluster's name that is no cluster of ours is only set aside. */
async function clearUnfinished({ data }: Home): Promise<string | null> {
  const prefix = `${basename(data)}.part-`
  let cleared = false
  for (const name of await readdir(dirname(data))) {
    const pid = Number(name.slice(prefix.length))
    if (!name.startsWith(prefix) || (pid !== process.pid && isAlive(pid))) continue
    await rm(join(dirname(data), name), { recursive: true, force: true, maxRetries: 3 })
    cleared = true
  }
  if ((await exists(data)) && !(await exists(join(data, passwordFile)))) {
    const aside = `${data}.unfinished-${new Date().toISOString().replace(/[:.]/g, '-')}`
    await rename(data, aside)
    return `The set-up of the database had not been finished: it was set aside as ${aside} and done again.`
  }
  return cleared ? 'The set-up of the database had not been finished and was done again.' : null
}

/** pg_ctl hands both paths to a shell between double quotes. */
function refuseShellCharacters({ data, binaries }: Home): void {
  const bad = [data, binaries].find((path) => /["$`\n]|\\(?!\w)/.test(path))
  if (bad) throw failed(`cannot run in ${bad}`, 'no quotes, dollar signs or backslashes, please: name another folder')
}

// --- joining and leaving ---

interface Joined {
  port: number
  lease: pg.Client
  recovered: string | null
}

const patienceMs = 120_000

/** Finds the server that runs or starts one, until this process holds its lease on it. */
async function joinServer(cluster: Cluster, input: PostgresInput): Promise<Joined> {
  const deadline = Date.now() + patienceMs
  let recovered: string | null = null
  let failures = 0
  let weStarted = false
  for (;;) {
    const found = await findServer(cluster)
    if (found.state === 'none' || found.state === 'stale') {
      if (found.state === 'stale') recovered = `The database had been killed (process ${found.pid}); it has recovered.`
      const problem = await start(cluster, input, found)
      weStarted = problem === null
      if (problem && ++failures === 3) throw failed('did not start', problem)
    } else {
      const lease = found.port ? await takeLease(cluster, found.port, input) : null
      if (lease && !weStarted && lease.alone)
        recovered = 'The database of an earlier run was still running; adopted it.'
      if (lease && found.port) return { port: found.port, lease: lease.client, recovered }
      if (Date.now() > deadline) throw failed('does not answer', `process ${found.pid} holds ${cluster.data}`)
      await pause(50)
    }
  }
}

/** The last one out turns off the light. */
async function leave(cluster: Cluster, lease: pg.Client, input: PostgresInput): Promise<void> {
  const client = (await ask(lease, 'select 1')) ? lease : await takeLeaseAgain(cluster, input)
  for (const each of [lease, client]) each?.removeAllListeners('error').on('error', () => {})
  if (!client) return
  await ask(client, `select pg_advisory_unlock_shared(${locks.using})`)
  const alone = await ask(client, `select pg_try_advisory_lock(${locks.using}) as yes`)
  if (alone?.rows[0]?.yes) {
    await run(cluster, 'pg_ctl', ['stop', '-D', cluster.data, '-m', 'fast', '-w', '-t', '120']).catch(async (error) => {
      if ((await findServer(cluster)).state === 'running') throw failed('did not stop', messageOf(error))
    })
  } else if (alone) {
    input.log.info('The database keeps running, for another process that uses it.')
  }
  await client.end().catch(() => {})
}

async function takeLeaseAgain(cluster: Cluster, input: PostgresInput): Promise<pg.Client | null> {
  const found = await findServer(cluster)
  if (found.state !== 'running' || !found.port) return null
  return (await takeLease(cluster, found.port, { ...input, as: 'command' }))?.client ?? null
}

// `using` is shared by all and exclusive to the one who stops; `serving` belongs to the service. Two keys of our own.
const locks = { using: '7411, 1', serving: '7411, 2' }

/** Null when the server cannot be used now: starting, being stopped, gone. */
async function takeLease(
  cluster: Cluster,
  port: number,
  { as = 'service', folder, log }: PostgresInput,
): Promise<{ client: pg.Client; alone: boolean } | null> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, port, 'postgres'),
    application_name: `telltale ${as}, process ${process.pid}`,
    keepAlive: true,
  })
  client.on('error', () => log.error('The embedded database has ended; nothing works until Telltale is started again.'))
  try {
    await client.connect()
  } catch (error) {
    if ((error as pg.DatabaseError).code !== '28P01') return null
    throw failed('refuses us', `it does not take the password in ${join(cluster.data, passwordFile)}`)
  }
  const using = await ask(client, `select pg_try_advisory_lock_shared(${locks.using}) as yes`)
  if (!using?.rows[0]?.yes) return drop(client)
  if (as === 'service') await claimService(client, folder)
  const others = await ask(client, holders(locks.using))
  if (!others || !(await makeDatabase(client))) return drop(client)
  return { client, alone: others.rows.length === 0 }
}

/** A killed service's lock goes with its connection, but not at the very moment: hence a second of patience. */
async function claimService(client: pg.Client, folder: string): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const serving = await ask(client, `select pg_try_advisory_lock(${locks.serving}) as yes`)
    if (!serving || serving.rows[0]?.yes) return
    await pause(50)
  }
  const other = (await ask(client, holders(locks.serving)))?.rows[0]?.application_name ?? 'another process'
  await drop(client)
  throw new AppError(
    'conflict',
    `Telltale already runs on ${folder} (${other}). Stop it first, or name another TELLTALE_DATA.`,
  )
}

const holders = (lock: string) => `
  select application_name from pg_stat_activity join pg_locks using (pid)
  where locktype = 'advisory' and (classid, objid) = (${lock}) and objsubid = 2 and granted and pid <> pg_backend_pid()`

async function makeDatabase(client: pg.Client): Promise<boolean> {
  const found = await ask(client, `select 1 from pg_database where datname = 'telltale'`)
  if (!found || found.rows.length > 0) return found !== null
  await ask(client, 'create database telltale')
  return (await ask(client, `select 1 from pg_database where datname = 'telltale'`))?.rows.length === 1
}

/** The answer, or null when there is none to have from this connection. */
async function ask(client: pg.Client, sql: string): Promise<pg.QueryResult | null> {
  return client.query(sql).catch(() => null)
}

async function drop(client: pg.Client): Promise<null> {
  await client.end().catch(() => {})
  return null
}

// --- the server's process ---

type Server =
  | { state: 'none' }
  | { state: 'stale'; pid: number }
  | { state: 'running'; pid: number; port: number | null }

/** Reads postmaster.pid: process id in line 1, port in line 4 (PostgreSQL's src/include/utils/pidfile.h). */
async function findServer({ data }: Home): Promise<Server> {
  const lines = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')
  const pid = Number(lines[0])
  if (!pid) return { state: 'none' }
  if (!isAlive(pid) || !(await isPostgres(pid))) return { state: 'stale', pid }
  return { state: 'running', pid, port: Number(lines[3]) || null }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** False for a zombie, and for a stranger who was given the number since: after a reboot, or in a new container. */
async function isPostgres(pid: number): Promise<boolean> {
  if (process.platform === 'win32') return true
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null)
  if (command !== null || process.platform === 'linux') return basename(command?.split('\0')[0] ?? '') === 'postgres'
  return new Promise((answer) => {
    execFile('ps', ['-o', 'comm=', '-p', String(pid)], (_, name) => answer(basename(name.trim()) === 'postgres'))
  })
}

/** Starts the server detached from us; the problem as text when it did not come up. */
async function start(cluster: Cluster, { options }: PostgresInput, found: Server): Promise<string | null> {
  // PostgreSQL believes any live process of that number to be its own, and would refuse to start.
  if (found.state === 'stale' && isAlive(found.pid)) await rm(join(cluster.data, 'postmaster.pid'), { force: true })
  const port = await freePort()
  const settings = Object.entries({ ...serverSettings, ...options }).map(([name, value]) => `-c ${name}=${value}`)
  const logFile = join(cluster.data, 'postgres.log')
  try {
    const flags = ['start', '-D', cluster.data, '-w', '-t', '600', '-l', logFile]
    await run(cluster, 'pg_ctl', [...flags, '-o', [`-p ${port}`, ...settings].join(' ')])
    return null
  } catch (error) {
    const tail = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-5).join(' | ')
    return `${messageOf(error)} Its log ${logFile} ends: ${tail}`
  }
}

// Errors of statements stay out of the server's log, since their details quote rows.
const serverSettings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
  // After a checkpoint the first change of a page writes the whole of it to the log: presence touches nearly every page.
  wal_compression: 'pglz',
  // With the price of a disk that has to seek, short lists of ids would be looked for in whole tables.
  random_page_cost: '1.1',
}

async function freePort(): Promise<number> {
  return new Promise((found, lost) => {
    const server = createServer().once('error', lost)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => found(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Runs a program of PostgreSQL as its user, from a folder that is always there, with nothing of our environment. */
async function run(home: Home, program: 'initdb' | 'pg_ctl', flags: string[]): Promise<void> {
  const user: Partial<PostgresUser> = home.user ?? {}
  const options = { cwd: '/', env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }, ...user }
  return new Promise((done, refuse) => {
    execFile(join(home.binaries, 'bin', program), flags, options, (error, stdout, stderr) => {
      if (error) refuse(new Error(`${program}: ${(stderr || stdout || error.message).trim()}`))
      else done()
    })
  })
}

function failed(what: string, why: string): AppError {
  return new AppError('unavailable', `The embedded PostgreSQL ${what}: ${why}.`)
}
