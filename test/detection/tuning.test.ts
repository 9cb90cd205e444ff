// Tuning: a rule's versions, who has to agree to what silences, and what is kept quiet for a while and comes back.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { assignCase } from '../../server/cases/work.ts'
import type { Actor } from '../../server/custody/events.ts'
import { backtest } from '../../server/detection/backtest.ts'
import { declareForAll } from '../../server/detection/company-declarations.ts'
import { decideChange } from '../../server/detection/decide-change.ts'
import { extendDeclaration } from '../../server/detection/extend-declaration.ts'
import { keptQuietBy } from '../../server/detection/kept-quiet.ts'
import { precisionOf, readPerformance } from '../../server/detection/performance.ts'
import { changeRule, setAsksAlways } from '../../server/detection/rule-versions.ts'
import { loadRule, type RuleChange, setRule } from '../../server/detection/settings.ts'
import { addSuppression, endSuppression, type SuppressionAsked } from '../../server/detection/suppressions.ts'
import { erasePerson } from '../../server/people/erase.ts'
import { listChanges } from '../../server/views/changes.ts'
import { listDeclarations, readSilences, silencing } from '../../server/views/declarations.ts'
import { listRules, readRule } from '../../server/views/rules.ts'
import { listSuppressions } from '../../server/views/suppressions.ts'
import { fern, ipIn, openWorld, order, parcel, type TestWorld, time, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await world.addUser('ann')
  await world.addUser('bo')
})

const ann = user('ann')
const bo = user('bo')
const SILENT = 'delivered-and-silent'

/** A laptop delivered on 4 March that nobody has heard of by the 12th. */
async function fallSilent(): Promise<void> {
  await order(world)
  await world.scan('2026-03-05', {
    scans: [{ at: '2026-03-04T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
  })
  await world.detect('2026-03-05')
  await world.sweep('2026-03-12')
}

const change = (at: string, by: Actor, over: Partial<RuleChange>) =>
  world.run((tx) =>
    changeRule(tx, world.act(at, by), {
      ruleId: SILENT,
      ladder: 'hold',
      params: { days: 7 },
      note: 'a trial',
      ...over,
    }),
  )
const decide = (at: string, by: Actor, changeId: string, decision: 'approved' | 'refused' = 'approved') =>
  world.run((tx) => decideChange(tx, world.act(at, by), { changeId, decision, note: 'looked at it' }))
const suppress = (at: string, by: Actor, over: Partial<SuppressionAsked>) =>
  world.run((tx) =>
    addSuppression(tx, world.act(at, by), {
      ruleId: SILENT,
      personId: null,
      deviceId: null,
      fact: null,
      endsAt: '2026-04-12T12:00:00.000Z',
      caseId: null,
      reason: 'on parental leave',
      ...over,
    }),
  )
const finding = async () => (await world.findings()).find((one) => one.rule === SILENT)
const changeIdOf = (came: object): string => (came as { changeId: string }).changeId

describe('versions of a rule', () => {
  test('each stays on file with its author and reason, and findings say under which they were raised', async () => {
    await change('2026-03-01', ann, { params: { days: 5 } })
    await fallSilent()
    expect(await finding()).toMatchObject({ status: 'active', rule_version: 1 })
    await change('2026-03-13', bo, { params: { days: 4 } })
    const { versions, version, progress } = await readRule(world.db, { ruleId: SILENT, now: time('2026-03-13') })
    expect(version).toBe(2)
    expect(versions).toMatchObject([
      { version: 2, author: 'bo', note: 'a trial', changes: [{ field: 'days', from: '5', to: '4' }], findings: 0 },
      { version: 1, author: 'ann', changes: [{ field: 'days', from: '7', to: '5' }], findings: 1 },
      { version: 0, author: null, params: { days: 7 } },
    ])
    expect(progress).toEqual({ woken: 1, left: 1 })
    await world.sweep('2026-03-13')
    expect((await readRule(world.db, { ruleId: SILENT, now: time('2026-03-13') })).progress).toEqual({
      woken: 1,
      left: 0,
    })
  })

  test('a laptop that is to be looked at again is, though something else woke it meanwhile', async () => {
    await fallSilent()
    await change('2026-03-13', ann, { params: { days: 5 } })
    await world.checkIn('2026-03-13T12:01:00Z', { serialNumber: parcel.serial_number, publicIp: ipIn('Boston') })
    await world.detect('2026-03-13T12:02:00Z')
    expect(await world.sweep('2026-03-13T13:00:00Z')).toMatchObject({ devices: 1 })
  })

  test('nothing changed is said to be so', async () => {
    await expect(change('2026-03-01', ann, {})).rejects.toMatchObject({ problem: 'conflict' })
  })

  test('a rule that speaks only of what is new leaves the others as they are, until the existing ones are asked for', async () => {
    await world.run((tx) =>
      setRule(tx, world.act('2026-03-01'), { ruleId: SILENT, ladder: 'watch', params: {}, note: 'at first' }),
    )
    await fallSilent()
    expect(await finding()).toMatchObject({ response: 'watch' })
    await change('2026-03-13', ann, { ladder: 'notify', alsoExisting: false })
    await world.sweep('2026-03-13')
    expect(await finding()).toMatchObject({ status: 'active', response: 'watch' })
    const { standing } = await readRule(world.db, { ruleId: SILENT, now: time('2026-03-13') })
    expect(standing.find((one) => one.response === 'watch')).toMatchObject({ devices: 1 })
    await change('2026-03-14', ann, { ladder: 'notify', params: { days: 6 }, alsoExisting: true })
    await world.sweep('2026-03-14')
    expect(await finding()).toMatchObject({ response: 'notify' })
  })
})

describe('a second person', () => {
  test('is needed to set a rule lower, and sets it as its author asked', async () => {
    const came = await change('2026-03-01', ann, { ladder: 'off' })
    expect(came).toMatchObject({ state: 'waiting' })
    expect((await loadRule(world.db, SILENT)).ladder).toBe('hold')
    expect(await listChanges(world.db, {})).toMatchObject([
      {
        what: 'rule',
        about: SILENT,
        by: 'ann',
        note: 'a trial',
        details: [{ field: 'ladder', from: 'hold', to: 'off' }],
      },
    ])
    await expect(change('2026-03-01', bo, { ladder: 'watch' })).rejects.toMatchObject({ problem: 'conflict' })
    await expect(decide('2026-03-02', ann, changeIdOf(came))).rejects.toMatchObject({ problem: 'forbidden' })
    await decide('2026-03-02', bo, changeIdOf(came))
    expect(await loadRule(world.db, SILENT)).toMatchObject({ ladder: 'off', version: 1 })
    const { versions } = await readRule(world.db, { ruleId: SILENT, now: time('2026-03-02') })
    expect(versions[0]).toMatchObject({ author: 'ann', approvedBy: 'bo', note: 'a trial' })
    expect(await world.events('rule.set')).toMatchObject([{ actor: bo, payload: { isWeaker: true } }])
    expect(await listChanges(world.db, {})).toEqual([])
    await expect(decide('2026-03-02', bo, changeIdOf(came))).rejects.toMatchObject({ problem: 'conflict' })
  })

  test('is needed where parameters lose something that stands, and not where they lose nothing', async () => {
    await fallSilent()
    expect(await change('2026-03-12', ann, { params: { days: 5 } })).toMatchObject({ state: 'set' })
    const came = await change('2026-03-12', ann, { params: { days: 30 } })
    expect(came).toMatchObject({ state: 'waiting' })
    await decide('2026-03-12', ann, changeIdOf(came), 'refused')
    expect((await loadRule(world.db, SILENT)).params).toEqual({ days: 5 })
  })

  test('is needed for every change where the company wants it so', async () => {
    await world.run((tx) => setAsksAlways(tx, world.act('2026-03-01', ann), { always: true }))
    expect(await change('2026-03-01', ann, { params: { days: 5 } })).toMatchObject({ state: 'waiting' })
    expect((await listRules(world.db, { now: time('2026-03-01') })).asksAlways).toBe(true)
  })

  test('may be oneself in a house of one, a day later, and it says so', async () => {
    await world.db.deleteFrom('auth.user').where('id', '=', 'bo').execute()
    const came = await change('2026-03-01', ann, { ladder: 'off' })
    await expect(decide('2026-03-01', ann, changeIdOf(came))).rejects.toThrow('24 hours')
    await decide('2026-03-03', ann, changeIdOf(came))
    expect(await world.events('change.decided')).toMatchObject([{ payload: { alone: true, decision: 'approved' } }])
  })
})

describe('a suppression', () => {
  test('keeps findings of one person quiet, visibly and counted, and lets them speak when it ends', async () => {
    await fallSilent()
    const { id: personId } = await world.person(fern.email)
    expect(await suppress('2026-03-13', ann, { personId })).toMatchObject({ state: 'set', woken: 1 })
    await world.sweep('2026-03-13')
    expect(await finding()).toMatchObject({ status: 'suppressed', case_id: null })
    const list = () =>
      listSuppressions(world.db, { state: 'all', ruleId: null, now: time('2026-03-20'), after: null, limit: 10 })
    expect((await list()).suppressions).toMatchObject([
      {
        owner: 'ann',
        reason: 'on parental leave',
        silenced: 1,
        quietNow: 1,
        person: { name: fern.name },
        isOver: false,
      },
    ])
    expect(
      (await readPerformance(world.db, { since: time('2026-01-01'), now: time('2026-03-20') })).get(SILENT),
    ).toMatchObject({
      fired: 1,
      people: 1,
      suppressed: 1,
      suppressions: 1,
    })
    await world.sweep('2026-04-11')
    expect(await finding()).toMatchObject({ status: 'suppressed' })
    const told = (await world.alerts()).length
    await world.sweep('2026-04-13')
    expect(await finding()).toMatchObject({ status: 'active', suppressed_by: null })
    expect((await world.alerts()).slice(told).map((one) => one.type)).toContain('finding.raised')
  })

  test('that is ended lets them speak at once', async () => {
    await fallSilent()
    const { id: deviceId } = await world.device(parcel.serial_number)
    const { suppressionId } = (await suppress('2026-03-13', ann, { deviceId })) as { suppressionId: string }
    await world.sweep('2026-03-13')
    const ended = world.run((tx) =>
      endSuppression(tx, world.act('2026-03-14', bo), { suppressionId, reason: 'back at work' }),
    )
    expect(await ended).toEqual({ woken: 1 })
    await world.sweep('2026-03-14')
    expect(await finding()).toMatchObject({ status: 'active' })
  })

  test('silences what is raised later, too, and nobody else', async () => {
    await fallSilent()
    const one = await finding()
    const { id: deviceId } = await world.device(parcel.serial_number)
    await world.db.deleteFrom('findings').execute()
    await suppress('2026-03-13', ann, { deviceId, fact: { name: 'no such fact', value: 'x' } })
    await world.run((tx) =>
      setRule(tx, world.act('2026-03-13'), { ruleId: SILENT, ladder: 'hold', params: {}, note: 'x' }),
    )
    await world.sweep('2026-03-13')
    expect(await finding()).toMatchObject({ status: 'active', key: one!.key })
    await world.db.deleteFrom('findings').execute()
    await suppress('2026-03-14', ann, { deviceId })
    await world.run((tx) =>
      setRule(tx, world.act('2026-03-14'), { ruleId: SILENT, ladder: 'hold', params: {}, note: 'x' }),
    )
    await world.sweep('2026-03-14')
    expect(await finding()).toMatchObject({ status: 'suppressed' })
    expect(await world.cases()).toEqual([])
  })

  test('of everybody, or one that touches a case of one’s own, waits for somebody else', async () => {
    await fallSilent()
    const { id: personId } = await world.person(fern.email)
    const broad = await suppress('2026-03-13', ann, {})
    expect(broad).toMatchObject({ state: 'waiting' })
    await world.run((tx) =>
      setRule(tx, world.act('2026-03-13'), { ruleId: 'address-not-approved', ladder: 'hold', params: {}, note: 'x' }),
    )
    await world.db
      .insertInto('cases')
      .values({
        id: 'case_1',
        number: 1,
        subject_kind: 'person',
        subject_id: personId,
        title: 'x',
        status: 'new',
        severity: 'low',
        score: 1,
        opened_at: time('2026-03-12'),
      })
      .execute()
    expect(await suppress('2026-03-13', ann, { personId })).toMatchObject({ state: 'set' })
    await world.run((tx) => assignCase(tx, world.act('2026-03-13', ann), { caseId: 'case_1', from: null, to: 'ann' }))
    const own = await suppress('2026-03-13', ann, { personId, caseId: 'case_1' })
    expect(own).toMatchObject({ state: 'waiting' })
    expect(await suppress('2026-03-13', bo, { personId })).toMatchObject({ state: 'set' })
    await decide('2026-03-14', bo, changeIdOf(own))
    const { suppressions } = await listSuppressions(world.db, {
      state: 'in force',
      ruleId: SILENT,
      now: time('2026-03-14'),
      after: null,
      limit: 10,
    })
    expect(suppressions[0]).toMatchObject({ owner: 'ann', approvedBy: 'bo', caseNumber: 1 })
  })

  test('lasts 180 days at most, and is about what there is', async () => {
    await fallSilent()
    const { id: personId } = await world.person(fern.email)
    await expect(suppress('2026-03-13', ann, { personId, endsAt: '2027-03-13T12:00:00.000Z' })).rejects.toMatchObject({
      problem: 'invalid',
      faults: [{ path: 'endsAt' }],
    })
    await expect(suppress('2026-03-13', ann, { personId, endsAt: '2026-03-12T12:00:00.000Z' })).rejects.toMatchObject({
      problem: 'invalid',
    })
    await expect(suppress('2026-03-13', ann, { personId: 'per_none' })).rejects.toMatchObject({ problem: 'not_found' })
    await expect(suppress('2026-03-13', ann, { personId, ruleId: 'none' })).rejects.toMatchObject({
      problem: 'not_found',
    })
  })
})

describe('declarations', () => {
  const exit = { kind: 'network_exit', value: '203.0.113.0/24', startsOn: '2026-03-01', endsOn: '2026-06-01' } as const
  const declare = (over: object = {}) =>
    world.run((tx) => declareForAll(tx, world.act('2026-03-01', ann), { ...exit, reason: 'our new provider', ...over }))
  const all = (now = '2026-03-02') =>
    listDeclarations(world.db, { state: 'all', kind: null, scope: null, now: time(now), after: null, limit: 10 })

  test('for everybody hold once a second person has agreed', async () => {
    const came = await declare()
    expect((await all()).declarations).toEqual([])
    expect(await listChanges(world.db, {})).toMatchObject([{ what: 'declaration', about: 'network_exit', by: 'ann' }])
    await expect(decide('2026-03-02', ann, changeIdOf(came))).rejects.toMatchObject({ problem: 'forbidden' })
    await decide('2026-03-02', bo, changeIdOf(came))
    expect((await all()).declarations).toMatchObject([
      {
        kind: 'network_exit',
        value: exit.value,
        person: null,
        owner: 'ann',
        reason: 'our new provider',
        state: 'in force',
      },
    ])
  })

  test('that could not hold are refused before anybody looks at them', async () => {
    await expect(declare({ value: 'our office' })).rejects.toMatchObject({ problem: 'invalid' })
    await expect(declare({ endsOn: '2027-03-01' })).rejects.toMatchObject({ problem: 'invalid' })
    await expect(declare({ endsOn: '2026-02-01' })).rejects.toMatchObject({ problem: 'invalid' })
  })

  test('are made longer from where they end', async () => {
    await world.importPeople('2026-02-01', [fern])
    await world.importDeclarations('2026-03-01', [
      { kind: 'travel', person_email: fern.email, starts_on: '2026-03-01', ends_on: '2026-03-10', reason: 'a visit' },
    ])
    const [one] = (await all()).declarations
    const extend = (endsOn: string) =>
      world.run((tx) =>
        extendDeclaration(tx, world.act('2026-03-05', ann), { declarationId: one!.id, endsOn, reason: 'longer' }),
      )
    await expect(extend('2026-03-09')).rejects.toMatchObject({ problem: 'invalid' })
    expect(await extend('2026-03-20')).toMatchObject({ state: 'set' })
    expect((await all()).declarations).toMatchObject([
      { startsOn: '2026-03-11', endsOn: '2026-03-20', state: 'to come' },
      { startsOn: '2026-03-01', endsOn: '2026-03-10', state: 'in force' },
    ])
  })

  test('say what they keep quiet', async () => {
    await fallSilent()
    await world.importDeclarations('2026-03-12', [
      { kind: 'travel', person_email: fern.email, starts_on: '2026-03-04', ends_on: '2026-06-01', reason: 'leave' },
      { kind: 'office', value: '1 Long Road, Denver', starts_on: '2026-03-04', ends_on: '2026-06-01', reason: 'ours' },
    ])
    const declarationIds = (await all()).declarations.map((one) => one.id)
    const kept = await keptQuietBy(world.db, { declarationIds, now: time('2026-03-13') })
    const { id: deviceId } = await world.device(parcel.serial_number)
    expect(kept.flatMap((one) => one.findings)).toEqual([{ rule: SILENT, deviceId }])
    expect(kept.every((one) => one.devices === 1 && one.isAll)).toBe(true)
  })
})

test('whoever is erased is named nowhere in what waits or is kept quiet', async () => {
  await fallSilent()
  const person = await world.person(fern.email)
  await world.run((tx) =>
    declareForAll(tx, world.act('2026-03-01', ann), {
      kind: 'migration',
      value: `The desk of ${fern.name}`,
      startsOn: '2026-03-01',
      endsOn: '2026-06-01',
      reason: `${fern.name} works there`,
    }),
  )
  await suppress('2026-03-13', ann, { personId: person.id, fact: { name: 'who', value: fern.name } })
  await world.run((tx) => erasePerson(tx, world.act('2026-03-14'), { personId: person.id, reason: 'asked for it' }))
  const dump = await world.dump()
  expect(dump).not.toContain(fern.name)
  expect(await listChanges(world.db, {})).toEqual([])
})

test('who audits sees all that silenced something, with its reason, and no street', async () => {
  await fallSilent()
  const { id: personId } = await world.person(fern.email)
  await suppress('2026-03-13', ann, { personId })
  await decide('2026-03-14', bo, changeIdOf(await change('2026-03-13', ann, { ladder: 'watch' })))
  const { entries, isCut } = await readSilences(world.db, { since: time('2026-03-13') })
  expect(isCut).toBe(false)
  expect(entries.map((one) => one.kind)).toEqual(['change.decided', 'rule.set', 'change.proposed', 'suppression.made'])
  expect(entries.at(-1)).toMatchObject({ quote: 'on parental leave', source: { name: 'ann' } })
  const { rows } = await world.pool.query<{ indexdef: string }>(
    `select indexdef from pg_indexes where indexname = 'ledger_silences'`,
  )
  for (const kind of silencing) expect(rows[0]!.indexdef).toContain(`'${kind}'`)
})

test('a back-test says what another setting would add, what it would lose, and what holds now', async () => {
  await fallSilent()
  const tried = (days: number) =>
    backtest(world.db, { ruleId: SILENT, days: 90, params: { days }, now: time('2026-03-13') })
  expect(await tried(30)).toMatchObject({
    matches: [],
    standing: { devices: 0, findings: 0 },
    against: { added: [], gone: [{ serialNumber: parcel.serial_number }] },
  })
  expect(await tried(7)).toMatchObject({ against: null, standing: { devices: 1, findings: 1 }, findingsPerWeek: 0.1 })
})

test('precision is a share with an interval that is wide where there is little to go by', () => {
  expect(precisionOf(0, 0)).toBeNull()
  expect(precisionOf(3, 3)).toMatchObject({ value: 1, high: 1 })
  expect(precisionOf(3, 3)!.low).toBeCloseTo(0.438, 2)
  const many = precisionOf(90, 100)!
  expect([many.low, many.high].map((one) => Math.round(one * 100))).toEqual([83, 94])
})
