// Shipments: the list, one parcel, and pack, ship, hold, release.
import { z } from 'zod'
import { alert } from '../cases/alerts.ts'
import { judgeShipment } from '../detection/engine.ts'
import { AppError } from '../lib/errors.ts'
import { holdShipment, packShipment, releaseShipment, shipShipment } from '../shipping/holds.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listShipments, readShipment } from '../views/shipments.ts'
import { readTimeline } from '../views/timeline.ts'

const provisioner = allow('admin', 'provisioner')
const provisionerOrAnalyst = allow('admin', 'provisioner', 'analyst')
const shipmentId = z.string().max(100)
const reason = z.string().trim().min(3, 'say why, in a few words').max(2000)
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
        after: z.object({ orderedAt: z.iso.datetime(), id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listShipments(ctx.house.db, input)),
  get: everybody.input(z.object({ id: shipmentId })).query(({ ctx, input }) => readShipment(ctx.house.db, input.id)),
  timeline: everybody
    .input(z.object({ id: shipmentId, before: z.number().int().nullable().default(null) }))
    .query(({ ctx, input }) =>
      readTimeline(ctx.house.db, { shipmentId: input.id, limit: 200, before: input.before ?? undefined }),
    ),

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
