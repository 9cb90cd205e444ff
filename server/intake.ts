// Observation to the one domain verb that records it.
import { recordCheckIns } from './checkins/record-checkins.ts'
import type { Act } from './custody/act.ts'
import type { Tx } from './lib/database.ts'
import type { Observation, Vouches } from './ports.ts'
import { recordTracker } from './shipping/scans.ts'

export interface Provenance {
  source: string
  vouches: Vouches
  tokenId: string | null
}

export type Recorded = { done: true } | { done: false; why: string; about: string | null }

/** Records one observation. What is about nothing we know is given back with what it waits for. */
export async function recordObservation(
  tx: Tx,
  act: Act,
  provenance: Provenance,
  observation: Observation,
): Promise<Recorded> {
  switch (observation.kind) {
    case 'tracker': {
      const outcome = await recordTracker(tx, act, observation)
      return outcome.done ? { done: true } : outcome
    }
    case 'check-in': {
      const [result] = await recordCheckIns(tx, act, [{ checkIn: observation.checkIn, ...provenance }])
      if (typeof result === 'object')
        return {
          done: false,
          why: result.faults.map((fault) => `${fault.path} ${fault.problem}`).join('; '),
          about: null,
        }
      return { done: true }
    }
    default:
      return observation satisfies never
  }
}
