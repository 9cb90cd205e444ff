// People: employees and contractors, as HR systems and files tell us of them.

import type { Address } from '../addresses/parse.ts'
import { addAddress, currentHome, isSameAddress, markApproved, versionsOf } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote } from '../custody/record.ts'
import { type Change, differences, type Saved } from '../custody/saved.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { nameEventsOf } from '../shipping/name-checks.ts'

/** One person as a source has them: undefined is unchanged, null is cleared. */
export interface PersonInput {
  externalId?: string | null | undefined
  name?: string | null | undefined
  email?: string | null | undefined
  phone?: string | null | undefined
  kind?: 'employee' | 'contractor' | undefined
  managerEmail?: string | null | undefined
  startsOn?: string | null | undefined
  leavesOn?: string | null | undefined
  home?: Address | undefined
  homeApproved?: boolean | undefined
  homeChangedAt?: Date | null | undefined
  identity?: Address | undefined
  notes?: Record<string, string>
  source: string
}

export async function findPersonByEmail(tx: Tx, email: string): Promise<{ id: string } | undefined> {
  return tx
    .selectFrom('people')
    .select('id')
    .where((eb) => eb(eb.fn('lower', ['email']), '=', email.toLowerCase()))
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
}

async function findPerson(tx: Tx, input: PersonInput) {
  const people = tx.selectFrom('people').selectAll().where('withdrawn_at', 'is', null).forUpdate()
  const email = input.email?.toLowerCase()
  const byId = input.externalId
    ? await people.where('external_id', '=', input.externalId).executeTakeFirst()
    : undefined
  const byEmail = email
    ? await people.where((eb) => eb(eb.fn('lower', ['email']), '=', email)).executeTakeFirst()
    : undefined
  const isAnothers =
    byEmail !== undefined && (byId ? byId.id !== byEmail.id : input.externalId && byEmail.external_id !== null)
  if (isAnothers)
    throw new AppError('invalid', 'The e-mail belongs to somebody else.', [
      { path: 'email', problem: 'belongs to another person on file' },
    ])
  return byId ?? byEmail
}

const isEmpty = (address: Address) => Object.values(address).every((part) => part.trim() === '')

/**
 * Creates or updates one person. Another home address than the current one becomes a new version; the old one stays.
 * An address that is all empty is no address: it never takes away the last one known.
 */
export async function savePerson(tx: Tx, act: Act, input: PersonInput): Promise<Saved> {
  const row = await findPerson(tx, input)
  const next = {
    external_id: input.externalId,
    name: input.name,
    email: input.email,
    phone: input.phone,
    kind: input.kind,
    manager_email: input.managerEmail,
    starts_on: input.startsOn,
    leaves_on: input.leavesOn,
    notes: input.notes && Object.keys(input.notes).length > 0 ? input.notes : undefined,
  }
  if (row?.erased_at)
    throw new AppError('invalid', 'This person was erased.', [
      { path: 'external_id', problem: 'was erased here; remove the line' },
    ])
  if (row === undefined && !input.name)
    throw new AppError('invalid', 'A new person needs a name.', [
      { path: 'name', problem: 'is needed for a new person' },
    ])
  const id = row?.id ?? newId('per')
  const events: NewEvent[] = []
  const changes: Change[] = differences(row ?? {}, next)
  const set = Object.fromEntries(
    changes.map((change) => [change.field, change.field === 'notes' ? JSON.stringify(change.to) : change.to]),
  )
  if (row === undefined) {
    await tx
      .insertInto('people')
      .values({ ...set, id, created_at: act.now } as never)
      .execute()
    events.push({
      kind: 'person.registered',
      personId: id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { externalId: input.externalId ?? null },
    })
  } else if (changes.length > 0) {
    await tx.updateTable('people').set(set).where('id', '=', id).execute()
    events.push({
      kind: 'person.changed',
      personId: id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { fields: changes.map((change) => change.field) },
    })
  }
  if (row !== undefined && changes.some((change) => change.field === 'name'))
    events.push(...(await nameEventsOf(tx, act, [id])))
  const moved = await saveAddresses(tx, act, id, input)
  events.push(...moved.events)
  changes.push(...moved.changes)
  const addedAddresses = moved.events.flatMap((event) =>
    event.kind === 'address.added' ? [event.payload.addressId] : [],
  )
  const columns = changes.filter((change) => change.field in next).map((change) => [change.field, change.from])
  const before =
    row === undefined
      ? null
      : { ...Object.fromEntries(columns), ...(addedAddresses.length > 0 ? { addedAddresses } : {}) }
  const result = row === undefined ? 'created' : changes.length > 0 ? 'updated' : 'unchanged'
  return { result, entity: 'person', id, changes, before, events }
}

async function saveAddresses(
  tx: Tx,
  act: Act,
  personId: string,
  input: PersonInput,
): Promise<{ changes: Change[]; events: NewEvent[] }> {
  const changes: Change[] = []
  const events: NewEvent[] = []
  if (input.home === undefined && input.identity === undefined) return { changes, events }
  const versions = await versionsOf(tx, personId)
  const oneLine = (address: Address) =>
    [address.line1, address.line2, address.city, address.region, address.postalCode, address.country]
      .filter(Boolean)
      .join(', ')
  if (input.home && !isEmpty(input.home)) {
    const current = currentHome(versions)
    if (current === undefined || !isSameAddress(current, input.home)) {
      const known = input.homeChangedAt ?? null
      const changedAt = known ?? (current === undefined ? null : act.now)
      const added = await addAddress(tx, act, {
        personId,
        use: 'home',
        address: input.home,
        source: input.source,
        approved: input.homeApproved ?? false,
        validFrom: changedAt ?? act.now,
        changedAt,
        replaces: current?.id ?? null,
      })
      events.push(added.event)
      const home = input.home
      const earlier = versions.find(
        (one) =>
          one.use !== 'identity' && one.approved_at === null && one.refused_at === null && isSameAddress(one, home),
      )
      if (input.homeApproved && earlier)
        events.push(
          ...(await markApproved(tx, act, earlier, await keepNote(tx, act.now, `Verified by ${input.source}`))),
        )
      changes.push({ field: 'address', from: current ? 'the address on file' : null, to: oneLine(input.home) })
    } else if (input.homeApproved && current.approved_at === null) {
      events.push(...(await markApproved(tx, act, current, await keepNote(tx, act.now, `Verified by ${input.source}`))))
      changes.push({ field: 'address_verified', from: 'no', to: 'yes' })
    }
  }
  const identity = input.identity
  if (
    identity &&
    !isEmpty(identity) &&
    !versions.some((version) => version.use === 'identity' && isSameAddress(version, identity))
  ) {
    const added = await addAddress(tx, act, {
      personId,
      use: 'identity',
      address: identity,
      source: input.source,
      approved: false,
      validFrom: act.now,
      changedAt: null,
      replaces: null,
    })
    events.push(added.event)
    changes.push({ field: 'identity_address', from: null, to: oneLine(identity) })
  }
  return { changes, events }
}
