// A year in the life of a laptop: looked at after every event, and whenever a rule asked to look again.
import { describe, expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import type { Dossier, RuleDefinition } from '../../server/detection/rule.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { CASE_SCORE, type Scored, scoreOf } from '../../server/detection/score.ts'
import { wakeOf } from '../../server/detection/woken.ts'
import { headOf, judge, type Story } from './story.ts'

export interface Year {
  told: () => Story
  /** What is said at any time of it, at no time ten decibans together, and why that is right. */
  said?: Record<string, string>
  /** Why a case of medium severity opens all the same, and is over by the end of the year. */
  opens?: string
}

interface Moment {
  said: Scored[]
  lookAgainAt: Date[]
  /** Rules that asked to look again at a time that is over. */
  tooLate: string[]
}

/** More looks than a year has days. */
const LOOKS_MAX = 800

const end = new Date('2027-01-01T00:00:00Z')

/** Every moment at which something is looked at: after each event, and whenever a rule asked to look again, until the year is over. */
function moments(facts: Facts): Moment[] {
  const found: Moment[] = []
  const head = headOf(facts)
  for (let seq = 1; seq <= head; seq++) {
    found.push(look(assembleDossier(facts, { seq })))
    const next = seq === head ? end : (facts.events.find((event) => event.seq > seq)?.recordedAt ?? end)
    for (let step = 0; step < LOOKS_MAX; step++) {
      const due = earliest(found.at(-1)!.lookAgainAt)
      if (due === null || due >= next) break
      found.push(look(assembleDossier(facts, { seq, now: due })))
    }
  }
  return [...found, look(assembleDossier(facts, { seq: head, now: end }))]
}

const earliest = (times: Date[]) => (times.length === 0 ? null : new Date(Math.min(...times.map((at) => at.getTime()))))

function look(dossier: Dossier): Moment {
  const judged = rules.map((rule) => ({ rule, ...judge(rule, dossier) }))
  return {
    said: judged.flatMap(({ rule, findings }) =>
      findings.map((finding) => ({
        findingId: finding.key,
        rule: rule.id,
        group: rule.group,
        layer: rule.layer,
        weight: finding.weight ?? rule.weight,
        severity: finding.severity ?? rule.severity,
        exceptional: finding.exceptional ?? false,
      })),
    ),
    lookAgainAt: judged.flatMap(({ lookAgainAt }) =>
      lookAgainAt !== null && lookAgainAt > dossier.now ? lookAgainAt : [],
    ),
    tooLate: judged.flatMap(({ rule, lookAgainAt }) =>
      lookAgainAt !== null && lookAgainAt <= dossier.now ? rule.id : [],
    ),
  }
}

/** Every moment of each year is looked at: nothing may be said but what is listed, and no case may open that is not. */
export function describeYears(years: Record<string, Year>) {
  describe.each(Object.entries(years))('%s', (_, year) => describeYear(year))
}

/** Rules that would say something else after an event, and that it does not wake. */
export function asleep(facts: Facts): string[] {
  return facts.events.flatMap((event) => {
    const wake = wakeOf(event)
    const after = assembleDossier(facts, { seq: event.seq })
    const before = assembleDossier(facts, { seq: event.seq - 1, now: after.now })
    const saidOf = (rule: RuleDefinition, dossier: Dossier) => JSON.stringify(judge(rule, dossier).findings)
    return rules
      .filter(
        (rule) => wake !== 'all' && !rule.watches.includes(wake ?? '') && saidOf(rule, before) !== saidOf(rule, after),
      )
      .map((rule) => `${rule.id}: ${wake ?? event.kind}`)
  })
}

function describeYear({ told, said = {}, opens }: Year) {
  const facts = told().facts()
  const year = moments(facts)
  const all = year.flatMap((moment) => moment.said)

  test('wakes every rule that has something else to say', () => expect([...new Set(asleep(facts))]).toEqual([]))

  test('asks to look again in times to come only', () =>
    expect([...new Set(year.flatMap((moment) => moment.tooLate))]).toEqual([]))

  test('says no more than is listed', () =>
    expect([...new Set(all.map((one) => one.rule))].toSorted()).toEqual(Object.keys(said).toSorted()))

  test(opens === undefined ? 'opens no case' : `opens one of medium severity for a while: ${opens}`, () => {
    const scores = year.map((moment) => scoreOf(moment.said))
    const isOpened = scores.some(({ score }) => score >= CASE_SCORE)
    expect(isOpened).toBe(opens !== undefined)
    expect(scores.at(-1)!.score).toBeLessThan(CASE_SCORE)
    for (const { severity } of scores) expect(['low', 'medium']).toContain(severity)
    expect(all.some((one) => one.exceptional)).toBe(false)
  })
}
