// Where a carrier says a parcel is bound, report by report, and from that when it changed: the same in whatever order they come.
import type { Act } from '../custody/act.ts'
import { destinationChanges, isOnePlace } from '../custody/destinations.ts'
import type { NewEvent, Place } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { regionCode } from '../lib/countries.ts'
import type { Tx } from '../lib/database.ts'
import { gapKm } from '../lib/geo.ts'
import { plainText } from '../lib/plain.ts'

/** One report's word on where the parcel is bound. `at` is when the report was made. */
export interface Mention {
  at: string
  place: Place
}

/** What `shipments.destination` keeps: the newest word, and all the words it stands on. */
export type Destination = Place & { reportedAt: string; said: Mention[] }

/** A carrier reports a parcel some tens of times; of more, the newest are kept. */
const MENTIONS_MAX = 200

/** The destination with one more mention, or null where the report says nothing new. */
export function withMention(was: Destination | null, mention: Mention): Destination | null {
  const said = was?.said ?? []
  if (said.some((one) => one.at === mention.at && isOnePlace(one.place, mention.place))) return null
  const all = [...said, mention].sort(inTime).slice(-MENTIONS_MAX)
  const newest = all.at(-1)!
  return { ...newest.place, reportedAt: newest.at, said: all }
}

const written = ({ place }: Mention) => JSON.stringify([place.country, place.region, place.city])
const inTime = (a: Mention, b: Mention) => a.at.localeCompare(b.at) || written(a).localeCompare(written(b))

interface Change {
  at: string
  from: Place
  to: Place
}

/** When the carrier named another place than before, oldest first. The first mention is no change. */
export function changesIn(said: Mention[]): Change[] {
  const changes: Change[] = []
  let standing: Place | null = null
  for (const { at, place } of said) {
    if (place.city === null && place.region === null && place.country === null) continue
    if (standing !== null && isSameDestination(standing, place)) continue
    if (standing !== null) changes.push({ at, from: standing, to: place })
    standing = place
  }
  return changes
}

/**
 * Whether two names may mean one destination: written otherwise, abbreviated, a suburb of the other, or told less exactly.
 * Where both can be placed, circles that touch are one.
 */
export function isSameDestination(a: Place, b: Place): boolean {
  if (a.circle && b.circle) return gapKm(a.circle, b.circle) === 0
  if (a.country !== null && b.country !== null && a.country !== b.country) return false
  const country = a.country ?? b.country ?? ''
  const [regionA, regionB] = [a, b].map(({ region }) => region && (regionCode(country, region) ?? plainText(region)))
  if (regionA && regionB && regionA !== regionB) return false
  return a.city === null || b.city === null || isSameCity(plainText(a.city), plainText(b.city))
}

function isSameCity(a: string, b: string): boolean {
  const [wordsA, wordsB] = [a.split(' '), b.split(' ')]
  return wordsA.length === wordsB.length && wordsA.every((word, at) => isShortFor(word, wordsB[at]!))
}

/** `hts` for `heights`, `n` for `north`: the same first letter, and the rest in order. */
function isShortFor(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (short[0] !== long[0]) return false
  let from = 0
  for (const letter of short) {
    from = long.indexOf(letter, from) + 1
    if (from === 0) return false
  }
  return true
}

/**
 * The events that bring what the ledger says of a parcel's destination up to what was said: a change for each that is not
 * there, and one that takes back what a report that came late has shown to be none.
 */
export async function destinationEvents(
  tx: Tx,
  act: Act,
  shipment: { id: string; person_id: string | null },
  said: Mention[],
): Promise<NewEvent[]> {
  const rows = await tx
    .selectFrom('ledger')
    .select(eventColumns)
    .where('shipment_id', '=', shipment.id)
    .where('kind', '=', 'shipment.destination_changed')
    .execute()
  const due = new Map(changesIn(said).map((change) => [Date.parse(change.at), change]))
  const events: NewEvent[] = []
  const say = (at: number, from: Place, to: Place) =>
    events.push({
      kind: 'shipment.destination_changed',
      shipmentId: shipment.id,
      personId: shipment.person_id,
      occurredAt: new Date(at),
      actor: act.actor,
      payload: { from, to },
    })
  for (const { at, from, to } of destinationChanges(rows.map(toEvent))) {
    const change = due.get(at.getTime())
    if (change === undefined) say(at.getTime(), to, to)
    else if (isOnePlace(change.from, from) && isOnePlace(change.to, to)) due.delete(at.getTime())
  }
  for (const [at, { from, to }] of due) say(at, from, to)
  return events
}
