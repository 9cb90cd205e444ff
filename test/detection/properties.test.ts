// What holds of every dossier, whatever life it tells: it ends at its number, and never sees what was recorded after.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assembleDossier } from '../../server/detection/dossier.ts'
import type { Facts } from '../../server/detection/facts.ts'
import { rules } from '../../server/detection/rules/index.ts'
import { disputed, farmed, troubled } from './lives.ts'
import { headOf, judge, type Story } from './story.ts'
import { asleep } from './year.ts'

/** Told late and out of order, with declarations, approvals and others' links between. */
const tangled = (): Story =>
  farmed()
    .declared('tool', '2026-03-07', '2026-08-01', 'AnyDesk')
    .declared('household', '2026-03-08', '2026-08-01', null, 'per_2')
    .home('Denver', { at: '2026-03-01', told: '2026-03-20', changed: true, approved: true })
    .checkedIn('2026-03-07', { from: 'Phoenix', told: '2026-03-25', software: ['TeamViewer'] })
    .shares('2026-03-02', 'per_4', 'door', 'adr_Boston', { use: 'home', told: '2026-03-26' })
    .shares('2026-03-06', 'per_5', 'gateway', '94:83:c4:00:00:01', { to: '2026-03-27' })
    .confirmed('2026-03-28', 'per_5')
    .doubted('2026-03-29', 'serial on several machines')

const lives: [string, () => Story][] = [
  ['a parcel', troubled],
  ['a laptop', disputed],
  ['a farm', farmed],
  ['a farm told late', tangled],
]

/** The facts as they were when the ledger ended at a number. */
function upTo(facts: Facts, seq: number): Facts {
  const { shared } = facts
  const links = (rows: typeof shared.links) =>
    rows
      .filter((row) => row.fromSeq <= seq)
      .map((row) => (row.toSeq !== null && row.toSeq > seq ? { ...row, toSeq: null, to: null } : row))
  return {
    ...facts,
    events: facts.events.filter((one) => one.seq <= seq),
    otherOrders: facts.otherOrders.filter((one) => one.seq <= seq),
    signers: facts.signers.filter((one) => one.seq <= seq),
    shared: {
      ...shared,
      links: links(shared.links),
      networks: links(shared.networks),
      confirmed: shared.confirmed.filter((one) => one.seq <= seq),
    },
  }
}

test.each(lives)('the dossier of %s at a number is the same, whatever was recorded after it', (_, told) => {
  const facts = told().facts()
  const head = headOf(facts)
  const time = fc.option(fc.date({ min: new Date('2026-02-01'), max: new Date('2026-12-31'), noInvalidDate: true }), {
    nil: undefined,
  })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: head }), fc.nat(head), time, (seq, more, now) => {
      const at = { seq, ...(now ? { now } : {}) }
      const then = assembleDossier(upTo(facts, seq), at)
      expect(assembleDossier(upTo(facts, Math.min(head, seq + more)), at)).toEqual(then)
      expect(assembleDossier(facts, at)).toEqual(then)
    }),
    { numRuns: 120 },
  )
})

test.each(lives)('what the company approves later, or has to decide on, changes nothing of %s before it', (_, told) => {
  const facts = told().facts()
  const seq = headOf(facts)
  const before = assembleDossier(facts, { seq })
  const at = before.now
  const approval = { approvalId: 'apr_1', what: 'tool' as const, value: 'rustdesk' }
  const about = { deviceId: null, personId: null, shipmentId: null, caseId: null, occurredAt: at, recordedAt: at }
  const actor = { type: 'system', part: 'test' } as const
  const proposed = {
    ...about,
    actor,
    seq: seq + 1,
    kind: 'approval.proposed',
    payload: { ...approval, laptops: 42, people: 40, of: 100 },
  }
  const payload = { ...approval, group: null, endsOn: null, alone: false }
  const granted = { ...about, actor, seq: seq + 2, kind: 'approval.granted', payload }
  const known = { ...facts, events: [...facts.events, proposed, granted] as Facts['events'] }
  expect(assembleDossier(known, { seq })).toEqual(before)
  const tools = (after: number) =>
    assembleDossier(known, { seq: after }).tools.filter((tool) => tool.toolId === 'rustdesk')
  expect(tools(seq + 1).every((tool) => tool.isCommon && !tool.approved)).toBe(true)
  expect(tools(seq + 2).every((tool) => !tool.isCommon && tool.approved)).toBe(true)
})

test.each(lives)('no finding about %s rests on what came after its number, or is dated after its time', (_, told) => {
  const facts = told().facts()
  fc.assert(
    fc.property(fc.integer({ min: 1, max: headOf(facts) }), (seq) => {
      const dossier = assembleDossier(facts, { seq })
      for (const rule of rules)
        for (const { evidence, since } of judge(rule, dossier).findings) {
          expect(Math.max(...evidence)).toBeLessThanOrEqual(seq)
          expect([rule.id, since <= dossier.now]).toEqual([rule.id, true])
        }
    }),
    { numRuns: 60 },
  )
})

test.each(lives)('everything that happens to %s wakes every rule that has something else to say', (_, told) => {
  expect([...new Set(asleep(told().facts()))]).toEqual([])
})

test.each(lives)('judging %s twice says the same, and leaves the dossier as it was', (_, told) => {
  const dossier = told().dossier()
  const before = structuredClone(dossier)
  const said = () => rules.map((rule) => judge(rule, dossier))
  expect(said()).toEqual(said())
  expect(dossier).toEqual(before)
})
