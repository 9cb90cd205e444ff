// What no linter holds: that the import rules were really read, that vendors stay behind the ports, and that README is right.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const read = (name: string) => readFileSync(path.join(root, name), 'utf8')

describe('the import rules', () => {
  it('dependency-cruiser reads every module, TypeScript among them, and finds nothing wrong', () => {
    const cruiser = path.join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')
    const folders = ['server', 'client', 'test']
    const answer = execFileSync(
      process.execPath,
      [cruiser, ...folders, '--config', '.dependency-cruiser.mjs', '--output-type', 'json'],
      { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 },
    )
    const { modules, summary } = JSON.parse(answer) as {
      modules: { source: string; dependencies: unknown[] }[]
      summary: { violations: { rule: { name: string }; from: string; to: string }[] }
    }
    expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([])
    const readOnes = new Set(modules.map((module) => module.source))
    expect(readOnes.size).toBeGreaterThan(100)
    for (const name of globSync('server/**/*.ts', { cwd: root }))
      expect(readOnes, 'every file of the server').toContain(name)
    const main = modules.find((module) => module.source === 'server/main.ts')
    expect(main?.dependencies.length, 'it understands what it reads').toBeGreaterThan(10)
  })
})

describe('vendors', () => {
  const vendors = /easypost|jamf|fedex|kandji|intune/i
  const carriers = /\b(UPS|DHL|USPS(?! Publication))\b/
  const namesVendor = (text: string) => vendors.test(text) || carriers.test(text)
  // A postal authority's publication on how addresses are written is a source, not a vendor.
  const homes = /^server\/(integrations|simulator)\//
  /** Where a vendor is named without being known, and why. */
  const excused: Record<string, string> = {
    'server/demo.ts': 'gives the simulator’s vendors their secrets through the environment, as an operator would',
  }

  it('are named under integrations/ and simulator/ only', () => {
    const named = globSync('server/**/*.ts', { cwd: root })
      .filter((name) => !homes.test(name) && !(name in excused))
      .flatMap((name) =>
        read(name)
          .split('\n')
          .flatMap((line, at) => (namesVendor(line) ? [`${name}:${at + 1}: ${line.trim()}`] : [])),
      )
    expect(named, 'say it in the words of ports.ts, or move it under integrations/').toEqual([])
  })

  it('are excused nowhere that does not need it', () => {
    for (const name of Object.keys(excused))
      expect(namesVendor(read(name)), `${name} names no vendor any more`).toBe(true)
  })
})

describe.skipIf(!existsSync(path.join(root, 'README.md')) && !process.env['CI'])('README', () => {
  const text = () => read('README.md')

  it('cites only files and folders that are there', () => {
    const folders = 'server|client|test|migrations|docs|[.]ci'
    const cited = [...text().matchAll(new RegExp(`(?<![\\w/.-])(?:${folders})/[\\w./<>*-]*`, 'g'))].map(([name]) =>
      name.replace(/[.]$/, ''),
    )
    const links = [...text().matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, name]) => name ?? '')
    const real = [...cited, ...links].filter((name) => !/[<>*]|000N/.test(name))
    expect(real.length).toBeGreaterThan(0)
    // A filter for the tests is the beginning of a path.
    const isThere = (name: string) =>
      existsSync(path.join(root, name)) || globSync(`${name}*`, { cwd: root }).length > 0
    expect(real.filter((name) => !isThere(name))).toEqual([])
  })

  it('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = [...text().matchAll(/npm run (?:-s )?([\w:-]+)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('lists every variable that is read, and no other', () => {
    const schemas = ['server/config.ts', ...globSync('server/integrations/**/*.ts', { cwd: root })]
    const taken = schemas.flatMap((name) => [...read(name).matchAll(/\b([A-Z][A-Z_]+): (?:z\b|optional|\w+Schema\b)/g)])
    const rows = text()
      .split('\n')
      .flatMap((line) => /^\| (`[^|]*) \|/.exec(line)?.[1] ?? [])
    const listed = rows.flatMap((row) => [...row.matchAll(/`([A-Z][A-Z_]+)`/g)])
    const names = (found: RegExpMatchArray[]) => [...new Set(found.map(([, name]) => name))].sort()
    expect(names(taken)).toContain('DATABASE_URL')
    expect(names(listed)).toEqual(names(taken))
  })
})
