// Shipments: the list, one parcel, and pack, ship, hold, release.
import { z } from 'zod'
import { alert } from '../cases/alerts.ts'
import { finishTask } from '../cases/work.ts'
import { deskOf, requireDesk } from '../desk.ts'
import { judgeShipment } from '../detection/engine.ts'
import { AppError } from '../lib/errors.ts'
import { cancelShipment } from '../shipping/cancel.ts'
import { holdShipment, packShipment, releaseShipment, shipShipment } from '../shipping/holds.ts'
import { outlookOf, prepareShipment, revealSuggestion, verifyAddress } from '../shipping/prepare.ts'
import { prepareOrder } from '../shipping/prepare-order.ts'
import { askToStop, CALL_CARRIER, finishShipmentTask, stopShipment } from '../shipping/tasks.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { readScans } from '../views/scans.ts'
import { listShipments, readShipment, shipmentWaits } from '../views/shipments.ts'
import { readTimeline } from '../views/timeline.ts'
import { id, reason } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const provisionerOrAnalyst = allow('admin', 'provisioner', 'analyst')
const shipmentId = id
const answers = z.array(z.object({ check: z.string().max(40), answer: z.enum(['yes', 'no']) })).max(20)
const statuses = [
  'ordered',
  'packed',
  'shipped',
  'delivered',
  'at the counter',
  'returning',
  'returned',
  'lost',
] as const

export const shipmentsRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        status: z.array(z.enum(statuses)).default([]),
        held: z.boolean().nullable().default(null),
        direction: z.enum(['out', 'return']).nullable().default(null),
        deliveryChange: z.boolean().default(false),
        waits: z.enum(shipmentWaits).nullable().default(null),
        after: z.object({ orderedAt: z.iso.datetime(), id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listShipments(ctx.house.db, input)),
  get: everybody.input(z.object({ id: shipmentId })).query(({ ctx, input }) => readShipment(ctx.house.db, input.id)),
  /** Its scans with what they are taken to mean, and the places of the map beside them. */
  scans: everybody.input(z.object({ id: shipmentId })).query(({ ctx, input }) => readScans(ctx.house.db, input.id)),
  timeline: everybody
    .input(z.object({ id: shipmentId, before: z.number().int().nullable().default(null) }))
    .query(({ ctx, input }) =>
      readTimeline(ctx.house.db, { shipmentId: input.id, limit: 200, before: input.before ?? undefined }),
    ),

  /** What is to be asked about an address before anything is sent there, and the policy that will hold. */
  outlook: provisioner
    .input(z.object({ personId: id, addressId: id }))
    .query(({ ctx, input }) => ctx.house.db.transaction().execute((tx) => outlookOf(tx, ctx.act.now, input))),
  verifyAddress: provisioner.input(z.object({ addressId: id })).mutation(async ({ ctx, input }) => {
    const { result, codes, residential } = await verifyAddress(requireDesk(ctx.house), ctx.act, input)
    return { result, codes, residential }
  }),
  /** The address on file beside the carriers' writing of it, for a reason that is recorded. */
  revealSuggestion: provisioner
    .input(z.object({ addressId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => revealSuggestion(tx, act, input))),
  prepare: provisioner
    .input(
      z.object({
        personId: id,
        deviceIds: z.array(id).min(1, 'choose at least one laptop').max(20),
        addressId: id,
        answers,
        reference: z.string().trim().max(100).nullable().default(null),
      }),
    )
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => prepareShipment(tx, act, input))),
  /** The same for an order that came from elsewhere. */
  prepareOrder: provisioner
    .input(z.object({ shipmentId, addressId: id, answers }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => prepareOrder(tx, act, input))),
  /** Has a parcel on its way stopped: by the carrier's service where it can, else by a task that says whom to call. */
  stop: provisionerOrAnalyst.input(z.object({ shipmentId, reason })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, (tx, act) => stopShipment(tx, act, input))
    const desk = deskOf(ctx.house)
    if (desk !== null) await askToStop(desk, ctx.act)
  }),
  finishTask: provisionerOrAnalyst.input(z.object({ taskId: id })).mutation(({ ctx, input }) =>
    inTransaction(ctx, async (tx, act) => {
      const { shipmentId: parcel, key } = await finishShipmentTask(tx, act, input)
      if (key !== CALL_CARRIER) return
      // The case that asked for the same call has its answer too.
      const onCases = await tx
        .selectFrom('case_tasks')
        .select('id')
        .where('key', '=', `${CALL_CARRIER}:${parcel}`)
        .where('done_at', 'is', null)
        .orderBy('id')
        .execute()
      for (const task of onCases) await finishTask(tx, act, { taskId: task.id })
    }),
  ),
  /** Undoes a preparation, as long as nothing has left and no label is in force. */
  cancel: provisioner
    .input(z.object({ shipmentId, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => cancelShipment(tx, act, input))),
  pack: provisioner
    .input(z.object({ shipmentId }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => packShipment(tx, act, input))),
  ship: provisioner
    .input(z.object({ shipmentId, trackingCode: z.string().trim().min(4).max(100).optional() }))
    .mutation(async ({ ctx, input }) => {
      // What was found on the way stands, also when it stops the parcel: so it commits, and then says no.
      const isHeld = await inTransaction(ctx, async (tx, act) => {
        if (await judgeShipment(tx, ctx.house, input.shipmentId)) return true
        await shipShipment(tx, act, input)
        return false
      })
      ctx.house.worker.wake('deliver')
      if (isHeld)
        throw new AppError(
          'conflict',
          'This shipment is held: it cannot be marked shipped until a second person releases it.',
        )
    }),
  hold: provisionerOrAnalyst.input(z.object({ shipmentId, reason })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, async (tx, act) => {
      await alert(tx, ctx.house.outside, {
        type: 'shipment.held',
        now: act.now,
        orderingKey: input.shipmentId,
        shipmentIds: [input.shipmentId],
      })
      await holdShipment(tx, act, input)
    })
    ctx.house.worker.wake('deliver')
  }),
  release: provisionerOrAnalyst.input(z.object({ shipmentId, reason })).mutation(async ({ ctx, input }) => {
    await inTransaction(ctx, async (tx, act) => {
      await alert(tx, ctx.house.outside, {
        type: 'shipment.released',
        now: act.now,
        orderingKey: input.shipmentId,
        shipmentIds: [input.shipmentId],
      })
      await releaseShipment(tx, act, input)
    })
    ctx.house.worker.wake('deliver')
  }),
})
