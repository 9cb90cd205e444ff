// What weighs in a webhook's report is asked of the provider itself, before and outside the transaction that records it.
import type { Db } from './lib/database.ts'
import { AppError } from './lib/errors.ts'
import { MINUTE, plus } from './lib/time.ts'
import type { Carrier, Clock, Observation, TrackerReport } from './ports.ts'
import { isOfSameParcel, isWorthAsking, standingBy } from './shipping/confirm.ts'

/** What came of asking, by the id of the tracker: its own report, or nothing for now. Absent: nothing needed asking. */
export type ReadBack = Map<string, TrackerReport | null>

interface Asking {
  db: Db
  clock: Clock
  carrier(): Carrier | null
}

/** The bytes are stored already, so nobody waits for us but the next delivery. */
const ANSWER_MS = 8_000
/** A provider that gave no answer is left in peace for so long; the task `track` asks again. */
const REST_MS = MINUTE
const restingUntil = new WeakMap<Carrier, Date>()

/**
 * Reads back the trackers whose reports say something new that weighs, all at once and each once. Never throws for what
 * the provider does.
 */
export async function readBack({ db, clock, carrier }: Asking, observations: Observation[]): Promise<ReadBack> {
  const provider = carrier()
  if (provider?.mode !== 'production') return new Map()
  const worth = new Map<string, TrackerReport>()
  for (const report of observations)
    if (report.kind === 'tracker' && !worth.has(report.trackerId) && (await isWorthAsking(db, report)))
      worth.set(report.trackerId, report)
  const isResting = (restingUntil.get(provider) ?? clock()) > clock()
  const answers = await Promise.all(
    [...worth].map(async ([id, report]) => [id, isResting ? null : await ask(provider, clock, report)] as const),
  )
  return new Map(answers)
}

async function ask(provider: Carrier, clock: Clock, report: TrackerReport): Promise<TrackerReport | null> {
  try {
    const answer = await withinTime(provider.readTracker(report.trackerId))
    return isOfSameParcel(answer, report.trackingCode) ? standingBy(answer) : null
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    // A tracker that the provider does not know is its answer; anything else is none.
    if (error.problem !== 'not_found' && error.problem !== 'invalid') restingUntil.set(provider, plus(clock(), REST_MS))
    return null
  }
}

function withinTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new AppError('unavailable', 'The provider took too long.')), ANSWER_MS)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

/**
 * What to record of an observation, in order: the provider's own report, by which its scans are confirmed, then what we were
 * told; who signed and where it goes are then the provider's to say.
 */
export function withReadBack(observation: Observation, back: ReadBack): Observation[] {
  const answer = observation.kind === 'tracker' ? back.get(observation.trackerId) : undefined
  if (!answer || observation.kind !== 'tracker') return [observation]
  return [answer, { ...observation, signedBy: null, destination: null }]
}
