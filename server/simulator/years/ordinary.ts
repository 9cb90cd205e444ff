// Ordinary life of a company's year: what happens to people and their laptops without anybody diverting anything. Shares are ours.
import { DAY, dayOf, HOUR, plus } from '../../lib/time.ts'
import { abroad, homeSpots, homesOf, type Spot, spotNamed, spotsNear } from './atlas.ts'
import {
  alreadyHas,
  type Book,
  declare,
  issue,
  readdress,
  report,
  row,
  sendBack,
  stay,
  times,
  unpack,
  visit,
  wear,
} from './book.ts'
import { MDM, NEW_MDM, type Usage, uuidFrom } from './laptops.ts'
import {
  addressIn,
  type Home,
  homeIn,
  mac,
  type Network,
  networkIn,
  offices,
  type Person,
  personRow,
  renumbered,
  spelled,
  weekday,
} from './people.ts'
import {
  cameras,
  codeTunnel,
  developerTunnels,
  familyHelp,
  keepAwake,
  kvmNeighbour,
  kvms,
  on,
  remoteSupport,
} from './things.ts'

/** Of the staff, a year: how many leave, and as many come. */
const TURNOVER = 0.18
const REFRESH = 0.15

export function ordinaryYear(book: Book, staffed: number): void {
  const places = sharedPlaces(book)
  policies(book, places)
  opening(book, staffed)
  const hires = Math.round(staffed * TURNOVER)
  for (let index = 0; index < hires; index++) newHire(book)
  interns(book)
  for (const usage of [...book.usages]) everyday(book, usage, places)
  for (const usage of [...book.usages]) aroundTheLaptop(book, usage)
  leavers(book, staffed)
}

// ── Places that many use ───────────────────────────────────────────────────────────────────────────────────

interface SharedPlaces {
  offices: Map<Spot, Network>
  coworking: Map<Spot, Network[]>
}

function sharedPlaces(book: Book): SharedPlaces {
  const random = book.random.fork('places')
  return {
    offices: new Map(offices.map((spot) => [spot, networkIn(random, spot, 'business')])),
    coworking: new Map(
      homeSpots.map((spot) => [spot, [networkIn(random, spot, 'business'), networkIn(random, spot, 'business')]]),
    ),
  }
}

/** What the company says of itself on the first day, and again when that has run out. */
function policies(book: Book, places: SharedPlaces): void {
  for (const at of [plus(book.startsAt, HOUR), plus(book.startsAt, 179 * DAY), plus(book.startsAt, 358 * DAY)]) {
    declare(book, at, 'tool', { value: remoteSupport.name, reason: 'The helpdesk’s own' })
    for (const [spot, network] of places.offices) {
      declare(book, at, 'office', { value: `${spot.name}, ${spot.region}`, reason: 'Our office' })
      declare(book, at, 'network_exit', { value: network.ip, reason: `The office in ${spot.name}` })
    }
  }
  const from = plus(book.startsAt, 150 * DAY)
  declare(book, plus(from, -7 * DAY), 'migration', {
    value: MDM,
    endsOn: dayOf(plus(from, 45 * DAY)),
    reason: 'We change systems',
  })
}

// ── People ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Everybody who is there on the first day; couples and flats share a home. */
function opening(book: Book, staffed: number): void {
  const random = book.random.fork('opening')
  const startsAt = () => plus(book.startsAt, -random.whole(30, 1500) * DAY)
  let shared: { home: Home; left: number; as: string; with: Person[] } | null = null
  for (let index = 0; index < staffed; index++) {
    const share = random.next()
    const spot = share < 0.2 ? random.pick(offices) : undefined
    const person: Person = book.hire({
      startsAt: startsAt(),
      ...(spot ? { spot } : {}),
      ...(shared ? { home: shared.home } : {}),
    })
    if (shared !== null) {
      person.home = { ...person.home, address: spelled(random, person.home.address) }
      person.stories.add(shared.as)
      shared.with.push(person)
      shared.left -= 1
      if (shared.left === 0) {
        if (random.chance(shared.as === 'couple' ? 0.4 : 0.15)) declareHousehold(book, shared.with)
        shared = null
      }
    } else if (random.chance(0.011)) shared = { home: person.home, left: 1, as: 'couple', with: [person] }
    else if (random.chance(0.005))
      shared = { home: person.home, left: random.chance(0.25) ? 2 : 1, as: 'shared flat', with: [person] }
    if (shared?.with.length === 1) person.stories.add(shared.as)
    row(book, plus(book.startsAt, HOUR / 2), 'people', personRow(person))
    alreadyHas(book, person)
  }
}

function declareHousehold(book: Book, [one, ...others]: Person[]): void {
  for (const other of others)
    declare(book, plus(book.startsAt, 2 * HOUR), 'household', { person: one!, other, reason: 'They told us' })
}

/** Comes at any time of the year, gets a laptop, and unpacks it on the first day or before. */
function newHire(book: Book): void {
  const random = book.random.fork(`hire ${book.people.length}`)
  const hiredAt = weekday(plus(book.startsAt, random.next() * 350 * DAY), 16)
  const startsAt = plus(hiredAt, random.whole(10, 35) * DAY)
  const colleague = sharesWith(book, random)
  const person = book.hire({ startsAt, ...(colleague ? { home: colleague.home } : {}) })
  person.stories.add('hire')
  if (colleague) {
    person.stories.add(colleague.as)
    person.home = { ...colleague.home, address: spelled(random, colleague.home.address) }
    if (colleague.isDeclared)
      declare(book, plus(hiredAt, DAY), 'household', { person, other: colleague.with, reason: 'They told us' })
  }
  row(book, hiredAt, 'people', personRow(person, { address_verified: random.chance(0.93) ? 'yes' : 'no' }))
  const orderedAt = weekday(plus(hiredAt, random.whole(1, 4) * DAY), 15)
  if (orderedAt > plus(book.endsAt, -25 * DAY)) return
  receive(book, person, orderedAt, random.fork('parcel'))
}

/** Some come through a colleague they live with; now and then somebody moves in where a stranger of ours lived. */
function sharesWith(book: Book, random: Source) {
  const share = random.next()
  if (share > 0.012) return null
  const other = random.pick(book.people)
  const as =
    share < 0.006 ? 'partner of a colleague' : share < 0.01 ? 'flatmate of a colleague' : 'same house, years apart'
  if (other.office !== null) return null
  return { home: other.home, with: other, as, isDeclared: as === 'partner of a colleague' && random.chance(0.4) }
}

type Source = Book['random']

/** The ways in which a first laptop comes to an ordinary person. */
function receive(book: Book, person: Person, orderedAt: Date, random: Source): Usage {
  const share = random.next()
  const { spot } = person.home
  let network = person.home.network
  let input: Parameters<typeof issue>[1] = { person, orderedAt }
  const at = (story: string) => void person.stories.add(story)
  if (share < 0.03) {
    at('moves before the laptop comes, verified')
    const home = homeIn(random, random.pick(random.chance(0.5) ? spotsNear(spot) : homesOf(spot.country)))
    readdress(book, plus(orderedAt, -20 * HOUR), person, home.address, true)
    person.home = home
    network = home.network
    input = { ...input, to: home.address, spot: home.spot }
  } else if (share < 0.037) {
    at('moves before the laptop comes, not verified')
    const home = homeIn(random, random.pick([spot, ...spotsNear(spot)]))
    readdress(book, plus(orderedAt, -20 * HOUR), person, home.address, false)
    person.home = home
    network = home.network
    input = { ...input, to: home.address, spot: home.spot }
  } else if (share < 0.047) {
    at('has it sent to parents')
    const parents = homeIn(random, random.pick([...spotsNear(spot), spot]))
    input = { ...input, to: { ...parents.address, line2: parents.address.line2 }, spot: parents.spot }
    if (random.chance(0.5)) network = parents.network
  } else if (share < 0.053) {
    at('PO box')
    input = { ...input, to: { ...person.home.address, line1: `PO Box ${random.whole(10, 4000)}`, line2: '' } }
  } else if (share < 0.056 && spot.country === 'US') {
    at('military address')
    const apo = {
      line1: `Unit ${random.whole(2000, 9999)} Box ${random.whole(1, 300)}`,
      line2: '',
      city: 'APO',
      region: 'AE',
      postal_code: '09128',
      country: 'US',
    }
    input = { ...input, to: apo }
  } else if (share < 0.059) {
    at('hotel while relocating')
    input = { ...input, to: { ...person.home.address, line1: 'Larkmoor Inn & Suites', line2: '400 Windlass Ave' } }
    network = networkIn(random, spot, 'business')
  } else if (share < 0.063 && spot.country === 'US') {
    at('private mailbox')
    input = { ...input, to: { ...person.home.address, line2: `PMB ${random.whole(100, 480)}` } }
  } else if (share < 0.068) {
    at('redirects the parcel to work')
    const near = spotsNear(spot)[0] ?? spot
    input = { ...input, ends: { is: 'redirected', to: random.chance(0.7) ? spot : near } }
  } else if (share < 0.071) {
    at('carrier forwards to the new home')
    input = { ...input, ends: { is: 'forwarded', to: spotsNear(spot)[0] ?? spot } }
  } else if (share < 0.076) {
    at('mis-scan at delivery')
    input = { ...input, ends: { is: 'delivered at', place: random.pick(spotsNear(spot)) } }
  }
  const issued = issue(book, input)
  const early = weekday(plus(issued.deliveredAt, random.whole(2, 40) * HOUR), 15)
  let openedAt = random.chance(0.45) && person.startsAt > early ? weekday(plus(person.startsAt, -DAY), 14) : early
  if (random.chance(0.015)) {
    at('first opened away from home')
    network = networkIn(random, random.pick(homesOf(spot.country)), 'cable')
  }
  if (openedAt > book.endsAt) openedAt = early
  const usage = unpack(book, issued, openedAt, network)
  if (network !== person.home.network) stay(book, usage, plus(openedAt, random.whole(4, 20) * DAY), person.home.network)
  firstWeek(book, usage, random)
  return usage
}

/** What people put on a new laptop in their first days. */
function firstWeek(book: Book, usage: Usage, random: Source): void {
  const { person, laptop } = usage
  const soon = plus(usage.from, random.whole(2, 120) * HOUR)
  const put = (story: string, gear: Omit<Usage['gear'][number], 'from'>) => {
    person.stories.add(story)
    wear(book, usage, { from: soon, ...gear })
  }
  if (person.role === 'developer' && random.chance(0.07))
    put('developer’s tunnel', { until: null, software: [on(laptop, random.pick(developerTunnels))] })
  if (person.role === 'developer' && random.chance(0.03)) put('VS Code tunnel', { until: null, software: [codeTunnel] })
  if (random.chance(0.005))
    put('family help', {
      until: plus(soon, random.whole(1, 72) * HOUR),
      software: [on(laptop, random.pick(familyHelp))],
    })
  if (random.chance(0.02)) put('keep-awake', { until: null, software: [on(laptop, random.pick(keepAwake))] })
}

/** Students in two houses, for the summer. */
function interns(book: Book): void {
  const random = book.random.fork('interns')
  const count = Math.max(3, Math.round(book.people.length * 0.006))
  for (const spot of [spotNamed('Boston'), spotNamed('Pittsburgh')]) {
    const house = addressIn(random, spot)
    const network = networkIn(random, spot, 'business')
    const comesAt = plus(book.startsAt, random.whole(120, 135) * DAY)
    for (let index = 0; index < count / 2; index++) {
      const home: Home = {
        spot,
        address: { ...house, line2: `Room ${101 + index * 3}` },
        network: { ...network, bssid: index % 3 === 0 ? network.bssid : mac(random, '60:8d:26') },
      }
      const person = book.hire({ startsAt: comesAt, home, kind: 'employee' })
      person.stories.add('intern in a dormitory')
      const hiredAt = weekday(plus(comesAt, -random.whole(14, 30) * DAY), 16)
      row(book, hiredAt, 'people', personRow(person))
      const issued = issue(book, {
        person,
        orderedAt: weekday(plus(hiredAt, 2 * DAY), 15),
        ends: { is: 'desk' },
        signedBy: 'RESIDENCE DESK',
      })
      const usage = unpack(book, issued, weekday(plus(issued.deliveredAt, random.whole(5, 60) * HOUR), 15))
      leave(book, usage, plus(comesAt, 88 * DAY), random)
    }
  }
}

// ── Days ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Where the year takes a laptop. */
function everyday(book: Book, usage: Usage, places: SharedPlaces): void {
  const { person } = usage
  const random = book.random.fork(`days ${usage.laptop.serialNumber}`)
  const from = new Date(Math.max(plus(usage.from, 3 * DAY).getTime(), plus(book.startsAt, 8 * DAY).getTime()))
  const until = plus(usage.until ?? book.endsAt, -2 * DAY)
  if (until <= from) return
  const busy: { from: Date; until: Date }[] = []
  const free = (at: Date, days: number) => {
    const end = plus(at, days * DAY)
    if (end >= until || busy.some((one) => at < plus(one.until, DAY) && plus(end, DAY) > one.from)) return false
    busy.push({ from: at, until: end })
    return true
  }
  const each = (perYear: number, days: (r: Source) => number, happens: (at: Date, end: Date) => void) => {
    for (const at of times(random, perYear, from, until)) {
      const length = days(random)
      if (free(at, length)) happens(at, plus(at, length * DAY))
    }
  }
  const { spot } = person.home
  const story = (text: string) => void person.stories.add(text)
  each(
    person.role === 'other' ? 0.09 : 0.05,
    () => 0.2,
    (at) => moveHouse(book, usage, at, random),
  )
  if (person.office !== null)
    each(
      4,
      () => 0.3,
      (at, end) => visit(book, usage, at, end, atDesk(places.offices.get(person.office!)!, random)),
    )
  each(
    0.5,
    (r) => r.whole(2, 6),
    (at, end) => {
      story('travels at home')
      if (random.chance(0.3)) declareJourney(book, person, at, end)
      visit(book, usage, at, end, networkIn(random, random.pick(homesOf(spot.country)), 'business'))
    },
  )
  each(
    0.05,
    (r) => r.whole(3, 16),
    (at, end) => {
      const declared = random.chance(0.65)
      story(declared ? 'travels abroad, declared' : 'travels abroad, undeclared')
      if (declared) declareJourney(book, person, at, end)
      visit(
        book,
        usage,
        at,
        end,
        networkIn(random, random.pick(abroad(spot)), random.chance(0.5) ? 'business' : 'cable'),
      )
    },
  )
  if (random.chance(0.05))
    each(
      3,
      () => 0.25,
      (at, end) => {
        story('coworking')
        visit(
          book,
          usage,
          at,
          end,
          atDesk(random.pick(places.coworking.get(spot) ?? [networkIn(random, spot, 'business')]), random),
        )
      },
    )
  each(
    0.6,
    () => 0.2,
    (at, end) => visit(book, usage, at, end, networkIn(random, spot, 'business')),
  )
  each(
    0.35,
    () => 0.3,
    (at, end) => visit(book, usage, at, end, networkIn(random, spot, 'mobile')),
  )
  if (random.chance(0.02)) {
    const second = networkIn(random, random.pick([...spotsNear(spot), random.pick(homesOf(spot.country))]))
    each(
      2,
      (r) => r.whole(6, 30),
      (at, end) => {
        story('second home')
        if (random.chance(0.4))
          declare(book, plus(at, -2 * DAY), 'second_home', {
            person,
            value: `${second.spot.name}, ${second.spot.region}`,
            reason: 'A house in the country',
          })
        visit(book, usage, at, end, second)
      },
    )
  }
  if (random.chance(0.04))
    each(
      2.5,
      (r) => r.whole(1, 9),
      (at, end) => {
        story('privacy VPN')
        const exit = networkIn(random, random.pick(random.chance(0.8) ? homesOf(spot.country) : abroad(spot)), 'vpn')
        visit(book, usage, at, end, { ...person.home.network, ip: exit.ip })
      },
    )
  if (usage.laptop.platform === 'darwin' && random.chance(0.06))
    each(
      2,
      (r) => r.whole(5, 40),
      (at, end) => {
        story('private relay')
        visit(book, usage, at, end, {
          ...person.home.network,
          ip: networkIn(random, random.pick([spot, ...spotsNear(spot)]), 'relay').ip,
        })
      },
    )
  each(
    random.chance(0.2) ? 3 : 0.4,
    () => 0.1,
    (at) => {
      person.home = { ...person.home, network: renumbered(random, person.home.network) }
      stay(book, usage, at, person.home.network)
    },
  )
  each(
    0.05,
    () => 0.1,
    (at) => {
      story('changes provider')
      person.home = { ...person.home, network: networkIn(random, spot) }
      stay(book, usage, at, person.home.network)
    },
  )
  if (random.chance(0.03)) {
    const at = plus(from, random.next() * (until.getTime() - from.getTime()))
    story('long leave')
    usage.quiet.push({ from: at, until: plus(at, random.whole(20, 110) * DAY) })
  }
  each(
    1.2,
    (r) => r.whole(7, 17),
    (at, end) => usage.quiet.push({ from: at, until: end }),
  )
}

/** One of a place's access points. */
const atDesk = (network: Network, random: Source): Network => ({
  ...network,
  bssid: `${network.bssid.slice(0, 15)}${random.whole(10, 14)}`,
})

const declareJourney = (book: Book, person: Person, from: Date, until: Date) =>
  declare(book, plus(from, -3 * DAY), 'travel', {
    person,
    startsOn: dayOf(plus(from, -DAY)),
    endsOn: dayOf(plus(until, DAY)),
    reason: 'Travels with the laptop',
  })

/** HR hears of it before, or weeks after; the laptop moves when they do. */
function moveHouse(book: Book, usage: Usage, at: Date, random: Source): void {
  const { person } = usage
  const home = homeIn(
    random,
    random.chance(0.65)
      ? person.home.spot
      : random.pick(random.chance(0.5) ? spotsNear(person.home.spot) : homesOf(person.home.spot.country)),
  )
  const tells = random.next()
  person.stories.add(tells < 0.6 ? 'moves, told before' : tells < 0.92 ? 'moves, told later' : 'moves, never told')
  const told = tells < 0.6 ? plus(at, -random.whole(3, 20) * DAY) : plus(at, random.whole(2, 30) * DAY)
  if (tells < 0.92 && told > plus(book.startsAt, 2 * DAY) && told < book.endsAt)
    readdress(book, weekday(told, 17), person, home.address, random.chance(0.7))
  person.home = home
  stay(book, usage, at, home.network)
}

/** What comes onto laptops, and what is done with them. */
function aroundTheLaptop(book: Book, usage: Usage): void {
  const { person, laptop } = usage
  const random = book.random.fork(`gear ${laptop.serialNumber}`)
  const from = new Date(Math.max(plus(usage.from, 16 * DAY).getTime(), plus(book.startsAt, 3 * DAY).getTime()))
  const until = plus(usage.until ?? book.endsAt, -20 * DAY)
  if (until <= from) return
  const when = () => weekday(plus(from, random.next() * (until.getTime() - from.getTime())), 14 + random.whole(0, 7))
  const put = (share: number, story: string, gear: (at: Date) => Omit<Usage['gear'][number], 'from'>) => {
    if (!random.chance(share)) return
    const at = when()
    person.stories.add(story)
    wear(book, usage, { from: at, ...gear(at) })
  }
  const isDeveloper = person.role === 'developer'
  put(isDeveloper ? 0.05 : 0.002, 'developer’s tunnel', () => ({
    until: null,
    software: [on(laptop, random.pick(developerTunnels))],
  }))
  put(isDeveloper ? 0.02 : 0, 'VS Code tunnel', () => ({ until: null, software: [codeTunnel] }))
  put(0.008, 'family help', (at) => ({
    until: plus(at, random.whole(1, 200) * HOUR),
    software: [on(laptop, random.pick(familyHelp))],
  }))
  put(0.04, 'keep-awake', () => ({ until: null, software: [on(laptop, random.pick(keepAwake))] }))
  put(0.03, 'virtual camera', () => ({ until: null, software: [on(laptop, random.pick(cameras))] }))
  put(isDeveloper || person.role === 'it' ? 0.01 : 0.001, 'home lab: KVM on the LAN', () => ({
    until: null,
    neighbours: [kvmNeighbour(random)],
  }))
  put(isDeveloper ? 0.02 : 0.002, 'remote login on', () => ({ until: null, posture: { remoteLogin: true } }))
  put(0.006, 'screen sharing on', (at) => ({ until: plus(at, 5 * DAY), posture: { screenSharing: true } }))
  put(0.01, 'time zone pinned', () => ({ until: null, timeZone: 'UTC' }))
  if (person.role === 'it' && random.chance(0.03)) {
    const at = when()
    person.stories.add('KVM of an administrator, declared')
    declare(book, plus(at, -2 * DAY), 'tool', { person, value: 'PiKVM', reason: 'Runs our own lab from home' })
    wear(book, usage, { from: at, until: plus(at, 20 * DAY), ...kvms[0]! })
  }
  if (random.chance(0.01)) repair(book, usage, when(), random)
  if (random.chance(0.02)) {
    // A system that was installed anew names its devices again, and is a little behind.
    report(book, usage, when())
    person.stories.add('installed anew')
  }
  if (random.chance(0.003)) {
    person.stories.add('clock ahead')
    usage.clockAheadMs = random.whole(15, 200) * 60_000
  }
  if (random.chance(0.12)) usage.sources.push({ name: MDM, from: usage.from, until: plus(book.startsAt, 160 * DAY) })
  if (usage.sources.length > 1) usage.sources.push({ name: NEW_MDM, from: plus(book.startsAt, 155 * DAY), until: null })
  if (usage.from <= plus(book.startsAt, DAY) && random.chance(REFRESH)) refresh(book, usage, when(), random)
}

/** Another board, and the company says so. */
function repair(book: Book, usage: Usage, at: Date, random: Source): void {
  usage.person.stories.add('board changed in repair')
  const end = plus(at, random.whole(4, 12) * DAY)
  declare(book, at, 'repair', {
    person: usage.person,
    value: usage.laptop.serialNumber,
    endsOn: dayOf(plus(end, 3 * DAY)),
    reason: 'The board is changed',
  })
  usage.quiet.push({ from: at, until: end })
  wear(book, usage, { from: end, until: null, hardwareUuid: uuidFrom(random) })
}

/** A newer laptop; the old one goes back within weeks. */
function refresh(book: Book, usage: Usage, at: Date, random: Source): void {
  const { person } = usage
  if (usage.until !== null || at > plus(book.endsAt, -60 * DAY)) return
  person.stories.add('newer laptop')
  const issued = issue(book, { person, orderedAt: at })
  const openedAt = weekday(plus(issued.deliveredAt, random.whole(3, 90) * HOUR), 15)
  unpack(book, issued, openedAt)
  sendBack(book, usage, { at: weekday(plus(openedAt, random.whole(3, 40) * DAY), 16) })
}

// ── Leaving ────────────────────────────────────────────────────────────────────────────────────────────────

function leavers(book: Book, staffed: number): void {
  const random = book.random.fork('leavers')
  const inUse = book.usages.filter((usage) => usage.until === null && usage.from < plus(book.endsAt, -90 * DAY))
  for (const usage of random.some(inUse, Math.round(staffed * TURNOVER))) {
    const last = Math.max(plus(usage.from, 40 * DAY).getTime(), plus(book.startsAt, 30 * DAY).getTime())
    const changes = [...usage.stays.map((one) => one.from), ...usage.gear.map((one) => one.from)].filter(
      (at) => at > book.startsAt,
    )
    const from = Math.max(last, ...changes.map((at) => at.getTime() + DAY))
    if (from > book.endsAt.getTime() - 30 * DAY) continue
    leave(book, usage, new Date(from + random.next() * (book.endsAt.getTime() - 30 * DAY - from)), random)
  }
}

function leave(book: Book, usage: Usage, at: Date, random: Source): void {
  const { person } = usage
  const day = weekday(at, 20)
  person.leavesAt = day
  person.stories.add('leaves')
  row(book, plus(day, -14 * DAY), 'people', {
    external_id: `Y-${String(person.number).padStart(5, '0')}`,
    email: person.email,
    leaves_on: dayOf(day),
  })
  const isLate = random.chance(0.1)
  const from = random.chance(0.05) ? { from: random.pick(spotsNear(person.home.spot)) } : {}
  sendBack(book, usage, { at: weekday(plus(day, random.whole(1, isLate ? 35 : 8) * DAY), 17), ...from })
}
