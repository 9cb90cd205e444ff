// What goes on every week of an ordinary company: people come, get a newer laptop, leave, and open their laptops in the morning.
import { DAY, HOUR, plus } from '../lib/time.ts'
import { dayOf, homeUsage, type Usage } from './habits.ts'
import { bought, opening, personRow, returned } from './issues.ts'
import { managedDayOf } from './managed.ts'
import { moment, works } from './moments.ts'
import { newcomer, on, send, settleIn, type World } from './world.ts'

/** People, laptops and what is vouched for, on the first day. */
export function openCompany(world: World): void {
  const { company, startsAt } = world
  world.plan(...opening(company, startsAt))
  for (const { person, laptop } of company.staff) world.usages.push(homeUsage(laptop, person, plus(startsAt, 5 * HOUR)))
  const until = new Date(plus(startsAt, 170 * DAY)).toISOString().slice(0, 10)
  const from = startsAt.toISOString().slice(0, 10)
  const line = { person_email: '', other_email: '', starts_on: from, ends_on: until }
  world.plan(
    works(plus(startsAt, 3 * HOUR), 'provisioner', (desk) =>
      desk.declare([{ kind: 'tool', ...line, value: 'BeyondTrust Remote Support', reason: 'The helpdesk’s own tool' }]),
    ),
  )
}

/** One week of newcomers, newer laptops for those who waited longest, and now and then somebody who goes. */
export function planWeek(world: World, week: number, newcomers: number): void {
  const random = world.random.fork(`week ${week}`)
  const orderedOn = () => on(world, week * 7 + random.whole(0, 3), 14 + random.next() * 5)
  for (let index = 0; index < newcomers; index++) {
    const orderedAt = orderedOn()
    const { person, laptop } = newcomer(world, { startsOn: plus(orderedAt, random.whole(7, 12) * DAY) }, orderedAt)
    settleIn(world, send(world, { person, laptop, orderedAt }), laptop, person)
  }
  if (week > 0) replaceOldest(world, week, orderedOn())
  if (week % 3 === 1) leave(world, week, on(world, week * 7 + 4, 15))
}

/** One of the first staff, with the laptop of the first day, of whom nothing else is told. */
export const isSettled = ({ company }: World, usage: Usage) =>
  usage.until === null &&
  usage.person.leavesOn === null &&
  usage.stays.length === 1 &&
  usage.managed === undefined &&
  company.staff.some((one) => one.laptop === usage.laptop)

/** Whoever was there first gets a newer laptop at home and sends the old one back. */
function replaceOldest(world: World, week: number, orderedAt: Date): void {
  const old = world.usages.find((usage) => isSettled(world, usage) && !usage.person.isOfficeStaff)
  if (old === undefined) return
  const laptop = world.company.buy()
  world.plan(bought(plus(orderedAt, -2 * DAY), laptop))
  const issued = send(world, { person: old.person, laptop, orderedAt })
  settleIn(world, issued, laptop, old.person)
  const sentBackAt = plus(issued.unpackedAt, 3 * DAY)
  old.until = plus(issued.unpackedAt, DAY)
  world.plan(
    ...returned({
      random: world.random.fork(`return ${week}`),
      reference: world.reference(),
      person: old.person,
      laptop: old.laptop,
      at: sentBackAt,
    }),
  )
}

function leave(world: World, week: number, at: Date): void {
  const going = world.usages.findLast((usage) => isSettled(world, usage) && usage.person !== world.company.manager)
  if (going === undefined) return
  going.person.leavesOn = at
  going.until = plus(at, 3 * HOUR)
  world.plan(
    moment(plus(at, -10 * DAY), { is: 'rows', to: 'people', rows: [personRow(going.person, world.company.manager)] }),
    ...returned({
      random: world.random.fork(`leaver ${week}`),
      reference: world.reference(),
      person: going.person,
      laptop: going.laptop,
      at: plus(at, 20 * HOUR),
    }),
  )
}

/** What one day brings to every laptop in use. */
export function planDay(world: World, day: Date): void {
  for (const usage of world.usages) {
    const first = usage.stays[0]!.from
    if (first < plus(day, DAY) && (usage.until === null || usage.until > day))
      world.plan(...dayOf(world.random, usage, day), ...managedDayOf(world.random, usage, day))
  }
}
