// A delivery policy in sentences, the same on every page that shows one.
import type { Outputs } from '../api.ts'

export type Policy = Outputs['policies']['list']['inForce'][number]['policy']

const signatures = {
  none: 'Nobody has to sign',
  signature: 'Somebody has to sign for it',
  'adult signature': 'An adult has to sign for it',
}

/** What the policy asks for, one sentence each. */
export function policyWords(policy: Policy): string[] {
  const carriers = Object.entries(policy.carriers)
  return [
    signatures[policy.signature],
    carriers.length === 0
      ? 'Any carrier and service'
      : `Only ${carriers.map(([carrier, services]) => (services.length === 0 ? carrier : `${carrier} (${services.join(', ')})`)).join('; ')}`,
    ...(policy.forbidRedirect ? ['The receiver may not redirect it, where the carrier offers that'] : []),
    ...(policy.holdForPickup ? ['Held at the carrier’s for pick-up'] : []),
    ...(policy.secondPerson ? ['Bought by somebody else than who prepared it'] : []),
  ]
}
