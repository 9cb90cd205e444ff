// A declaration made longer: another of the same, from where it ends, so that what was vouched for stays as it was said.
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import { saveDeclaration } from '../people/declarations.ts'
import { companyDeclarationSchema, companyKinds, declareForAll, type Made } from './company-declarations.ts'

/** Declares the same again, from the day after its end or from today. What is for everybody waits for a second person. */
export async function extendDeclaration(
  tx: Tx,
  act: Act,
  input: { declarationId: string; endsOn: string; reason: string },
): Promise<Made> {
  const row = await tx
    .selectFrom('declarations as d')
    .leftJoin('people as p', 'p.id', 'd.person_id')
    .leftJoin('people as o', 'o.id', 'd.other_person_id')
    .selectAll('d')
    .select(['p.email as person_email', 'o.email as other_email'])
    .where('d.id', '=', input.declarationId)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such declaration.')
  if (row.ended_at !== null)
    throw new AppError('conflict', 'This declaration was ended: declare it anew if it holds again.')
  const today = dayOf(act.now)
  const next = row.ends_on === null ? today : dayOf(plus(new Date(`${row.ends_on}T00:00:00Z`), DAY))
  const startsOn = next > today ? next : today
  if (input.endsOn < startsOn)
    throw new AppError('invalid', `It lasts until ${row.ends_on} already.`, [
      { path: 'endsOn', problem: `has to be ${startsOn} or later` },
    ])
  const kind = companyKinds.find((one) => one === row.kind)
  if (row.person_id === null && kind !== undefined) {
    const asked = companyDeclarationSchema.parse({ kind, value: row.value, startsOn, endsOn: input.endsOn })
    return declareForAll(tx, act, { ...asked, reason: input.reason })
  }
  if (row.kind === 'tool' || row.kind === 'network_exit')
    throw new AppError(
      'conflict',
      'A tool or an exit of one person’s is approved on the page of the catalogue, or by import.',
    )
  if (row.person_id !== null && row.person_email === null)
    throw new AppError('conflict', 'They have no e-mail on file, by which a declaration names them.')
  const saved = await saveDeclaration(tx, act, {
    kind: row.kind,
    personEmail: row.person_email,
    otherEmail: row.other_email,
    value: row.value,
    startsOn,
    endsOn: input.endsOn,
    reason: input.reason,
  })
  await record(tx, act.now, saved.events)
  return { state: 'set', declarationId: saved.id }
}
