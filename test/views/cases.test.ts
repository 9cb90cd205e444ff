// The case page of a site: as strong as the strongest of its people, with every one of their findings on it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { readCase } from '../../server/views/cases.ts'
import { putCase, sendElsewhere } from '../cases/queue.ts'
import { openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  await world.reset()
  await sendElsewhere(world)
  await putCase(world, 99, { subject_kind: 'site', subject_id: 'site_1' })
})

const read = (number: number) => readCase(world.db, number, time('2026-03-04'))
const takeIn = () => world.db.updateTable('cases').set({ part_of: 'case_99' }).where('number', '=', 1).execute()

test('a case says what it rests on, what it would be without each of it, and what the next severity lacks', async () => {
  const whole = await read(1)
  const [strongest] = whole.findings
  expect(strongest).toMatchObject({ status: 'active', counted: strongest!.weight, ruleVersion: expect.any(Number) })
  expect(strongest!.scoreWithout).toBeLessThan(whole.score)
  expect(strongest!.evidence[0]).toMatchObject({ occurredAt: expect.any(String), recordedAt: expect.any(String) })
  expect(whole.layers).toContain('custody')
  expect(whole.next).toMatchObject({ severity: expect.any(String) })
  expect(whole.checks.map((check) => check.item)).toContain('talk')
})

test('what a site’s case took in counts there, and each of the two leads to the other', async () => {
  expect((await read(99)).findings).toEqual([])
  await takeIn()
  const site = await read(99)
  expect(site.parts).toMatchObject([{ number: 1 }])
  expect(site.findings.some((finding) => finding.counted > 0)).toBe(true)
  expect((await read(1)).partOf).toMatchObject({ number: 99 })
})

test('of two people of a site, what stands about the stronger one is the score; the other’s stands beside it', async () => {
  await takeIn()
  const [finding] = await world.findings()
  const { id, person_id: personId, device_id: deviceId, ...rest } = finding!
  await world.importPeople('2026-02-01', [
    {
      external_id: 'E-200',
      name: 'Otto Brill',
      email: 'otto@example.com',
      line1: '9 Oak Avenue',
      city: 'Denver',
      region: 'CO',
      postal_code: '80205',
      country: 'US',
    },
  ])
  const otto = await world.person('otto@example.com')
  await world.db
    .insertInto('findings')
    .values({
      ...rest,
      id: 'fnd_otto',
      key: 'otto',
      device_id: deviceId,
      person_id: otto.id,
      case_id: 'case_99',
      weight: 1,
      facts: JSON.stringify(rest.facts),
      params: JSON.stringify(rest.params),
      evidence: JSON.stringify(rest.evidence),
    })
    .execute()
  const site = await read(99)
  const isBeside = Object.fromEntries(site.findings.map((one) => [one.id, one.isBeside]))
  expect(isBeside).toMatchObject({ [id]: false, fnd_otto: true })
  expect(personId).not.toBe(otto.id)
})
