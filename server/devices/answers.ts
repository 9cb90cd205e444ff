// What a receiver answers to a hand-over: what they say of each device, and one signature for all, by which custody passes.
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { addShipmentTask } from '../shipping/tasks.ts'
import { acceptanceOf } from './custody.ts'
import { type LockedDevice, lockDevices } from './handovers.ts'
import { aboutHandover, type Handover, isErased, itemsOf, lockHandover, spendLink, takeLink } from './links.ts'
import { acknowledgeReturnsOf } from './returns.ts'
import { type Item, type Tried, tryReadBacks } from './serial-end.ts'
import { type Signature, signatureBytes, signatureDigest } from './signature.ts'

/** Said wherever a held parcel would pass on: nothing of why. */
const HELD = 'This delivery needs a check first. Whoever sent it will get in touch.'

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
  if (await isErased(tx, handover)) throw new AppError('conflict', 'This person was erased: nobody can sign for them.')
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
