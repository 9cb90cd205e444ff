// Declarations: what the company vouches for, with reason, owner and end.
import { faultOfPlace, placedKinds, readDeclaredPlace } from '../addresses/declared-place.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Saved } from '../custody/saved.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, faultOf } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { parseRange, sizeOf } from '../lib/ip.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import { nameEventsOf } from '../shipping/name-checks.ts'
import { findPersonByEmail } from './people.ts'

export const declarationKinds = [
  'household',
  'travel',
  'second_home',
  'office',
  'network_exit',
  'tool',
  'repair',
  'migration',
  'delegate',
] as const
export type DeclarationKind = (typeof declarationKinds)[number]

/** What silences ends by itself: at most so many days. Source: DESIGN 8, "Quiet by construction". */
export const DECLARATION_DAYS_MAX = 180

export interface DeclarationInput {
  kind: DeclarationKind
  /** Null: everybody. */
  personEmail: string | null
  otherEmail: string | null
  value: string | null
  startsOn: string
  /** Null: as long as it may last. */
  endsOn: string | null
  reason: string | null
}

const needsValue: DeclarationKind[] = ['office', 'network_exit', 'tool', 'second_home']

/** Declares something; the same again is unchanged. */
export async function saveDeclaration(tx: Tx, act: Act, input: DeclarationInput): Promise<Saved> {
  if (needsValue.includes(input.kind) && !input.value)
    throw faultOf('value', `is needed for a declaration of kind ${input.kind}`)
  if (input.kind === 'network_exit') refuseRange(input.value ?? '')
  if (input.kind === 'household' && (!input.personEmail || !input.otherEmail))
    throw faultOf('other_email', 'and person_email are both needed for a household')
  if (input.endsOn !== null && input.endsOn < input.startsOn) throw faultOf('ends_on', 'is before starts_on')
  const longest = dayOf(plus(new Date(`${input.startsOn}T00:00:00Z`), DECLARATION_DAYS_MAX * DAY))
  if (input.endsOn !== null && input.endsOn > longest)
    throw faultOf(
      'ends_on',
      `is more than ${DECLARATION_DAYS_MAX} days after starts_on: declare it anew when it is over`,
    )
  const endsOn = input.endsOn ?? longest
  const personId = await personOf(tx, 'person_email', input.personEmail)
  const otherPersonId = await personOf(tx, 'other_email', input.otherEmail)
  const same = await tx
    .selectFrom('declarations')
    .select('id')
    .where('kind', '=', input.kind)
    .where('person_id', 'is not distinct from', personId)
    .where('other_person_id', 'is not distinct from', otherPersonId)
    .where('value', 'is not distinct from', input.value)
    .where('starts_on', '=', input.startsOn)
    .where('ends_on', '=', endsOn)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  if (same) return { result: 'unchanged', entity: 'declaration', id: same.id, changes: [], before: null, events: [] }
  const id = newId('dcl')
  const isPlaced = placedKinds.includes(input.kind) && input.value !== null
  const place = isPlaced ? readDeclaredPlace(input.value ?? '', act.world.places) : null
  await tx
    .insertInto('declarations')
    .values({
      id,
      kind: input.kind,
      person_id: personId,
      other_person_id: otherPersonId,
      value: input.value,
      starts_on: input.startsOn,
      ends_on: endsOn,
      reason: input.reason,
      author: JSON.stringify(act.actor),
      made_at: act.now,
      place: place === null ? null : JSON.stringify(place),
    })
    .execute()
  const event: NewEvent = {
    kind: 'declaration.made',
    personId,
    occurredAt: act.now,
    actor: act.actor,
    payload: {
      declarationId: id,
      kind: input.kind,
      personId,
      otherPersonId,
      startsOn: input.startsOn,
      endsOn,
    },
  }
  return {
    result: 'created',
    entity: 'declaration',
    id,
    changes: [
      { field: input.kind, from: null, to: input.value ?? 'declared' },
      ...(isPlaced && faultOfPlace(input.kind, input.value ?? '', act.world.places) !== null
        ? [{ field: 'place', from: null, to: 'not read: no address is taken for it' }]
        : []),
    ],
    before: null,
    events: [event, ...(await receivingEvents(tx, act, input.kind, [personId, otherPersonId]))],
  }
}

/** At most so many addresses are one exit: a /16 of IPv4, a /32 of IPv6. What is wider would silence half the internet. */
const EXIT_MAX = { 4: 2n ** 16n, 6: 2n ** 96n }

/** Throws 'invalid' unless it is a network range, and a narrow one. */
export function refuseRange(value: string): void {
  const range = parseRange(value)
  if (range === null) throw faultOf('value', 'must be a network range such as 203.0.113.0/24, or one address')
  if (sizeOf(range) > EXIT_MAX[range.version])
    throw faultOf('value', 'is wider than a /16 (IPv6: a /32): declare the ranges that are yours, one a line')
}

/** Throws 'invalid' where an office or a second home is declared by a line that names no place. Files may bring such lines. */
export function refuseUnplaced(act: Act, { kind, value }: { kind: string; value: string | null }): void {
  const fault = value === null ? null : faultOfPlace(kind, value, act.world.places)
  if (fault !== null) throw faultOf('value', fault)
}

/** Who shares a household or is a delegate may sign for the other: what came for them is read in that light. */
async function receivingEvents(tx: Tx, act: Act, kind: string, personIds: (string | null)[]): Promise<NewEvent[]> {
  return kind === 'household' || kind === 'delegate' ? nameEventsOf(tx, act, personIds) : []
}

async function personOf(tx: Tx, column: string, email: string | null): Promise<string | null> {
  if (email === null) return null
  const person = await findPersonByEmail(tx, email)
  if (person === undefined) throw faultOf(column, `nobody on file has the e-mail ${email}; import the person first`)
  return person.id
}

/** Ends a declaration from now on; what it silenced is judged again. */
export async function endDeclaration(
  tx: Tx,
  act: Act,
  input: { declarationId: string; reason: string },
): Promise<void> {
  const row = await tx
    .selectFrom('declarations')
    .selectAll()
    .where('id', '=', input.declarationId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such declaration.')
  if (row.ended_at !== null) throw new AppError('conflict', 'This declaration has ended already.')
  await tx.updateTable('declarations').set({ ended_at: act.now }).where('id', '=', row.id).execute()
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'declaration.ended',
      personId: row.person_id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { declarationId: row.id, noteId },
    },
    ...(await receivingEvents(tx, act, row.kind, [row.person_id, row.other_person_id])),
  ])
}
