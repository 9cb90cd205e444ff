// Three stories about whose hands a laptop passes through: a counter, a public link, and the way back.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { settled } from './background.ts'
import { cityNamed, headquarters } from './cities.ts'
import { firstDay } from './habits.ts'
import { personRow, sentBack } from './issues.ts'
import { deliveredAt, nextLocal } from './journeys.ts'
import { moment, told, works } from './moments.ts'
import { newcomer, on, send, type World } from './world.ts'

/** Of these stories. */
export const HANDS_NEWCOMERS = 2

/** `fromDay` is the day on which stories begin, counted from the first morning. */
export function planStoriesOfHands(world: World, fromDay: number): void {
  collected(world, fromDay)
  declined(world, fromDay)
  backFromElsewhere(world, fromDay)
}

/** Held at a counter on somebody's word, fetched by a stranger, and at work in another state a day later. */
function collected(world: World, fromDay: number): void {
  const orderedAt = on(world, fromDay, 17)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Raleigh'), kind: 'contractor', platform: 'darwin', startsOn: plus(orderedAt, 8 * DAY) },
    orderedAt,
  )
  const issued = send(world, {
    person,
    laptop,
    orderedAt,
    carrier: 'FedEx',
    ends: { is: 'counter' },
    signedBy: 'D. OKAFOR',
  })
  const [asked, waits] = issued.parcel.scans.slice(-3)
  const elsewhere = cityNamed('Atlanta')
  const unpackedAt = nextLocal(plus(issued.deliveredAt, 12 * HOUR), elsewhere, 10)
  const usage = { laptop, person, stays: [{ from: unpackedAt, city: elsewhere, line: 61 }], until: null }
  world.usages.push(usage)
  const line = (text: string) => `5 · Collected by a stranger (${laptop.serialNumber}): ${text}`
  world.plan(
    ...firstDay(world.random.fork('collected'), usage),
    told(orderedAt, line(`ordered for ${person.name} in Raleigh.`)),
    told(asked!.at, line('FedEx is asked to hold it at a counter.')),
    told(waits!.at, line('waits at the counter.')),
    told(issued.deliveredAt, line('fetched, and signed for with a name that is not theirs.')),
    told(plus(unpackedAt, HOUR), line('its first check-in comes from Atlanta. A case is open.')),
  )
}

/** The carrier says delivered, and whoever it is for says on the public link that it never came. */
function declined(world: World, fromDay: number): void {
  const orderedAt = on(world, fromDay, 18)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Salt Lake City'), kind: 'employee', platform: 'windows', startsOn: plus(orderedAt, 9 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'UPS' })
  const askedAt = nextLocal(plus(issued.deliveredAt, HOUR), headquarters, 10)
  const answeredAt = nextLocal(plus(askedAt, 2 * HOUR), person.city, 19)
  let link = ''
  const line = (text: string) => `6 · Declined hand-over (${laptop.serialNumber}): ${text}`
  world.plan(
    works(askedAt, 'provisioner', async (desk) => {
      link = await desk.handOver(laptop.serialNumber, person.email)
    }),
    moment(answeredAt, {
      is: 'visit',
      visit: (visitor) =>
        visitor.decline(link, 'not received', 'I was at home all day and nothing came. The photo shows another door.'),
    }),
    told(orderedAt, line(`ordered for ${person.name} in Salt Lake City.`)),
    told(issued.deliveredAt, line('delivered, says UPS.')),
    told(askedAt, line(`${person.name} is asked to accept it on a public link.`)),
    told(answeredAt, line('declined: it never came. Nobody has accepted it, and nobody hears of it.')),
  )
}

/** A leaver’s laptop comes back from another country, in which nobody ever said it was. */
function backFromElsewhere(world: World, fromDay: number): void {
  const elsewhere = cityNamed('Toronto')
  const usage = settled(world, 9)
  const { person, laptop } = usage
  const toldAt = on(world, fromDay, 9)
  const leavesAt = on(world, fromDay + 4, 15)
  person.leavesOn = leavesAt
  usage.until = plus(leavesAt, 2 * HOUR)
  const handedInAt = plus(leavesAt, 20 * HOUR)
  const { parcel, moments } = sentBack({
    random: world.random.fork('from elsewhere'),
    reference: world.reference(),
    person,
    laptop,
    at: handedInAt,
    from: elsewhere,
  })
  const takenInAt = nextLocal(plus(deliveredAt(parcel), 18 * HOUR), headquarters, 14)
  const line = (text: string) => `7 · Return from elsewhere (${laptop.serialNumber}): ${text}`
  world.plan(
    moment(toldAt, { is: 'rows', to: 'people', rows: [personRow(person, world.company.manager)] }),
    ...moments,
    works(takenInAt, 'second provisioner', (desk) => desk.receive(laptop.serialNumber)),
    works(plus(takenInAt, HOUR), 'second provisioner', (desk) =>
      desk.quarantine(
        laptop.serialNumber,
        'Came from Toronto, where nobody knew it to be. Kept apart until it is looked at.',
      ),
    ),
    told(
      toldAt,
      line(
        `${person.name} in ${person.city.name} leaves on ${leavesAt.toISOString().slice(0, 10)}; their laptop is asked back.`,
      ),
    ),
    told(parcel.scans[1]!.at, line('handed in at Toronto, in another country. A case is open.')),
    told(takenInAt, line('received: its serial number is the one expected. It goes to quarantine.')),
  )
}
