import { describe, expect, test } from 'vitest'
import { remoteLoginEnabled as rule } from '../../../server/detection/rules/remote-login-enabled.ts'
import { cleanDelivery, findingsOf, judge, type Story, story, weightOf } from '../story.ts'

const all = (told: Story, now?: string) => findingsOf(rule, told, now ? { now } : {})
const first = (told: Story, now?: string) => all(told, now)[0]
const inUse = () =>
  cleanDelivery().checkedIn('2026-03-06', { from: 'Boston', remoteLogin: false, screenSharing: false })

describe('fires', () => {
  test('at the first check-in', () => {
    expect(first(cleanDelivery().checkedIn('2026-03-06', { remoteLogin: true }))).toMatchObject({
      key: 'login',
      weight: 5,
      summary: 'Remote login was switched on at the first check-in',
      facts: { by: 'setting', off: null },
    })
  })

  test('in full for two weeks, and less from then on', () => {
    const on = (day: string) => weightOf(rule, first(inUse().checkedIn(day, { screenSharing: true })))
    expect([on('2026-03-07'), on('2026-03-20'), on('2026-03-21'), on('2026-06-01')]).toEqual([5, 5, 2, 2])
  })

  test('apart for logging in and for the screen', () => {
    const told = inUse().checkedIn('2026-03-08', { remoteLogin: true, screenSharing: true })
    expect(all(told).map((finding) => finding.key)).toEqual(['login', 'screen'])
    expect(all(told)[1]?.summary).toBe('Screen sharing was switched on 2 days after the first check-in')
  })

  test('for what came and went, less and less', () => {
    const told = inUse().checkedIn('2026-03-08', { remoteLogin: true }).checkedIn('2026-03-10', { remoteLogin: false })
    expect(first(told)?.summary).toBe('Remote login was switched on 2 days after the first check-in')
    expect(judge(rule, told.dossier()).lookAgainAt).toEqual(new Date('2026-03-17T12:00:00Z'))
    expect(first(told, '2026-03-18')?.summary).toBe(
      'Remote login was switched on 2 days after the first check-in, and is off since',
    )
    expect([first(told, '2026-04-01')?.weight, first(told, '2026-05-05')?.weight]).toEqual([5, 3.8])
    expect(first(told, '2026-08-01')).toBeUndefined()
  })

  test('by a listening port, where no setting is told', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-06', { listeningPorts: [] })
      .checkedIn('2026-03-08', { listeningPorts: [{ port: 3389 }, { port: 8080 }] })
    expect(first(told)).toMatchObject({ key: 'screen', weight: 3, facts: { by: 'port', what: 'Screen sharing' } })
  })

  test('of a port that comes and goes with each day, the same all week', () => {
    const told = inUse()
    const said = []
    for (const day of [10, 11, 12]) {
      told.checkedIn(`2026-03-${day}T09:00:00Z`, { listeningPorts: [{ port: 22 }] })
      said.push(first(told))
      told.checkedIn(`2026-03-${day}T18:00:00Z`, { listeningPorts: [] })
      said.push(first(told))
    }
    for (const one of said) expect(one).toMatchObject({ evidence: said[0]!.evidence, summary: said[0]!.summary })
  })

  test('once for the setting and its port', () => {
    const told = inUse().checkedIn('2026-03-08', { remoteLogin: true, listeningPorts: [{ port: 22, process: 'sshd' }] })
    expect(all(told)).toHaveLength(1)
    expect(first(told)).toMatchObject({ weight: 5, facts: { by: 'setting' } })
    expect(first(told)?.evidence).toHaveLength(2)
  })

  test('hardly earlier than anything else where the first use is not known', () => {
    const told = story()
      .home('Boston', { approved: true })
      .status('2026-03-01', 'in_service')
      .checkedIn('2026-03-06', { remoteLogin: true })
    expect(first(told)?.weight).toBe(2)
  })
})

describe('stays quiet', () => {
  test('while both are off, or nobody says', () => {
    expect(all(inUse().checkedIn('2026-04-01', { remoteLogin: false }))).toEqual([])
    expect(all(cleanDelivery().checkedIn('2026-03-06', { listeningPorts: [{ port: 443 }, { port: 5353 }] }))).toEqual(
      [],
    )
  })

  test('for what was on at the bench and stayed', () => {
    const told = cleanDelivery()
      .checkedIn('2026-03-01T15:00:00Z', { remoteLogin: true, listeningPorts: [{ port: 22 }] })
      .checkedIn('2026-03-06', { from: 'Boston', remoteLogin: true, listeningPorts: [{ port: 22 }] })
    expect(all(told)).toEqual([])
  })

  test('for what the company declared as its own, also when the declaration has ended', () => {
    const told = inUse()
      .declared('tool', '2026-03-01', '2026-04-01', 'Screen Sharing')
      .checkedIn('2026-03-08', { screenSharing: true })
    expect(all(told)).toEqual([])
    expect(all(told, '2026-06-01')).toEqual([])
  })

  test('for the other of the two it speaks all the same', () => {
    const told = inUse()
      .declared('tool', '2026-03-01', '2026-04-01', 'ssh')
      .checkedIn('2026-03-08', { screenSharing: true, remoteLogin: true })
    expect(all(told).map((finding) => finding.key)).toEqual(['screen'])
  })

  test('before the first check-in', () =>
    expect(all(story().home('Boston').checkedIn('2026-03-01', { remoteLogin: true }))).toEqual([]))
})
