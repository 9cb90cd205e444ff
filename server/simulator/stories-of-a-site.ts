// The story of a site: four hires who live apart, and whose laptops one helper switches on in one house.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { tools } from './background.ts'
import { cityNamed } from './cities.ts'
import { firstDay, type Unusual, type Usage } from './habits.ts'
import { told } from './moments.ts'
import { newcomer, on, send, type World } from './world.ts'

/** Ordered on which day of the stories and at which hour, and what shows on each laptop besides. */
const seats: { day: number; hour: number; unusual?: Unusual }[] = [
  { day: 0, hour: 15, unusual: { software: [tools.anyDesk] } },
  { day: 0, hour: 18, unusual: { software: [tools.anyDesk] } },
  { day: 1, hour: 16, unusual: { software: [tools.rustDesk] } },
  // Driven by something that shows nowhere: only the house gives it away.
  { day: 2, hour: 15 },
]
export const SITE_NEWCOMERS = seats.length

/** A line in the city that is nobody's home here. */
const HOUSE = 246

/** `fromDay` is the day on which stories begin, counted from the first morning. */
export function planStoryOfASite(world: World, fromDay: number): void {
  const city = cityNamed('Columbus')
  const issued = seats.map(({ day, hour, unusual }) => {
    const orderedAt = on(world, fromDay + day, hour)
    const { person, laptop } = newcomer(
      world,
      { city, kind: 'contractor', platform: 'darwin', startsOn: plus(orderedAt, 6 * DAY) },
      orderedAt,
    )
    const parcel = send(world, { person, laptop, orderedAt, carrier: 'FedEx' })
    const usage: Usage = {
      laptop,
      person,
      stays: [{ from: parcel.unpackedAt, city, line: HOUSE, ...(unusual && { unusual }) }],
      until: null,
    }
    world.usages.push(usage)
    world.plan(...firstDay(world.random.fork(`seat ${laptop.serialNumber}`), usage))
    return { serialNumber: laptop.serialNumber, unpackedAt: parcel.unpackedAt }
  })
  const [first, second, , last] = issued.toSorted((a, b) => a.unpackedAt.getTime() - b.unpackedAt.getTime())
  const line = (one: (typeof issued)[number], text: string) => `10 · Four in one house (${one.serialNumber}): ${text}`
  world.plan(
    told(on(world, fromDay, 15), line(issued[0]!, 'the first of four contractors in Columbus, who live apart.')),
    told(plus(first!.unpackedAt, HOUR), line(first!, 'switched on in the right city. Nobody sees the house.')),
    told(plus(second!.unpackedAt, HOUR), line(second!, 'on the same router: one case is about both.')),
    told(plus(last!.unpackedAt, HOUR), line(last!, 'the last joins them: one site, one case, one alert.')),
  )
}
