// What differs between our record of a device and what others tell of it: pure, so that the same facts differ the same way.
import { type Circle, gapKm } from '../lib/geo.ts'
import { DAY } from '../lib/time.ts'
import { proofLevels } from '../ports.ts'
import { isSameBoard } from './identity.ts'
import type { FieldOwner, MismatchField, Side, SideName, Sides } from './mismatches.ts'

/** What one source tells of a device; null where it does not say. */
export interface Told {
  source: string
  proof: string
  lastSeenAt: Date
  hardwareUuid: string | null
  model: string | null
  assetTag: string | null
  /** Whom its user's e-mail belongs to here. */
  personId: string | null
  at: Date
}

export interface PlaceTold {
  city: string | null
  region: string | null
  country: string | null
  circle: Circle | null
  at: Date
  label: string | null
}

/** Our record of a device, and all that is told of it. */
export interface Compared {
  id: string
  assetTag: string | null
  model: string | null
  /** The UUID that we vouched for last: where it was swapped since, the one before. */
  hardwareUuid: string | null
  assigneeId: string | null
  assignedAt: string | null
  /** Whether the assignee should have it: an MDM may name the one before until then. */
  isWithAssignee: boolean
  /** When our record was written last. */
  writtenAt: string | null
  told: Told[]
  home: PlaceTold | null
  delivered: PlaceTold | null
  /** Serial numbers of unknown records that may be this one's, by the source that tells them. */
  serials: { ours: string; theirs: string; source: string; at: Date }[]
}

export interface Difference {
  field: MismatchField
  source: string
  personId: string | null
  sides: Sides
}

export interface Comparison {
  differences: Difference[]
  /** What a source's word is taken over for, since it owns the field. */
  takeOver: { field: 'model' | 'asset_tag'; value: string }[]
}

/** Of a source that was not heard of for so long beside the others, nothing is compared: it was left behind. */
const LEFT_BEHIND_MS = 30 * DAY
/** A source that was heard of within so much of the newest is fresh. */
const FRESH_MS = 7 * DAY

export function compare(one: Compared, owners: Record<MismatchField, FieldOwner>): Comparison {
  const heard = byTrust(one.told)
  // What carries another machine's name speaks for nothing but its board.
  const told = heard.filter((by) => by.proof !== 'doubtful')
  const takeOver = (['model', 'asset_tag'] as const).flatMap((field) => {
    const value = owners[field] === 'mdm' ? taken(one, told, field) : null
    return value === null ? [] : [{ field, value }]
  })
  const after = takeOver.reduce((was, { field, value }) => with_(was, field, value), one)
  return {
    differences: [
      ...told.flatMap((by) => differencesOf(after, by)),
      ...heard.filter((by) => by.proof === 'doubtful').flatMap((by) => boardOfAnother(after, by)),
      ...serials(after),
      ...delivery(after),
    ],
    takeOver,
  }
}

/** The most trusted fresh source first: by what its reports prove, then by which was heard of last. */
function byTrust(told: Told[]): Told[] {
  const newest = Math.max(...told.map((one) => one.lastSeenAt.getTime()))
  const rank = (one: Told) =>
    (newest - one.lastSeenAt.getTime() <= FRESH_MS ? 0 : 100) +
    proofLevels.indexOf(one.proof as (typeof proofLevels)[number])
  return told
    .filter((one) => newest - one.lastSeenAt.getTime() <= LEFT_BEHIND_MS)
    .toSorted((a, b) => rank(a) - rank(b) || b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
}

function taken(one: Compared, told: Told[], field: 'model' | 'asset_tag'): string | null {
  const key = field === 'model' ? 'model' : 'assetTag'
  const first = told.find((by) => by[key] !== null && (one[key] === null || isComparable(field, one[key], by[key])))
  const value = first?.[key] ?? null
  return value !== null && differ(field, one[key], value) ? value : null
}

const with_ = (one: Compared, field: 'model' | 'asset_tag', value: string): Compared =>
  field === 'model' ? { ...one, model: value } : { ...one, assetTag: value }

function differencesOf(one: Compared, by: Told): Difference[] {
  const found: Difference[] = []
  const add = (field: MismatchField, ours: Partial<Side>, theirs: Partial<Side>, personId: string | null = null) =>
    found.push({
      field,
      source: by.source,
      personId,
      sides: {
        ours: { value: null, personId: null, at: one.writtenAt, label: null, ...ours },
        mdm: { value: null, personId: null, at: by.at.toISOString(), label: by.source, ...theirs },
      },
    })
  const plain = [
    ['hardware_uuid', one.hardwareUuid, by.hardwareUuid],
    ['model', one.model, by.model],
    ['asset_tag', one.assetTag, by.assetTag],
  ] as const
  for (const [field, ours, theirs] of plain)
    if (ours !== null && theirs !== null && differ(field, ours, theirs)) add(field, { value: ours }, { value: theirs })
  if (one.isWithAssignee && one.assigneeId !== null && by.personId !== null && by.personId !== one.assigneeId)
    add('user', { personId: one.assigneeId, at: one.assignedAt }, { personId: by.personId }, one.assigneeId)
  return found
}

/** A board that is another record's: ours is the word on whose it is. */
function boardOfAnother(one: Compared, by: Told): Difference[] {
  if (by.hardwareUuid === null || by.hardwareUuid === one.hardwareUuid) return []
  const only = { ...by, model: null, assetTag: null, personId: null }
  return differencesOf({ ...one, hardwareUuid: one.hardwareUuid ?? '' }, only).map((found) => ({
    ...found,
    sides: { ...found.sides, ours: { ...found.sides.ours!, value: one.hardwareUuid } },
  }))
}

const serials = (one: Compared): Difference[] =>
  one.serials.map(({ ours, theirs, source, at }) => ({
    field: 'serial_number',
    source,
    personId: null,
    sides: {
      ours: { value: ours, personId: null, at: one.writtenAt, label: null },
      mdm: { value: theirs, personId: null, at: at.toISOString(), label: source },
    },
  }))

/** Two places differ where they are in two countries, or where the circles that we take for them lie apart. */
function delivery({ home, delivered, assigneeId }: Compared): Difference[] {
  if (home === null || delivered === null) return []
  const isOtherCountry = home.country !== null && delivered.country !== null && home.country !== delivered.country
  const isApart = home.circle !== null && delivered.circle !== null && gapKm(home.circle, delivered.circle) > 0
  if (!isOtherCountry && !isApart) return []
  const side = (place: PlaceTold, name: SideName): Sides => ({
    [name]: {
      value: [place.city, place.region, place.country].filter(Boolean).join(', '),
      personId: null,
      at: place.at.toISOString(),
      label: place.label,
    },
  })
  const sides = { ...side(home, 'hr'), ...side(delivered, 'carrier') }
  return [{ field: 'delivery', source: 'carrier', personId: assigneeId, sides }]
}

// ── Values ─────────────────────────────────────────────────────────────────────────────────────────────────

function differ(field: 'hardware_uuid' | 'model' | 'asset_tag', ours: string | null, theirs: string): boolean {
  if (ours === null) return true
  if (field === 'hardware_uuid') return !isSameBoard(ours, theirs)
  if (field !== 'model') return ours.trim().toLowerCase() !== theirs.trim().toLowerCase()
  if (!isComparable(field, ours, theirs)) return false
  const [a, b] = [squeeze(ours), squeeze(theirs)]
  // "Latitude 5440" and "Dell Inc. Latitude 5440" are one.
  return !a.includes(b) && !b.includes(a)
}

/** A maker's identifier such as `Mac15,6` says nothing against a name such as "MacBook Pro (14-inch)". */
const isComparable = (field: 'model' | 'asset_tag', ours: string, theirs: string) =>
  field !== 'model' || isIdentifier(ours) === isIdentifier(theirs)

const isIdentifier = (model: string) => /^[A-Za-z]+\d+,\d+$/.test(model.trim())
const squeeze = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')

/** More places at which a hand may err than this are not all tried. */
const MISREAD_MAX = 5

const misread: Record<string, string> = { O: '0', 0: 'O', I: '1', 1: 'I' }

/** Serial numbers that this one is for a hand that cannot tell O from 0 and I from 1. */
export function lookAlikes(serial: string): string[] {
  const places = [...serial].flatMap((character, at) => (misread[character] === undefined ? [] : [at]))
  const written = places
    .slice(0, MISREAD_MAX)
    .reduce<string[]>(
      (all, at) => all.concat(all.map((one) => one.slice(0, at) + misread[one[at]!] + one.slice(at + 1))),
      [serial],
    )
  return written.filter((one) => one !== serial)
}
