// How far a check-in proves that the device is the one issued. A body never lifts its own proof.
import type { CheckIn, ProofLevel, Vouches } from '../ports.ts'

/** The proof level from what the token or connector is trusted to vouch for, and what the check-in then says. */
export function proofOf(vouches: Vouches, enrollment: CheckIn['enrollment']): ProofLevel {
  switch (vouches) {
    case 'nothing':
      return 'claimed'
    case 'enrolment':
      return enrolled(enrollment)
    case 'attestation':
      return enrollment?.attested === true ? 'attested' : enrolled(enrollment)
    default:
      return vouches satisfies never
  }
}

function enrolled(enrollment: CheckIn['enrollment']): ProofLevel {
  if (enrollment?.enrolled === false) return 'claimed'
  return enrollment?.method === 'automated' ? 'assigned' : 'enrolled'
}
