// What else happened in the months before: the odd things of which most turn out to be ordinary, and some wait for whoever looks.
import { DAY, dayOf, HOUR, plus } from '../lib/time.ts'
import { cityNamed, homeCities } from './cities.ts'
import type { Home, Person } from './company.ts'
import { firstDay, ipOf, officeFrom, type Stay, type Unusual, type Usage } from './habits.ts'
import { orderRow, personRow, usageAfter } from './issues.ts'
import { moment, works } from './moments.ts'
import { atHome, newcomer, on, send, settleIn, type World } from './world.ts'

/** Remote-control tools as the agent lists them on a Mac. */
export const tools = {
  anyDesk: {
    name: 'AnyDesk',
    version: '9.0.1',
    publisher: 'AnyDesk Software GmbH',
    identifier: 'com.philandro.anydesk',
    kind: 'app',
    startup: true,
  },
  teamViewer: {
    name: 'TeamViewer',
    version: '15.58',
    publisher: 'TeamViewer Germany GmbH',
    identifier: 'com.teamviewer.TeamViewer',
    kind: 'app',
  },
  rustDesk: {
    name: 'RustDesk',
    version: '1.3.9',
    publisher: 'Purslane Ltd',
    identifier: 'com.carriez.rustdesk',
    kind: 'app',
    startup: true,
  },
  beyondTrust: {
    name: 'BeyondTrust Remote Support Jump Client',
    version: '24.3',
    publisher: 'BeyondTrust',
    kind: 'app',
  },
} as const

/** What a PiKVM calls itself by default, on USB and as the display. */
const piKvm: Unusual = {
  usbDevices: [
    {
      vendorId: '1d6b',
      productId: '0104',
      vendor: 'PiKVM',
      product: 'PiKVM Composite Device',
      serial: 'CAFEBABE',
      interfaces: ['keyboard', 'pointer', 'storage'],
    },
  ],
  displays: [{ manufacturer: 'LNX', productCode: '7771', name: 'PiKVM V3', serial: 'CAFEBABE' }],
}

/** People of the background, by how they came to be remembered. */
export const BACKGROUND_NEWCOMERS = 6

export function planBackground(world: World): void {
  declaredOffice(world)
  declaredJourney(world)
  longWeekend(world)
  familyHelp(world)
  counterPickUp(world)
  remoteKeyboard(world)
  nobodyUnpacks(world)
  forwarder(world)
  leftToRelease(world)
}

/** The n-th of those who have worked from a US home since before the first day. */
export function settled(world: World, n: number): Usage {
  return world.usages.filter(
    ({ person, stays, managed }) =>
      !person.isOfficeStaff && person.city.country === 'US' && stays.length === 1 && managed === undefined,
  )[n]!
}

const away = (usage: Usage, from: Date, until: Date, stay: Omit<Stay, 'from'>): void => {
  usage.stays.push({ from, ...stay }, atHome(usage.person, until))
}

/** The office's way out to the internet: who works there all year is at no site. */
function declaredOffice(world: World): void {
  const line = {
    kind: 'network_exit',
    person_email: '',
    other_email: '',
    value: ipOf(officeFrom(world.startsAt)),
    starts_on: dayOf(world.startsAt),
    ends_on: '',
    reason: 'The exit of the office',
  }
  world.plan(works(on(world, 0, 15), 'admin', (desk) => desk.declare([line])))
}

/** Nine days in Lisbon, declared before: nothing comes of it. */
function declaredJourney(world: World): void {
  const usage = settled(world, 3)
  away(usage, on(world, 60, 6), on(world, 69, 6), { city: cityNamed('Lisbon'), line: 40 })
  const line = {
    kind: 'travel',
    person_email: usage.person.email,
    other_email: '',
    value: '',
    starts_on: dayOf(on(world, 59)),
    ends_on: dayOf(on(world, 70)),
    reason: 'Works from Lisbon, agreed with the manager',
  }
  world.plan(works(on(world, 57, 15), 'second provisioner', (desk) => desk.declare([line])))
}

/** Three days abroad that nobody declared, after months at home: it shows on the laptop's page, and is no case alone. */
function longWeekend(world: World): void {
  away(settled(world, 6), on(world, 94, 6), on(world, 96, 12), { city: cityNamed('Lisbon'), line: 77 })
}

/** TeamViewer on the first day: a brother who helped. Taken off, and closed as a breach of policy. */
function familyHelp(world: World): void {
  const orderedAt = on(world, 29, 15)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Tampa'), kind: 'employee', platform: 'darwin', startsOn: plus(orderedAt, 9 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'UPS' })
  const helped = plus(issued.unpackedAt, 2 * HOUR)
  settleIn(world, issued, laptop, person, [
    { ...atHome(person, helped), unusual: { software: [tools.teamViewer] } },
    atHome(person, plus(helped, 3 * DAY)),
  ])
  world.plan(
    works(plus(helped, 44 * HOUR), 'analyst', (desk) => desk.takeCase(laptop.serialNumber)),
    works(plus(helped, 45 * HOUR), 'analyst', (desk) =>
      desk.comment(
        laptop.serialNumber,
        'Called on the number on file: a brother helped to set up mail. Asked to remove TeamViewer.',
      ),
    ),
    works(plus(helped, 4 * DAY), 'analyst', (desk) =>
      desk.closeCase(
        laptop.serialNumber,
        'policy_breach',
        'The tool is gone since yesterday. Helpdesk explained the approved one.',
      ),
    ),
  )
}

/** Not at home on the day, so fetched at an access point: ordinary, and nothing comes of it. */
function counterPickUp(world: World): void {
  const orderedAt = on(world, 43, 16)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Richmond'), kind: 'employee', startsOn: plus(orderedAt, 10 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'UPS', ends: { is: 'counter' } })
  const usage = usageAfter(issued, laptop, person)
  world.usages.push(usage)
  world.plan(...firstDay(world.random.fork('counter'), usage))
}

/** A contractor's laptop that shows a KVM over IP from its third day on. */
function remoteKeyboard(world: World): void {
  const orderedAt = on(world, 87, 17)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Kansas City'), kind: 'contractor', platform: 'windows', startsOn: plus(orderedAt, 8 * DAY) },
    orderedAt,
  )
  const issued = send(world, { person, laptop, orderedAt, carrier: 'FedEx' })
  const attachedAt = plus(issued.unpackedAt, 2 * DAY)
  settleIn(world, issued, laptop, person, [{ ...atHome(person, attachedAt), unusual: piKvm }])
  world.plan(
    works(plus(attachedAt, 5 * DAY), 'analyst', (desk) => desk.takeCase(laptop.serialNumber)),
    works(plus(attachedAt, 5 * DAY + HOUR), 'analyst', (desk) =>
      desk.comment(
        laptop.serialNumber,
        'Says it is “for the home lab” and would rather not be on camera. Asked the agency for a photograph of the desk.',
      ),
    ),
  )
}

/** Delivered, and never heard of. */
function nobodyUnpacks(world: World): void {
  const orderedAt = on(world, 92, 15)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Omaha'), kind: 'employee', startsOn: plus(orderedAt, 7 * DAY) },
    orderedAt,
  )
  send(world, { person, laptop, orderedAt, carrier: 'UPS' })
}

/** Ordered to a forwarder, as somebody typed it: a suite with a customer's code. It has not been packed. */
function forwarder(world: World): void {
  const orderedAt = on(world, 113, 18)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Houston'), kind: 'contractor', startsOn: plus(orderedAt, 12 * DAY) },
    orderedAt,
  )
  const to: Home = {
    line1: '3501 Jack Northrop Ave',
    line2: 'Suite AFW696',
    city: 'Hawthorne',
    region: 'CA',
    postal_code: '90250',
    country: 'US',
  }
  world.plan(
    moment(orderedAt, {
      is: 'rows',
      to: 'shipments',
      rows: [orderRow({ reference: world.reference(), person, laptop, orderedAt, carrier: 'UPS', to })],
    }),
  )
}

/** Another address a day after the order, not verified: held, and left for whoever watches to release. */
function leftToRelease(world: World): void {
  const orderedAt = on(world, 115, 16)
  const { person, laptop } = newcomer(
    world,
    { city: cityNamed('Minneapolis'), kind: 'contractor', startsOn: plus(orderedAt, 10 * DAY) },
    orderedAt,
  )
  const reference = world.reference()
  world.plan(
    moment(orderedAt, {
      is: 'rows',
      to: 'shipments',
      rows: [orderRow({ reference, person, laptop, orderedAt, carrier: 'FedEx', to: person.home })],
    }),
  )
  moves(world, {
    person,
    at: plus(orderedAt, 21 * HOUR),
    to: world.company.homeIn(homeCities.find((city) => city.name === 'Charlotte')!),
    order: { reference, laptop, orderedAt },
  })
}

/** HR has another address, which nobody has verified, and the order follows it. */
export function moves(
  world: World,
  input: {
    person: Person
    at: Date
    to: Home
    order: { reference: string; laptop: Parameters<typeof orderRow>[0]['laptop']; orderedAt: Date }
  },
): void {
  const { person, at, to, order } = input
  world.plan(
    moment(at, {
      is: 'rows',
      to: 'people',
      rows: [
        personRow(person, world.company.manager, {
          ...to,
          address_verified: 'no',
          address_changed_at: at.toISOString(),
        }),
      ],
    }),
    moment(plus(at, 20 * 60_000), {
      is: 'rows',
      to: 'shipments',
      rows: [orderRow({ ...order, person, carrier: 'FedEx', to })],
    }),
  )
}
