// Changes that silence something and wait for a second person: a rule set lower, a suppression, something declared for everybody.
import type { Selectable } from 'kysely'
import { requireSecondPerson } from '../access/second-person.ts'
import type { Act } from '../custody/act.ts'
import { type Actor, actorSchema, type NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { WaitingChangesTable } from '../lib/tables.ts'

export type WaitingChange = Selectable<WaitingChangesTable>
export type ChangeKind = WaitingChange['what']

/** Writes down a change for somebody else to decide. `asked` is what will be done, without names. */
export async function proposeChange(
  tx: Tx,
  act: Act,
  input: { what: ChangeKind; about: string; asked: object; reason: string },
): Promise<{ changeId: string }> {
  const changeId = newId('chg')
  const noteId = await keepNote(tx, act.now, input.reason)
  const { what, about } = input
  await tx
    .insertInto('waiting_changes')
    .values({
      id: changeId,
      what,
      about,
      asked: JSON.stringify(input.asked),
      note_id: noteId,
      proposed_by: JSON.stringify(act.actor),
      proposed_at: act.now,
    })
    .execute()
  await record(tx, act.now, [
    {
      kind: 'change.proposed',
      occurredAt: act.now,
      actor: act.actor,
      payload: { changeId, what, about, noteId },
    },
  ])
  return { changeId }
}

/** A change about to be decided: what was asked, by whom and why. */
export interface TakenChange {
  row: WaitingChange
  author: Actor
  reason: string
}

/** Locks a change that waits. */
export async function lockChange(tx: Tx, changeId: string): Promise<TakenChange> {
  const row = await tx
    .selectFrom('waiting_changes')
    .selectAll()
    .where('id', '=', changeId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such change.')
  if (row.decision !== null) throw new AppError('conflict', `This was ${row.decision} already.`)
  const note =
    row.note_id === null
      ? undefined
      : await tx.selectFrom('notes').select('text').where('id', '=', row.note_id).executeTakeFirst()
  return { row, author: actorSchema.parse(row.proposed_by), reason: note?.text ?? '' }
}

/**
 * Marks a change as decided and gives the event that says so. Approving takes a second person; who proposed it may take it
 * back, which is refusing it.
 */
export async function settleChange(
  tx: Tx,
  act: Act,
  { row, author }: TakenChange,
  input: { decision: 'approved' | 'refused'; note: string },
): Promise<NewEvent> {
  const { alone } =
    input.decision === 'approved' && act.actor.type === 'user'
      ? await requireSecondPerson(tx, act, { involved: [author], since: row.proposed_at })
      : { alone: false }
  await tx
    .updateTable('waiting_changes')
    .set({ decision: input.decision, decided_at: act.now, decided_by: JSON.stringify(act.actor) })
    .where('id', '=', row.id)
    .execute()
  const noteId = await keepNote(tx, act.now, input.note)
  return {
    kind: 'change.decided',
    occurredAt: act.now,
    actor: act.actor,
    payload: { changeId: row.id, what: row.what, about: row.about, decision: input.decision, alone, noteId },
  }
}
