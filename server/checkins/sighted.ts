// A check-in that is tied to its device, with all that is known of it before its facets are compared.
import type { Act } from '../custody/act.ts'
import type { Facet } from '../custody/events.ts'
import type { Claim, Device, Identity, MatchedBy } from '../devices/identity.ts'
import { MINUTE } from '../lib/time.ts'
import type { CheckIn, ProofLevel, Vouches } from '../ports.ts'
import { hashOf, sightingOf } from './facets.ts'
import { proofOf } from './proof.ts'

export interface CheckInItem {
  checkIn: CheckIn
  source: string
  vouches: Vouches
  tokenId: string | null
  /** Of its bytes, so that the next one like it is known by them. */
  fingerprint?: number | null
}

/** What a check-in was found to be of. */
export interface Tie {
  device: Device
  matchedBy: MatchedBy
  /** Without what several machines share. */
  identity: Identity
  /** What it carries of other machines. */
  claims: Claim[]
  /** Whether it teaches something by which the device is known: an id in the source, a serial number. */
  isNew: boolean
  uuid: 'none' | 'known' | 'new' | 'of another'
}

export interface Sighted extends CheckInItem, Tie {
  index: number
  at: Date
  capped: boolean
  proof: ProofLevel
  sighting: ReturnType<typeof sightingOf>
  hashes: Map<Facet, Buffer>
}

/** A clock further ahead than this is wrong: its time is capped at receipt, and marked. Source: CONTRACTS, "Incoming". */
const AHEAD_MAX_MS = 10 * MINUTE

export function sight(act: Act, item: CheckInItem, index: number, tie: Tie): Sighted {
  const reported = new Date(item.checkIn.reportedAt)
  const capped = reported.getTime() - act.now.getTime() > AHEAD_MAX_MS
  const at = reported > act.now ? act.now : reported
  const sighting = sightingOf(item.checkIn, act.world.pseudonym)
  const hashes = new Map(Object.entries(sighting.facets).map(([facet, members]) => [facet as Facet, hashOf(members)]))
  // What carries another machine's name proves nothing, until it has names of its own.
  const proof = tie.claims.length > 0 ? 'doubtful' : proofOf(item.vouches, item.checkIn.enrollment)
  return { ...item, ...tie, index, at, capped, proof, sighting, hashes }
}

/** The UUID of a board that the device does not have on file as its present one. */
export function newUuid({ identity, device, uuid }: Sighted): string | null {
  if (uuid === 'of another' || identity.hardwareUuid === device.hardware_uuid) return null
  return identity.hardwareUuid
}
