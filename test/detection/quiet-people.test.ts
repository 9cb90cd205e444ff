// Ordinary years of people: leave, moves, two homes, night shifts, agencies and colleagues open no case of more than medium severity.
import { cleanDelivery, type Story, story } from './story.ts'
import { describeYears, type Year } from './year.ts'

const home = { from: 'Boston', network: 'home', timeZone: 'America/New_York' } as const
const board = '4C4C4544-0042-3510-8054-B4C04F565931'
const day = (text: string, days: number) => new Date(Date.parse(text) + days * 86_400_000).toISOString().slice(0, 10)

/** Delivered to Boston, accepted, enrolled by the programme, at home from March 6th on. */
const inUse = (input: Parameters<Story['checkedIn']>[1] = {}) =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, user: 'per_1', hardwareUuid: board, ...input })

/** Heard of on every day of the year that is left. */
const daily = (told: Story, from = '2026-03-07') => told.seenDaily(from, '2026-12-31')

const years: Record<string, Year> = {
  'parental leave of five months, of which nobody told us': {
    told: () => daily(inUse().seenDaily('2026-03-07', '2026-05-29'), '2026-11-02'),
    said: { 'gone-silent': 'somebody should ask once; alone it is no case, and the next report ends it' },
  },
  'parental leave of five months, declared': {
    told: () =>
      daily(inUse().seenDaily('2026-03-07', '2026-05-29').declared('travel', '2026-05-30', '2026-11-02'), '2026-11-02'),
  },
  'three months of illness in the second month at work': {
    told: () => daily(inUse().seenDaily('2026-03-07', '2026-04-10'), '2026-07-12'),
    said: { 'gone-silent': 'a new laptop that falls silent is asked after; alone it is no case' },
  },
  'a laptop in a drawer for three months, while its person works on another': {
    told: () =>
      daily(
        inUse().otherOrder('2026-04-04').seenDaily('2026-03-07', '2026-05-10').seenDaily('2026-08-10', '2026-08-12'),
        '2026-12-01',
      ),
    said: {
      'gone-silent': 'somebody should ask for it back; alone it is no case',
      'second-device-soon': 'a second laptop within two months is asked about; alone it is nothing',
    },
  },
  'a laptop that is switched on for the books, three days at the end of each month': {
    told: () => {
      const told = inUse().seenDaily('2026-03-07', '2026-03-08')
      for (let month = 3; month <= 12; month++)
        told.seenDaily(`2026-${String(month).padStart(2, '0')}-26`, `2026-${String(month).padStart(2, '0')}-28`)
      return told
    },
    said: { 'gone-silent': 'until it has a habit of its own; then never more' },
  },
  'a night shift, from ten in the evening on': {
    told: () => {
      const told = inUse()
      for (let night = 1; night < 300; night++)
        told.seenDaily(`${day('2026-03-06', night)}T03:00:00Z`, `${day('2026-03-06', night)}T11:00:00Z`)
      return told
    },
  },
  'weekends at a partner’s, a flight away, that nobody declared': {
    told: () => {
      const told = inUse()
      for (let week = 0; week < 20; week++)
        told
          .checkedIn(`${day('2026-03-13', week * 7)}T23:50:00Z`, { from: 'Columbus', network: 'home' })
          .checkedIn(`${day('2026-03-15', week * 7)}T22:00:00Z`, home)
      return daily(told)
    },
  },
  'weekends two time zones away, with a clock that follows': {
    told: () => {
      const told = inUse()
      for (let week = 0; week < 12; week++)
        told
          .checkedIn(`${day('2026-03-13', week * 7)}T23:50:00Z`, {
            from: 'Denver',
            network: 'home',
            timeZone: 'America/Denver',
          })
          .checkedIn(`${day('2026-03-15', week * 7)}T23:00:00Z`, home)
      return daily(told)
    },
  },
  'a summer with the parents, three states away': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-06-01', { from: 'Denver', network: 'home', timeZone: 'America/Denver' })
          .checkedIn('2026-09-01', home),
      ),
  },
  'a conference week in a hotel, on the hotel’s network': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-05-11T02:00:00Z', { from: 'Phoenix', network: 'unknown', timeZone: 'America/Phoenix' })
          .checkedIn('2026-05-16T04:00:00Z', home),
      ),
  },
  'a conference in another country that nobody declared': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-09-14', { from: 'Lisbon', network: 'unknown', timeZone: 'Europe/Lisbon' })
          .checkedIn('2026-09-19T02:00:00Z', home),
      ),
    said: { 'check-in-abroad': 'nobody knew of the journey; once it is over it fades' },
  },
  'the first two weeks at the parents’, before the move': {
    told: () => daily(inUse({ from: 'Columbus' }).checkedIn('2026-03-20', home)),
    said: {
      'first-check-in-far': 'it was far from its delivery',
      'never-at-home': 'until the first day at home',
    },
    opens: 'for two weeks a new laptop is nowhere near where it was sent: somebody asks',
  },
  'a joiner whose laptop comes three weeks before the first day': {
    told: () =>
      daily(
        cleanDelivery().registered('2026-02-01').person({ startsOn: '2026-03-30' }).checkedIn('2026-03-30', home),
        '2026-03-30',
      ),
  },
  'a joiner who sets it up on the evening it comes, and then starts three weeks later': {
    told: () => daily(inUse().person({ startsOn: '2026-03-30' }), '2026-03-30'),
  },
  'a contractor with the e-mail of an agency': {
    told: () => daily(inUse({ user: null }).person({ kind: 'contractor' })),
    said: { 'wrong-user': 'the e-mail is nobody’s here; it weighs next to nothing' },
  },
  'a family account beside the own one': {
    told: () => daily(inUse().checkedIn('2026-06-01', { userName: 'home' }).checkedIn('2026-06-03', { user: 'per_1' })),
  },
  'a child that signs in with an e-mail of its own over the holidays': {
    told: () => daily(inUse().checkedIn('2026-07-01', { user: null }).checkedIn('2026-07-20', { user: 'per_1' })),
    said: { 'wrong-user': 'the e-mail is nobody’s here; it weighs next to nothing' },
  },
  'somebody of IT who enrols every laptop in their own name': {
    told: () => daily(inUse({ user: 'per_it' }).checkedIn('2026-03-08', { user: 'per_1' })),
  },
  'a mover in the same country who has the new address approved on the day': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-06-03', { from: 'Denver', network: 'home', timeZone: 'America/Denver' })
          .home('Denver', { at: '2026-06-01', changed: true, approved: true }),
      ),
  },
  'somebody who lives abroad for good, with an approved home there': {
    told: () =>
      daily(
        story()
          .home('Lisbon', { approved: true })
          .ordered('2026-03-01', 'Lisbon')
          .scan('2026-03-02', 'Columbus', 'accepted')
          .scan('2026-03-05', 'Lisbon', 'moving')
          .delivered('2026-03-09', 'Lisbon')
          .accepted('2026-03-09T15:00:00Z')
          .checkedIn('2026-03-10', { from: 'Lisbon', network: 'home', timeZone: 'Europe/Lisbon', user: 'per_1' })
          .checkedIn('2026-04-10T13:00:00Z', { from: 'Boston', network: 'hosting' })
          .checkedIn('2026-04-10T17:00:00Z', { from: 'Lisbon', network: 'home' }),
        '2026-03-11',
      ),
    said: {
      'hosting-or-vpn-exit': 'an exit that nobody declared; it weighs next to nothing',
      'check-in-abroad': 'the exit is in another country; for an hour it weighs next to nothing',
    },
  },
  'a leaver who stops a week before the last day and sends it back late': {
    told: () =>
      inUse()
        .person({ leavesOn: '2026-08-31' })
        .seenDaily('2026-03-07', '2026-08-21')
        .returnOpened('2026-09-08', '2026-09-20')
        .returnOrdered('2026-09-12')
        .scan('2026-09-15', 'Boston', 'accepted')
        .delivered('2026-09-18', 'Columbus', 'sender')
        .received('2026-09-18T18:00:00Z', 'same')
        .returnClosed('2026-09-20'),
    said: { 'gone-silent': 'a leaver’s silence counts for half, until it is asked back' },
  },
}

describeYears(years)
