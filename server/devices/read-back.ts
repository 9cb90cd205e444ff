// Reading a serial number back: asked for at any time, answered through a link of its own.
import type { Act } from '../custody/act.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { openHandover } from './handovers.ts'
import { itemsOf, spendLink, takeLink } from './links.ts'
import { hasEnd, type Read, type Tried, tryReadBacks } from './serial-end.ts'

/** Asks whoever has the device, else whom it is meant for, to read its serial number back; at any time, from a case or without one. */
export async function requestReadBack(
  tx: Tx,
  act: Act,
  input: { deviceId: string; caseId: string | null },
): Promise<{ handoverId: string; personId: string }> {
  await lockSubjects(tx, { deviceIds: [input.deviceId] })
  const device = await tx
    .selectFrom('devices')
    .select(['serial_number', 'holder_id', 'assignee_id'])
    .where('id', '=', input.deviceId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (device === undefined) throw new AppError('not_found', 'There is no such device.')
  const personId = device.holder_id ?? device.assignee_id
  if (personId === null)
    throw new AppError('conflict', 'Nobody has this device or is meant to have it: nobody can be asked.')
  if (!hasEnd(device.serial_number))
    throw new AppError('conflict', 'No serial number of this device is on file, so there is nothing to compare.')
  const { id } = await openHandover(tx, act, {
    kind: 'read-back',
    personId,
    deviceIds: [input.deviceId],
    ...(input.caseId === null ? {} : { caseId: input.caseId }),
  })
  return { handoverId: id, personId }
}

export type ReadBackAnswer = { done: true } | { done: false; wrong: Tried['wrong'] }

/** The answer to a link that asks for nothing but the end of the serial number. */
export async function answerReadBack(
  tx: Tx,
  act: Act,
  input: { secret: string; reads: Read[] },
): Promise<ReadBackAnswer> {
  const { link, handover } = await takeLink(tx, act.now, input.secret, 'read-back')
  const items = await itemsOf(tx, handover.id)
  if (items.some((item) => !input.reads.some((read) => read.deviceId === item.device_id)))
    throw new AppError('invalid', 'Type in the end of the serial number, or say that you cannot read it.')
  await lockSubjects(tx, { deviceIds: items.map((item) => item.device_id) })
  const tried = await tryReadBacks(tx, act, handover, input.reads)
  await record(tx, act.now, tried.events)
  if (tried.wrong.length > 0) return { done: false, wrong: tried.wrong }
  await spendLink(tx, act.now, link.id)
  await tx
    .updateTable('handovers')
    .set({ status: 'answered', closed_at: act.now })
    .where('id', '=', handover.id)
    .execute()
  return { done: true }
}
