// The labelled years: the same for the same seed, true to their labels, and about as ordinary as they say.
import { describe, expect, test } from 'vitest'
import { distanceKm } from '../../server/lib/geo.ts'
import { DAY, HOUR, plus } from '../../server/lib/time.ts'
import { checkInSchema } from '../../server/ports.ts'
import { addressOf, atlas, homeSpots, locateIp, spotNamed } from '../../server/simulator/years/atlas.ts'
import { firstPossible } from '../../server/simulator/years/inputs.ts'
import { checkInOf } from '../../server/simulator/years/laptops.ts'
import { heardOf, type LabelledYear, labelledYear } from '../../server/simulator/years/year.ts'

const startsAt = new Date('2026-01-05T00:00:00Z')
const yearOf = (seed: number): LabelledYear => labelledYear({ seed, people: 300, diversions: 40, startsAt })
const year = yearOf(1)

const textOf = ({ inputs, diversions, usages }: LabelledYear) =>
  JSON.stringify([
    inputs.map((one) => (one.is === 'tracker' ? [one.at, one.parcel.trackingCode, one.count] : one)),
    inputs.slice(0, 500).map((one) => one.is === 'check-in' && checkInOf(usages.get(one.serialNumber)!, one.at)),
    diversions,
  ])

test('the same seed gives the same year, another seed another', () => {
  const text = textOf(year)
  expect(textOf(yearOf(1))).toBe(text)
  expect(textOf(yearOf(2))).not.toBe(text)
})

describe('the inputs', () => {
  test('come in order, within the year', () => {
    const times = year.inputs.map((one) => heardOf(one).getTime())
    expect(times.every((at, index) => index === 0 || at >= times[index - 1]!)).toBe(true)
    expect(times[0]).toBeGreaterThanOrEqual(startsAt.getTime())
    expect(times.at(-1)).toBeLessThan(year.endsAt.getTime())
  })

  test('are check-ins as the contract has them, from addresses that the atlas places', () => {
    for (const one of year.inputs.slice(0, 4000)) {
      if (one.is !== 'check-in') continue
      const checkIn = checkInSchema.parse(checkInOf(year.usages.get(one.serialNumber)!, one.at))
      expect(locateIp(checkIn.publicIp!)).not.toBeNull()
    }
  })

  test('name only people and laptops that were told before', () => {
    const told = new Set<string>()
    for (const one of year.inputs) {
      if (one.is !== 'rows') continue
      if (one.to === 'people') told.add(one.row['email']!)
      const email = one.row['person_email'] || one.row['holder_email']
      if (email) expect(told.has(email)).toBe(true)
    }
  })
})

describe('the labels', () => {
  test('are of forty people, each with a laptop that was ordered for them', () => {
    expect(new Set(year.diversions.map((one) => one.email)).size).toBe(40)
    const ordered = new Set(
      year.inputs.flatMap((one) =>
        one.is === 'rows' && one.to === 'shipments' ? `${one.row['person_email']} ${one.row['serial_number']}` : [],
      ),
    )
    for (const { email, serialNumbers } of year.diversions)
      for (const serial of serialNumbers) expect(ordered.has(`${email} ${serial}`)).toBe(true)
  })

  test('say when each could first be found, within the year; but for a trace too weak', () => {
    const weak = year.diversions.filter((one) => one.firstPossibleAt === null)
    expect(weak.length).toBeLessThanOrEqual(2)
    for (const { firstPossibleAt, indicators } of year.diversions) {
      expect(firstPossible(indicators)).toEqual(firstPossibleAt)
      if (firstPossibleAt !== null) expect(firstPossibleAt < year.endsAt).toBe(true)
    }
  })

  test('rest on inputs: something of theirs is told within minutes before each first moment', () => {
    for (const { email, serialNumbers, firstPossibleAt, farm } of year.diversions) {
      if (firstPossibleAt === null || farm !== null) continue
      const isTheirs = year.inputs.some((one) => {
        const at = heardOf(one)
        if (at > firstPossibleAt || at < plus(firstPossibleAt, -HOUR)) return false
        if (one.is === 'check-in') return serialNumbers.includes(one.serialNumber)
        return one.is === 'rows' && (one.row['person_email'] === email || one.row['email'] === email)
      })
      expect(isTheirs).toBe(true)
    }
  })

  test('have variants as reported: a third abroad, farms of two to nine, hosts under their own name', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const { diversions } = seed === 1 ? year : yearOf(seed)
      const share = diversions.filter((one) => one.variant.includes('abroad')).length / diversions.length
      expect(share).toBeGreaterThan(0.2)
      expect(share).toBeLessThan(0.4)
      const farms = Map.groupBy(
        diversions.filter((one) => one.farm !== null),
        (one) => one.farm,
      )
      for (const members of farms.values()) {
        expect(members.length).toBeGreaterThanOrEqual(2)
        expect(members.length).toBeLessThanOrEqual(9)
      }
      expect(diversions.some((one) => one.variant.startsWith('own address'))).toBe(true)
    }
  })
})

describe('ordinary life', () => {
  const stories = [...year.stories.values()].flat()
  const shareOf = (story: string) => stories.filter((one) => one === story).length / 300

  test('holds what must stay quiet', () => {
    for (const story of [
      'couple',
      'hire',
      'leaves',
      'newer laptop',
      'travels at home',
      'intern in a dormitory',
      'keep-awake',
      'private relay',
      'moves, told before',
    ])
      expect(shareOf(story)).toBeGreaterThan(0)
    expect(shareOf('travels abroad, undeclared')).toBeLessThan(0.06)
    expect(shareOf('family help')).toBeLessThan(0.05)
  })

  test('keeps most laptops heard of at least every other week', () => {
    const heard = Map.groupBy(
      year.inputs.filter((one) => one.is === 'check-in'),
      (one) => (one.is === 'check-in' ? one.serialNumber : ''),
    )
    const active = [...year.usages.values()].filter((one) => one.until === null && one.from < plus(startsAt, 30 * DAY))
    const regular = active.filter((one) => (heard.get(one.laptop.serialNumber)?.length ?? 0) >= 20)
    expect(regular.length / active.length).toBeGreaterThan(0.85)
  })
})

describe('the atlas', () => {
  test('places most lines of a city within its reach, and the others in its country', () => {
    const boston = spotNamed('Boston')
    const lines = Array.from({ length: 2000 }, (_, line) => locateIp(addressOf(boston, 'cable', line * 31))!)
    const near = lines.filter(({ circle }) => circle !== null && distanceKm(circle, boston) < 100)
    expect(near.length / lines.length).toBeGreaterThan(0.94)
    expect(lines.every(({ country }) => country === 'US')).toBe(true)
    expect(near.length).toBeLessThan(lines.length)
  })

  test('knows every city that people live in, and nothing beyond it', () => {
    for (const { name, region, country } of homeSpots)
      expect(atlas.locateCity({ city: name.toUpperCase(), region, country })).not.toBeNull()
    expect(atlas.locateCity({ city: 'Atlantis', region: null, country: null })).toBeNull()
    expect(locateIp('192.168.1.1')).toBeNull()
  })
})
