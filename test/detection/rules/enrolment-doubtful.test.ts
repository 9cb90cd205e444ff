import { describe, expect, test } from 'vitest'
import { enrolmentDoubtful as rule } from '../../../server/detection/rules/enrolment-doubtful.ts'
import { cleanDelivery, findingsOf, judge, type Story } from '../story.ts'

const all = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})
const first = (told: Story, now?: string) => all(told, now)[0]
const byHand = { enrolled: true, method: 'manual' as const }
const inUse = () => cleanDelivery().checkedIn('2026-03-06', { from: 'Boston' })

describe('fires', () => {
  test('for the enrolment of another machine', () => {
    const told = inUse().doubted('2026-04-01', 'enrolment of another machine', { otherDeviceId: 'dev_2' })
    expect(first(told)).toMatchObject({
      key: 'enrolment of another machine',
      weight: 7,
      summary: 'It reports with the enrolment of another machine',
      facts: { otherDevice: 'dev_2' },
    })
  })

  test('for the hardware UUID of another machine, once however often it is told', () => {
    const told = inUse()
      .doubted('2026-04-01', 'UUID of another machine')
      .doubted('2026-04-02', 'UUID of another machine', { source: 'agent' })
    expect(all(told)).toHaveLength(1)
    expect(first(told)?.evidence).toHaveLength(2)
  })

  test('where an enrolment through the programme was redone by hand', () => {
    const told = inUse().checkedIn('2026-04-01', { enrollment: byHand })
    expect(first(told)).toMatchObject({ weight: 5, facts: { method: 'manual', source: 'mdm' } })
  })

  test('where it was enrolled on the bench, and nothing has shown it for a week', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z', { source: 'mdm' })
      .checkedIn('2026-03-06', { from: 'Boston', source: 'agent', vouches: 'nothing' })
      .seenDaily('2026-03-07', '2026-03-13', { source: 'agent', proof: 'claimed' })
    expect(first(told, '2026-03-13T11:00:00Z')).toBeUndefined()
    expect(first(told, '2026-03-13T13:00:00Z')).toMatchObject({ key: 'not shown any more', weight: 4 })
  })

  test('less and less, and looks again for that', () => {
    const told = inUse().doubted('2026-04-01', 'enrolment of another machine')
    expect(first(told, '2026-04-30')?.weight).toBe(7)
    expect(first(told, '2026-06-01')?.weight).toBe(5.3)
    expect(all(told, '2026-08-15')).toEqual([])
    expect(judge(rule, told.dossier()).lookAgainAt).toEqual(new Date('2026-05-24T00:00:00Z'))
  })

  test('again by a fall, after one that was put right', () => {
    const told = inUse()
      .checkedIn('2026-04-01', { enrollment: byHand })
      .checkedIn('2026-04-03', { enrollment: { enrolled: true, method: 'automated', attested: true } })
    expect(all(told)).toEqual([])
    expect(first(told.checkedIn('2026-05-01', { enrollment: byHand }))).toMatchObject({
      since: new Date('2026-05-01T12:00:00Z'),
    })
  })
})

describe('stays quiet', () => {
  test('for an enrolment that was by hand from the first, or whose way is not told', () => {
    expect(all(cleanDelivery().checkedIn('2026-03-06', { enrollment: byHand }))).toEqual([])
    expect(all(inUse().checkedIn('2026-04-01', { enrollment: { enrolled: true, method: 'unknown' } }))).toEqual([])
    expect(all(inUse().checkedIn('2026-04-01', { enrollment: {} }))).toEqual([])
  })

  test('for a wipe in a repair', () => {
    const reported = inUse().status('2026-03-31', 'repair').checkedIn('2026-04-01', { enrollment: byHand })
    const declared = inUse()
      .declared('repair', '2026-03-31', '2026-04-02')
      .checkedIn('2026-04-01', { enrollment: byHand })
    for (const told of [reported, declared]) expect(all(told)).toEqual([])
  })

  test('for what came up before this person had it', () => {
    const told = cleanDelivery()
      .doubted('2026-02-20', 'enrolment of another machine')
      .checkedIn('2026-02-25')
      .checkedIn('2026-03-01T15:00:00Z', { enrollment: byHand })
      .checkedIn('2026-03-06', { from: 'Boston' })
    expect(all(told)).toEqual([])
  })

  test('for a serial number on several machines: another rule says so', () =>
    expect(all(inUse().doubted('2026-04-01', 'serial on several machines'))).toEqual([]))

  test('in a declared move from one source to another', () => {
    const told = inUse()
      .declared('migration', '2026-03-28', '2026-04-20')
      .checkedIn('2026-04-01', { enrollment: byHand })
      .doubted('2026-04-01', 'enrolment of another machine')
    expect(all(told)).toEqual([])
  })

  test('where two sources enrol it in different ways', () =>
    expect(all(inUse().checkedIn('2026-04-01', { source: 'agent', enrollment: byHand }))).toEqual([]))

  test('while the source that could show it fails as a whole', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z')
      .outage('mdm', '2026-03-04', '2026-03-20')
      .checkedIn('2026-03-06', { from: 'Boston', source: 'agent', vouches: 'nothing' })
      .seenDaily('2026-03-07', '2026-03-19', { source: 'agent', proof: 'claimed' })
    expect(all(told, '2026-03-19T13:00:00Z')).toEqual([])
  })

  test('where no source ever vouched for it', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z', { vouches: 'nothing' })
      .checkedIn('2026-03-06', { vouches: 'nothing' })
      .seenDaily('2026-03-07', '2026-04-07', { proof: 'claimed' })
    expect(all(told, '2026-04-07T13:00:00Z')).toEqual([])
  })
})
