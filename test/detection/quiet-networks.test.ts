// Ordinary years of networks: hotspots, shared addresses, exits and databases in error open no case of more than medium severity.
import type { IpPlace } from '../../server/ports.ts'
import { cleanDelivery, type Story } from './story.ts'
import { describeYears, type Year } from './year.ts'

type Told = NonNullable<Parameters<Story['checkedIn']>[1]>
type City = NonNullable<Told['from']>

const home = { from: 'Boston', network: 'home', timeZone: 'America/New_York' } as const
const agent = { source: 'agent', vouches: 'nothing', enrollment: {} } as const
const day = (text: string, days: number) => new Date(Date.parse(text) + days * 86_400_000).toISOString().slice(0, 10)

const inUse = (input: Told = {}) =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, ...input })

/** Heard of on every day of the year that is left. */
const daily = (told: Story, from = '2026-03-07') => told.seenDaily(from, '2026-12-31')

/** Every few hours or days it comes out in the next of these cities. */
function hopping(told: Story, cities: readonly City[], network: IpPlace['network'], everyHours: number, times: number) {
  const start = Date.parse('2026-03-10T08:00:00Z')
  for (let hop = 0; hop < times; hop++)
    told.checkedIn(new Date(start + hop * everyHours * 3_600_000).toISOString(), {
      from: cities[hop % cities.length]!,
      network,
    })
  return told
}

const american = ['Denver', 'Boston', 'Miami', 'Phoenix'] as const

const years: Record<string, Year> = {
  'a telephone as the only line, all year, that comes out wherever its operator likes': {
    told: () => daily(hopping(inUse({ from: 'Denver', network: 'mobile' }), american, 'mobile', 20, 120)),
    said: { 'first-check-in-far': 'the first network said little; it weighs little' },
  },
  'shared addresses that hop between cities within the hour': {
    told: () => daily(hopping(inUse(), american, 'carrier NAT', 1, 120)),
  },
  'a mobile operator that no database knows as one, hopping once a day': {
    told: () => daily(hopping(inUse(), american, 'unknown', 24, 120)),
  },
  'a mobile operator that no database knows as one, hopping within hours': {
    told: () => daily(hopping(inUse(), american, 'unknown', 2, 60)),
    said: { 'impossible-travel': 'it looks like many places at once; alone it is no case, and it fades' },
  },
  'internet by satellite, which comes out at a ground station in another state': {
    told: () => daily(inUse({ from: 'Denver', network: 'carrier NAT' })),
    said: { 'first-check-in-far': 'the first network said little; it weighs little' },
  },
  'internet by satellite that a database takes for a line at a home': {
    told: () => daily(inUse().checkedIn('2026-03-08', { from: 'Columbus', network: 'home' })),
  },
  'a home line whose address a database moves to another state in June': {
    told: () => daily(inUse().checkedIn('2026-06-01T13:00:00Z', { from: 'Denver', network: 'home' })),
    said: { 'impossible-travel': 'one hop; alone it is nothing, and it fades' },
  },
  'a home line whose two addresses lie in two states, renewed in turn through a week': {
    told: () => {
      const told = inUse()
      for (let n = 0; n < 7; n++)
        told
          .checkedIn(`${day('2026-06-01', n)}T12:00:00Z`, { from: 'Columbus', network: 'home' })
          .checkedIn(`${day('2026-06-01', n)}T12:30:00Z`, home)
      return daily(told)
    },
    said: { 'impossible-travel': 'two places in one hour, time and again; alone it is no case, and it fades' },
  },
  'a home line that a database has in another state from the first day on': {
    told: () => daily(inUse({ from: 'Denver', network: 'unknown' })),
    said: {
      'first-check-in-far': 'it looks far from its delivery',
      'never-at-home': 'it looks like elsewhere, day by day',
    },
  },
  'the company’s exit in another country, which nobody has declared, in the evenings': {
    told: () => {
      const told = inUse()
      for (let n = 0; n < 20; n++)
        told
          .checkedIn(`${day('2026-04-01', n)}T18:00:00Z`, { from: 'Lisbon', network: 'hosting' })
          .checkedIn(`${day('2026-04-01', n)}T21:00:00Z`, home)
      return daily(told)
    },
    said: {
      'check-in-abroad': 'an exit in another country weighs little, and for hours less',
      'hosting-or-vpn-exit': 'an exit that nobody declared; alone it is nothing',
    },
  },
  'the company’s exit in another country, declared': {
    told: () =>
      daily(
        inUse()
          .declared('network_exit', '2026-03-01', '2026-08-20', '198.51.100.0/24')
          .checkedIn('2026-04-01', { from: 'Lisbon', network: 'hosting' }),
      ),
  },
  'a VPN that is always on, from the first minute, and comes out in another state': {
    told: () => daily(inUse({ from: 'Denver', network: 'vpn' })),
    said: {
      'first-check-in-far': 'an exit says little of a place; it weighs little',
      'hosting-or-vpn-exit': 'where it comes out is context',
    },
  },
  'a private relay that is always on, from the first minute': {
    told: () => daily(inUse({ from: 'Providence', network: 'relay' })),
    said: { 'hosting-or-vpn-exit': 'systems switch relays on by themselves' },
  },
  'an MDM that sees the company’s exit in another state, and an agent that sees the home': {
    told: () =>
      daily(
        inUse({ from: 'Denver', network: 'unknown' }).checkedIn('2026-03-06T12:30:00Z', { ...agent, ...home }),
      ).seenDaily('2026-03-07', '2026-12-31', { source: 'agent', proof: 'claimed' }),
    said: {
      'duplicate-serial-live': 'two places at once; alone it is nothing, and the exit should be declared',
      'first-check-in-far': 'one source had it far from its delivery',
    },
    opens: 'two sources tell two places of a new laptop: somebody asks, and declares the exit',
  },
  'the network of an airliner, which comes out in another country': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-06-01T13:00:00Z', { from: 'Lisbon', network: 'unknown' })
          .checkedIn('2026-06-01T17:00:00Z', { from: 'Denver', network: 'unknown' })
          .checkedIn('2026-06-05T17:00:00Z', home),
      ),
    said: {
      'check-in-abroad': 'a hop of hours weighs little',
      'impossible-travel': 'one hop; alone it is nothing',
    },
  },
  'three days a week in a coworking space in the next state': {
    told: () => {
      const told = inUse()
      for (let week = 0; week < 20; week++)
        for (const n of [1, 2, 3])
          told
            .checkedIn(`${day('2026-03-08', week * 7 + n)}T14:00:00Z`, { from: 'Providence', network: 'unknown' })
            .checkedIn(`${day('2026-03-08', week * 7 + n)}T23:00:00Z`, home)
      return daily(told)
    },
  },
  'a laptop that came by the office, and lives in another city': {
    told: () =>
      daily(
        inUse({ from: 'Boston', network: 'unknown' })
          .checkedIn('2026-03-09', { from: 'Columbus', network: 'home' })
          .home('Columbus', { at: '2026-02-01', approved: true }),
      ),
  },
  'a hotspot in the first week, until the line at home is laid': {
    told: () => daily(inUse({ from: 'Miami', network: 'mobile' }).checkedIn('2026-03-13', home)),
    said: { 'first-check-in-far': 'the first network said little; it weighs little' },
  },
  'an image with the clock of headquarters that nobody changed': {
    told: () => daily(inUse({ timeZone: 'America/Los_Angeles' })),
    said: { 'time-zone-mismatch': 'the clock is three hours off; alone it is no case' },
  },
  'a clock kept on UTC by somebody in Denver': {
    told: () => daily(inUse({ timeZone: 'UTC' })),
    said: { 'time-zone-mismatch': 'it weighs next to nothing' },
  },
  'a clock that follows a team on the other side of the ocean': {
    told: () => daily(inUse().checkedIn('2026-04-01', { timeZone: 'Europe/Lisbon' })),
    said: { 'time-zone-mismatch': 'the clock is five hours off; alone it is no case' },
  },
  'a home in a state without summer time, and the clock of its neighbour': {
    told: () =>
      cleanDelivery()
        .home('Phoenix', { approved: true })
        .checkedIn('2026-03-06', { from: 'Phoenix', network: 'home', timeZone: 'America/Denver' })
        .seenDaily('2026-03-07', '2026-12-31'),
  },
  'reports that were kept on a laptop without a line, and came in after the journey': {
    told: () =>
      daily(
        inUse()
          .declared('travel', '2026-06-01', '2026-06-20')
          .checkedIn('2026-06-21', home)
          .checkedIn('2026-06-10', { from: 'Lisbon', timeZone: 'Europe/Lisbon', told: '2026-06-22' }),
      ),
  },
  'a clock that ran years ahead for a day': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-06-01T13:00:00Z', { from: 'Denver', network: 'home', capped: true })
          .checkedIn('2026-06-01T14:00:00Z', home),
      ),
  },
}

describeYears(years)
