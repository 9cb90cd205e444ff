// Proof: a body never lifts its own.
import { expect, test } from 'vitest'
import { proofOf } from '../../server/checkins/proof.ts'

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
