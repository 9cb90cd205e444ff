// Records a batch of check-ins: one short cut for the many that say nothing new, one event per facet that changed.
import type { Act } from '../custody/act.ts'
import type { Facet, NewEvent } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import type { Device } from '../devices/identity.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import type { Fault } from '../lib/errors.ts'
import { noteBoard } from './board.ts'
import { type Doubts, doubtsOf, loadDoubts } from './doubts.ts'
import { type FacetKey, type FacetValues, loadFacetValues } from './facet-values.ts'
import { diff, type Item, type Members, merge } from './facets.ts'
import { keepMatches } from './matches.ts'
import { type Names, noteNames, saveNames } from './names.ts'
import { lastSeen, movePresence, type Seen } from './presence.ts'
import { standingProof } from './proof.ts'
import { type CheckInItem, newUuid, type Sighted } from './sighted.ts'
import { tieToDevices } from './ties.ts'

export type { CheckInItem } from './sighted.ts'

export type CheckInResult = 'unchanged' | 'changed' | { faults: Fault[] }

/**
 * Records check-ins in one transaction; the results stand in the order of the items. A check-in whose serial number
 * and UUID are both placeholders has no identity and is given back with its fault. A repeat is unchanged. `recognised`
 * hears which device each was tied to.
 */
export async function recordCheckIns(
  tx: Tx,
  act: Act,
  items: CheckInItem[],
  recognised: (item: CheckInItem, deviceId: string) => void = () => {},
): Promise<CheckInResult[]> {
  const results: CheckInResult[] = items.map(() => 'unchanged')
  const { sighted, faults, events } = await tieToDevices(tx, act, items)
  for (const [index, said] of faults) results[index] = { faults: said }
  for (const one of sighted) recognised(items[one.index]!, one.device.id)
  const deviceIds = [...new Set(sighted.map((one) => one.device.id))]
  const seenBefore = await lastSeen(
    tx,
    sighted.map((one) => ({ deviceId: one.device.id, source: one.source })),
  )
  const fresh = sighted.filter(
    (one) => seenBefore.get(`${one.device.id}\n${one.source}`)?.getTime() !== one.at.getTime(),
  )
  const { changed, news } = await possiblyChanged(tx, fresh, deviceIds, seenBefore)
  await lockSubjects(tx, { deviceIds: changed.map((one) => one.device.id) })
  await movePresence(tx, fresh.map(seenOf))
  const values = await loadFacetValues(tx, [...news.values()])
  const people = await peopleByEmail(
    tx,
    changed.filter((one) => news.has(keyText(one, 'identity'))),
  )
  const doubts = await loadDoubts(
    tx,
    changed.flatMap((one) => (one.claims.length > 0 ? [one.device.id] : [])),
  )
  const known = { values, news, seenBefore, people, names: new Map<string, Names>(), doubts }
  for (const one of changed.toSorted((a, b) => a.at.getTime() - b.at.getTime())) {
    const made = [...firstCheckIn(one, act, seenBefore), ...(await changesOf(tx, act, one, known))]
    if (made.length > 0) results[one.index] = 'changed'
    events.push(...made)
  }
  await saveNames(tx, known.names)
  await keepMatches(tx, act, changed, seenBefore)
  const recorded = await record(tx, act.now, events)
  await values.save(recorded.at(-1)?.seq ?? 0)
  return results
}

function isLate(one: Sighted, seenBefore: Map<string, Date>): boolean {
  const last = seenBefore.get(`${one.device.id}\n${one.source}`)
  return last !== undefined && one.at < last
}

const seenOf = (one: Sighted): Seen => ({
  deviceId: one.device.id,
  source: one.source,
  at: one.at,
  proof: one.proof,
  bootedAt:
    one.checkIn.uptimeSeconds === undefined ? null : new Date(one.at.getTime() - one.checkIn.uptimeSeconds * 1000),
  fingerprint: one.fingerprint ?? null,
})

const stateOf = (device: Device) => device.state as Partial<DeviceState>

/** While the first check-in of a custody period is not settled, every check-in after the order is a fact of its own. */
function settlesFirst(one: Sighted): boolean {
  const { assignedAt, firstCheckInAt } = stateOf(one.device)
  if (!assignedAt || one.at.toISOString() < assignedAt) return false
  return !firstCheckInAt || one.at.toISOString() < firstCheckInAt
}

const keyText = (one: Sighted, facet: Facet) => `${one.device.id}\n${one.source}\n${facet}`

/** What of a batch has to be looked at. */
interface Stirred {
  changed: Sighted[]
  /** The facets of which at least one report is not the last one over again. */
  news: Map<string, FacetKey>
}

/**
 * The cheap test: what is left has a facet whose last report was another, a first check-in, or a new identity; and
 * with it whatever else its source says of the device in this batch, since one report is compared with the one before.
 */
async function possiblyChanged(
  tx: Tx,
  sighted: Sighted[],
  deviceIds: string[],
  seenBefore: Map<string, Date>,
): Promise<Stirred> {
  const stored =
    deviceIds.length === 0
      ? []
      : await tx
          .selectFrom('facets')
          .select(['device_id', 'source', 'facet', 'hash', 'at', 'proof'])
          .where('device_id', '=', oneOf(deviceIds))
          .execute()
  const values = new Map(stored.map((row) => [`${row.device_id}\n${row.source}\n${row.facet}`, row]))
  const lastOf = (one: Sighted, facet: Facet) => values.get(keyText(one, facet))
  for (const one of sighted) one.proof = standingProof(one.proof, one, lastOf(one, 'identity')?.proof ?? one.proof)
  const news: Stirred['news'] = new Map()
  const stirred = new Set<string>()
  const from = (one: Sighted) => `${one.device.id}\n${one.source}`
  const isNews = (one: Sighted, facet: Facet) => {
    news.set(keyText(one, facet), { deviceId: one.device.id, source: one.source, facet })
    stirred.add(from(one))
  }
  for (const one of sighted) {
    const late = isLate(one, seenBefore)
    for (const [facet, hash] of one.hashes) {
      const value = lastOf(one, facet)
      // What holds now held at a late report's time only if it has not changed since.
      const isKnown = value?.hash.equals(hash) === true && (late ? value.at <= one.at : value.proof === one.proof)
      if (!isKnown) isNews(one, facet)
    }
    // A new board is compared with the hardware that the source told before.
    if (!late && (one.isNew || (one.uuid === 'new' && newUuid(one) !== null))) isNews(one, 'hardware')
    // Without a facet, a first report still proves something of the device.
    if (settlesFirst(one) || one.device.proof === null) stirred.add(from(one))
  }
  return { changed: sighted.filter((one) => stirred.has(from(one))), news }
}

function firstCheckIn(one: Sighted, act: Act, seenBefore: Map<string, Date>): NewEvent[] {
  if (!settlesFirst(one)) return []
  return [
    {
      kind: 'device.checked_in',
      deviceId: one.device.id,
      occurredAt: one.at,
      actor: act.actor,
      payload: { source: one.source, proof: one.proof, late: isLate(one, seenBefore) },
    },
  ]
}

/** What a batch knows before it looks at its check-ins one by one. */
interface Known {
  values: FacetValues
  news: Stirred['news']
  seenBefore: Map<string, Date>
  /** Ids of people by their e-mail in lower case. */
  people: Map<string, string>
  names: Map<string, Names>
  /** Of the devices that carry something of another. */
  doubts: Doubts
}

async function identityEventsOf(tx: Tx, act: Act, one: Sighted, known: Known): Promise<NewEvent[]> {
  return [...(await noteBoard(tx, act, one, known.values)), ...doubtsOf(act, one, known.doubts)]
}

/** The events of one check-in: a swapped hardware UUID, and each facet that differs from its value at that time. */
async function changesOf(tx: Tx, act: Act, one: Sighted, known: Known): Promise<NewEvent[]> {
  const { values, people } = known
  const late = isLate(one, known.seenBefore)
  const events = late ? [] : await identityEventsOf(tx, act, one, known)
  if (!late) noteNames(one, known.names)
  for (const [name, said] of Object.entries(one.sighting.facets)) {
    const facet = name as Facet
    if (!known.news.has(keyText(one, facet))) continue
    for (const { base, is, isLate } of await comparisons(one, facet, said, late, values)) {
      const change = diff(base, is)
      const isSame = change.added.length === 0 && change.removed.length === 0
      if (!isLate) put(one, facet, is, { values, at: isSame && base !== null ? null : one.at })
      if (isSame) continue
      events.push({
        kind: 'checkin.changed',
        deviceId: one.device.id,
        occurredAt: one.at,
        actor: act.actor,
        payload: {
          facet,
          source: one.source,
          proof: one.proof,
          tokenId: one.tokenId,
          late: isLate,
          ...(one.capped ? { capped: true } : {}),
          first: base === null,
          added: annotate(act, one, change.added, people),
          removed: change.removed,
        },
      })
    }
  }
  return events
}

interface Comparison {
  base: Members | null
  is: Members
  isLate: boolean
}

/** Keeps what a facet is from a report on. */
function put(one: Sighted, facet: Facet, is: Members, { values, at }: { values: FacetValues; at: Date | null }): void {
  values.put(
    { deviceId: one.device.id, source: one.source, facet },
    { members: is, hash: one.hashes.get(facet)!, private: one.sighting.private[facet] ?? null, at, proof: one.proof },
  )
}

/**
 * What a report is compared with. On time: the current value, which it moves. Late: the value at its own time, which
 * stays; but members that nothing newer has spoken of (a full report overtaken by a heartbeat) move it all the same.
 */
async function comparisons(
  one: Sighted,
  facet: Facet,
  said: Members,
  late: boolean,
  values: FacetValues,
): Promise<Comparison[]> {
  const key = { deviceId: one.device.id, source: one.source, facet }
  const current = values.current(key)
  if (!late && values.isLast(key, { hash: one.hashes.get(facet)!, proof: one.proof })) return []
  if (!late) return [{ base: current, is: merge(current, said), isLate: false }]
  const { known, repeated } = await values.valueAt({ ...key, at: one.at })
  if (repeated) return []
  const isSpokenOf = (member: string) => current !== null && member in current
  const unspoken = Object.fromEntries(Object.entries(said).filter(([member]) => !isSpokenOf(member)))
  const spoken = Object.fromEntries(Object.entries(said).filter(([member]) => isSpokenOf(member)))
  const found: Comparison[] = []
  if (Object.keys(unspoken).length > 0) found.push({ base: current, is: merge(current, unspoken), isLate: false })
  if (Object.keys(spoken).length > 0) found.push({ base: known, is: merge(known, spoken), isLate: true })
  return found
}

/** Notes of ours on what is new: where an address seems to be, whom an e-mail belongs to. They are facts of this moment. */
function annotate(act: Act, one: Sighted, added: Item[], people: Map<string, string>): Item[] {
  return added.map((item) => {
    if (item.member === 'publicIp') return { ...item, place: act.world.places.locateIp(String(item.value)) }
    if (item.member !== 'userEmail') return item
    return { ...item, personId: people.get(one.checkIn.user?.email?.toLowerCase() ?? '') ?? null }
  })
}

async function peopleByEmail(tx: Tx, sighted: Sighted[]): Promise<Map<string, string>> {
  const emails = [...new Set(sighted.flatMap((one) => one.checkIn.user?.email?.toLowerCase() ?? []))]
  if (emails.length === 0) return new Map()
  const rows = await tx
    .selectFrom('people')
    .select(['id', (eb) => eb.fn<string>('lower', ['email']).as('email')])
    .where((eb) => eb(eb.fn('lower', ['email']), '=', eb.fn.any(eb.val(emails))))
    .where('withdrawn_at', 'is', null)
    .execute()
  return new Map(rows.map((row) => [row.email, row.id]))
}
