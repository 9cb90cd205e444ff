// Says how near two addresses are: by their parts, and in km where both can be placed.
import { type Circle, distanceKm } from '../lib/geo.ts'
import type { Address } from './parse.ts'
import { comparePrepared, prepareAddress, type Relation } from './prepared.ts'

export interface Placed {
  address: Address
  circle: Circle | null
}

export interface Comparison {
  relation: Relation
  /** Between the two centres; null where either cannot be placed. */
  km: number | null
}

/** Compares two addresses; 'cannot tell' when a country is unknown. Never throws. */
export function compareAddresses(a: Placed, b: Placed): Comparison {
  return {
    relation: comparePrepared(prepareAddress(a.address), prepareAddress(b.address)),
    km: a.circle && b.circle ? distanceKm(a.circle, b.circle) : null,
  }
}
