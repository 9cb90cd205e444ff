// Proof: a body never lifts its own.
import { expect, test } from 'vitest'
import { isWeaker, proofOf, standingProof } from '../../server/checkins/proof.ts'

const says = { enrolled: true, method: 'automated', attested: true } as const

test.each([
  ['nothing', says, 'claimed'],
  ['nothing', undefined, 'claimed'],
  ['enrolment', says, 'assigned'],
  ['enrolment', { enrolled: true, method: 'user' }, 'enrolled'],
  ['enrolment', undefined, 'enrolled'],
  ['enrolment', { enrolled: false, method: 'automated', attested: true }, 'claimed'],
  ['attestation', says, 'attested'],
  ['attestation', { enrolled: true, method: 'automated' }, 'assigned'],
  ['attestation', { enrolled: false }, 'claimed'],
] as const)('a token that vouches for %s, and a body that says %j, make it %s', (vouches, enrollment, level) => {
  expect(proofOf(vouches, enrollment)).toBe(level)
})

test.each([
  ['enrolment', undefined, 'assigned', 'assigned'],
  ['enrolment', undefined, 'attested', 'assigned'],
  ['attestation', undefined, 'attested', 'attested'],
  ['enrolment', undefined, 'doubtful', 'enrolled'],
  ['enrolment', { enrolled: true }, 'assigned', 'enrolled'],
  ['nothing', undefined, 'assigned', 'claimed'],
] as const)('vouching for %s, a report that says %j after %s stands at %s', (vouches, enrollment, before, level) => {
  const checkIn = { reportedAt: '2026-03-01T12:00:00Z', ...(enrollment ? { enrollment } : {}) }
  expect(standingProof(proofOf(vouches, enrollment), { vouches, checkIn }, before)).toBe(level)
})

test('a claim is weaker than an enrolment, and nothing is weaker than what was never reported', () => {
  expect(isWeaker('claimed', 'enrolled')).toBe(true)
  expect(isWeaker('assigned', 'enrolled')).toBe(false)
  expect(isWeaker('doubtful', null)).toBe(false)
})
