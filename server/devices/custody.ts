// What people do with a device in their hands: accept it, say where it stands. Commands: refused when they break the life cycle.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { DeviceState, LifeCycle } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'

/** Locks a device and reads where it stands. Throws 'not_found'. */
export async function lockState(tx: Tx, deviceId: string): Promise<DeviceState> {
  await lockSubjects(tx, { deviceIds: [deviceId] })
  const row = await tx
    .selectFrom('devices')
    .select(['state', 'life_cycle'])
    .where('id', '=', deviceId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such device.')
  return { lifeCycle: row.life_cycle, assigneeId: null, shipmentId: null, ...(row.state as object) } as DeviceState
}

function requireLifeCycle(state: DeviceState, allowed: LifeCycle[], doing: string): void {
  if (!allowed.includes(state.lifeCycle))
    throw new AppError(
      'conflict',
      `It cannot be ${doing} while it is ${state.lifeCycle}; it has to be ${allowed.join(' or ')}.`,
    )
}

type Acceptance = { deviceId: string; proof: 'confirmation' | 'signature' | 'counter' }

/** The assignee confirms to have the device: custody passes to them. */
export async function acceptDevice(tx: Tx, act: Act, input: Acceptance): Promise<void> {
  await record(tx, act.now, [await acceptanceOf(tx, act, input)])
}

/** What an acceptance comes to; the event is the caller's to record. */
export async function acceptanceOf(tx: Tx, act: Act, input: Acceptance): Promise<NewEvent> {
  const state = await lockState(tx, input.deviceId)
  requireLifeCycle(state, ['delivered', 'checked in'], 'accepted')
  if (state.assigneeId === null)
    throw new AppError('conflict', 'Nobody is assigned to this device, so nobody can accept it.')
  return {
    kind: 'device.accepted',
    deviceId: input.deviceId,
    personId: state.assigneeId,
    occurredAt: act.now,
    actor: act.actor,
    payload: { personId: state.assigneeId, proof: input.proof, shipmentId: state.shipmentId },
  }
}

type Reported = 'stock' | 'repair' | 'retired' | 'lost'

const openTo: Record<Reported, LifeCycle[]> = {
  stock: ['returned', 'repair', 'lost'],
  repair: ['stock', 'returned', 'in service', 'checked in', 'accepted'],
  retired: ['stock', 'returned', 'repair', 'lost'],
  lost: ['ordered', 'packed', 'shipped', 'delivered', 'accepted', 'checked in', 'in service', 'returning', 'repair'],
}

/** What may be said of a device that stands here. */
export const mayBecome = (lifeCycle: LifeCycle): Reported[] =>
  (Object.keys(openTo) as Reported[]).filter((status) => openTo[status].includes(lifeCycle))

/** Says where a device stands beside the road of the life cycle: back in stock, in repair, retired, lost. */
export async function setDeviceStatus(tx: Tx, act: Act, input: { deviceId: string; status: Reported }): Promise<void> {
  const state = await lockState(tx, input.deviceId)
  requireLifeCycle(state, openTo[input.status], input.status === 'stock' ? 'put in stock' : `set to ${input.status}`)
  await record(tx, act.now, [
    {
      kind: 'device.status_reported',
      deviceId: input.deviceId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { status: input.status, holderId: null, by: 'person' },
    },
  ])
}
