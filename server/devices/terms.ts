// The terms that a receiver signs: versions that never change, each known by its SHA-256.
import { createHash } from 'node:crypto'
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { TermsTable } from '../lib/tables.ts'

export type Terms = Selectable<TermsTable>
export type TermsKind = Terms['kind']
export const termsKinds = ['issue', 'return'] as const satisfies readonly TermsKind[]

interface Text {
  title: string
  body: string
}

/** What stands until an admin sets something else. */
const first: Record<TermsKind, Text> = {
  issue: {
    title: 'Terms for your work laptop',
    body: [
      'The laptop belongs to the company and is lent to you for your work.',
      'You use it yourself. You do not pass it on, send it elsewhere or let anybody else work with it.',
      'You leave on it what the company installed to look after it, and connect nothing by which somebody else could steer it.',
      'You say so before you take it to another country or move to another address.',
      'You say so at once if it is lost, stolen or damaged.',
      'You send it back when the company asks for it, or when your work ends.',
    ].join('\n'),
  },
  return: {
    title: 'Terms for giving a laptop back',
    body: [
      'You give back the laptop with everything that came with it.',
      'You have copied what is your own. The company erases what is on it.',
      'From the moment it is received, the company answers for it.',
    ].join('\n'),
  },
}

/** SHA-256 of title and body, with an empty line between them. */
export const hashOfTerms = ({ title, body }: Text): Buffer =>
  createHash('sha256').update(`${title}\n\n${body}`, 'utf8').digest()

async function newest(db: Db | Tx, kind: TermsKind): Promise<Terms | undefined> {
  return db
    .selectFrom('terms')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()
}

async function add(tx: Tx, act: Act, kind: TermsKind, version: number, text: Text): Promise<Terms> {
  const row = await tx
    .insertInto('terms')
    .values({
      id: newId('trm'),
      kind,
      version,
      ...text,
      hash: hashOfTerms(text),
      set_by: JSON.stringify(act.actor),
      set_at: act.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await record(tx, act.now, [
    { kind: 'terms.set', occurredAt: act.now, actor: act.actor, payload: { termsId: row.id, kind, version } },
  ])
  return row
}

/** A new version of the terms; what was signed keeps the one it was signed under. Throws 'conflict' for the same words. */
export async function setTerms(tx: Tx, act: Act, input: Text & { kind: TermsKind }): Promise<Terms> {
  const text = { title: input.title.trim(), body: input.body.trim() }
  const last = await termsInForce(tx, act, input.kind)
  if (last.hash.equals(hashOfTerms(text)))
    throw new AppError('conflict', `These are the words of version ${last.version}, which is in force.`)
  return add(tx, act, input.kind, last.version + 1, text)
}

/** The version in force; the built-in one becomes version 1 when it is first needed. */
export async function termsInForce(tx: Tx, act: Act, kind: TermsKind): Promise<Terms> {
  return (await newest(tx, kind)) ?? add(tx, { ...act, actor: systemActor('built-in terms') }, kind, 1, first[kind])
}

/** Every version of both kinds, newest first; the built-in one where none was needed yet. */
export async function listTerms(db: Db) {
  const rows = await db.selectFrom('terms').selectAll().orderBy('kind').orderBy('version', 'desc').execute()
  return termsKinds.map((kind) => {
    const versions = rows
      .filter((row) => row.kind === kind)
      .map(({ id, version, title, body, hash, set_at }) => ({
        id: id as string | null,
        version,
        title,
        body,
        hash: hash.toString('hex'),
        setAt: set_at.toISOString() as string | null,
      }))
    const builtIn = {
      id: null,
      version: 1,
      ...first[kind],
      hash: hashOfTerms(first[kind]).toString('hex'),
      setAt: null,
    }
    return { kind, versions: versions.length > 0 ? versions : [builtIn] }
  })
}
