// Carriers' wording that no row of the tables knows: counted, and read as an analyst says from then on.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { foldCase } from '../lib/plain.ts'
import { type Reading, readingSchema } from '../ports.ts'

/**
 * A wording without the names, streets and places of its own parcel, so that it names nobody and counts as one. `phrases`
 * go as a whole, of `names` every word.
 */
export function maskKnown(wording: string, input: { names: (string | null)[]; phrases: (string | null)[] }): string {
  const ofPerson = new Set(input.names.flatMap((name) => words(name)).filter((word) => word.length > 2))
  const phrases = input.phrases.map((phrase) => words(phrase)).filter((phrase) => phrase.join('').length > 2)
  const written = wording.split(' ')
  const plain = written.map((word) => words(word).join(''))
  const gone = plain.map((word) => ofPerson.has(word))
  for (const phrase of phrases)
    for (let at = 0; at + phrase.length <= plain.length; at += 1)
      if (phrase.every((word, index) => plain[at + index] === word)) gone.fill(true, at, at + phrase.length)
  return written
    .map((word, at) => (gone[at] ? '#' : word))
    .join(' ')
    .replace(/#(?: #)+/g, '#')
}

const words = (text: string | null) =>
  foldCase(text ?? '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)

export interface Seen {
  wording: string
  status: string
}

export interface Known {
  id: string
  /** As an analyst said; null while nobody has. */
  reading: Reading | null
}

/** Counts wordings of new scans, one entry per scan. Returns each with what it means, if that was said. */
export async function countWordings(tx: Tx, act: Act, carrier: string, seen: Seen[]): Promise<Map<string, Known>> {
  const known = new Map<string, Known>()
  const groups = Map.groupBy(seen, (one) => one.wording)
  // In one order for all writers, or two parcels with the same wordings wait for each other.
  for (const [wording, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const row = await tx
      .insertInto('wordings')
      .values({
        id: newId('wrd'),
        carrier,
        wording,
        status: group[0]!.status,
        seen: group.length,
        first_at: act.now,
        last_at: act.now,
      })
      .onConflict((oc) =>
        oc.columns(['carrier', 'wording']).doUpdateSet((eb) => ({
          seen: sql<number>`wordings.seen + ${eb.ref('excluded.seen')}`,
          first_at: sql<Date>`least(wordings.first_at, ${eb.ref('excluded.first_at')})`,
          last_at: sql<Date>`greatest(wordings.last_at, ${eb.ref('excluded.last_at')})`,
        })),
      )
      .returning(['id', 'reading'])
      .executeTakeFirstOrThrow()
    known.set(wording, { id: row.id, reading: row.reading === null ? null : readingSchema.parse(row.reading) })
  }
  return known
}

/** What a scan with a classified wording means. What has the status *delivered* stays delivered; only to whom may be said. */
export function readAs(said: Reading, status: string): Reading {
  if (status !== 'delivered' || said.is === 'delivered') return said
  return { is: 'delivered', to: 'address' }
}

export interface ClassifyInput {
  wordingId: string
  reading: Reading
  reason: string
}

/**
 * Says what a wording means, or corrects it. New scans are read so at once; old ones by `rereadWordings` (rereading.ts). A wording stands
 * for itself, letter by letter: it is never a pattern. Throws 'not_found', 'conflict' where that is said already, and
 * 'invalid' for a reading that delivered wording cannot have.
 */
export async function classifyWording(tx: Tx, act: Act, { wordingId, reading, reason }: ClassifyInput): Promise<void> {
  const row = await tx.selectFrom('wordings').selectAll().where('id', '=', wordingId).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such wording.')
  if (row.status === 'delivered' && reading.is !== 'delivered' && reading.is !== 'cannot tell')
    throw new AppError(
      'invalid',
      'The carrier says “delivered” beside these words: say to whom, or that nobody can tell.',
      [{ path: 'reading', problem: 'must be a delivery, or cannot tell' }],
    )
  if (row.reading !== null && isSameReading(readingSchema.parse(row.reading), reading))
    throw new AppError('conflict', 'This wording is taken to mean that already.')
  await tx
    .updateTable('wordings')
    .set({
      reading: JSON.stringify(reading),
      classified_by: JSON.stringify(act.actor),
      classified_at: act.now,
      reread_at: null,
    })
    .where('id', '=', wordingId)
    .execute()
  const noteId = await keepNote(tx, act.now, reason)
  await record(tx, act.now, [
    {
      kind: 'wording.classified',
      occurredAt: act.now,
      actor: act.actor,
      payload: { wordingId, carrier: row.carrier, reading, noteId },
    },
  ])
}

/** Parsed readings have their members in the order of the schema. */
export const isSameReading = (a: Reading, b: Reading) =>
  JSON.stringify(readingSchema.parse(a)) === JSON.stringify(readingSchema.parse(b))
