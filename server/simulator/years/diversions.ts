// Diversions of a labelled year, in the variants of threat.md's section B, each with the indicators that its inputs show and when.
import { DAY, HOUR, MINUTE, plus } from '../../lib/time.ts'
import type { Random } from '../random.ts'
import { farAway, homeSpots, type Spot, spotsNear } from './atlas.ts'
import { type Book, type Issue, issue, readdress, report, row, sendBack, stay, unpack, wear } from './book.ts'
import { type Diversion, firstPossible, type Indicator, type Layer } from './inputs.ts'
import { type Usage, uuidFrom } from './laptops.ts'
import { type Address, type Home, homeIn, networkIn, type Person, personRow, spelled, weekday } from './people.ts'
import {
  ASTRILL_RESOLVER,
  astrill,
  drivers,
  driversOn,
  hiddenKvm,
  keepAwake,
  kvmNeighbour,
  kvms,
  maskedKvm,
  on,
  splitCam,
} from './things.ts'

/** How a laptop gets to where it should not be. */
type Way = 'address changed' | 'forwarder' | 'mail drop' | 'redirected' | 'fetched at a counter' | 'own address'

/** What is done with it there. */
type Use =
  | 'sent abroad'
  | 'remote tool'
  | 'unattended'
  | 'two tools'
  | 'KVM'
  | 'masked KVM and tool'
  | 'hidden KVM and tools'
  | 'KVM on the LAN and tool'
  | 'Astrill and tool'
  | 'swapped'
  | 'quiet'

interface Plan {
  way: Way
  use: Use
  farm?: string
  twist?: 'second laptop' | 'returned from elsewhere' | 'moved to another farm'
}

/** Where several of this company's laptops are: threat.md's figures are per site and over all employers, of which one has 1 or 2. */
interface Farm {
  name: string
  home: Home
}

/** About one in three goes abroad (threat.md B1: 49 against more than 90). */
const singles: Plan[] = [
  { way: 'address changed', use: 'sent abroad' },
  { way: 'address changed', use: 'sent abroad' },
  { way: 'address changed', use: 'sent abroad' },
  { way: 'forwarder', use: 'sent abroad' },
  { way: 'forwarder', use: 'sent abroad' },
  { way: 'forwarder', use: 'sent abroad' },
  { way: 'mail drop', use: 'sent abroad' },
  { way: 'mail drop', use: 'sent abroad' },
  { way: 'redirected', use: 'sent abroad' },
  { way: 'redirected', use: 'sent abroad' },
  { way: 'fetched at a counter', use: 'sent abroad' },
  { way: 'own address', use: 'sent abroad' },
  { way: 'address changed', use: 'remote tool' },
  { way: 'address changed', use: 'unattended' },
  { way: 'address changed', use: 'Astrill and tool', twist: 'returned from elsewhere' },
  { way: 'redirected', use: 'remote tool' },
  { way: 'redirected', use: 'swapped' },
  { way: 'fetched at a counter', use: 'two tools' },
  { way: 'mail drop', use: 'unattended' },
  { way: 'own address', use: 'KVM' },
  { way: 'own address', use: 'KVM' },
  { way: 'own address', use: 'masked KVM and tool' },
  { way: 'own address', use: 'hidden KVM and tools' },
  { way: 'own address', use: 'KVM on the LAN and tool' },
  { way: 'own address', use: 'two tools', twist: 'second laptop' },
  { way: 'address changed', use: 'KVM', twist: 'second laptop' },
  { way: 'own address', use: 'quiet' },
]

const hosted: Plan[] = [
  { way: 'address changed', use: 'unattended' },
  { way: 'redirected', use: 'remote tool' },
  { way: 'address changed', use: 'hidden KVM and tools' },
  { way: 'address changed', use: 'KVM' },
  { way: 'address changed', use: 'remote tool' },
  { way: 'own address', use: 'unattended' },
  { way: 'redirected', use: 'two tools' },
  { way: 'address changed', use: 'masked KVM and tool' },
  { way: 'own address', use: 'remote tool' },
]

/** Forty, or as many as the company is small: farms of 2 and 3, a larger one, and single laptops. */
export function divertedYear(book: Book, count: number, largest: number): void {
  const random = book.random.fork('diversions')
  const sizes = count >= 40 ? [largest, 2, 2] : [Math.max(2, Math.round(count / 4))]
  const plans: Plan[] = []
  for (const [index, size] of sizes.entries())
    for (let member = 0; member < size; member++)
      plans.push({ ...hosted[(member + index) % hosted.length]!, farm: `farm ${index + 1}` })
  plans.push(...random.some(singles, count - plans.length))
  // What is left when one farm is small.
  while (plans.length < count)
    plans.push(random.pick(singles.filter((plan) => plan.use !== 'sent abroad' && plan.use !== 'quiet')))
  const mover = plans.findLast((plan) => plan.farm === 'farm 1')
  if (mover && sizes.length > 1) mover.twist = 'moved to another farm'
  const farms = new Map(
    sizes.map((_, index) => [`farm ${index + 1}`, farmIn(random.fork(`farm ${index}`), `farm ${index + 1}`)]),
  )
  for (const [index, plan] of plans.entries()) {
    const own = random.fork(`diversion ${index}`)
    // Those of one farm come over some months, as hires do.
    const starts = plan.farm ? 20 + (Number(plan.farm.slice(5)) - 1) * 60 + own.whole(0, 150) : own.whole(5, 300)
    divert(book, own, { number: index + 1, plan, farms, hiredAt: weekday(plus(book.startsAt, starts * DAY), 15) })
  }
}

const farmIn = (random: Random, name: string): Farm => {
  const spot = random.pick(homeSpots)
  return { name, home: { ...homeIn(random, spot), network: networkIn(random, spot, 'cable') } }
}

interface Story {
  number: number
  plan: Plan
  farms: Map<string, Farm>
  hiredAt: Date
}

function divert(book: Book, random: Random, { number, plan, farms, hiredAt }: Story): void {
  const farm = plan.farm === undefined ? undefined : farms.get(plan.farm)
  const isOwn = plan.way === 'own address'
  // Who lends their own name lives where the laptop is; everybody else claims to live somewhere else.
  const claimed = isOwn && farm ? farm.home.spot : random.pick(homeSpots)
  const person = book.hire({
    startsAt: plus(hiredAt, random.whole(10, 25) * DAY),
    spot: claimed,
    kind: random.chance(0.5) ? 'contractor' : 'employee',
    role: random.chance(0.8) ? 'developer' : 'other',
  })
  person.office = null
  if (isOwn && farm)
    person.home = { ...farm.home, address: random.chance(0.6) ? farm.home.address : person.home.address }
  const variant = [plan.way, plan.use, plan.twist, plan.farm && 'at a farm'].filter(Boolean).join(', ')
  const diversion: Diversion = {
    number,
    variant,
    email: person.email,
    serialNumbers: [],
    farm: plan.farm ?? null,
    indicators: [],
    firstPossibleAt: null,
  }
  book.diversions.push(diversion)
  const note = (at: Date, id: string, layer: Layer, strength: number, isAlone = false) =>
    diversion.indicators.push({ at, id, layer, strength, ...(isAlone ? { isAlone } : {}) } satisfies Indicator)
  row(book, hiredAt, 'people', personRow(person))
  const there = farm?.home ?? homeIn(random, elsewhere(random, claimed))
  const host: Home = isOwn ? person.home : { ...there, address: spelled(random, there.address) }
  const issued = sent(book, random, { person, host, plan, hiredAt, note })
  diversion.serialNumbers.push(issued.laptop.serialNumber)
  const usage = used(book, random, { issued, host, plan, note })
  if (farm) together(book, diversion, farm, usage)
  twist(book, random, { plan, usage, host, farms, diversion, note })
  diversion.firstPossibleAt = firstPossible(diversion.indicators)
}

/** Another region than the one they say they live in. */
const elsewhere = (random: Random, claimed: Spot): Spot =>
  random.pick(homeSpots.filter((one) => one.region !== claimed.region && !spotsNear(claimed).slice(0, 2).includes(one)))

type Note = (at: Date, id: string, layer: Layer, strength: number, isAlone?: boolean) => void

interface Sending {
  person: Person
  host: Home
  plan: Plan
  hiredAt: Date
  note: Note
}

const LETTERS = 'ABCDEFGHKMNPRSTW'

/** Freight forwarders that anybody can look up, with customer codes of their kinds; and one that is on no list. */
const forwarders: { address: Address; isListed: boolean; code: (random: Random) => string }[] = [
  {
    address: {
      line1: '3501 Jack Northrop Ave',
      line2: '',
      city: 'Hawthorne',
      region: 'CA',
      postal_code: '90250',
      country: 'US',
    },
    isListed: true,
    code: (random) => `Suite ${random.text(LETTERS, 3)}${random.whole(100, 999)}`,
  },
  {
    address: {
      line1: '4283 Express Lane',
      line2: '',
      city: 'Sarasota',
      region: 'FL',
      postal_code: '34249',
      country: 'US',
    },
    isListed: true,
    code: (random) => `Suite ${random.whole(100, 999)}-${random.whole(100, 999)}`,
  },
  {
    address: {
      line1: '2260 Copperkettle Ct',
      line2: '',
      city: 'Portland',
      region: 'OR',
      postal_code: '97217',
      country: 'US',
    },
    isListed: false,
    code: (random) => `Suite ${random.whole(100, 999)}-${random.whole(100, 999)}`,
  },
]

function sent(book: Book, random: Random, { person, host, plan, hiredAt, note }: Sending): Issue {
  const orderedAt = weekday(plus(hiredAt, random.whole(1, 4) * DAY), 15)
  switch (plan.way) {
    case 'own address':
      return issue(book, { person, orderedAt, ends: { is: 'delivered' } })
    case 'address changed': {
      // Before the order or after it, and never verified: nobody asked (threat.md A1-01, B13).
      const changedAt = random.chance(0.7)
        ? plus(orderedAt, -random.whole(2, 40) * HOUR)
        : plus(orderedAt, random.whole(1, 5) * HOUR)
      readdress(book, changedAt, person, host.address, false)
      note(changedAt, 'A1-01', 'custody', 4)
      const issued = issue(book, { person, orderedAt, to: host.address, spot: host.spot, ends: { is: 'delivered' } })
      note(orderedAt, 'A1-05', 'custody', 4)
      return issued
    }
    case 'forwarder': {
      const drop = random.pick(forwarders)
      const to = { ...drop.address, line2: drop.code(random) }
      note(orderedAt, 'A1-03', 'custody', drop.isListed ? 5 : 4, drop.isListed)
      return issue(book, { person, orderedAt, to, spot: host.spot, ends: { is: 'desk' }, signedBy: 'DOCK' })
    }
    case 'mail drop': {
      const to = { ...host.address, line2: `PMB ${random.whole(100, 990)}` }
      note(orderedAt, 'A1-07', 'custody', 3)
      note(orderedAt, 'A1-05', 'custody', 4)
      return issue(book, { person, orderedAt, to, spot: host.spot, ends: { is: 'desk' }, signedBy: null })
    }
    case 'redirected': {
      const issued = issue(book, { person, orderedAt, ends: { is: 'redirected', to: host.spot }, signedBy: null })
      const redirectedAt = issued.parcel.scans.at(-4)!.at
      note(plus(redirectedAt, HOUR), 'A2-01', 'custody', 4)
      note(plus(issued.deliveredAt, HOUR), 'A2-02', 'custody', 4)
      return issued
    }
    case 'fetched at a counter': {
      // In another state than they claim: threat.md B10.
      const to = host.address
      readdress(book, plus(orderedAt, -5 * HOUR), person, to, false)
      note(plus(orderedAt, -5 * HOUR), 'A1-01', 'custody', 4)
      return issue(book, {
        person,
        orderedAt,
        to,
        spot: host.spot,
        ends: { is: 'counter', by: 'receiver' },
        signedBy: null,
      })
    }
    default:
      return plan.way satisfies never
  }
}

interface Using {
  issued: Issue
  host: Home
  plan: Plan
  note: Note
}

/** What shows once it is unpacked: minutes to a day after receipt (threat.md, B-fixtures). */
function used(book: Book, random: Random, { issued, host, plan, note }: Using): Usage {
  const { laptop } = issued
  if (plan.use === 'sent abroad') {
    const far = random.pick(farAway)
    const openedAt = plus(issued.deliveredAt, random.whole(6, 24) * DAY + random.whole(0, 20) * HOUR)
    const usage = unpack(book, issued, openedAt, networkIn(random, far, 'cable'))
    note(plus(openedAt, 5 * MINUTE), 'A3-03', 'place', 5)
    note(plus(openedAt, 5 * MINUTE), 'A2-06', 'custody', 5)
    return usage
  }
  const openedAt = plus(issued.deliveredAt, random.whole(1, 26) * HOUR)
  const usage = unpack(book, issued, openedAt, host.network)
  // Where HR has no other address of theirs; strong only once it has lasted a week.
  if (plan.way === 'redirected' || plan.way === 'mail drop') note(plus(openedAt, 7 * DAY), 'A3-01', 'place', 5)
  const soon = plus(openedAt, random.chance(0.6) ? random.whole(3, 90) * MINUTE : random.whole(2, 22) * HOUR)
  const put = (gear: Omit<Usage['gear'][number], 'from' | 'until'>, at = soon) =>
    wear(book, usage, { from: at, until: null, ...gear })
  const at = plus(soon, 2 * MINUTE)
  const [one, two] = random.some(driversOn(laptop), 2)
  const alwaysOn = { power: { onAc: true, lidClosed: true } }
  switch (plan.use) {
    case 'remote tool':
      put({ software: [on(laptop, one!)], ...alwaysOn })
      note(at, 'A4-01', 'software', 5)
      break
    case 'unattended':
      put({
        software: [on(laptop, one!), { name: one!.name, kind: 'service', startup: true }],
        listeningPorts: [{ port: 7070, process: one!.name }],
        posture: { remoteLogin: true, screenSharing: true },
        ...alwaysOn,
      })
      note(at, 'A4-01', 'software', 5)
      note(at, 'A4-03', 'software', 5)
      break
    case 'two tools':
      put({ software: [on(laptop, one!), on(laptop, two!)], ...alwaysOn })
      note(at, 'A4-02', 'software', 5, true)
      break
    case 'KVM':
      put({ ...random.pick(kvms), ...alwaysOn })
      note(at, 'A5-01', 'hardware', 5, true)
      break
    case 'masked KVM and tool':
      put({ ...maskedKvm, software: [on(laptop, one!)] })
      note(at, 'A5-03', 'hardware', 4)
      note(at, 'A4-01', 'software', 5)
      break
    case 'hidden KVM and tools':
      put({ ...hiddenKvm, software: [on(laptop, one!), on(laptop, splitCam)] })
      put({ software: [on(laptop, two!)] }, plus(soon, random.whole(2, 30) * HOUR))
      note(at, 'A4-01', 'software', 5)
      note(plus(usage.gear.at(-1)!.from, 2 * MINUTE), 'A4-02', 'software', 5, true)
      break
    case 'KVM on the LAN and tool':
      put({ neighbours: [kvmNeighbour(random)], software: [on(laptop, one!)] })
      note(at, 'A5-07', 'hardware', 4)
      note(at, 'A4-01', 'software', 5)
      break
    case 'Astrill and tool':
      put({
        software: [on(laptop, astrill), { name: 'asproxy', kind: 'process' }, on(laptop, one!)],
        dnsServers: [ASTRILL_RESOLVER],
      })
      note(at, 'A3-12', 'place', 4)
      note(at, 'A4-01', 'software', 5)
      break
    case 'swapped':
      put({ hardwareUuid: uuidFrom(random), software: [on(laptop, one!)] }, plus(openedAt, random.whole(2, 9) * DAY))
      note(plus(usage.gear.at(-1)!.from, 2 * MINUTE), 'A6-09', 'hardware', 5, true)
      break
    case 'quiet':
      // A driver's hardware with another's identity, a jiggler and nothing else: a trace too weak for anybody.
      put({ ...hiddenKvm, software: [on(laptop, random.pick(keepAwake))], ...alwaysOn })
      note(at, 'A4-05', 'software', 3)
      note(at, 'A7-03', 'hardware', 2)
      break
    default:
      plan.use satisfies never
  }
  return usage
}

/** Once others of ours are at the farm, what they share counts for each of them. */
function together(book: Book, diversion: Diversion, farm: Farm, usage: Usage): void {
  const others = book.diversions.filter((one) => one !== diversion && one.farm === farm.name)
  const here = plus(usage.from, 5 * MINUTE)
  for (const other of others) {
    const theirs = book.usages.find((one) => one.laptop.serialNumber === other.serialNumbers[0])
    if (theirs === undefined) continue
    const since = new Date(Math.max(here.getTime(), theirs.from.getTime() + 5 * MINUTE))
    for (const one of [diversion, other]) {
      one.indicators.push({ at: since, id: 'A6-02', layer: 'co-location', strength: 5 })
      one.firstPossibleAt = firstPossible(one.indicators)
    }
  }
}

interface Twisting {
  plan: Plan
  usage: Usage
  host: Home
  farms: Map<string, Farm>
  diversion: Diversion
  note: Note
}

function twist(book: Book, random: Random, { plan, usage, host, farms, diversion, note }: Twisting): void {
  const { person } = usage
  switch (plan.twist) {
    case undefined:
      return
    case 'second laptop': {
      const orderedAt = weekday(plus(usage.from, random.whole(10, 30) * DAY), 15)
      const issued = issue(book, { person, orderedAt, to: host.address, spot: host.spot, ends: { is: 'delivered' } })
      diversion.serialNumbers.push(issued.laptop.serialNumber)
      note(orderedAt, 'A1-12', 'custody', 3)
      const second = unpack(book, issued, plus(issued.deliveredAt, random.whole(3, 30) * HOUR), host.network)
      wear(book, second, {
        from: plus(second.from, random.whole(5, 300) * MINUTE),
        until: null,
        software: [on(issued.laptop, drivers.rustDesk)],
      })
      return
    }
    case 'returned from elsewhere': {
      const at = weekday(plus(usage.from, random.whole(60, 90) * DAY), 17)
      if (at > plus(book.endsAt, -20 * DAY)) return
      sendBack(book, usage, { at, from: elsewhere(random, host.spot) })
      note(plus(at, 6 * HOUR), 'A2-08', 'custody', 3)
      return
    }
    case 'moved to another farm': {
      const other = [...farms.values()].find((one) => one.name !== plan.farm)
      const at = weekday(plus(usage.from, random.whole(30, 60) * DAY), 18)
      if (other === undefined || at > plus(book.endsAt, -10 * DAY)) return
      stay(book, usage, at, other.home.network)
      note(plus(at, 5 * MINUTE), 'A6-08', 'co-location', 5)
      report(book, usage, plus(at, HOUR))
      return
    }
    default:
      plan.twist satisfies never
  }
}
