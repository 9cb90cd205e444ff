// The circumstances in which a verb acts: when, by whom, and what it may ask of the world. Always explicit.
import type { AddressClass, Places, WrittenAddress } from '../ports.ts'
import type { Actor } from './events.ts'

export interface World {
  places: Places
  /** A keyed hash, the same for equal values: for home-network identifiers and names that must only be compared. */
  pseudonym(value: string): string
  /** By all that this house knows of places. Never throws. */
  classify(address: WrittenAddress): AddressClass
}

export interface Act {
  now: Date
  actor: Actor
  world: World
}
