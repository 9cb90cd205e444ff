// The embedded PostgreSQL: what survives whom, and who stops it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type PostgresInput, startPostgres } from '../../server/lib/postgres.ts'

const script = fileURLToPath(new URL('../fixtures/start-postgres.ts', import.meta.url))
const isRoot = process.getuid?.() === 0
let base: string
let folder: string
let said: string[]
let children: ChildProcess[]

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'telltale postgres '))
  await chmod(base, 0o755)
  folder = join(base, 'the data')
  said = []
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const pid of await postmasters(base)) await endIfOurs(pid)
  await rm(base, { recursive: true, force: true, maxRetries: 10 })
})

const note = (message: string) => void said.push(message)
const log = { info: note, warn: note, error: note }
const start = (more: Partial<PostgresInput> = {}) =>
  startPostgres({ folder, log, initdb: ['--no-sync'], elsewhere: join(base, 'elsewhere'), ...more })

/** Starts another process of ours; resolves when its database is up. */
async function startChild(as: 'service' | 'command') {
  const child = spawn(process.execPath, [script, folder, as], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  const end = async () => {
    child.stdin.end()
    await once(child, 'exit')
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  return { ...(JSON.parse(line) as { url: string; recovered: string | null }), end, kill }
}

/** The process ids of the servers whose data is somewhere below a folder. */
async function postmasters(path: string): Promise<number[]> {
  const files = (await readdir(path, { recursive: true }).catch(() => [])).filter((name) =>
    name.endsWith('postmaster.pid'),
  )
  return Promise.all(files.map(async (name) => Number((await readFile(join(path, name), 'utf8')).split('\n')[0])))
}

/** Ends a server that a failed test left behind, and nothing else that may have its number. */
async function endIfOurs(pid: number): Promise<void> {
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  if (command.includes(base)) process.kill(pid, 'SIGQUIT')
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return client.query(sql).then(
    ({ rows }) => client.end().then(() => rows),
    (error) => client.end().then(() => Promise.reject(error)),
  )
}

describe('starting and stopping', () => {
  it('sets up a cluster in a folder whose name has a space, and finds its data again at the next start', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    expect(await readdir(folder)).toEqual(['postgres-18'])
    expect(await postmasters(base)).toEqual([])

    const second = await start()
    expect(second.recovered).toBeNull()
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
    expect(await postmasters(base)).toEqual([])
  })

  it('listens on the loopback only, asks for a password, checks its pages, and knows upper case outside ASCII', async () => {
    const { url, stop } = await start()
    const settings = `select current_setting('listen_addresses') as host, current_setting('unix_socket_directories') as sockets,
      current_setting('data_checksums') as checksums, lower('ÄÖ') as lower`
    expect(await query(url, settings)).toEqual([{ host: '127.0.0.1', sockets: '', checksums: 'on', lower: 'äö' }])
    await expect(query(url.replace(/:[0-9a-f]{48}@/, ':guess@'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    )
    await stop()
  })

  it('begins a set-up that was killed again, keeps what lay there, and says so', async () => {
    await mkdir(join(folder, 'postgres-18', 'base'), { recursive: true })
    await mkdir(join(folder, 'postgres-18.part-999999999'))
    const { recovered, stop } = await start()
    expect(recovered).toContain('had not been finished')
    await stop()
    const names = (await readdir(folder)).sort()
    expect(names).toEqual(['postgres-18', expect.stringMatching(/^postgres-18\.unfinished-/)])
  })

  it('refuses a folder with the data of another major version instead of starting empty beside it', async () => {
    await mkdir(join(folder, 'postgres-17'), { recursive: true })
    await expect(start()).rejects.toMatchObject({ problem: 'conflict' })
  })
})

describe('after a kill', () => {
  it('adopts the database that a killed service left running', async () => {
    const killed = await startChild('service')
    await query(killed.url, 'create table kept as select 42 as answer')
    await killed.kill()

    const next = await start()
    expect(next.recovered).toContain('adopted')
    expect(next.url).toBe(killed.url)
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await next.stop()
    expect(await postmasters(base)).toEqual([])
  })

  it('recovers a killed database with all that was committed; until then calls fail and stopping is quiet', async () => {
    const first = await start()
    await query(first.url, 'create table kept as select 42 as answer')
    const [pid] = await postmasters(base)
    process.kill(pid!, 'SIGKILL')
    await expect.poll(() => said.join()).toContain('has ended')
    await expect(query(first.url, 'select 1')).rejects.toThrow()
    await first.stop()

    const next = await start()
    expect(next.recovered).toContain('recovered')
    expect(await query(next.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await next.stop()
  })

  it('is not misled by a stale process id that somebody else has now', async () => {
    await (await start()).stop()
    const pidFile = join(folder, 'postgres-18', 'postmaster.pid')
    const cluster = await stat(join(folder, 'postgres-18'))
    await writeFile(pidFile, `${process.pid}\n${join(folder, 'postgres-18')}\n0\n1\n\n127.0.0.1\n`, { mode: 0o600 })
    if (isRoot) await chown(pidFile, cluster.uid, cluster.gid)
    const { recovered, stop } = await start()
    expect(recovered).toContain('recovered')
    await stop()
  })
})

describe('several processes on one folder', () => {
  it('refuses a second service while the first one lives', async () => {
    const first = await start()
    const second = start()
    await expect(second).rejects.toMatchObject({ problem: 'conflict' })
    await expect(second).rejects.toThrow(`process ${process.pid}`)
    expect(await query(first.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await first.stop()
  })

  it('lets a command use the database of the service, and leaves it running', async () => {
    const service = await start()
    const command = await startChild('command')
    expect(command).toMatchObject({ url: service.url, recovered: null })
    await command.end()
    expect(await query(service.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await service.stop()
    expect(await postmasters(base)).toEqual([])
  })

  it('keeps the database of a command running for the service that came meanwhile, and the other way round', async () => {
    const command = await start({ as: 'command' })
    const service = await startChild('service')
    expect(service).toMatchObject({ url: command.url, recovered: null })
    await command.stop()
    expect(said.join()).toContain('keeps running')
    const last = await start({ as: 'command' })
    await service.end()
    expect(await query(last.url, 'select 1 as one')).toEqual([{ one: 1 }])
    await last.stop()
    expect(await postmasters(base)).toEqual([])
  })

  it('gives commands that start at the same moment on a new folder the same database, and the last one stops it', async () => {
    const commands = await Promise.all([startChild('command'), startChild('command'), startChild('command')])
    expect(new Set(commands.map((each) => each.url)).size).toBe(1)
    await Promise.all(commands.map((each) => each.end()))
    expect(await postmasters(base)).toEqual([])
    expect(await readdir(folder)).toEqual(['postgres-18'])
  })
})

describe.runIf(isRoot)('as root, which PostgreSQL refuses to be', () => {
  it('runs as the owner of the cluster, in a folder that belongs to root and is open to all', async () => {
    await mkdir(folder)
    await chmod(folder, 0o777)
    await (await start()).stop()
    const cluster = await stat(join(folder, 'postgres-18'))
    expect(cluster.uid).not.toBe(0)
    expect((await stat(folder)).uid).toBe(0)
  })

  it('puts data and programs elsewhere when the home is closed, says where, and finds them again', async () => {
    const home = join(base, 'home')
    await mkdir(join(home, 'node_modules'), { recursive: true })
    await chmod(home, 0o700)
    const input = { folder: join(home, '.telltale') }
    const first = await start(input)
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const [data = ''] = (await readdir(join(base, 'elsewhere'))).filter((name) => name.startsWith('data-'))
    expect(said.join()).toContain(join(base, 'elsewhere', data, 'postgres-18'))

    await chmod(home, 0o755)
    const second = await start(input)
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    await second.stop()
  })
})
