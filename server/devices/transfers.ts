// From one person straight to the next, in one step: no receipt is pretended in between.
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { LifeCycle } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { lockState } from './custody.ts'
import { openHandover } from './handovers.ts'
import { closeReturn, openReturnOf } from './returns.ts'

/** In these a person has it. */
const inHand: LifeCycle[] = ['delivered', 'accepted', 'checked in', 'in service', 'returning']

export interface TransferInput {
  deviceId: string
  toPersonId: string
  reason: string
}

/**
 * Passes a device on. A return that was asked of the one before is withdrawn with the same reason, since it is not
 * coming back. Both get a hand-over to sign; the next one's is given. Throws 'conflict' where no person has it, or this one has it already.
 */
export async function transferDevice(tx: Tx, act: Act, input: TransferInput): Promise<{ handoverId: string }> {
  const state = await lockState(tx, input.deviceId)
  const fromPersonId = (state.holder?.kind === 'person' ? state.holder.personId : null) ?? state.assigneeId
  if (!inHand.includes(state.lifeCycle) || state.holder?.kind === 'carrier' || state.holder?.kind === 'counter')
    throw new AppError(
      'conflict',
      `It cannot be passed on while it is ${state.lifeCycle}: somebody has to have it in their hands.`,
    )
  if (fromPersonId === input.toPersonId) throw new AppError('conflict', 'They have it already.')
  if (!(await isHere(tx, input.toPersonId))) throw new AppError('not_found', 'There is no such person.')
  const giver = fromPersonId !== null && (await isHere(tx, fromPersonId)) ? fromPersonId : null
  const open = await openReturnOf(tx, input.deviceId)
  if (open?.received_at) throw new AppError('conflict', 'It has come back: close its return, and send it anew.')
  if (open) await closeReturn(tx, act, { returnId: open.id, outcome: 'withdrawn', note: input.reason })
  const noteId = await keepNote(tx, act.now, input.reason)
  const deviceIds = [input.deviceId]
  const from = giver === null ? {} : { fromPersonId: giver }
  const handover = await openHandover(tx, act, { kind: 'transfer', personId: input.toPersonId, deviceIds, ...from })
  if (giver !== null) await openHandover(tx, act, { kind: 'return', personId: giver, deviceIds })
  await record(tx, act.now, [
    {
      kind: 'device.transferred',
      deviceId: input.deviceId,
      personId: input.toPersonId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { fromPersonId, toPersonId: input.toPersonId, handoverId: handover.id, noteId },
    },
  ])
  return { handoverId: handover.id }
}

/** Whether somebody is on file who could sign; they stay so until this is recorded. */
async function isHere(tx: Tx, personId: string): Promise<boolean> {
  const person = await tx
    .selectFrom('people')
    .select('erased_at')
    .where('id', '=', personId)
    .where('withdrawn_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst()
  return person !== undefined && person.erased_at === null
}
