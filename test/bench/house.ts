// What is measured: a real PostgreSQL with default durability, and the two services as processes of their own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { startPostgres } from '../../server/lib/postgres.ts'

const root = path.join(import.meta.dirname, '../..')
const quiet = { info() {}, warn() {}, error() {} }

export interface BenchHouse {
  /** Of Telltale's database, and the plain service's, in one cluster. */
  databases: { telltale: pg.Pool; baseline: pg.Pool }
  telltale: Running
  baseline: Running
  /** Of Telltale, with the scope for check-ins. */
  token: string
  close(): Promise<void>
}

export interface Running {
  port: number
  /** Resident memory, in MB. */
  memory(): Promise<number>
}

/** Starts everything. `environment` is added to Telltale's. */
export async function openBenchHouse(environment: Record<string, string> = {}): Promise<BenchHouse> {
  const folder = await mkdtemp(path.join(tmpdir(), 'telltale-bench-'))
  await chmod(folder, 0o755)
  const postgres = await startPostgres({ folder, log: quiet, elsewhere: folder })
  const urlOf = (database: string) => Object.assign(new URL(postgres.url), { pathname: `/${database}` }).href
  const admin = new pg.Pool({ connectionString: postgres.url, max: 1 })
  await admin.query('create database bench')
  await admin.query('create database baseline')
  await admin.end()
  const ports = [await freePort(), await freePort()]
  const own = { DATABASE_URL: urlOf('bench'), TELLTALE_DATA: path.join(folder, 'data'), ...environment }
  const telltale = await run(startArguments(), { ...own, PORT: String(ports[0]) }, /Ready|http/)
  const baseline = await run(['test/bench/baseline.ts', urlOf('baseline'), String(ports[1])], {}, /ready/)
  const made = await promisify(execFile)(
    process.execPath,
    [
      'server/cli.ts',
      'token',
      'create',
      '--name',
      'bench',
      '--source',
      'agent',
      '--scope',
      'checkins:write,directory:write,read',
      '--vouches',
      'enrolment',
    ],
    { cwd: root, env: { ...process.env, ...own, PORT: String(ports[0]) } },
  )
  const databases = {
    telltale: new pg.Pool({ connectionString: urlOf('bench'), max: 4 }),
    baseline: new pg.Pool({ connectionString: urlOf('baseline'), max: 2 }),
  }
  return {
    databases,
    telltale: { port: ports[0]!, memory: () => memoryOf(telltale) },
    baseline: { port: ports[1]!, memory: () => memoryOf(baseline) },
    token: made.stdout.trim(),
    async close() {
      for (const pool of Object.values(databases)) await pool.end()
      for (const child of [telltale, baseline]) await stop(child)
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** What `npm start` gives to node. */
function startArguments(): string[] {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    scripts: { start: string }
  }
  return scripts.start.replace(/^exec node /, '').split(' ')
}

async function run(args: string[], environment: Record<string, string>, isReady: RegExp): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => isReady.test(chunk.toString()) && resolve())
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}.`)))
  })
  return child
}

const stop = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })

/** Linux only: elsewhere nothing is known. */
async function memoryOf(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? Number.NaN) / 1024)
}

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
