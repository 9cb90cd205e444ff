// What comes back to the stockroom: the serial number read at receipt against the one expected, and nothing silently swapped.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { lockState } from './custody.ts'
import { acknowledgeReturn, lockOpenReturn, openReturnOf, type Return } from './returns.ts'
import { eventOfScan, readOneScanned } from './scanned.ts'

export interface ReceiptInput {
  /** Null where it cannot be read. */
  serialRead: string | null
  /** The return that is received; without one, whatever return the serial number belongs to. */
  returnId?: string | undefined
  /** The scanning page's own id of the scan: the same again is the same scan. */
  scanId?: string | undefined
}

export interface Receipt {
  is: 'received' | 'already'
  serial: 'same' | 'different' | 'unread'
  deviceId: string
  returnId: string | null
  /** The laptop that came in its place, where it is one of ours. */
  otherDeviceId: string | null
}

/**
 * The stockroom has it back. Where another serial number is read than the one expected, the return stays open and says
 * so, and the laptop that did come is received for itself. Throws 'not_found' for a serial number that nobody here
 * knows, and 'conflict' for a laptop that nobody asked back.
 */
export async function receiveReturned(tx: Tx, act: Act, input: ReceiptInput): Promise<Receipt> {
  const read = input.serialRead === null ? null : await readOneScanned(tx, input.serialRead, 'serialRead')
  if (input.returnId === undefined) {
    if (read === null)
      throw new AppError('invalid', 'Read a serial number, or say which return it is.', [
        { path: 'serialRead', problem: 'is needed where no return is named' },
      ])
    if (read.deviceId === null)
      throw new AppError('not_found', `No laptop on file has the serial number ${read.serial}.`)
    return receive(tx, act, { deviceId: read.deviceId, serial: 'same', scanId: input.scanId })
  }
  const expected = await tx
    .selectFrom('returns')
    .select('device_id')
    .where('id', '=', input.returnId)
    .executeTakeFirst()
  if (expected === undefined) throw new AppError('not_found', 'There is no such return.')
  const deviceId = expected.device_id
  if (read === null) return receive(tx, act, { deviceId, serial: 'unread', scanId: input.scanId })
  if (read.deviceId === deviceId) return receive(tx, act, { deviceId, serial: 'same', scanId: input.scanId })
  return receiveOther(tx, act, {
    returnId: input.returnId,
    deviceId,
    serialRead: read.serial,
    otherId: read.deviceId,
    scanId: input.scanId,
  })
}

/** The stockroom has a device back whose serial number nobody read. */
export async function receiveDevice(tx: Tx, act: Act, input: { deviceId: string }): Promise<void> {
  const { is } = await receive(tx, act, { ...input, serial: 'unread' })
  if (is === 'already') throw new AppError('conflict', 'It was received already.')
}

interface Received {
  deviceId: string
  serial: 'same' | 'unread'
  scanId?: string | undefined
}

async function receive(tx: Tx, act: Act, input: Received): Promise<Receipt> {
  const state = await lockState(tx, input.deviceId)
  const open = await openReturnOf(tx, input.deviceId)
  const receipt = {
    serial: input.serial,
    deviceId: input.deviceId,
    returnId: open?.id ?? null,
    otherDeviceId: null,
  }
  if (input.scanId !== undefined && (await wasScanned(tx, input.deviceId, input.scanId)))
    return { ...receipt, is: 'received' }
  // The serial number read after all is news of a laptop that is here already.
  const isReadNow = open?.received_at != null && open.serial_read === 'unread' && input.serial === 'same'
  if ((state.lifeCycle === 'returned' || state.lifeCycle === 'stock') && !isReadNow) {
    if (open && open.received_at === null) return take(tx, act, input, { state, open })
    return { ...receipt, is: 'already' }
  }
  if (state.lifeCycle !== 'returning' && open === undefined && !isReadNow)
    throw new AppError(
      'conflict',
      `It cannot be received while it is ${state.lifeCycle}; it has to be returning or asked back. Ask for it back on its page first.`,
    )
  return take(tx, act, input, { state, open })
}

interface Standing {
  state: DeviceState
  open: Return | undefined
}

async function take(tx: Tx, act: Act, input: Received, { state, open }: Standing): Promise<Receipt> {
  await record(tx, act.now, [receivedEvent(act, { ...input, state, returnId: open?.id })])
  if (open) {
    await tx
      .updateTable('returns')
      .set({
        received_at: open.received_at ?? act.now,
        received_by: JSON.stringify(act.actor),
        serial_read: input.serial,
        next_reminder_at: null,
      })
      .where('id', '=', open.id)
      .execute()
    await acknowledgeReturn(tx, act, { returnId: open.id, by: 'stockroom' })
  }
  return {
    is: 'received',
    serial: input.serial,
    deviceId: input.deviceId,
    returnId: open?.id ?? null,
    otherDeviceId: null,
  }
}

interface ReceivedEvent {
  deviceId: string
  state: DeviceState
  serial: 'same' | 'different' | 'unread'
  returnId: string | undefined
  scanId?: string | undefined
}

function receivedEvent(act: Act, input: ReceivedEvent): NewEvent {
  return {
    kind: 'device.received',
    deviceId: input.deviceId,
    occurredAt: act.now,
    actor: act.actor,
    payload: {
      shipmentId: input.state.lifeCycle === 'returning' ? input.state.shipmentId : null,
      serial: input.serial,
      ...(input.returnId === undefined ? {} : { returnId: input.returnId }),
      ...(input.scanId === undefined ? {} : { scanId: input.scanId }),
    },
  }
}

interface Swapped {
  returnId: string
  /** The one expected. */
  deviceId: string
  serialRead: string
  /** Whose serial number that is, where it is one of ours. */
  otherId: string | null
  scanId: string | undefined
}

/** Another laptop came than the one expected: its return stays open, and the other one has arrived for itself. */
async function receiveOther(tx: Tx, act: Act, input: Swapped): Promise<Receipt> {
  const { deviceId, otherId } = input
  await lockSubjects(tx, { deviceIds: otherId === null ? [deviceId] : [deviceId, otherId] })
  const row = await lockOpenReturn(tx, input.returnId)
  const state = await lockState(tx, row.device_id)
  const receipt: Receipt = {
    is: 'received',
    serial: 'different',
    deviceId: row.device_id,
    returnId: row.id,
    otherDeviceId: otherId,
  }
  if (input.scanId !== undefined && (await wasScanned(tx, row.device_id, input.scanId))) return receipt
  if (row.received_at !== null) throw new AppError('conflict', 'It was received already, by its own serial number.')
  await tx
    .updateTable('returns')
    .set({ serial_read: 'different', other_serial: input.serialRead })
    .where('id', '=', row.id)
    .execute()
  await record(tx, act.now, [
    receivedEvent(act, {
      deviceId: row.device_id,
      state,
      serial: 'different',
      returnId: row.id,
      scanId: input.scanId,
    }),
  ])
  if (otherId !== null) await receiveUnasked(tx, act, otherId)
  return receipt
}

/** It lies on the table, whoever was thought to have it. */
async function receiveUnasked(tx: Tx, act: Act, deviceId: string): Promise<void> {
  const state = await lockState(tx, deviceId)
  if (state.lifeCycle === 'stock' || state.lifeCycle === 'returned') return
  await take(tx, act, { deviceId, serial: 'same' }, { state, open: await openReturnOf(tx, deviceId) })
}

const wasScanned = async (tx: Tx, deviceId: string, scanId: string): Promise<boolean> =>
  (await eventOfScan(tx, { deviceId, kind: 'device.received', scanId })) !== undefined
