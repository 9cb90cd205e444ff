// Nothing scores a name, a nationality, a language or a keyboard: what rules may look at, do look at and say has none.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Dossier } from '../../server/detection/rule.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { disputed, farmed, troubled } from './lives.ts'
import { judge } from './story.ts'

const read = (path: string) => readFileSync(new URL(`../../server/detection/${path}`, import.meta.url), 'utf8')

/** Words for what somebody is, where they come from, how they speak and type, and how to reach them. */
const forbidden =
  /(first|last|given|family|middle|full|nick|user|person|addressee|signer|employee)_?name|surname|nationalit|citizen|ethnic|race\b|religion|gender|\bsex\b|birth|\bage\b|native|mother_?tongue|languag|locale|accent|\bspeech|keyboard|keymap|input_?(method|source)|\bime\b|charset|email|photo|\bline[12]\b|street|postal/i

/** Members whose own word is `name`: those of products, which the catalogue gives. */
const productNames = ['ToolFact.name', 'HardwareFact.name', 'NetworkFact.service.name']

/** `hasEmail` tells that one was told, and not whose; `localeCompare` puts ids in order. */
const allowed = /^(hasEmail|localeCompare)$/

/** Members of the interfaces and types of a source, each with the interface it is in. */
function membersOf(source: string): { of: string; member: string }[] {
  let of = ''
  return plain(source)
    .split('\n')
    .flatMap((line) => {
      of = /^export interface (\w+)/.exec(line)?.[1] ?? of
      return [...line.matchAll(/(?:^ {2,}|[{;] ?)(\w+)\??:/g)].map(([, member]) => ({ of, member: member! }))
    })
}

/** A source without its comments and without the words it says to people. */
const plain = (source: string) =>
  source
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''")

test('what rules may look at holds none of it', () => {
  const members = membersOf(read('rule.ts').split('/** One statement of a rule')[0]!)
  expect(members.length).toBeGreaterThan(150)
  expect(members.filter(({ member }) => forbidden.test(member) && !allowed.test(member))).toEqual([])
  const named = members.filter(({ member }) => member === 'name').map(({ of }) => of)
  expect(named.toSorted()).toEqual(productNames.map((path) => path.split('.')[0]).toSorted())
})

/** Everything that is read of a value, by its path: `shipments[].destination.kind`. */
function watched<T extends object>(value: T, paths: Set<string>, path = ''): T {
  return new Proxy(value, {
    get(target, key) {
      const found: unknown = Reflect.get(target, key)
      if (typeof key === 'symbol' || typeof found === 'function')
        return typeof found === 'function'
          ? found.bind(target instanceof Date ? target : watched(target, paths, path))
          : found
      const here = Array.isArray(target) ? `${path}[]` : path === '' ? key : `${path}.${key}`
      if (!Array.isArray(target)) paths.add(here)
      return typeof found === 'object' && found !== null && !(found instanceof Date)
        ? watched(found, paths, here)
        : found
    },
  })
}

test('what rules do look at is none of it, in lives in which they say much', () => {
  const paths = new Set<string>()
  const speak = new Set<string>()
  for (const told of [troubled, disputed, farmed])
    for (const rule of rules) {
      const dossier: Dossier = watched(told().dossier({ now: '2026-04-10' }), paths)
      if (judge(rule, dossier).findings.length > 0) speak.add(rule.id)
    }
  expect(speak.size).toBeGreaterThan(20)
  expect(paths.size).toBeGreaterThan(80)
  const parts = [...paths].flatMap((path) => path.split('.').map((part) => [path, part.replace('[]', '')] as const))
  expect(parts.filter(([, part]) => forbidden.test(part) && !allowed.test(part))).toEqual([])
  const named = [...paths].filter((path) => path.endsWith('.name'))
  expect(named.filter((path) => !/^(tools|hardware)\[\]|service\.name$/.test(path))).toEqual([])
})

test('no rule speaks of it in its code', () => {
  for (const file of [
    ...readdirSync(new URL('../../server/detection/rules/', import.meta.url)).map((name) => `rules/${name}`),
    'measure.ts',
    'spans.ts',
    'score.ts',
  ]) {
    const words = plain(read(file)).match(/[A-Za-z_][A-Za-z0-9_]*/g)!
    expect([file, words.filter((word) => forbidden.test(word) && !allowed.test(word))]).toEqual([file, []])
  }
})

test('no finding says it', () => {
  for (const told of [troubled, disputed, farmed]) {
    const dossier = told().dossier()
    for (const rule of rules)
      for (const { facts, summary, key } of judge(rule, dossier).findings) {
        expect(Object.keys(facts).filter((name) => forbidden.test(name) || name === 'name')).toEqual([])
        for (const text of [summary, key, ...Object.values(facts).map(String)])
          expect(text).not.toMatch(/@|example\.com|\b\d{3}[- ]\d{4}\b/)
      }
  }
})
