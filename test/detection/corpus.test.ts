// What every rule owes its readers: metadata that is complete, and tests of both kinds.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { facets, payloads } from '../../server/custody/events.ts'
import { assembleDossier } from '../../server/detection/dossier.ts'
import { layers, responses, severities } from '../../server/detection/rule.ts'
import { ruleById, rules } from '../../server/detection/rules/index.ts'
import { disputed, farmed, troubled } from './lives.ts'
import { cleanDelivery, story } from './story.ts'

const folder = new URL('../../server/detection/rules/', import.meta.url)
const files = readdirSync(folder).filter((name) => name !== 'index.ts')
const wakes = [...Object.keys(payloads), ...facets, 'time', 'shared']

interface Bounds {
  type?: string
  minimum?: number
  exclusiveMinimum?: number
  maximum?: number
}

const lives = [troubled, disputed, farmed].map((told) => () => told().dossier())

test('every file is a listed rule, and every rule has the name of its file', () => {
  expect(rules.map((rule) => `${rule.id}.ts`).toSorted()).toEqual(files.toSorted())
  expect(new Set(rules.map((rule) => rule.title)).size).toBe(rules.length)
  expect(ruleById('no-such-rule')).toBeUndefined()
})

describe.each(rules.map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  test('is found by its id', () => expect(ruleById(id)).toBe(rule))

  test('says why, from what source, and where it errs', () => {
    expect(rule.title).not.toMatch(/\.$/)
    expect(rule.why.length).toBeGreaterThan(40)
    expect(rule.references.length).toBeGreaterThan(0)
    for (const reference of rule.references) expect(reference).toMatch(/https:\/\//)
    expect(rule.falsePositives.length).toBeGreaterThan(0)
    expect(rule.blindSpots.length).toBeGreaterThan(0)
    expect(rule.runbook.length).toBeGreaterThanOrEqual(2)
    expect(rule.runbook.length).toBeLessThanOrEqual(6)
    for (const technique of rule.attack) expect(technique).toMatch(/^T\d{4}(\.\d{3})?$/)
  })

  test('weighs and ranks within reason', () => {
    expect(severities).toContain(rule.severity)
    expect(layers).toContain(rule.layer)
    expect(responses).toContain(rule.response)
    expect(rule.group).toMatch(/^[a-z -]+$/)
    expect(rule.weight).toBeGreaterThan(0)
    expect(rule.weight).toBeLessThanOrEqual(20)
    // From 10 decibans a finding opens a case: one that can only be low must not.
    expect(rule.severity === 'low' && rule.weight >= 10).toBe(false)
    // A place alone is never more than medium (DESIGN 9); many laptops at one are more than a place.
    if (rule.layer === 'place' && rule.group !== 'farm') expect(rule.severity).toBe('medium')
  })

  test('is woken by things that happen', () => {
    expect(rule.watches.length).toBeGreaterThan(0)
    for (const watched of rule.watches) expect(wakes).toContain(watched)
  })

  test('has a default and a reason for every parameter', () => {
    const params = rule.params.parse({})
    for (const [name, schema] of Object.entries(rule.params.shape)) {
      expect(params[name]).toBeDefined()
      expect((schema as { description?: string }).description).toMatch(/\w{3}/)
    }
  })

  test('bounds every parameter, so that a page can refuse a slip before it is saved', () => {
    const { properties = {} } = z.toJSONSchema(rule.params) as { properties?: Record<string, Bounds> }
    for (const [name, { type, minimum, exclusiveMinimum, maximum }] of Object.entries(properties)) {
      if (type !== 'number' && type !== 'integer') continue
      expect([name, minimum ?? exclusiveMinimum]).toEqual([name, expect.any(Number)])
      expect([name, maximum]).toEqual([name, expect.any(Number)])
      expect(maximum).toBeLessThanOrEqual(100_000)
      if (/weight/i.test(name)) expect(maximum).toBeLessThanOrEqual(20)
    }
  })

  test('is woken by time exactly where it asks to look again', () => {
    const source = readFileSync(new URL(`${id}.ts`, folder), 'utf8')
    if (/lookAgainAt/.test(source)) expect(rule.watches).toContain('time')
  })

  test('puts no more into a finding than plain values, and rests it on facts that are there', () => {
    for (const told of lives) {
      const dossier = told()
      const came = rule.evaluate(dossier, rule.params.parse({}))
      for (const { key, summary, facts, evidence, weight } of Array.isArray(came) ? came : came.findings) {
        expect(key).not.toBe('')
        expect(summary).toMatch(/^[A-Z0-9].*[^.]$/)
        expect(evidence.length).toBeGreaterThan(0)
        for (const seq of evidence) expect(seq).toBeLessThanOrEqual(dossier.seq)
        for (const value of Object.values(facts))
          expect(['string', 'number', 'boolean']).toContain(typeof (value ?? ''))
        expect(weight ?? rule.weight).toBeLessThanOrEqual(20)
      }
    }
  })

  test('says nothing about a laptop of which nothing is known, or about one in stock', () => {
    for (const told of [story(), story().home('Boston'), story().status('2026-03-01', 'stock')]) {
      const came = rule.evaluate(told.dossier({ now: '2026-06-01' }), rule.params.parse({}))
      expect(Array.isArray(came) ? came : came.findings).toEqual([])
    }
  })

  test('throws at no moment of a life', () => {
    const facts = cleanDelivery()
      .checkedIn('2026-03-06', { from: 'Phoenix', software: ['AnyDesk'] })
      .returnOrdered('2026-05-01')
      .received('2026-05-09')
      .facts()
    for (let seq = 0; seq <= facts.events.length; seq++)
      expect(() => rule.evaluate(assembleDossier(facts, { seq }), rule.params.parse({}))).not.toThrow()
  })

  test('is tested both ways', () => {
    const file = new URL(`rules/${id}.test.ts`, import.meta.url)
    expect(existsSync(file)).toBe(true)
    const text = readFileSync(file, 'utf8')
    for (const part of ["describe('fires'", "describe('stays quiet'"])
      expect(
        text
          .split(part)[1]
          ?.split('describe(')[0]
          ?.match(/\btest[.(]/g)?.length ?? 0,
      ).toBeGreaterThanOrEqual(3)
  })
})
