// Erasing a person: every place that holds who they are, listed here; the ledger keeps that somebody was there.
import { sql } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { actorSchema } from '../custody/events.ts'
import { erasePayloads } from '../custody/ledger.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

/**
 * Erases a person, as a second person to whoever edited them. Names, e-mail, phone, streets and free text go; ids,
 * cities, times and readings stay, so that the chain of custody still reads.
 */
export async function erasePerson(tx: Tx, act: Act, input: { personId: string; reason: string }): Promise<void> {
  const person = await tx
    .selectFrom('people')
    .selectAll()
    .where('id', '=', input.personId)
    .forUpdate()
    .executeTakeFirst()
  if (person === undefined) throw new AppError('not_found', 'There is no such person.')
  if (person.erased_at !== null) throw new AppError('conflict', 'This person is erased already.')
  const edits = await tx
    .selectFrom('ledger')
    .select(['actor', 'recorded_at'])
    .where('person_id', '=', person.id)
    .where('kind', 'in', ['person.registered', 'person.changed', 'address.added'])
    .orderBy('seq', 'desc')
    .execute()
  if (act.actor.type === 'user')
    await requireSecondPerson(tx, act, {
      involved: edits.map((edit) => actorSchema.parse(edit.actor)),
      since: edits[0]?.recorded_at ?? person.created_at,
    })
  const addresses = await tx
    .selectFrom('address_versions')
    .select(['line1', 'line2'])
    .where('person_id', '=', person.id)
    .execute()
  const words = [
    person.name,
    person.email,
    person.phone,
    ...addresses.flatMap((address) => [address.line1, address.line2]),
  ].filter((word): word is string => word !== null && word.trim().length >= 3)
  await eraseColumns(tx, act, person.id)
  await eraseText(tx, words, person)
  await erasePayloads(tx, act.now, {
    seqs: await payloadsNaming(tx, words),
    actor: act.actor,
    reason: input.reason,
    personId: person.id,
  })
  await record(tx, act.now, [
    {
      kind: 'person.erased',
      personId: person.id,
      occurredAt: act.now,
      actor: act.actor,
      payload: { reason: input.reason },
    },
  ])
}

async function eraseColumns(tx: Tx, act: Act, personId: string): Promise<void> {
  await tx
    .updateTable('people')
    .set({
      name: null,
      email: null,
      phone: null,
      manager_email: null,
      external_id: null,
      notes: '{}',
      erased_at: act.now,
    })
    .where('id', '=', personId)
    .execute()
  await tx
    .updateTable('address_versions')
    .set({ line1: null, line2: null, postal_code: null, door_key: null, building_key: null })
    .where('person_id', '=', personId)
    .execute()
  const shipments = tx.selectFrom('shipments').select('id').where('person_id', '=', personId)
  await tx
    .updateTable('scans')
    .set({ message: null, postal_code: null })
    .where('shipment_id', 'in', shipments)
    .execute()
  await tx
    .updateTable('shipments')
    .set({ addressee: null, signed_by: null, notes: '{}' })
    .where('person_id', '=', personId)
    .execute()
  await tx
    .updateTable('declarations')
    .set({ value: null, reason: null })
    .where((eb) => eb.or([eb('person_id', '=', personId), eb('other_person_id', '=', personId)]))
    .execute()
  const devices = tx
    .selectFrom('devices')
    .select('id')
    .where((eb) => eb.or([eb('assignee_id', '=', personId), eb('holder_id', '=', personId)]))
  await tx.updateTable('facets').set({ private: null }).where('device_id', 'in', devices).execute()
  await tx.updateTable('devices').set({ hostname: null }).where('id', 'in', devices).execute()
  await tx.updateTable('import_changes').set({ before: null }).where('entity_id', 'in', [personId]).execute()
}

const like = (word: string) => `%${word.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`

/** Free text and kept bytes that name them, wherever they are: notes, import rejections, kept deliveries, private facets. */
async function eraseText(tx: Tx, words: string[], person: { id: string; email: string | null }): Promise<void> {
  for (const word of words) {
    await sql`update notes set text = '[erased]' where lower(text) like ${like(word)}`.execute(tx)
    await sql`update imports set rejected = '[]' where lower(rejected::text) like ${like(word)}`.execute(tx)
    await sql`update import_changes set before = null where lower(before::text) like ${like(word)}`.execute(tx)
    await sql`update facets set private = null where lower(private::text) like ${like(word)}`.execute(tx)
    await sql`update devices set hostname = null where lower(hostname) like ${like(word)}`.execute(tx)
    await sql`update devices set notes = '{}' where lower(notes::text) like ${like(word)}`.execute(tx)
    await sql`update shipments set notes = '{}', addressee = null, signed_by = null where lower(concat_ws(' ', notes::text, addressee, signed_by)) like ${like(word)}`.execute(
      tx,
    )
    await sql`update scans set message = null where lower(message) like ${like(word)}`.execute(tx)
    await sql`update people set notes = '{}' where lower(notes::text) like ${like(word)}`.execute(tx)
    await sql`update declarations set value = null, reason = null where lower(concat_ws(' ', value, reason)) like ${like(word)}`.execute(
      tx,
    )
    await sql`update outbox_attempts set answer = '' where lower(answer) like ${like(word)}`.execute(tx)
    await sql`update inbox set body = null, status = 'failed', next_attempt_at = null, reason = 'its bytes were erased with a person'
      where body is not null and position(convert_to(lower(${word}), 'UTF8') in convert_to(lower(encode(body, 'escape')), 'UTF8')) > 0`.execute(
      tx,
    )
  }
  if (person.email)
    await tx.updateTable('people').set({ manager_email: null }).where('manager_email', '=', person.email).execute()
}

/** Payloads should name nobody; one that does all the same (a path, a program's name) goes too. */
async function payloadsNaming(tx: Tx, words: string[]): Promise<number[]> {
  if (words.length === 0) return []
  const rows = await sql<{
    seq: number
  }>`select seq from ledger where payload is not null and lower(payload::text) like any (${words.map(like)}::text[])`.execute(
    tx,
  )
  return rows.rows.map((row) => row.seq)
}
