// What was approved and what waits, as of each moment: read out of recorded facts only, in whatever order they came.
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type LedgerEvent, systemActor } from '../../server/custody/events.ts'
import { type GroupMember, isIn, vouchedFor } from '../../server/detection/vouched.ts'

type Kind = 'approval.proposed' | 'approval.granted' | 'approval.refused' | 'approval.ended'

let seq = 0
function event(kind: Kind, day: string, over: object = {}): LedgerEvent {
  seq += 1
  const at = new Date(`${day}T12:00:00Z`)
  const nobody = { deviceId: null, personId: null, shipmentId: null, caseId: null }
  const named = { approvalId: 'apr_1', what: 'tool', value: 'anydesk', noteId: 'cmt_1' }
  const payload = { ...named, group: null, endsOn: '2026-06-01', alone: false, laptops: 9, people: 9, of: 20, ...over }
  const recorded = { seq, occurredAt: at, recordedAt: at, actor: systemActor('test') }
  return { ...nobody, ...recorded, kind, payload } as unknown as LedgerEvent
}

const proposed = event('approval.proposed', '2026-03-01')
const granted = event('approval.granted', '2026-03-05')
const refused = event('approval.refused', '2026-03-05')
const ended = event('approval.ended', '2026-03-20')
const employee: GroupMember = { kind: 'employee', notes: { department: 'IT Support' } }

describe('what the company vouches for', () => {
  it('waits from the proposal until somebody decides, and is silent meanwhile', () => {
    expect(vouchedFor([proposed], employee).commonTools).toEqual(new Set(['anydesk']))
    expect(vouchedFor([proposed, refused], employee)).toEqual({ declarations: [], commonTools: new Set() })
    expect(vouchedFor([proposed, granted], employee).commonTools).toEqual(new Set())
  })

  it('holds from the word that granted it to the end of its last day, or until it was ended', () => {
    const [whole] = vouchedFor([granted], null).declarations
    expect(whole).toMatchObject({ kind: 'tool', value: 'anydesk', from: granted.occurredAt })
    expect(whole?.to.toISOString()).toBe('2026-06-01T23:59:59.000Z')
    expect(vouchedFor([granted, ended], null).declarations[0]?.to).toEqual(ended.occurredAt)
  })

  it('has no end where an entry was switched off, and covers each tool of a publisher', () => {
    const off = event('approval.granted', '2026-03-05', { what: 'entry_off', endsOn: null })
    expect(vouchedFor([off], null).declarations[0]?.to.getUTCFullYear()).toBe(9999)
    const publisher = event('approval.granted', '2026-03-05', { what: 'publisher', value: 'AnyDesk Software GmbH' })
    expect(vouchedFor([publisher], null).declarations.map((one) => one.value)).toEqual(['anydesk'])
  })

  it('makes an exit ours while its proposal waits, and no more once it was refused', () => {
    const exit = { what: 'network_exit', value: '203.0.113.9', approvalId: 'apr_2' }
    const waiting = event('approval.proposed', '2026-03-01', exit)
    expect(vouchedFor([waiting], null).declarations).toMatchObject([{ kind: 'network_exit', value: '203.0.113.9' }])
    expect(vouchedFor([waiting, event('approval.refused', '2026-03-02', exit)], null).declarations).toEqual([])
  })

  test.each([
    [{ kind: 'employee' as const }, true],
    [{ kind: 'contractor' as const }, false],
    [{ column: 'department', value: 'it support' }, true],
    [{ column: 'department', value: 'IT' }, false],
    [{ column: 'floor', value: 'IT Support' }, false],
  ])('for %j', (group, isCovered) => {
    expect(isIn(group, employee)).toBe(isCovered)
    const of = event('approval.granted', '2026-03-05', { group })
    expect(vouchedFor([of], employee).declarations).toHaveLength(isCovered ? 1 : 0)
    expect(vouchedFor([of], null).declarations).toEqual([])
  })

  it('never depends on the order in which its facts are given', () => {
    const all = [
      proposed,
      granted,
      ended,
      event('approval.proposed', '2026-03-02', { approvalId: 'apr_3', value: 'rustdesk' }),
    ]
    const plain = vouchedFor(all, employee)
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        const other = vouchedFor(shuffled, employee)
        expect(other.commonTools).toEqual(plain.commonTools)
        expect(other.declarations).toEqual(plain.declarations)
      }),
    )
  })
})
