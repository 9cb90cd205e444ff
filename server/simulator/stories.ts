// The stories that unfold while one watches: one laptop each, told by what carrier, management, agent and people report.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { moves, tools } from './background.ts'
import { cityNamed, headquarters } from './cities.ts'
import { benchDay, firstDay, homeUsage } from './habits.ts'
import { orderRow, received, trackerMoments } from './issues.ts'
import { deliveredAt, journey, nextLocal } from './journeys.ts'
import { moment, told, works } from './moments.ts'
import { planStoryOfASite, SITE_NEWCOMERS } from './stories-of-a-site.ts'
import { HANDS_NEWCOMERS, planStoriesOfHands } from './stories-of-hands.ts'
import { planStoriesOfManagement } from './stories-of-management.ts'
import { newcomer, on, send, settleIn, type World } from './world.ts'

/** The stories begin so many days after the first morning, and are over after so many more. */
export const STORIES_FROM_DAY = 119
export const STORIES_DAYS = 14
export const STORY_NEWCOMERS = 4 + HANDS_NEWCOMERS + SITE_NEWCOMERS

export function planStories(world: World): void {
  cleanDelivery(world)
  houseMove(world)
  redirected(world)
  reshipped(world)
  planStoriesOfHands(world, STORIES_FROM_DAY)
  planStoriesOfManagement(world, STORIES_FROM_DAY)
  planStoryOfASite(world, STORIES_FROM_DAY)
}

function cleanDelivery(world: World): void {
  const orderedAt = on(world, STORIES_FROM_DAY, 15)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Madison'), kind: 'employee', platform: 'darwin', startsOn: plus(orderedAt, 8 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'UPS' })
  settleIn(world, issued, laptop, person)
  const line = (text: string) => `1 · Clean delivery (${laptop.serialNumber}): ${text}`
  world.plan(
    told(orderedAt, line(`ordered for ${person.name} in Madison.`)),
    told(issued.shippedAt, line('packed, and handed to UPS.')),
    told(issued.deliveredAt, line('delivered at home.')),
    told(plus(issued.unpackedAt, HOUR), line('unpacked: its first check-in comes from Madison. Nothing is found.')),
  )
}

/** A real move: the parcel is held until a second person has approved the new address. */
function houseMove(world: World): void {
  const orderedAt = on(world, STORIES_FROM_DAY + 1, 14)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Pittsburgh'), kind: 'employee', platform: 'darwin', startsOn: plus(orderedAt, 9 * DAY) },
    orderedAt,
  )
  const reference = world.reference()
  const movedTo = cityNamed('Albuquerque')
  const to = world.company.homeIn(movedTo)
  const movedAt = plus(orderedAt, 22 * HOUR)
  world.plan(
    moment(orderedAt, {
      is: 'rows',
      to: 'shipments',
      rows: [orderRow({ reference, person, laptop, orderedAt, carrier: 'FedEx', to: person.home })],
    }),
  )
  moves(world, { person, at: movedAt, to, order: { reference, laptop, orderedAt } })
  const approvedAt = plus(movedAt, 21 * HOUR)
  const packedAt = nextLocal(plus(approvedAt, 2 * HOUR), headquarters, 10)
  const random = world.random.fork('house move')
  const parcel = journey({
    random,
    carrier: 'FedEx',
    from: headquarters,
    to: movedTo,
    labelAt: plus(packedAt, 3 * HOUR),
  })
  const unpackedAt = nextLocal(plus(deliveredAt(parcel), HOUR), movedTo, 10)
  const usage = homeUsage(laptop, { ...person, city: movedTo, home: to }, unpackedAt)
  world.usages.push(usage)
  const issued = {
    reference,
    parcel,
    orderedAt,
    shippedAt: plus(packedAt, 3 * HOUR),
    deliveredAt: deliveredAt(parcel),
    unpackedAt,
    order: [],
    dispatch: [],
  }
  const line = (text: string) => `2 · House move (${laptop.serialNumber}): ${text}`
  world.plan(
    told(orderedAt, line(`ordered for ${person.name} in Pittsburgh.`)),
    told(movedAt, line('the address on file becomes one in Albuquerque that nobody has verified. The parcel is held.')),
    works(plus(approvedAt, -HOUR), 'analyst', (desk) => desk.takeCase(laptop.serialNumber)),
    works(approvedAt, 'analyst', (desk) =>
      desk.approveAddresses(person.email, 'Called on the number on file; lease of the new home seen in a video call.'),
    ),
    works(plus(approvedAt, HOUR), 'second provisioner', (desk) =>
      desk.release(reference, 'The new address is approved: a real move.'),
    ),
    works(plus(approvedAt, 2 * HOUR), 'analyst', (desk) =>
      desk.closeCase(laptop.serialNumber, 'benign', 'A real move, confirmed by telephone and lease.'),
    ),
    told(plus(approvedAt, HOUR), line('a second person approves the address and releases the parcel.')),
    ...benchDay(laptop, person, plus(packedAt, -HOUR)),
    works(packedAt, 'provisioner', (desk) => desk.pack(reference)),
    works(issued.shippedAt, 'provisioner', (desk) => desk.ship(reference, parcel.trackingCode)),
    ...trackerMoments(random, parcel),
    ...received(random, issued, usage),
    told(issued.deliveredAt, line('delivered in Albuquerque.')),
    told(plus(unpackedAt, HOUR), line('unpacked there. Nothing is open any more.')),
  )
}

/** Bound for Portland, redirected to Newark on the way, and driven from afar from its first hour on. */
function redirected(world: World): void {
  const orderedAt = on(world, STORIES_FROM_DAY + 1, 17)
  const newark = cityNamed('Newark')
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Portland'), kind: 'contractor', platform: 'darwin', startsOn: plus(orderedAt, 8 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'FedEx', ends: { is: 'redirected', to: newark } })
  const change = issued.parcel.scans.find((scan) => scan.code === 'PR')!
  const unpackedAt = nextLocal(plus(issued.deliveredAt, HOUR), newark, 10)
  const rented = { city: newark, line: 9 }
  const usage = {
    laptop,
    person,
    stays: [
      { from: unpackedAt, ...rented, unusual: { software: [tools.anyDesk] } },
      { from: plus(unpackedAt, 44 * HOUR), ...rented, unusual: { software: [tools.anyDesk, tools.rustDesk] } },
    ],
    until: null,
  }
  world.usages.push(usage)
  const line = (text: string) => `3 · Redirected parcel (${laptop.serialNumber}): ${text}`
  world.plan(
    ...firstDay(world.random.fork('redirected'), usage),
    told(orderedAt, line(`ordered for ${person.name} in Portland.`)),
    told(change.at, line('FedEx says that somebody had it redirected to a new address.')),
    told(issued.deliveredAt, line('delivered in Newark, a continent away from the approved home.')),
    told(plus(unpackedAt, HOUR), line('its first check-in comes from Newark, with AnyDesk on it. A case is open.')),
    told(plus(unpackedAt, 46 * HOUR), line('a second remote-control tool appears.')),
  )
}

/** Delivered and accepted where it should be; days later it checks in from Shenyang. */
function reshipped(world: World): void {
  const orderedAt = on(world, STORIES_FROM_DAY, 16)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Boise'), kind: 'contractor', platform: 'darwin', startsOn: plus(orderedAt, 6 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'FedEx' })
  const packedUpAt = plus(issued.unpackedAt, 30 * HOUR)
  const arrivedAt = nextLocal(plus(issued.unpackedAt, 4 * DAY), cityNamed('Shenyang'), 9)
  const home = homeUsage(laptop, person, issued.unpackedAt)
  // Two usages: between them it is in a box.
  const abroad = {
    ...home,
    stays: [{ from: arrivedAt, city: cityNamed('Shenyang'), line: 18, unusual: { software: [tools.rustDesk] } }],
  }
  world.usages.push({ ...home, until: packedUpAt }, abroad)
  const line = (text: string) => `4 · Reshipped abroad (${laptop.serialNumber}): ${text}`
  world.plan(
    ...received(world.random.fork('reshipped'), issued, home),
    ...firstDay(world.random.fork('abroad'), abroad),
    told(orderedAt, line(`ordered for ${person.name} in Boise.`)),
    told(issued.deliveredAt, line('delivered at home, in Boise.')),
    told(plus(issued.unpackedAt, HOUR), line('unpacked in Boise. Nothing is found.')),
    told(packedUpAt, line('not heard of any more.')),
    told(
      arrivedAt,
      line('checks in from Shenyang, in the time zone of Shanghai, with RustDesk on it. A case is open.'),
    ),
  )
}
