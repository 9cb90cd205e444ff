// How far a check-in proves that the device is the one issued. A body never lifts its own proof.
import { type CheckIn, type ProofLevel, proofLevels, type Vouches } from '../ports.ts'

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

/**
 * The level of a report that says nothing of its enrolment: what its source proved of the device before still stands,
 * as far as the source is trusted with it now.
 */
export function standingProof(
  level: ProofLevel,
  item: { vouches: Vouches; checkIn: CheckIn },
  before: string,
): ProofLevel {
  if (level !== 'enrolled' || item.checkIn.enrollment !== undefined) return level
  if (before === 'attested' && item.vouches === 'attestation') return 'attested'
  return before === 'attested' || before === 'assigned' ? 'assigned' : level
}

/** Whether a level proves less than another; nothing proves less than none. */
export const isWeaker = (level: ProofLevel, than: string | null): boolean =>
  than !== null && proofLevels.indexOf(level) > proofLevels.indexOf(than as ProofLevel)
