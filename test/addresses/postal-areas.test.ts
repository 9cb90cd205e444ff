// Postal codes that no Census area has: a note on the address, and no sign of anything alone.
import { expect, test } from 'vitest'
import { classifyAddress } from '../../server/addresses/classify.ts'
import { shippedToVirtualOffice } from '../../server/detection/rules/shipped-to-virtual-office.ts'
import { findingsOf, story } from '../detection/story.ts'

const at = (postalCode: string, over: object = {}) =>
  classifyAddress(
    { line1: '12 Maple Street', line2: '', city: 'Boston', region: 'MA', postalCode, country: 'US', ...over },
    [],
  )

test('a street under a code that no area has is as it was, with a note', () => {
  const { why, isOfNoCensusArea, ...rest } = at('02118-1234')
  expect({ why, isOfNoCensusArea }).toEqual({
    why: expect.not.stringContaining('Census'),
    isOfNoCensusArea: undefined,
  })
  expect(at('09999')).toEqual({ ...rest, why: `${why} ${note}`, isOfNoCensusArea: true })
})
const note = 'No Census area has its postal code, as is so for those of PO boxes and of single large receivers.'

test.each([
  ['a PO box', { line1: 'PO Box 44' }],
  ['general delivery', { line1: 'General Delivery' }],
  ['military post', { line1: 'PSC 808 Box 12', city: 'APO', region: 'AE' }],
  ['another country', { country: 'DE' }],
])('%s has codes of its own', (_, over) => expect(at('09999', over)).not.toHaveProperty('isOfNoCensusArea'))

test('a whole code is needed to say so', () => expect(at('')).not.toHaveProperty('isOfNoCensusArea'))

test('a finding about where a parcel goes tells of it, and weighs the same', () => {
  const told = (isOfNoArea: boolean) =>
    story()
      .home('Denver', { id: 'adr_1', use: 'ship_to', kind: 'virtual office', confidence: 0.9, isOfNoArea })
      .ordered('2026-03-01', { id: 'adr_1' })
  const [plain, noted] = [false, true].map((is) => findingsOf(shippedToVirtualOffice, told(is))[0])
  expect(noted).toEqual({ ...plain, facts: { ...plain!.facts, isOfNoCensusArea: true } })
})
