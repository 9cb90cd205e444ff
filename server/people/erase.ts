// Erasing a person: every place that holds who they are, listed here; the ledger keeps that somebody was there.
import { type Selectable, sql } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { actorSchema } from '../custody/events.ts'
import { erasePayloads } from '../custody/ledger.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import type { PeopleTable } from '../lib/tables.ts'

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
  const streets = await tx.selectFrom('address_versions').select('line1').where('person_id', '=', person.id).execute()
  const naming = namingOf([person.name, person.email, person.phone, ...streets.map((address) => address.line1)])
  if (naming?.test(input.reason))
    throw new AppError('invalid', 'The reason stays on record, so it must not name the person.', [
      { path: 'reason', problem: 'stays on record: say why without naming the person' },
    ])
  await eraseColumns(tx, act, person)
  if (naming) await eraseText(tx, naming)
  await erasePayloads(tx, act.now, {
    seqs: await payloadsOf(tx, person.id, naming),
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

type Erased = Selectable<PeopleTable>

async function eraseColumns(tx: Tx, act: Act, person: Erased): Promise<void> {
  const parcels = tx.selectFrom('shipments').select('id').where('person_id', '=', person.id)
  const nobody = { name: null, email: null, phone: null, manager_email: null, external_id: null, notes: '{}' }
  await tx
    .updateTable('people')
    .set({ ...nobody, erased_at: act.now })
    .where('id', '=', person.id)
    .execute()
  await tx
    .updateTable('address_versions')
    .set({
      ...{ line1: null, line2: null, postal_code: null, verification: null },
      ...{ door_key: null, building_key: null, linked_door_key: null, linked_building_key: null, site_hints: null },
    })
    .where('person_id', '=', person.id)
    .execute()
  await forgetLinks(tx, person.id)
  await tx.updateTable('scans').set({ message: null, postal_code: null }).where('shipment_id', 'in', parcels).execute()
  await tx
    .updateTable('shipments')
    .set({ addressee: null, signed_by: null, notes: '{}' })
    .where('person_id', '=', person.id)
    .execute()
  await tx.updateTable('labels').set({ label_url: null }).where('shipment_id', 'in', parcels).execute()
  await tx
    .updateTable('handovers')
    .set({ signed_name: null, signature: null, signed_from: null })
    .where('person_id', '=', person.id)
    .execute()
  await tx
    .updateTable('declarations')
    .set({ value: null, reason: null, place: null })
    .where((eb) => eb.or([eb('person_id', '=', person.id), eb('other_person_id', '=', person.id)]))
    .execute()
  await tx
    .updateTable('import_changes')
    .set({ before: null })
    .where((eb) => eb.or([eb('entity_id', '=', person.id), eb('entity_id', 'in', parcels)]))
    .execute()
  await eraseDevices(tx, person.id)
  if (person.email) {
    const email = person.email.toLowerCase()
    await sql`update people set manager_email = null where lower(manager_email) = ${email}`.execute(tx)
    await sql`update shipments set pending_email = null where lower(pending_email) = ${email}`.execute(tx)
  }
  if (person.external_id) {
    const told = `"externalId":${JSON.stringify(person.external_id)}`
    await sql`update outbox set body = replace(body, ${told}, '"externalId":null') where strpos(body, ${told}) > 0`.execute(
      tx,
    )
  }
}

/** Doors, buildings and the phone by which they were tied to others; of a site what nobody else shows any more. */
async function forgetLinks(tx: Tx, personId: string): Promise<void> {
  await sql`
    with gone as (delete from links where person_id = ${personId} and device_id is null returning kind, value)
    delete from site_values sv using gone where sv.kind = gone.kind and sv.value = gone.value and not exists (
      select from links l where l.kind = gone.kind and l.value = gone.value and l.person_id <> ${personId})`.execute(tx)
}

/** Names that devices told: those the person has, and those they had and nobody was given since. */
async function eraseDevices(tx: Tx, personId: string): Promise<void> {
  const rows = await sql<{ id: string }>`
    select id from devices where assignee_id = ${personId} or holder_id = ${personId}
    union select d.id from devices d
      join shipment_devices sd on sd.device_id = d.id join shipments s on s.id = sd.shipment_id
      where s.person_id = ${personId} and d.assignee_id is null`.execute(tx)
  const ids = rows.rows.map((row) => row.id)
  if (ids.length === 0) return
  await tx.updateTable('facets').set({ private: null }).where('device_id', 'in', ids).execute()
  await tx.updateTable('devices').set({ hostname: null }).where('id', 'in', ids).execute()
}

// ── Text that names them ───────────────────────────────────────────────────────────────────────────────────

/** Finds who somebody is in free text: here, and in the words of PostgreSQL's regular expressions. */
interface Naming {
  test(text: string): boolean
  pattern: string
}

/** Whole words only, so that erasing an Ann leaves every channel alone. Null where there is nothing to look for. */
function namingOf(values: (string | null)[]): Naming | null {
  const words = values.flatMap((value) => (value !== null && value.trim().length >= 3 ? [value.trim()] : []))
  if (words.length === 0) return null
  // In jsonb's text a quote or a backslash within a name is escaped.
  const written = [...new Set([...words, ...words.map((word) => JSON.stringify(word).slice(1, -1))])]
  const literal = (space: string, quote: (character: string) => string) =>
    written
      .map((word) => word.replace(/\s+|[^\p{L}\p{N}]/gu, (part) => (part.trim() === '' ? space : quote(part))))
      .join('|')
  const here = literal('\\s+', (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`)
  const whole = new RegExp(`(?<![\\p{L}\\p{N}_])(?:${here})(?![\\p{L}\\p{N}_])`, 'iu')
  return {
    test: (text) => whole.test(text),
    pattern: `(^|\\W)(${literal('\\s+', (character) => `\\${character}`)})($|\\W)`,
  }
}

/** Free text and kept bytes that name them, wherever they are. */
async function eraseText(tx: Tx, naming: Naming): Promise<void> {
  const { pattern } = naming
  await sql`update notes set text = '[erased]' where text ~* ${pattern}`.execute(tx)
  await sql`update imports set rejected = '[]' where rejected::text ~* ${pattern}`.execute(tx)
  await sql`update imports set file_name = null where file_name ~* ${pattern}`.execute(tx)
  await sql`update import_changes set before = null where before::text ~* ${pattern}`.execute(tx)
  await sql`update facets set private = null where private::text ~* ${pattern}`.execute(tx)
  await sql`update devices set hostname = null where hostname ~* ${pattern}`.execute(tx)
  await sql`update devices set notes = '{}' where notes::text ~* ${pattern}`.execute(tx)
  await sql`update mismatches set sides = '{}' where sides::text ~* ${pattern}`.execute(tx)
  await sql`update shipments set notes = '{}', addressee = null, signed_by = null
    where concat_ws(' ', notes::text, addressee, signed_by) ~* ${pattern}`.execute(tx)
  await sql`update scans set message = null where message ~* ${pattern}`.execute(tx)
  await sql`update wordings set wording = id where wording ~* ${pattern}`.execute(tx)
  await sql`update labels set error = null where error ~* ${pattern}`.execute(tx)
  await sql`update shipments set track_error = null where track_error ~* ${pattern}`.execute(tx)
  await sql`update handovers set signed_name = null, signature = null where signed_name ~* ${pattern}`.execute(tx)
  await sql`update handover_links set send_error = null where send_error ~* ${pattern}`.execute(tx)
  await sql`update people set notes = '{}' where notes::text ~* ${pattern}`.execute(tx)
  await sql`update declarations set value = null, reason = null where concat_ws(' ', value, reason) ~* ${pattern}`.execute(
    tx,
  )
  // One that nobody decided yet has to be asked for anew, without the name.
  await sql`delete from waiting_changes where asked::text ~* ${pattern}`.execute(tx)
  await sql`update suppressions set fact_value = '[erased]' where fact_value ~* ${pattern}`.execute(tx)
  await sql`update cases set waiting_on = null where waiting_on ~* ${pattern}`.execute(tx)
  await sql`delete from saved_views where concat_ws(' ', name, search::text) ~* ${pattern}`.execute(tx)
  await sql`update case_checks set waiting_on = null, reference = null
    where concat_ws(' ', waiting_on, reference) ~* ${pattern}`.execute(tx)
  await sql`update outbox_attempts set answer = '' where answer ~* ${pattern}`.execute(tx)
  await sql`update inbox set reason = 'what it said named a person who was erased' where reason ~* ${pattern}`.execute(
    tx,
  )
  await eraseFacets(tx, naming)
  await eraseBodies(tx, naming)
}

/** What a facet's current value says of them goes, item by item; its next report is compared anew. */
async function eraseFacets(tx: Tx, naming: Naming): Promise<void> {
  const rows = await sql<{ device_id: string; source: string; facet: string; content: Record<string, unknown> }>`
    select device_id, source, facet, content from facets where content::text ~* ${naming.pattern}`.execute(tx)
  for (const { device_id, source, facet, content } of rows.rows) {
    const keeps = (value: unknown) => !naming.test(JSON.stringify(value))
    const kept = Object.entries(content).flatMap(([member, value]) =>
      Array.isArray(value) ? [[member, value.filter(keeps)]] : keeps(value) ? [[member, value]] : [],
    )
    // The short cut knows the report that named them: it is read once more.
    await tx.updateTable('presence').set({ fingerprint: null }).where('device_id', '=', device_id).execute()
    await tx
      .updateTable('facets')
      .set({ content: JSON.stringify(Object.fromEntries(kept)), hash: Buffer.alloc(0) })
      .where('device_id', '=', device_id)
      .where('source', '=', source)
      .where('facet', '=', facet)
      .execute()
  }
}

/** So many kept deliveries are looked through at a time; each may have megabytes. */
const BODIES = 20

async function eraseBodies(tx: Tx, naming: Naming): Promise<void> {
  let after = ''
  for (;;) {
    const rows = await tx
      .selectFrom('inbox')
      .select(['id', 'body'])
      .where('id', '>', after)
      .where('body', 'is not', null)
      .orderBy('id')
      .limit(BODIES)
      .execute()
    const ids = rows.filter((row) => naming.test(unescaped(row.body!.toString('utf8')))).map((row) => row.id)
    if (ids.length > 0)
      await tx
        .updateTable('inbox')
        .set({ body: null, status: 'failed', next_attempt_at: null, reason: 'its bytes were erased with a person' })
        .where('id', 'in', ids)
        .execute()
    if (rows.length < BODIES) return
    after = rows.at(-1)!.id
  }
}

/** JSON may write any letter as \uXXXX, and JSON within JSON more so: no backslash is left. */
const unescaped = (text: string) =>
  text
    .replace(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replaceAll('\\', '')

/**
 * Payloads name nobody but for the number they came under, and the digest of a signature, by which a name can be tried;
 * one that does all the same (a path, a program) goes too.
 */
async function payloadsOf(tx: Tx, personId: string, naming: Naming | null): Promise<number[]> {
  const rows = await sql<{ seq: number }>`
    select seq from ledger where payload is not null
      and ((person_id = ${personId} and kind in ('person.registered', 'handover.signed')) or payload::text ~* ${naming?.pattern ?? '$.'})
    order by seq`.execute(tx)
  return rows.rows.map((row) => row.seq)
}
