// Ordinary years of people who share something: a home, a dormitory, a desk, an operator's address, a cable, a telephone.
import { cleanDelivery, type Story } from './story.ts'
import { describeYears, type Year } from './year.ts'

const router = '3c:84:6a:00:00:01'
const office = '58:97:bd:00:00:01'
const ip = '198.51.100.1'
const home = { from: 'Boston', network: 'home', gateway: router, bssid: '3c:84:6a:00:00:02' } as const

/** In use from March 6th on the network of the home, and heard of every day. */
const atHome = (over: Parameters<Story['checkedIn']>[1] = {}): Story =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, timeZone: 'America/New_York', user: 'per_1', ...over })
    .seenDaily('2026-03-07', '2026-12-31')

/** Somebody whose laptop is on the same network from a time on. */
const joins = (told: Story, personId: string, at: string, to?: string) => {
  const until = to === undefined ? {} : { to }
  return told
    .shares(at, personId, 'network', ip, until)
    .shares(at, personId, 'gateway', router, until)
    .shares(at, personId, 'access point', home.bssid, until)
}

/** They live at the same door, and their laptops hang on the same network; each is also elsewhere now and then. */
const couple = (told: Story) =>
  joins(told.livesAt('2026-01-05', 'per_2', 'adr_Boston'), 'per_2', '2026-03-07').isElsewhere(
    '2026-05-04T08:00:00Z',
    'per_2',
    office,
    { to: '2026-05-04T17:00:00Z' },
  )

/** Days at a desk with others: the laptop and theirs are on its network by day, and each at home by night. */
const deskDays = (told: Story, people: string[], days: string[]) => {
  for (const day of days) {
    told.checkedIn(`${day}T08:00:00Z`, {
      from: 'Cambridge',
      publicIp: '203.0.113.80',
      gateway: office,
      bssid: '58:97:bd:00:00:02',
    })
    for (const personId of people)
      told
        .shares(`${day}T09:00:00Z`, personId, 'gateway', office, { to: `${day}T16:00:00Z` })
        .shares(`${day}T09:00:00Z`, personId, 'access point', '58:97:bd:00:00:02', { to: `${day}T16:00:00Z` })
        .isElsewhere(`${day}T19:00:00Z`, personId, `home of ${personId}`)
    told.checkedIn(`${day}T19:00:00Z`, home)
  }
  return told
}

const oneDoor = { 'address-shared': 'two of us live at one door, which weighs next to nothing' }

const years: Record<string, Year> = {
  'a married couple at one address and one access point, of whom nobody told us': {
    told: () => couple(atHome()),
    said: oneDoor,
  },
  'a married couple, declared as a household': {
    told: () => couple(atHome().declared('household', '2026-01-10', '2026-07-01', null, 'per_2')),
    said: { 'address-shared': 'only when the declaration is over, and next to nothing' },
  },
  'a couple who both work from home and never leave it': {
    told: () => joins(atHome().livesAt('2026-01-05', 'per_2', 'adr_Boston'), 'per_2', '2026-03-07'),
    said: oneDoor,
  },
  'a couple of whom one moved in, and told us': {
    told: () => joins(atHome().livesAt('2026-06-01', 'per_2', 'adr_Boston'), 'per_2', '2026-06-02'),
    said: oneDoor,
  },
  'parents and a daughter who all work here, at one door': {
    told: () =>
      joins(
        joins(
          atHome().livesAt('2026-01-05', 'per_2', 'adr_Boston').livesAt('2026-01-05', 'per_3', 'adr_Boston'),
          'per_2',
          '2026-03-07',
        ),
        'per_3',
        '2026-03-08',
      ),
    said: oneDoor,
  },
  'two strangers who share a flat': {
    told: () =>
      joins(atHome().livesAt('2026-02-01', 'per_2', 'adr_Boston'), 'per_2', '2026-03-07').shares(
        '2026-03-07',
        'per_2',
        'gateway',
        'phone hotspot',
      ),
    said: oneDoor,
  },
  'three interns in one dormitory, on its network': {
    told: () =>
      ['per_2', 'per_3'].reduce(
        (told, personId) =>
          joins(
            told.livesAt('2026-03-01', personId, `room of ${personId}`, { building: 'adr_Boston' }),
            personId,
            '2026-03-07',
          ).isElsewhere('2026-03-16T09:00:00Z', personId, office, { to: '2026-03-16T17:00:00Z' }),
        atHome(),
      ),
  },
  'neighbours in one tall building, each with a network of their own': {
    told: () =>
      ['per_2', 'per_3', 'per_4', 'per_5'].reduce(
        (told, personId) =>
          told
            .livesAt('2026-01-05', personId, `flat of ${personId}`, { building: 'adr_Boston' })
            .isElsewhere('2026-03-07', personId, `router of ${personId}`),
        atHome(),
      ),
  },
  'a desk in a coworking space with four colleagues, two days a week': {
    told: () =>
      deskDays(
        atHome(),
        ['per_2', 'per_3', 'per_4', 'per_5'],
        ['2026-04-07', '2026-04-09', '2026-04-14', '2026-04-16', '2026-04-21', '2026-04-23'],
      ),
  },
  'a day at the office that the company declared': {
    told: () =>
      deskDays(
        atHome().declared('network_exit', '2026-03-01', '2026-08-20', '203.0.113.80'),
        ['per_2', 'per_3'],
        ['2026-04-07', '2026-05-07'],
      ),
  },
  'an office that nobody declared, with a dozen people who work there every day': {
    told: () =>
      ['per_2', 'per_3', 'per_4', 'per_5', 'per_6', 'per_7', 'per_8', 'per_9', 'per_10', 'per_11', 'per_12'].reduce(
        (told, personId) =>
          joins(told.livesAt('2026-01-05', personId, `home of ${personId}`), personId, '2026-03-05T20:00:00Z'),
        atHome(),
      ),
  },
  'an afternoon in a café with two colleagues': {
    told: () => deskDays(atHome(), ['per_2', 'per_3'], ['2026-04-07']),
  },
  'three days at a conference with six colleagues, on the hotel’s network': {
    told: () =>
      deskDays(
        atHome(),
        ['per_2', 'per_3', 'per_4', 'per_5', 'per_6', 'per_7'],
        ['2026-05-12', '2026-05-13', '2026-05-14'],
      ),
  },
  'a mobile operator that gives one address to a whole state': {
    told: () => {
      const told = atHome().checkedIn('2026-04-01', { from: 'Boston', network: 'carrier NAT', publicIp: '203.0.113.9' })
      for (const personId of ['per_2', 'per_3', 'per_4', 'per_5'])
        told.shares('2026-04-01T13:00:00Z', personId, 'network', '203.0.113.9')
      return told.checkedIn('2026-04-02', home)
    },
  },
  'a private relay that many leave by': {
    told: () => {
      const told = atHome().checkedIn('2026-04-01', { from: 'Boston', network: 'relay', publicIp: '203.0.113.10' })
      for (const personId of ['per_2', 'per_3', 'per_4'])
        told.shares('2026-04-01T13:00:00Z', personId, 'network', '203.0.113.10')
      return told.checkedIn('2026-04-02', home)
    },
    said: { 'hosting-or-vpn-exit': 'where it comes out is context; alone it is nothing' },
  },
  'an address at home that the provider gave to a colleague half a year before': {
    told: () => atHome().shares('2025-08-01', 'per_2', 'network', ip, { to: '2025-10-01' }),
  },
  'a couple with one telephone between them': {
    told: () => couple(atHome().hasPhone('2026-02-01', 'phone_1').shares('2026-02-01', 'per_2', 'phone', 'phone_1')),
    said: oneDoor,
  },
  'a headset that a colleague borrowed for a day': {
    told: () =>
      atHome({
        usbDevices: [
          {
            vendorId: '0b0e',
            productId: '245d',
            vendor: 'GN Audio',
            product: 'Jabra Link 370',
            serial: '50C2ED0A1B2C',
          },
        ],
      }).shares('2026-05-01T09:00:00Z', 'per_2', 'peripheral', '0b0e:245d:50C2ED0A1B2C', {
        to: '2026-05-01T17:00:00Z',
      }),
  },
  'a colleague who stays for two weeks between two flats': {
    told: () =>
      joins(atHome(), 'per_2', '2026-06-01', '2026-06-14').isElsewhere('2026-06-15', 'per_2', 'router of per_2'),
    said: {
      'site-shared-access-point': 'two laptops that live apart are kept at one place',
      'site-shared-network': 'the same, told by the line',
    },
    opens: 'for as long as they stay somebody may ask',
  },
  'a house that a colleague lived in until last year': {
    told: () => atHome().livesAt('2024-01-01', 'per_2', 'adr_Boston', { approved: true }),
    said: oneDoor,
  },
}

describeYears(years)
