// Ordinary years of the sources themselves: a connector that fails, systems that are exchanged, people who are away.
import { cleanDelivery, type Story } from './story.ts'
import { describeYears, type Year } from './year.ts'

/** In use from March 6th, seen by the MDM until a day, and by an agent until the year's end. */
const inUse = (mdmUntil: string, agentUntil = '2026-12-31'): Story =>
  cleanDelivery()
    .accepted('2026-03-05T18:00:00Z')
    .checkedIn('2026-03-06', { from: 'Boston' })
    .checkedIn('2026-03-06T13:00:00Z', { source: 'agent', vouches: 'nothing', enrollment: {}, from: 'Boston' })
    .seenDaily('2026-03-06', mdmUntil)
    .seenDaily('2026-03-06', agentUntil, { source: 'agent', proof: 'claimed' })

const years: Record<string, Year> = {
  'a laptop that both its sources see on every day': { told: () => inUse('2026-12-31') },
  'a laptop that is used on weekdays only, with two weeks of declared leave': {
    told: () => {
      const told = cleanDelivery().accepted('2026-03-05T18:00:00Z').checkedIn('2026-03-06', { from: 'Boston' })
      for (let monday = Date.parse('2026-03-09'); monday < Date.parse('2026-12-28'); monday += 7 * 86_400_000) {
        const day = (n: number) => new Date(monday + n * 86_400_000).toISOString().slice(0, 10)
        if (day(0) < '2026-08-03' || day(0) > '2026-08-16') told.seenDaily(day(0), day(4))
      }
      return told.seenDaily('2026-12-28', '2026-12-31').declared('travel', '2026-08-01', '2026-08-16')
    },
  },
  'an MDM whose token expired for five weeks, and its only other source with it': {
    told: () =>
      inUse('2026-06-01', '2026-06-01')
        .seenDaily('2026-07-06', '2026-12-31')
        .seenDaily('2026-07-06', '2026-12-31', { source: 'agent', proof: 'claimed' })
        .outage('mdm', '2026-06-01', '2026-07-06')
        .outage('agent', '2026-06-02', '2026-07-06'),
  },
  'an MDM that fails for a month while the agent goes on': {
    told: () => inUse('2026-06-01').seenDaily('2026-07-01', '2026-12-31').outage('mdm', '2026-06-02', '2026-07-01'),
  },
  'a move to another MDM that is declared, with a gap of three weeks between them': {
    told: () =>
      inUse('2026-06-01')
        .declared('migration', '2026-05-25', '2026-06-30', 'mdm')
        .checkedIn('2026-06-01T13:00:00Z', { enrollment: { enrolled: false } })
        .checkedIn('2026-06-22', { source: 'new-mdm', from: 'Boston' })
        .seenDaily('2026-06-22', '2026-12-31', { source: 'new-mdm' }),
  },
  'a move to another MDM that nobody declared, on one afternoon': {
    told: () =>
      inUse('2026-06-01')
        .checkedIn('2026-06-01T13:00:00Z', { enrollment: { enrolled: false } })
        .checkedIn('2026-06-01T17:00:00Z', { source: 'new-mdm', from: 'Boston' })
        .seenDaily('2026-06-01', '2026-12-31', { source: 'new-mdm' }),
    said: { 'agent-removed': 'for the hours between, since nobody said that it moves' },
  },
  'three weeks of holiday that nobody declared': {
    told: () =>
      inUse('2026-07-31', '2026-07-31')
        .seenDaily('2026-08-23', '2026-12-31')
        .seenDaily('2026-08-23', '2026-12-31', { source: 'agent', proof: 'claimed' }),
    said: { 'gone-silent': 'somebody should ask; alone it is no case, and it is over with the next report' },
  },
  'an agent that broke on one laptop for two weeks': {
    told: () =>
      inUse('2026-12-31', '2026-06-01').seenDaily('2026-06-15', '2026-12-31', { source: 'agent', proof: 'claimed' }),
    said: { 'agent-removed': 'somebody should mend it; alone it is no case' },
  },
}

describeYears(years)
