// Ordinary years of machines: repairs, loans, hand-me-downs and changes of systems open no case of more than medium severity.
import { cleanDelivery, type Story, story } from './story.ts'
import { describeYears, type Year } from './year.ts'

const home = { from: 'Boston', network: 'home', timeZone: 'America/New_York' } as const
const board = '4C4C4544-0042-3510-8054-B4C04F565931'
const otherBoard = '9A1F0C3E-77B2-4D10-A0C1-5E2D8F90AB12'
const byHand = { enrolled: true, method: 'manual' as const }
const gone = { enrolled: false }
const agent = { source: 'agent', vouches: 'nothing', enrollment: {} } as const

const inUse = (input: Parameters<Story['checkedIn']>[1] = {}) =>
  cleanDelivery()
    .registered('2026-02-01')
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { ...home, user: 'per_1', hardwareUuid: board, ...input })

/** Heard of on every day of the year that is left. */
const daily = (told: Story, from = '2026-03-07') => told.seenDaily(from, '2026-12-31')

const years: Record<string, Year> = {
  'a new board, of which IT tells us ten days later': {
    told: () =>
      daily(
        inUse()
          .seenDaily('2026-03-07', '2026-05-30')
          .status('2026-06-01', 'repair')
          .checkedIn('2026-06-04', { ...home, hardwareUuid: otherBoard })
          .status('2026-06-11', 'in_service'),
        '2026-06-05',
      ),
  },
  'a new battery, and other devices on the desk': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-05-01', { usbDevices: [{ vendorId: '046d', productId: 'c52b' }] })
          .checkedIn('2026-05-04', { hardwareUuid: board, usbDevices: [] }),
      ),
  },
  'a repair under warranty by parcel, back with another board': {
    told: () =>
      daily(
        inUse()
          .seenDaily('2026-03-07', '2026-06-01')
          .returnOpened('2026-06-01', '2026-06-20', 'repair')
          .returnOrdered('2026-06-02')
          .scan('2026-06-03', 'Boston', 'accepted')
          .delivered('2026-06-05', 'Columbus', 'sender')
          .received('2026-06-05T18:00:00Z', 'same')
          .returnClosed('2026-06-06')
          .checkedIn('2026-06-10', { from: 'Columbus', hardwareUuid: otherBoard, user: 'per_it' })
          .ordered('2026-06-12', 'Boston')
          .scan('2026-06-13', 'Columbus', 'accepted')
          .delivered('2026-06-15', 'Boston')
          .checkedIn('2026-06-16', { ...home, user: 'per_1' }),
        '2026-06-16',
      ),
  },
  'two systems side by side for a month, and then the old one is taken off': {
    told: () =>
      inUse()
        .seenDaily('2026-03-07', '2026-07-01')
        .checkedIn('2026-06-01', { ...home, source: 'new-mdm', user: 'per_1', hardwareUuid: board })
        .seenDaily('2026-06-01', '2026-12-31', { source: 'new-mdm' })
        .checkedIn('2026-07-01T13:00:00Z', { enrollment: gone }),
    said: {
      'agent-removed':
        'nobody declared the change, and both had it for longer than a change takes; alone it is nothing',
    },
  },
  'two systems side by side for two weeks, and then the old one falls silent': {
    told: () =>
      inUse()
        .seenDaily('2026-03-07', '2026-06-14')
        .checkedIn('2026-06-01', { ...home, source: 'new-mdm', user: 'per_1', hardwareUuid: board })
        .seenDaily('2026-06-01', '2026-12-31', { source: 'new-mdm' }),
  },
  'one system ends, and the other takes it on four days later by hand': {
    told: () =>
      inUse()
        .seenDaily('2026-03-07', '2026-06-01')
        .checkedIn('2026-06-01T13:00:00Z', { enrollment: gone })
        .checkedIn('2026-06-05', {
          ...home,
          source: 'new-mdm',
          vouches: 'enrolment',
          enrollment: byHand,
          user: 'per_1',
        })
        .seenDaily('2026-06-05', '2026-12-31', { source: 'new-mdm', proof: 'enrolled' }),
    said: { 'agent-removed': 'for the days between, since nobody said that it moves' },
  },
  'taken out of the MDM and enrolled again by its person, on one afternoon': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-06-01T13:00:00Z', { enrollment: gone })
          .checkedIn('2026-06-01T16:00:00Z', { vouches: 'enrolment', enrollment: byHand }),
      ),
    said: {
      'agent-removed': 'for the hours between',
      'enrolment-doubtful': 'it proves less than before; that is no case',
    },
  },
  'a helpdesk that sets it up afresh over a weekend, with an agent less until Tuesday': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-03-06T13:00:00Z', { ...agent, ...home })
          .seenDaily('2026-03-07', '2026-06-05', { source: 'agent', proof: 'claimed' })
          .seenDaily('2026-06-09', '2026-12-31', { source: 'agent', proof: 'claimed' })
          .checkedIn('2026-06-06', { ...home, hardwareUuid: board }),
      ),
  },
  'an agent that the company takes off everywhere, declared as a change of systems': {
    told: () =>
      daily(
        inUse()
          .checkedIn('2026-03-06T13:00:00Z', { ...agent, ...home })
          .seenDaily('2026-03-07', '2026-06-05', { source: 'agent', proof: 'claimed' })
          .declared('migration', '2026-06-01', '2026-07-01', 'agent'),
      ),
  },
  'a loan from the stockroom for two weeks, then another loan': {
    told: () =>
      story()
        .registered('2026-02-01')
        .home('Boston', { approved: true })
        .status('2026-03-01', 'in_service')
        .checkedIn('2026-03-02', { ...home, user: 'per_1', hardwareUuid: board, remoteLogin: true })
        .seenDaily('2026-03-03', '2026-03-15')
        .received('2026-03-16')
        .checkedIn('2026-03-18', { from: 'Boston', user: 'per_it' })
        .status('2026-04-01', 'in_service')
        .checkedIn('2026-04-02', { ...home, user: 'per_1' })
        .seenDaily('2026-04-03', '2026-04-15')
        .received('2026-04-16'),
    said: { 'remote-login-enabled': 'it was on from the first day; alone it is nothing' },
  },
  'a hand-me-down by parcel, with all that the one before had on it': {
    told: () =>
      daily(
        story()
          .registered('2025-01-01')
          .transferred('2025-01-02', 'per_old')
          .checkedIn('2025-01-03', {
            from: 'Shenyang',
            network: 'home',
            timeZone: 'Asia/Shanghai',
            user: 'per_old',
            hardwareUuid: board,
            software: ['AnyDesk'],
          })
          .seenDaily('2025-01-04', '2026-01-31')
          .received('2026-02-01')
          .checkedIn('2026-02-10', {
            from: 'Columbus',
            timeZone: 'America/New_York',
            user: 'per_it',
            software: ['Slack'],
          })
          .home('Boston', { approved: true })
          .ordered('2026-03-01', 'Boston')
          .scan('2026-03-02', 'Columbus', 'accepted')
          .delivered('2026-03-05', 'Boston')
          .checkedIn('2026-03-06', { ...home, user: 'per_1', software: ['Slack'] }),
      ),
    said: { 'remote-tool-unapproved': 'the one before had it, and nobody ever approved it; alone it is nothing' },
  },
  'a hand-me-down from desk to desk, whose source tells of it a week late': {
    told: () =>
      daily(
        inUse({ user: 'per_1' })
          .seenDaily('2026-03-07', '2026-06-01')
          .transferred('2026-06-01', 'per_2')
          .checkedIn('2026-06-08', { user: 'per_2' }),
      ),
  },
  'a machine for tests that tells another serial’s enrolment, known as a repair': {
    told: () =>
      daily(
        inUse().declared('repair', '2026-04-01', '2026-04-20').doubted('2026-04-10', 'enrolment of another machine'),
      ),
  },
  'a maker that gave one serial number to several machines': {
    told: () => daily(inUse().doubted('2026-04-10', 'serial on several machines')),
    said: { 'duplicate-serial-live': 'somebody should look at both; alone it is no case, and it fades' },
  },
  'a developer with a virtual machine that is started every week': {
    told: () => {
      const told = inUse({ model: 'MacBookPro18,3' })
      for (const at of ['2026-04-01', '2026-04-08', '2026-04-15', '2026-04-22'])
        told
          .checkedIn(`${at}T13:00:00Z`, { hardwareUuid: otherBoard, model: 'VMware20,1' })
          .checkedIn(`${at}T15:00:00Z`, { hardwareUuid: board, model: 'MacBookPro18,3' })
      return daily(told)
    },
    said: {
      'duplicate-serial-live': 'two machines they are, and one is virtual',
      'hardware-swapped': 'until the host reports again nobody can tell them apart',
    },
  },
  'a developer who listens on port 22 for the work of every day': {
    told: () => daily(inUse({ listeningPorts: [{ port: 22 }, { port: 5432 }] })),
    said: { 'remote-login-enabled': 'it weighs little, and alone it is nothing' },
  },
  'IT that switches remote login on everywhere, declared as a tool': {
    told: () =>
      daily(
        inUse()
          .declared('tool', '2026-03-01', '2026-08-20', 'Remote login')
          .checkedIn('2026-03-08', { remoteLogin: true }),
      ),
  },
  'IT that had screen sharing on at the bench already': {
    told: () =>
      daily(
        story()
          .registered('2026-02-01')
          .home('Boston', { approved: true })
          .ordered('2026-03-01', 'Boston')
          .checkedIn('2026-03-01T15:00:00Z', { screenSharing: true, hardwareUuid: board })
          .scan('2026-03-02', 'Columbus', 'accepted')
          .delivered('2026-03-05', 'Boston')
          .checkedIn('2026-03-06', { ...home, user: 'per_1', screenSharing: true }),
      ),
  },
  'a laptop that was enrolled at the bench, and whose new agent proves nothing for a month': {
    told: () =>
      story()
        .registered('2026-02-01')
        .home('Boston', { approved: true })
        .ordered('2026-03-01', 'Boston')
        .checkedIn('2026-03-01T15:00:00Z', { hardwareUuid: board })
        .scan('2026-03-02', 'Columbus', 'accepted')
        .delivered('2026-03-05', 'Boston')
        .checkedIn('2026-03-06', { ...agent, ...home })
        .seenDaily('2026-03-07', '2026-12-31', { source: 'agent', proof: 'claimed' })
        .checkedIn('2026-04-10', { ...home, user: 'per_1' })
        .seenDaily('2026-04-11', '2026-12-31'),
    said: { 'enrolment-doubtful': 'until the source that enrolled it is heard again' },
  },
  'an account of a service that enrols a kiosk nobody imports': {
    told: () =>
      story()
        .registered('2026-03-01', 'check-in')
        .checkedIn('2026-03-01', { from: 'Denver', model: 'Mac14,3', user: null })
        .seenDaily('2026-03-02', '2026-12-31'),
    said: { 'unknown-device': 'somebody should import it; that is no case' },
  },
}

describeYears(years)
