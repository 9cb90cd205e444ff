// The checklist of a case: what is usually asked of whom after findings like these, and what came of it.
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { about, lockCase } from './work.ts'

export const checkItems = ['talk', 'carrier', 'read-back', 'lock', 'access', 'hr', 'legal', 'police'] as const
export type CheckItem = (typeof checkItems)[number]
export const checkAnswers = ['done', 'not needed', 'waiting'] as const
export type CheckAnswer = (typeof checkAnswers)[number]

/** Each in neutral words, and whether a party outside the desk acknowledges it. */
const words: Record<CheckItem, { title: string; help: string; isAcknowledged: boolean }> = {
  talk: {
    title: 'The employee was asked',
    help: 'Most cases have a plain reason. Call on a number known from before, and ask openly.',
    isAcknowledged: false,
  },
  carrier: {
    title: 'The carrier was asked to stop the parcel',
    help: 'Ask for it to be held or sent back, and keep their reference.',
    isAcknowledged: true,
  },
  'read-back': {
    title: 'The laptop was read back',
    help: 'Have its holder read the serial number from the case, or show it.',
    isAcknowledged: false,
  },
  lock: {
    title: 'The laptop was locked',
    help: 'From the device management. It counts once the laptop has acknowledged it.',
    isAcknowledged: true,
  },
  access: {
    title: 'Access was paused',
    help: 'At the identity provider: sessions ended, tokens withdrawn. It can be given back.',
    isAcknowledged: true,
  },
  hr: {
    title: 'Human resources were told',
    help: 'What is known and what is not; they know of leave, moves and arrangements.',
    isAcknowledged: true,
  },
  legal: {
    title: 'Legal was told',
    help: 'Before anything is said outside the company, and for what has to be kept.',
    isAcknowledged: true,
  },
  police: {
    title: 'A report to law enforcement was considered',
    help: 'With legal. Note why, either way, and the number of the report.',
    isAcknowledged: true,
  },
}

/** The title of an item as an event keeps it, or its id where it is none any more. */
export const checkTitle = (item: string): string => words[item as CheckItem]?.title ?? item

/** An item with its words. */
export const describeCheck = (item: CheckItem) => ({ item, ...words[item] })

/** What of a case chooses its checklist. */
export interface CheckedCase {
  severity: 'low' | 'medium' | 'high' | 'critical'
  isSite: boolean
  /** Layers of the findings that count. */
  layers: ReadonlySet<string>
  lifeCycles: ReadonlySet<string>
}

const onItsWay = ['shipped', 'delivered']
const inUse = ['delivered', 'accepted', 'checked in', 'in service', 'returning']
const onTheLaptop = ['software', 'hardware', 'co-location', 'identity', 'place']

/** Which items are proposed for a case, by what its findings are about and how far its laptops have come. */
export function checksFor({ severity, isSite, layers, lifeCycles }: CheckedCase): CheckItem[] {
  const isSerious = severity === 'high' || severity === 'critical'
  const isInUse = inUse.some((state) => lifeCycles.has(state))
  const isOnLaptop = onTheLaptop.some((layer) => layers.has(layer))
  const proposed: Record<CheckItem, boolean> = {
    talk: true,
    carrier: layers.has('custody') && onItsWay.some((state) => lifeCycles.has(state)),
    'read-back': isInUse,
    lock: isSerious && isInUse && isOnLaptop,
    access: isSerious && isInUse,
    hr: isSerious,
    legal: severity === 'critical' || isSite,
    police: severity === 'critical' || isSite,
  }
  return checkItems.filter((item) => proposed[item])
}

/** Answers an item, or takes its answer back (`answer` null). What is not needed says why; what waits says on whom. */
export async function answerCheck(
  tx: Tx,
  act: Act,
  input: {
    caseId: string
    item: CheckItem
    answer: CheckAnswer | null
    userId: string
    reference: string | null
    waitingOn: string | null
    note: string | null
  },
): Promise<void> {
  if (input.answer === 'not needed' && input.note === null)
    throw new AppError('invalid', 'Say why it is not needed.', [{ path: 'note', problem: 'is missing' }])
  if (input.answer === 'waiting' && input.waitingOn === null)
    throw new AppError('invalid', 'Say on whom it waits.', [{ path: 'waitingOn', problem: 'is missing' }])
  const row = await lockCase(tx, input.caseId)
  const before = await readCheck(tx, row.id, input.item)
  if (before === undefined && input.answer === null) return
  const noteId = input.note === null ? null : await keepNote(tx, act.now, input.note, row.id)
  await tx.deleteFrom('case_checks').where('case_id', '=', row.id).where('item', '=', input.item).execute()
  if (input.answer !== null)
    await tx
      .insertInto('case_checks')
      .values({
        case_id: row.id,
        item: input.item,
        answer: input.answer,
        answered_at: act.now,
        answered_by: input.userId,
        reference: input.reference,
        waiting_on: input.answer === 'waiting' ? input.waitingOn : null,
        note_id: noteId,
      })
      .execute()
  await record(tx, act.now, [
    {
      ...about(row, act),
      kind: 'case.checked',
      payload: {
        item: input.item,
        from: before?.answer ?? null,
        to: input.answer,
        ...(noteId === null ? {} : { noteId }),
      },
    },
  ])
}

/** Says that the party outside has acknowledged it, and when: asked is not done. */
export async function acknowledgeCheck(
  tx: Tx,
  act: Act,
  input: { caseId: string; item: CheckItem; userId: string; at: Date },
): Promise<void> {
  if (!words[input.item].isAcknowledged)
    throw new AppError('invalid', 'Nobody outside acknowledges this one; answer it instead.')
  if (input.at > act.now)
    throw new AppError('invalid', 'It cannot have been acknowledged in the future.', [
      { path: 'at', problem: 'lies in the future' },
    ])
  const row = await lockCase(tx, input.caseId)
  const before = await readCheck(tx, row.id, input.item)
  if (before === undefined || before.answer === 'not needed')
    throw new AppError('conflict', 'Answer it first: done, or on whom it waits.')
  await tx
    .updateTable('case_checks')
    .set({ answer: 'done', acknowledged_at: input.at, acknowledged_by: input.userId })
    .where('case_id', '=', row.id)
    .where('item', '=', input.item)
    .execute()
  await record(tx, act.now, [
    { ...about(row, act), kind: 'case.acknowledged', payload: { item: input.item, at: input.at.toISOString() } },
  ])
}

const readCheck = (tx: Tx, caseId: string, item: string) =>
  tx.selectFrom('case_checks').selectAll().where('case_id', '=', caseId).where('item', '=', item).executeTakeFirst()
