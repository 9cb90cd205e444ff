// Hand-overs: custody of one or more devices passes to a person, with what they say of each and one signature for all.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { DeviceState } from '../custody/state.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { addShipmentTask } from '../shipping/tasks.ts'
import { acceptanceOf } from './custody.ts'
import { aboutHandover, type Handover, itemsOf, lockHandover, spendLink, takeLink } from './links.ts'
import { acknowledgeReturnsOf } from './returns.ts'
import { type Item, type Tried, tryReadBacks } from './serial-end.ts'
import { type Signature, signatureBytes, signatureDigest } from './signature.ts'
import { termsInForce } from './terms.ts'

/** Said wherever a held parcel would pass on: nothing of why. */
const HELD = 'This delivery needs a check first. Whoever sent it will get in touch.'

interface LockedDevice {
  id: string
  name: string
  lifeCycle: string
  assigneeId: string | null
  shipmentId: string | null
  isHeld: boolean
}

/** What a laptop is called where its serial number may not be said. */
export const laptopName = (device: { manufacturer: string | null; model: string | null }): string =>
  [device.manufacturer, device.model].filter(Boolean).join(' ') || 'the laptop'

/** Locks the devices with their parcels and says where each stands. Throws 'not_found' unless all are there. */
async function lockDevices(tx: Tx, deviceIds: string[], shipmentId: string | null): Promise<LockedDevice[]> {
  await lockSubjects(tx, { deviceIds, shipmentIds: shipmentId === null ? [] : [shipmentId] })
  const rows = await tx
    .selectFrom('devices')
    .select(['id', 'manufacturer', 'model', 'life_cycle', 'assignee_id', 'state'])
    .where('id', 'in', deviceIds)
    .where('withdrawn_at', 'is', null)
    .orderBy('id')
    .execute()
  if (rows.length !== new Set(deviceIds).size) throw new AppError('not_found', 'There is no such device.')
  const parcelOf = (state: unknown) => (state as Partial<DeviceState>).shipmentId ?? null
  const parcels = rows.flatMap((row) => parcelOf(row.state) ?? [])
  const held =
    parcels.length === 0
      ? []
      : await tx
          .selectFrom('shipments')
          .select('id')
          .where('id', 'in', parcels)
          .where('held_at', 'is not', null)
          .where('withdrawn_at', 'is', null)
          .execute()
  const heldIds = new Set(held.map((row) => row.id))
  return rows.map((row) => ({
    id: row.id,
    name: laptopName(row),
    lifeCycle: row.life_cycle,
    assigneeId: row.assignee_id,
    shipmentId: parcelOf(row.state),
    isHeld: heldIds.has(parcelOf(row.state) ?? ''),
  }))
}

export interface OpenHandover {
  kind: Handover['kind']
  personId: string
  deviceIds: string[]
  shipmentId?: string
  fromPersonId?: string
  caseId?: string
}

/**
 * Opens ONE hand-over for all the devices, under the terms in force. Refused where it breaks the life cycle, where the
 * parcel is held, or where one is open for the same parcel.
 */
export async function openHandover(tx: Tx, act: Act, input: OpenHandover): Promise<{ id: string }> {
  const deviceIds = [...new Set(input.deviceIds)].sort()
  if (deviceIds.length === 0) throw new AppError('invalid', 'A hand-over needs at least one laptop.')
  const devices = await lockDevices(tx, deviceIds, input.shipmentId ?? null)
  const person = await tx
    .selectFrom('people')
    .select('erased_at')
    .where('id', '=', input.personId)
    .where('withdrawn_at', 'is', null)
    .forKeyShare()
    .executeTakeFirst()
  if (person === undefined || person.erased_at !== null) throw new AppError('not_found', 'There is no such person.')
  requireFitting(input, devices)
  const addressId = input.shipmentId === undefined ? null : await requireParcel(tx, input, deviceIds, input.shipmentId)
  const terms =
    input.kind === 'read-back' ? null : await termsInForce(tx, act, input.kind === 'return' ? 'return' : 'issue')
  const id = newId('hnd')
  const handover = await tx
    .insertInto('handovers')
    .values({
      id,
      kind: input.kind,
      person_id: input.personId,
      from_person_id: input.fromPersonId ?? null,
      shipment_id: input.shipmentId ?? null,
      case_id: input.caseId ?? null,
      terms_id: terms?.id ?? null,
      address_version_id: addressId,
      status: 'open',
      created_by: JSON.stringify(act.actor),
      created_at: act.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await tx
    .insertInto('handover_items')
    .values(deviceIds.map((deviceId) => ({ handover_id: id, device_id: deviceId })))
    .execute()
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.opened',
      payload: { handoverId: id, kind: input.kind, deviceIds, termsId: handover.terms_id },
    },
  ])
  return { id }
}

/** Where each device has to stand for a hand-over of its kind. */
function requireFitting(input: OpenHandover, devices: LockedDevice[]): void {
  for (const device of devices) {
    if (input.kind === 'read-back') continue
    if (device.isHeld && input.kind !== 'return')
      throw new AppError(
        'conflict',
        'Its shipment is held: it cannot be handed over until a second person releases it.',
      )
    if (input.kind === 'counter') requireAtCounter(device, input.personId)
    if (input.kind === 'delivery' && device.assigneeId !== input.personId)
      throw new AppError('conflict', `${device.name} is not meant for this person.`)
  }
}

/** Over the counter goes what is in stock, or what was delivered to somebody who now comes to sign for it. */
function requireAtCounter(device: LockedDevice, personId: string): void {
  if (device.lifeCycle === 'stock') return
  if (device.lifeCycle !== 'delivered' && device.lifeCycle !== 'checked in')
    throw new AppError(
      'conflict',
      `${device.name} cannot be handed over at the counter while it is ${device.lifeCycle}; it has to be in stock, or delivered to this person.`,
    )
  if (device.assigneeId !== personId)
    throw new AppError('conflict', `${device.name} was delivered for somebody else: have it received back first.`)
}

async function requireParcel(
  tx: Tx,
  input: OpenHandover,
  deviceIds: string[],
  shipmentId: string,
): Promise<string | null> {
  const parcel = await tx
    .selectFrom('shipments')
    .select(['person_id', 'direction', 'address_version_id', 'held_at'])
    .where('id', '=', shipmentId)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (parcel === undefined) throw new AppError('not_found', 'There is no such shipment.')
  if (parcel.held_at !== null && parcel.direction === 'out')
    throw new AppError('conflict', 'This shipment is held: it cannot be handed over until a second person releases it.')
  if (input.kind === 'delivery' && parcel.person_id !== input.personId)
    throw new AppError('conflict', 'This shipment is for somebody else.')
  const inside = await tx
    .selectFrom('shipment_devices')
    .select('device_id')
    .where('shipment_id', '=', shipmentId)
    .where('device_id', 'in', deviceIds)
    .execute()
  if (inside.length !== deviceIds.length) throw new AppError('conflict', 'Not all of these laptops are in the parcel.')
  const open = await tx
    .selectFrom('handovers')
    .select('id')
    .where('shipment_id', '=', shipmentId)
    .where('status', '=', 'open')
    .where('kind', '=', input.kind)
    .executeTakeFirst()
  if (open) throw new AppError('conflict', 'A hand-over of this shipment is open already: go on with that one.')
  return parcel.address_version_id
}

/** Takes a hand-over back before it was answered; its links work no more. */
export async function withdrawHandover(tx: Tx, act: Act, input: { handoverId: string; reason: string }): Promise<void> {
  const handover = await lockHandover(tx, input.handoverId)
  if (handover.status !== 'open') throw new AppError('conflict', `This hand-over is ${handover.status} already.`)
  await tx
    .updateTable('handovers')
    .set({ status: 'withdrawn', closed_at: act.now })
    .where('id', '=', handover.id)
    .execute()
  const items = await itemsOf(tx, handover.id)
  const deviceIds = items.map((item) => item.device_id)
  const noteId = await keepNote(tx, act.now, input.reason, handover.case_id)
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.withdrawn',
      payload: { handoverId: handover.id, noteId },
    },
  ])
}

// ── Answers ────────────────────────────────────────────────────────────────────────────────────────────────

export const declineReasons = ['not received', 'damaged', 'wrong device', 'other'] as const

export type ItemAnswer =
  /** `lastFour` null: they cannot read it, which is an answer like any other. */
  | { deviceId: string; answer: 'accepted'; lastFour: string | null }
  | { deviceId: string; answer: 'declined'; reason: (typeof declineReasons)[number]; note: string | null }

export interface HandoverAnswer {
  items: ItemAnswer[]
  /** Null where nothing is accepted: there is nothing to sign for. */
  signature: Signature | null
  /** The terms that were read and agreed to. */
  termsId: string | null
}

/** Done, or which serial numbers were read wrong, with the tries that are left. */
export type HandoverOutcome = { done: true; another: string[] } | { done: false; wrong: Tried['wrong'] }

/** The receiver's answer through their link, which it spends. `from` is the network address it came from. */
export async function answerByLink(
  tx: Tx,
  act: Act,
  input: HandoverAnswer & { secret: string; from: string | null },
): Promise<HandoverOutcome> {
  const { link, handover } = await takeLink(tx, act.now, input.secret, 'acceptance')
  const outcome = await answer(tx, act, handover, input, { at: 'link', from: input.from })
  if (outcome.done) await spendLink(tx, act.now, link.id)
  return outcome
}

/** The receiver's answer on the technician's screen: one operates it, the other signs. */
export async function answerAtCounter(
  tx: Tx,
  act: Act,
  input: HandoverAnswer & { handoverId: string },
): Promise<HandoverOutcome> {
  const handover = await lockHandover(tx, input.handoverId)
  if (handover.status !== 'open') throw new AppError('conflict', `This hand-over is ${handover.status} already.`)
  if (handover.kind === 'read-back') throw new AppError('conflict', 'This one only asks for a serial number.')
  return answer(tx, act, handover, input, { at: 'counter', from: null })
}

interface Where {
  at: 'link' | 'counter'
  from: string | null
}

async function answer(
  tx: Tx,
  act: Act,
  handover: Handover,
  input: HandoverAnswer,
  where: Where,
): Promise<HandoverOutcome> {
  const items = await itemsOf(tx, handover.id)
  const answers = answersTo(items, input.items)
  const accepted = answers.flatMap((one) => (one.answer === 'accepted' ? [one] : []))
  const devices = await lockDevices(
    tx,
    items.map((item) => item.device_id),
    handover.shipment_id,
  )
  requireSigned(handover, input, accepted.length > 0)
  for (const { deviceId } of accepted) requireAcceptable(handover, devices.find(({ id }) => id === deviceId)!)
  // Who has given a laptop back has no number before them to read.
  const tried = await tryReadBacks(tx, act, handover, handover.kind === 'return' ? [] : accepted)
  if (tried.wrong.length > 0) {
    await record(tx, act.now, tried.events)
    return { done: false, wrong: tried.wrong }
  }
  // What bears another number than the one on file is not the laptop on file: custody of that one stays where it is.
  const another = accepted.flatMap(({ deviceId }) => (tried.results.get(deviceId) === 'different' ? [deviceId] : []))
  const passing = devices.filter(({ id }) => accepted.some((one) => one.deviceId === id) && !another.includes(id))
  const events = [
    ...(await itemEvents(tx, act, handover, answers)),
    ...tried.events,
    ...(await signingEvents(tx, act, handover, input, where)),
    ...(await passingEvents(tx, act, handover, passing, where)),
  ]
  if (handover.shipment_id !== null && passing.length < answers.length)
    events.push(
      ...(await addShipmentTask(tx, act, {
        shipmentId: handover.shipment_id,
        key: `handed over ${handover.id}`,
        task: 'Not everything in it was accepted: ask the receiver by a number on file what they have, and what is missing.',
      })),
    )
  await tx
    .updateTable('handovers')
    .set({ status: 'answered', closed_at: act.now })
    .where('id', '=', handover.id)
    .execute()
  await record(tx, act.now, events)
  if (handover.kind === 'return')
    await acknowledgeReturnsOf(tx, act, {
      personId: handover.person_id,
      deviceIds: passing.map((device) => device.id),
    })
  return { done: true, another }
}

/** One answer per item, in the order of the items. */
function answersTo(items: Item[], given: ItemAnswer[]): ItemAnswer[] {
  const byDevice = new Map(given.map((one) => [one.deviceId, one]))
  if (byDevice.size !== given.length || given.some((one) => !items.some((item) => item.device_id === one.deviceId)))
    throw new AppError('invalid', 'This names a laptop that is not part of the hand-over.')
  return items.map((item) => {
    const found = byDevice.get(item.device_id)
    if (found === undefined) throw new AppError('invalid', 'Say of each laptop whether you have received it.')
    return found
  })
}

function requireSigned(handover: Handover, input: HandoverAnswer, isAccepting: boolean): void {
  if (!isAccepting) return
  if (input.signature === null)
    throw new AppError('invalid', 'Sign for what you received.', [{ path: 'signature', problem: 'is needed' }])
  if (handover.terms_id !== null && input.termsId !== handover.terms_id)
    throw new AppError('invalid', 'Read the terms and agree to them first.', [
      { path: 'termsId', problem: 'has to be agreed to' },
    ])
}

function requireAcceptable(handover: Handover, device: LockedDevice): void {
  if (handover.kind === 'return' || handover.kind === 'transfer') return
  if (handover.kind === 'counter' && device.lifeCycle === 'stock') return
  if (device.isHeld) throw new AppError('conflict', HELD)
  if (device.assigneeId !== handover.person_id)
    throw new AppError('conflict', `${device.name} is not meant for you any more. Ask whoever sent it to you.`)
  if (['ordered', 'packed', 'shipped'].includes(device.lifeCycle))
    throw new AppError(
      'conflict',
      `${device.name} has not been delivered yet, as far as the carrier has reported. Come back to this link when it is there; if you have it in front of you already, tell whoever sent it.`,
    )
  if (device.lifeCycle !== 'delivered' && device.lifeCycle !== 'checked in')
    throw new AppError('conflict', `${device.name} is ${device.lifeCycle} and cannot be accepted. Ask whoever sent it.`)
}

async function itemEvents(tx: Tx, act: Act, handover: Handover, answers: ItemAnswer[]): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const one of answers) {
    const note = one.answer === 'declined' ? one.note?.trim() || null : null
    const reason = one.answer === 'declined' ? one.reason : null
    const noteId = note === null ? null : await keepNote(tx, act.now, note, handover.case_id)
    await tx
      .updateTable('handover_items')
      .set({ answer: one.answer, reason, note_id: noteId, answered_at: act.now })
      .where('handover_id', '=', handover.id)
      .where('device_id', '=', one.deviceId)
      .execute()
    events.push({
      ...aboutHandover(act, handover, [one.deviceId]),
      kind: 'handover.item_answered',
      payload: { handoverId: handover.id, answer: one.answer, reason, ...(noteId === null ? {} : { noteId }) },
    })
  }
  return events
}

async function signingEvents(
  tx: Tx,
  act: Act,
  handover: Handover,
  { signature, items }: HandoverAnswer,
  where: Where,
): Promise<NewEvent[]> {
  if (signature === null) return []
  const bytes = signatureBytes(signature)
  await tx
    .updateTable('handovers')
    .set({
      signed_how: signature.how,
      signed_name: signature.name,
      signature: bytes,
      signed_at: act.now,
      signed_from: where.from,
      operator: where.at === 'counter' ? JSON.stringify(act.actor) : null,
    })
    .where('id', '=', handover.id)
    .execute()
  const terms =
    handover.terms_id === null
      ? undefined
      : await tx.selectFrom('terms').select('hash').where('id', '=', handover.terms_id).executeTakeFirst()
  return [
    {
      ...aboutHandover(
        act,
        handover,
        items.map((item) => item.deviceId),
      ),
      kind: 'handover.signed',
      payload: {
        handoverId: handover.id,
        termsId: handover.terms_id,
        termsHash: terms?.hash.toString('hex') ?? null,
        how: signature.how,
        signatureDigest: signatureDigest(handover.id, bytes),
        at: where.at,
      },
    },
  ]
}

/** Custody passes: by acceptance of what was delivered, straight out of stock at the counter. */
async function passingEvents(
  tx: Tx,
  act: Act,
  handover: Handover,
  devices: LockedDevice[],
  { at }: Where,
): Promise<NewEvent[]> {
  // A return is received by the stockroom, and a transfer has a verb of its own: here they are only signed.
  if (handover.kind !== 'delivery' && handover.kind !== 'counter') return []
  const events: NewEvent[] = []
  for (const device of devices) {
    if (device.lifeCycle === 'stock')
      events.push({
        ...aboutHandover(act, handover, [device.id]),
        kind: 'device.transferred',
        payload: { fromPersonId: null, toPersonId: handover.person_id, handoverId: handover.id },
      })
    else
      events.push(
        await acceptanceOf(tx, act, { deviceId: device.id, proof: at === 'counter' ? 'counter' : 'signature' }),
      )
  }
  return events
}
