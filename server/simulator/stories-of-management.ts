// Two stories about what manages a laptop: an enrolment that is copied to another machine, and a move from one MDM to another.
import { DAY, HOUR, MINUTE, plus } from '../lib/time.ts'
import { headquarters } from './cities.ts'
import { isSettled } from './everyday.ts'
import { homeUsage, type Managed, type Usage } from './habits.ts'
import { bought, received, returned } from './issues.ts'
import { nextLocal } from './journeys.ts'
import { enrols, wiped } from './managed.ts'
import { moment, told, works } from './moments.ts'
import { atHome, on, send, type World } from './world.ts'

/** Laptops that move from one MDM to the other in the third story. */
const MOVING = 12
/** On which working day of the two weeks each of them moves. */
const MOVES_ON = [0, 0, 1, 1, 2, 3, 4, 7, 7, 8, 8, 9]
/** Days for which the one before goes on hearing of it. */
const OVERLAP_DAYS = 3
/** So long before the stories these laptops are heard of daily: longer than habits are read. */
const KNOWN_DAYS = 63
/** So long before them the second MDM was set up, with a few laptops to try it. */
const PILOT_DAYS = 28

const by = { jamf: 'Jamf Pro', fleet: 'Fleet' }

/** `fromDay` is the day on which stories begin, counted from the first morning. */
export function planStoriesOfManagement(world: World, fromDay: number): void {
  const macs = world.usages.filter((usage) => usage.laptop.platform === 'darwin' && isSettled(world, usage))
  const [pilot, alone] = macs.filter(({ person }) => !person.isOfficeStaff && person !== world.company.manager)
  if (pilot === undefined || alone === undefined) return
  const others = macs.filter((usage) => usage !== pilot && usage !== alone)
  tryOut(world, pilot, fromDay)
  copied(world, pilot, fromDay)
  moveTogether(world, { moving: others.slice(0, MOVING), alone }, fromDay)
}

/** The second MDM is tried: one Mac, and what runs Linux, which the first one cannot manage. */
function tryOut(world: World, pilot: Usage, fromDay: number): void {
  const from = on(world, fromDay - PILOT_DAYS, 15)
  const linux = world.usages.filter((usage) => usage.laptop.platform === 'linux' && isSettled(world, usage))
  for (const usage of [pilot, ...linux]) comesIn(world, usage, { by: 'fleet', from, until: null })
}

function comesIn(world: World, usage: Usage, managed: Managed): void {
  usage.managed = [...(usage.managed ?? []), managed]
  world.plan(...enrols(usage, managed))
}

/**
 * A new Mac is set up from the old one, and takes its enrolment along: for the MDM the one becomes the other, which has
 * its agent already.
 */
function copied(world: World, old: Usage, fromDay: number): void {
  const { person } = old
  const orderedAt = on(world, fromDay, 14)
  const laptop = world.company.buy('darwin')
  world.plan(bought(plus(orderedAt, -2 * DAY), laptop))
  const issued = send(world, { person, laptop, orderedAt, carrier: 'UPS' })
  const { unpackedAt } = issued
  const copiedAt = plus(unpackedAt, 2 * HOUR)
  const managed: Managed = { by: 'fleet', from: copiedAt, until: null, hostNumber: old.laptop.number }
  const usage: Usage = { ...homeUsage(laptop, person, unpackedAt), managed: [managed], hasNoAgent: true }
  old.until = unpackedAt
  world.usages.push(usage)
  const line = (text: string) => `8 · Copied enrolment (${laptop.serialNumber}): ${text}`
  world.plan(
    ...received(world.random.fork('copied'), issued, usage),
    ...enrols(usage, managed).filter(({ deed }) => deed.is === 'host'),
    ...returned({
      random: world.random.fork('copied from'),
      reference: world.reference(),
      person,
      laptop: old.laptop,
      at: plus(unpackedAt, 3 * DAY),
    }),
    told(orderedAt, line(`ordered for ${person.name}, whose laptop is old.`)),
    told(unpackedAt, line('unpacked, and set up by Migration Assistant from the old one.')),
    told(
      copiedAt,
      line(
        `${by.fleet} takes it for the old one, whose enrolment it shows. Its proof is doubtful, and it has no case.`,
      ),
    ),
  )
}

/** A dozen laptops move, each with some days in both, as declared; one that is not among them drops out by itself. */
function moveTogether(world: World, { moving, alone }: { moving: Usage[]; alone: Usage }, fromDay: number): void {
  const knownFrom = on(world, fromDay - KNOWN_DAYS)
  const until = (at: Date): Managed => ({ by: 'jamf', from: knownFrom, until: at })
  for (const [index, usage] of moving.entries()) {
    const from = nextLocal(on(world, fromDay + MOVES_ON[index]!, 6), usage.stays[0]!.city, 11)
    usage.managed = [until(plus(from, OVERLAP_DAYS * DAY))]
    const managed: Managed = { by: 'fleet', from, until: null, isByHand: index % 4 === 1 }
    if (index === 2) afterWipe(world, usage, managed)
    // Somebody mistook one colleague for another in the new MDM.
    else comesIn(world, usage, index === 5 ? { ...managed, user: moving[0]!.person } : managed)
  }
  const goneAt = on(world, fromDay, 20)
  // On call: opened every day.
  alone.stays.push(atHome(alone.person, knownFrom))
  alone.managed = [until(goneAt)]
  declareMove(world, moving, fromDay)
  refuseForANight(world, fromDay + 8)
  const line = (text: string) => `9 · Move to another MDM (${moving.length} laptops): ${text}`
  world.plan(
    told(on(world, fromDay, 9), line(`from ${by.jamf} to ${by.fleet} in two weeks, as declared a week ago.`)),
    told(on(world, fromDay + 1, 22), line('some are in both, some enrolled by hand, one was wiped. Nothing is found.')),
    told(
      on(world, fromDay + 7, 9),
      `9 · Not among them (${alone.laptop.serialNumber}): ${by.jamf} has not heard of it for a week, while its agent reports. That is found.`,
    ),
    told(on(world, fromDay + 13, 9), line('all have moved, and nobody has a case for it.')),
  )
}

/** It comes back a day later as if it were new: another name, and enrolled through the programme. */
function afterWipe(world: World, usage: Usage, managed: Managed): void {
  const { laptop, person } = usage
  usage.until = managed.from
  usage.managed = usage.managed!.map((one) => ({ ...one, until: managed.from }))
  const from = plus(managed.from, DAY)
  const anew = { ...laptop, hostname: `mac-${laptop.serialNumber.slice(-4).toLowerCase()}` }
  const again: Usage = { laptop: anew, person, stays: [{ ...usage.stays[0]!, from }], until: null }
  world.usages.push(again)
  world.plan(wiped(managed.from, usage, managed))
  comesIn(world, again, { ...managed, from })
}

function declareMove(world: World, moving: Usage[], fromDay: number): void {
  const day = (days: number) =>
    on(world, fromDay + days)
      .toISOString()
      .slice(0, 10)
  const lines = moving.map(({ person }) => ({
    kind: 'migration',
    person_email: person.email,
    other_email: '',
    value: 'jamf',
    starts_on: day(0),
    ends_on: day(21),
    reason: `Moves from ${by.jamf} to ${by.fleet}`,
  }))
  world.plan(works(nextLocal(on(world, fromDay - 7, 12), headquarters, 10), 'admin', (desk) => desk.declare(lines)))
}

/** The second MDM refuses the token that asks it, until somebody sees to it next morning. */
function refuseForANight(world: World, day: number): void {
  const from = on(world, day, 22)
  const to = on(world, day + 1, 14)
  const line = (text: string) => `9 · ${by.fleet}: ${text}`
  world.plan(
    moment(from, { is: 'token', isTaken: false }),
    moment(to, { is: 'token', isTaken: true }),
    told(plus(from, HOUR), line('refuses the token that asks it. One alert says so, and no silence is taken for one.')),
    told(plus(to, 30 * MINUTE), line('its token is renewed, and it is read again.')),
  )
}
