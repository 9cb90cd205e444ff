// Ordinary years of what laptops report: journeys, exits, repairs, wipes and twins open no case of more than medium severity.
import { cleanDelivery, type Story, story } from './story.ts'
import { describeYears, type Year } from './year.ts'

const home = { from: 'Boston', network: 'home' } as const
const board = '4C4C4544-0042-3510-8054-B4C04F565931'
const turned = '44454C4C-4200-1035-8054-B4C04F565931'
const otherBoard = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const byHand = { enrolled: true, method: 'manual' as const }

const exit = 'where it comes out is context; alone it is nothing'

const inUse = (input: Parameters<Story['checkedIn']>[1] = {}) =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, timeZone: 'America/New_York', user: 'per_1', hardwareUuid: board, ...input })
    .seenDaily('2026-03-07', '2026-03-31')

/** Switched on in the evening and off again, for a week. */
const evenings = (told: Story, network: 'vpn' | 'relay' | 'mobile' | 'carrier NAT' | 'unknown') => {
  for (let day = 10; day < 17; day++)
    told.checkedIn(`2026-04-${day}T18:00:00Z`, { from: 'Denver', network }).checkedIn(`2026-04-${day}T20:00:00Z`, home)
  return told
}

const years: Record<string, Year> = {
  'a declared journey, with the clock and the network of the place': {
    told: () =>
      inUse()
        .declared('travel', '2026-04-09', '2026-04-25')
        .checkedIn('2026-04-10', { from: 'Lisbon', timeZone: 'Europe/Lisbon' })
        .seenDaily('2026-04-11', '2026-04-24')
        .checkedIn('2026-04-25T20:00:00Z', { ...home, timeZone: 'America/New_York' }),
  },
  'ten days with family in another state, that nobody declared': {
    told: () =>
      inUse()
        .checkedIn('2026-04-10', { from: 'Denver', network: 'home', timeZone: 'America/Denver' })
        .seenDaily('2026-04-11', '2026-04-19')
        .checkedIn('2026-04-20', { ...home, timeZone: 'America/New_York' }),
  },
  'a clock that stays at home while its person flies': {
    told: () =>
      inUse().checkedIn('2026-04-10', { from: 'Denver', network: 'home' }).checkedIn('2026-04-12T02:00:00Z', home),
  },
  'a VPN at home, in the evenings': { told: () => evenings(inUse(), 'vpn'), said: { 'hosting-or-vpn-exit': exit } },
  'a private relay': { told: () => evenings(inUse(), 'relay'), said: { 'hosting-or-vpn-exit': exit } },
  'a telephone as a hotspot, whose operator comes out in another state': { told: () => evenings(inUse(), 'mobile') },
  'a mobile line at home, shared with a whole state': {
    told: () =>
      inUse({ from: 'Denver', network: 'carrier NAT' }).checkedIn('2026-06-01', {
        from: 'Miami',
        network: 'carrier NAT',
      }),
    said: { 'first-check-in-far': 'the first check-in was far, on a network that says little; it weighs little' },
  },
  'a VPN at home that no database knows': {
    told: () => evenings(inUse(), 'unknown'),
    said: { 'impossible-travel': 'it looks like two places; alone it is nothing' },
  },
  'a developer with such a VPN, a clock set to UTC, and SSH': {
    told: () =>
      evenings(inUse({ timeZone: 'UTC', remoteLogin: true }).seenDaily('2026-04-01', '2026-04-09'), 'unknown'),
    said: {
      'impossible-travel': 'the VPN looks like two places',
      'time-zone-mismatch': 'servers and developers have UTC; it weighs next to nothing',
      'remote-login-enabled': 'it was on from the first day',
    },
    opens: 'three weak signs in two layers: somebody asks once, and the VPN is declared or passes',
  },
  'a desk in a coworking space': {
    told: () =>
      inUse()
        .checkedIn('2026-04-01T09:00:00Z', { from: 'Cambridge', network: 'unknown' })
        .checkedIn('2026-04-01T19:00:00Z', home),
  },
  'summer time, in a state that has it and in one that has not': {
    told: () => inUse().seenDaily('2026-04-01', '2026-11-20', { every: 7 }).checkedIn('2026-11-21', home),
  },
  'a neighbouring zone: the clock of the office': {
    told: () => inUse({ timeZone: 'America/Chicago' }),
  },
  'a move from one source to another, declared': {
    told: () =>
      inUse()
        .declared('migration', '2026-04-01', '2026-04-30')
        .checkedIn('2026-04-10', {
          ...home,
          source: 'mdm2',
          vouches: 'enrolment',
          enrollment: byHand,
          user: 'per_it',
          hardwareUuid: turned,
          timeZone: 'America/New_York',
        })
        .seenDaily('2026-04-11', '2026-04-14', { source: 'mdm2', proof: 'enrolled' })
        .checkedIn('2026-04-15', { source: 'mdm2', vouches: 'enrolment', enrollment: byHand, user: 'per_1' }),
  },
  'a move from one source to another, of which nobody told us': {
    told: () =>
      inUse().checkedIn('2026-04-10', {
        ...home,
        source: 'mdm2',
        vouches: 'enrolment',
        enrollment: byHand,
        user: 'per_1',
        hardwareUuid: turned,
      }),
  },
  'a repair with another board, and an enrolment by hand': {
    told: () =>
      inUse()
        .status('2026-05-01', 'repair')
        .checkedIn('2026-05-08', {
          from: 'Columbus',
          network: 'home',
          hardwareUuid: otherBoard,
          vouches: 'enrolment',
          enrollment: byHand,
          user: 'per_it',
        })
        .checkedIn('2026-05-12', { ...home, vouches: 'enrolment', enrollment: byHand, user: 'per_1' }),
  },
  'a wipe, and an enrolment by hand that nobody wrote down': {
    told: () => inUse().checkedIn('2026-05-12', { vouches: 'enrolment', enrollment: byHand }),
    said: { 'enrolment-doubtful': 'it proves less than before, and somebody may redo it; that is no case' },
  },
  'a new laptop, set up from a backup of the old one': {
    told: () => inUse().doubted('2026-03-06T13:00:00Z', 'enrolment of another machine'),
    said: { 'enrolment-doubtful': 'it should be enrolled anew; that is no case' },
  },
  'a virtual machine with the serial number of its host': {
    told: () =>
      inUse({ model: 'MacBookPro18,3' })
        .checkedIn('2026-05-12T13:00:00Z', { hardwareUuid: otherBoard, model: 'VMware20,1' })
        .checkedIn('2026-05-12T14:00:00Z', { hardwareUuid: board, model: 'MacBookPro18,3' }),
    said: {
      'hardware-swapped':
        'until the host reports again nobody can tell them apart; a virtual machine weighs next to nothing',
      'duplicate-serial-live': 'two machines they are, and one is virtual',
    },
  },
  'an agent that tells the UUID in the other byte order after an update': {
    told: () => inUse().checkedIn('2026-05-12', { hardwareUuid: turned }),
  },
  'a couple who both work here, and one uses the laptop of the other': {
    told: () =>
      inUse()
        .declared('household', '2026-01-01', '2026-06-20', null, 'per_2')
        .checkedIn('2026-05-12', { user: 'per_2' })
        .seenDaily('2026-05-13', '2026-05-20')
        .checkedIn('2026-05-21', { user: 'per_1' }),
  },
  'a colleague of IT who signs in for two days': {
    told: () =>
      inUse()
        .checkedIn('2026-05-12', { user: 'per_it' })
        .seenDaily('2026-05-13', '2026-05-13')
        .checkedIn('2026-05-14', { user: 'per_1' }),
  },
  'a laptop handed on in the team, of which we hear after two weeks': {
    told: () =>
      inUse()
        .checkedIn('2026-05-12', { user: 'per_2' })
        .seenDaily('2026-05-13', '2026-05-26')
        .transferred('2026-05-26', 'per_2'),
    said: { 'wrong-user': 'until the hand-over is on record, somebody should ask' },
  },
  'an hour of support with the screen shared': {
    told: () =>
      inUse()
        .checkedIn('2026-05-12T13:00:00Z', { screenSharing: true })
        .checkedIn('2026-05-12T14:00:00Z', { screenSharing: false }),
    said: { 'remote-login-enabled': 'it was open for a while; alone it is nothing, and it fades' },
  },
  'a mover who told us three weeks late': {
    told: () =>
      cleanDelivery()
        .registered('2026-02-01')
        .checkedIn('2026-03-06', { from: 'Denver', network: 'home' })
        .seenDaily('2026-03-07', '2026-03-27')
        .home('Denver', { at: '2026-03-01', told: '2026-03-27', changed: true, approved: true }),
    said: {
      'first-check-in-far': 'it was far from its delivery',
      'never-at-home': 'it was never at home, as far as we knew',
    },
    opens: 'for three weeks nobody knew where the laptop lives, and somebody must ask',
  },
  'a laboratory machine that was enrolled before it was imported': {
    told: () =>
      story()
        .registered('2026-03-01', 'check-in')
        .checkedIn('2026-03-01', { from: 'Denver', model: 'Mac14,3' })
        .seenDaily('2026-03-02', '2026-03-12')
        .registered('2026-03-12', 'import')
        .status('2026-03-12', 'stock'),
    said: { 'unknown-device': 'somebody should import it; that is no case' },
  },
}

/** Whoever works on a laptop is heard of every day. */
const kept = ({ told, ...year }: Year): Year => ({ ...year, told: () => told().seenDaily('2026-03-07', '2026-12-31') })

describeYears(Object.fromEntries(Object.entries(years).map(([name, year]) => [name, kept(year)])))
