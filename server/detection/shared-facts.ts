// What a laptop and its person have in common with others, as of one number: purely from its facts and the others' links.
import { DAY, plus } from '../lib/time.ts'
import type { Facts } from './facts.ts'
import { CROWDED, type LinkRow, type SharedRows } from './link-rows.ts'
import { deviceLinks } from './links.ts'
import type { AddressFact, DeclarationFact, LinkKind, NetworkFact, SharedFact, SharedWith } from './rule.ts'
import { latest } from './spans.ts'

/** What stands of the laptop at that number. */
export interface Standing {
  seq: number
  now: Date
  events: Facts['events']
  personId: string
  /** Since when the laptop is with its person, and whether a parcel brought it; null while it is in the house. */
  inHand: { from: Date; byParcel: boolean } | null
  addresses: AddressFact[]
  networks: NetworkFact[]
  declarations: DeclarationFact[]
}

/** So long back it counts where a laptop was besides. A start, as DESIGN 8 has it for the exceptional finding. */
const BESIDES_DAYS = 7

/** Every value that others have too, or that too many have; by kind, then by the key. */
export function sharedFacts(rows: SharedRows, standing: Standing): SharedFact[] {
  const byKey = Map.groupBy(rows.links, keyOf)
  const mine = rows.links.filter((row) => row.personId === standing.personId && row.deviceId === null)
  const own = ownValues(
    mine.flatMap((row) => asOf(row, standing)),
    standing,
  )
  let known: Around | undefined
  const around = () => (known ??= aroundOf(rows, standing))
  return [...own.values()]
    .flatMap((value): SharedFact[] => {
      const all = byKey.get(keyOf({ kind: value.kind, value: value.key })) ?? []
      const many = peopleOf(all, standing)
      // An office has hundreds: what is crowded by its people alone need not be looked at one by one.
      if (many > CROWDED) return [{ ...value, crowded: true, people: many, others: [] }]
      const holders = all.flatMap((row) => asOf(row, standing))
      const others = [...Map.groupBy(holders, (row) => row.personId)].filter(([id]) => id !== standing.personId)
      if (others.length === 0) return []
      const devices = new Set(holders.flatMap((row) => row.deviceId ?? []))
      const crowded = others.length >= CROWDED || devices.size > CROWDED
      const withOthers = crowded ? [] : others.map(([id, theirs]) => sharedWith(id, theirs, value, standing, around()))
      return [
        {
          ...value,
          crowded,
          people: others.length + 1,
          others: withOthers.sort((a, b) => a.from.getTime() - b.from.getTime() || (a.personId < b.personId ? -1 : 1)),
        },
      ]
    })
    .sort((a, b) => (keyOf({ kind: a.kind, value: a.key }) < keyOf({ kind: b.kind, value: b.key }) ? -1 : 1))
}

/** How many people have it or had it, as of that number. */
function peopleOf(rows: LinkRow[], { seq, now }: Standing): number {
  const people = new Set<string>()
  for (const row of rows) if (row.fromSeq <= seq && row.from <= now) people.add(row.personId)
  return people.size
}

type Own = Omit<SharedFact, 'crowded' | 'people' | 'others'>

const keyOf = ({ kind, value }: { kind: LinkKind; value: string }) => `${kind}\n${value}`

/** A row as that number had it; none where it was not known yet, or was taken back by then. */
function asOf(row: LinkRow, { seq, now }: Standing): LinkRow[] {
  if (row.fromSeq > seq || row.from > now) return []
  const isOver = row.toSeq !== null && row.toSeq <= seq && row.to !== null && row.to <= now
  if (!isOver) return [{ ...row, to: null, toSeq: null }]
  return row.to !== null && row.to < row.from ? [] : [row]
}

// ── Their own ──────────────────────────────────────────────────────────────────────────────────────────────

function ownValues(mine: LinkRow[], standing: Standing): Map<string, Own> {
  const own = new Map<string, Own>()
  const add = (one: Pick<Own, 'kind' | 'key'> & Partial<Own>, span: Own['spans'][number]) => {
    const id = keyOf({ kind: one.kind, value: one.key })
    const was = own.get(id)
    const rest = { declared: false, isPublicPlace: false, use: null, approved: false, ...one }
    own.set(
      id,
      was
        ? { ...was, approved: was.approved || rest.approved, spans: [...was.spans, span] }
        : { ...rest, spans: [span] },
    )
  }
  for (const { kind, value, from, to, fromSeq } of linksInHand(standing))
    add({ kind, key: value, declared: isDeclared(standing, kind, value, from, to) }, { seq: fromSeq, from, to })
  for (const address of addressesOf(standing)) {
    const { doorKey, buildingKey, approved, seq, validFrom: from, kind } = address
    const use = address.use === 'home' ? ('home' as const) : ('ship to' as const)
    const one = { use, approved, declared: kind === 'office', isPublicPlace: !['home', 'unknown'].includes(kind) }
    const span = { seq, from, to: leftAt(standing, address) }
    if (doorKey !== null) add({ kind: 'door', key: doorKey, ...one }, span)
    if (buildingKey === null) continue
    add({ kind: 'building', key: buildingKey, ...one }, span)
    const isCode = mine.some((row) => row.kind === 'unit code' && row.value === buildingKey)
    if (isCode || address.customerCode) add({ kind: 'unit code', key: buildingKey, ...one }, span)
  }
  for (const { kind, value, fromSeq: seq, from, to } of mine)
    if (kind === 'phone') add({ kind, key: value }, { seq, from, to })
  return own
}

/** What the laptop showed while it was with its person. What it showed before it was sent is the bench's. */
function linksInHand({ events, inHand }: Pick<Standing, 'events' | 'inHand'>) {
  if (inHand === null) return []
  const { from: since, byParcel } = inHand
  return deviceLinks(events).flatMap((link) => {
    if (link.from >= since) return [link]
    return byParcel || (link.to !== null && link.to < since) ? [] : [{ ...link, from: since }]
  })
}

const addressesOf = ({ addresses }: Standing) =>
  addresses.filter((address) => address.use !== 'identity' && !address.refused)

/** Who has another home has left this one; where a parcel went stays true. */
function leftAt({ addresses }: Standing, address: AddressFact): Date | null {
  if (address.use !== 'home') return null
  const next = addresses.find((one) => one.use === 'home' && !one.refused && one.seq > address.seq)
  return next === undefined ? null : (latest([next.validFrom, address.validFrom]) ?? null)
}

/** The company said that the network is its own: by its range, also where that was said later. */
function isDeclared({ networks }: Standing, kind: LinkKind, value: string, from: Date, to: Date | null): boolean {
  const ours = networks.filter((one) => one.place?.network === 'ours')
  if (kind === 'network') return ours.some((one) => one.publicIp === value)
  if (kind === 'peripheral' || ours.length === 0) return false
  const before = networks.findLast((one) => one.at <= from)
  return ours.some((one) => one === before || (one.at >= from && (to === null || one.at <= to)))
}

// ── The others ─────────────────────────────────────────────────────────────────────────────────────────────

/** What is known around the sharing, as of the number. */
interface Around {
  /** Where each laptop was, its own under ''. */
  networksOf: Map<string, LinkRow[]>
  addressesOf: Map<string, SharedRows['addresses']>
  toolsOf: Map<string, SharedRows['tools']>
  confirmedOf: Map<string, SharedRows['confirmed']>
}

function aroundOf(rows: SharedRows, standing: Standing): Around {
  const { seq, now, personId } = standing
  const own = linksInHand(standing).flatMap((link): LinkRow[] =>
    link.kind === 'peripheral' ? [] : [{ ...link, deviceId: '', personId, use: null }],
  )
  const known = rows.networks.flatMap((row) => asOf(row, standing))
  return {
    networksOf: Map.groupBy([...own, ...known], (row) => row.deviceId ?? ''),
    addressesOf: Map.groupBy(
      rows.addresses.filter((one) => one.since <= now),
      (one) => one.personId,
    ),
    toolsOf: Map.groupBy(
      rows.tools.filter((one) => one.seq <= seq && one.at <= now),
      (one) => one.personId,
    ),
    confirmedOf: Map.groupBy(
      rows.confirmed.filter((one) => one.seq <= seq && one.at <= now),
      (one) => one.personId,
    ),
  }
}

function sharedWith(personId: string, rows: LinkRow[], own: Own, standing: Standing, around: Around): SharedWith {
  const { now, declarations } = standing
  const deviceIds = [...new Set(rows.flatMap((row) => row.deviceId ?? []))].sort()
  const theirs = around.addressesOf.get(personId) ?? []
  const isApproved = ({ doorKey, buildingKey, approvedAt }: (typeof theirs)[number]) =>
    approvedAt !== null && approvedAt <= now && (own.kind === 'door' ? doorKey : buildingKey) === own.key
  const use = rows.some((row) => row.use === 'home')
    ? 'home'
    : rows.some((row) => row.use === 'ship_to')
      ? 'ship to'
      : null
  return {
    personId,
    deviceIds,
    seqs: [...new Set(rows.map((row) => row.fromSeq))].sort((a, b) => a - b),
    from: new Date(Math.min(...rows.map((row) => row.from.getTime()))),
    to: rows.some((row) => row.to === null) ? null : latest(rows.flatMap((row) => row.to ?? [])),
    together: overlapOf(own.spans, rows),
    household: declarations.some(
      (one) =>
        one.kind === 'household' &&
        (one.personId === personId || one.otherPersonId === personId) &&
        one.from <= now &&
        now <= one.to,
    ),
    homes: homesOf(standing, theirs),
    buildings: [...new Set(theirs.flatMap((one) => one.buildingKey ?? []))].sort(),
    use,
    approved: use !== null && theirs.some(isApproved),
    besides: besidesOf(deviceIds, around, now),
    tools: [...new Set(around.toolsOf.get(personId)?.map((one) => one.toolId))].sort(),
    confirmed: newestOf(personId, standing.personId, around),
  }
}

/** What was decided of both with one case is no news of one to the other. */
function newestOf(personId: string, own: string, { confirmedOf }: Around): SharedWith['confirmed'] {
  const together = new Set((confirmedOf.get(own) ?? []).map((one) => one.caseId))
  const decided = (confirmedOf.get(personId) ?? []).filter((one) => !together.has(one.caseId))
  const newest = decided.toSorted((a, b) => a.seq - b.seq).at(-1)
  return newest === undefined ? null : { seq: newest.seq, at: newest.at, outcome: newest.outcome }
}

/** From the first moment that both had it to the last. */
function overlapOf(
  own: { from: Date; to: Date | null }[],
  rows: { from: Date; to: Date | null }[],
): SharedWith['together'] {
  const both = own.flatMap((mine) =>
    rows.flatMap((row) => {
      const from = mine.from > row.from ? mine.from : row.from
      const ends = [mine.to, row.to].filter((at) => at !== null)
      const to = ends.length === 0 ? null : new Date(Math.min(...ends.map((at) => at.getTime())))
      return to !== null && to < from ? [] : [{ from, to }]
    }),
  )
  if (both.length === 0) return null
  const from = new Date(Math.min(...both.map((one) => one.from.getTime())))
  return { from, to: both.some((one) => one.to === null) ? null : latest(both.flatMap((one) => one.to ?? [])) }
}

function homesOf({ addresses, now }: Standing, theirs: SharedRows['addresses']): SharedWith['homes'] {
  const own = addresses.filter((one) => !one.refused && (one.use === 'home' || (one.use === 'ship_to' && one.approved)))
  const others = theirs.filter((one) => one.since <= now)
  const meets = (key: 'doorKey' | 'buildingKey') =>
    own.some((mine) => mine[key] !== null && others.some((one) => one[key] === mine[key]))
  if (meets('doorKey')) return 'door'
  if (meets('buildingKey')) return 'building'
  const isKnown = own.some((one) => one.buildingKey !== null) && others.some((one) => one.buildingKey !== null)
  return isKnown ? 'elsewhere' : 'cannot tell'
}

/**
 * Where either laptop was that the other never was: by gateways where both tell them, since a home has one of them and
 * several access points and, over time, many addresses.
 */
function besidesOf(deviceIds: string[], { networksOf }: Around, now: Date): SharedWith['besides'] {
  const mine = networksOf.get('') ?? []
  const theirs = deviceIds.map((id) => networksOf.get(id) ?? [])
  if (mine.length === 0 || theirs.length === 0 || theirs.some((rows) => rows.length === 0)) return 'cannot tell'
  const recent = plus(now, -BESIDES_DAYS * DAY)
  const kind = (['gateway', 'network', 'access point'] as const).find((one) =>
    [mine, ...theirs].every((rows) => rows.some((row) => row.kind === one)),
  )
  if (kind === undefined) return 'cannot tell'
  const of = (rows: LinkRow[]) => rows.filter((row) => row.kind === kind)
  const elsewhere = theirs.flatMap((rows) => [...without(of(mine), of(rows)), ...without(of(rows), of(mine))])
  if (elsewhere.length === 0) return 'never'
  return elsewhere.some((row) => row.to === null || row.to >= recent) ? 'somewhere' : 'not of late'
}

const without = (rows: LinkRow[], others: LinkRow[]) => {
  const known = new Set(others.map((row) => row.value))
  return rows.filter((row) => !known.has(row.value))
}
