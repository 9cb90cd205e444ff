// Devices: the list, one device, its timeline, and what people do with it in their hands.
import { z } from 'zod'
import { lifeCycles } from '../custody/state.ts'
import { acceptDevice, setDeviceStatus } from '../devices/custody.ts'
import { receiveDevice } from '../devices/receipt.ts'
import { transferDevice } from '../devices/transfers.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listDevices, readDevice } from '../views/devices.ts'
import { readFivePlaces } from '../views/places.ts'
import { readTimeline } from '../views/timeline.ts'
import { id, reason } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const deviceId = z.string().max(100)
const holders = ['stockroom', 'carrier', 'counter', 'unaccepted', 'person', 'vendor', 'unknown'] as const

export const devicesRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        lifeCycle: z.array(z.enum(lifeCycles)).default([]),
        holder: z.array(z.enum(holders)).default([]),
        known: z.boolean().nullable().default(null),
        after: z.string().nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listDevices(ctx.house.db, input)),
  get: everybody.input(z.object({ id: deviceId })).query(({ ctx, input }) => readDevice(ctx.house.db, input.id)),
  fivePlaces: everybody
    .input(z.object({ deviceId, shipmentId: z.string().max(100).nullable().default(null) }))
    .query(({ ctx, input }) => readFivePlaces(ctx.house.db, input)),
  timeline: everybody
    .input(z.object({ id: deviceId, before: z.number().int().nullable().default(null) }))
    .query(({ ctx, input }) =>
      readTimeline(ctx.house.db, { deviceId: input.id, limit: 200, before: input.before ?? undefined }),
    ),

  accept: provisioner
    .input(z.object({ deviceId, proof: z.enum(['confirmation', 'signature', 'counter']) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => acceptDevice(tx, act, input))),
  receive: provisioner
    .input(z.object({ deviceId }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => receiveDevice(tx, act, input))),
  /** From one person straight to the next. */
  transfer: provisioner
    .input(z.object({ deviceId, toPersonId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => transferDevice(tx, act, input))),
  setStatus: provisioner
    .input(z.object({ deviceId, status: z.enum(['stock', 'repair', 'retired', 'lost']) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setDeviceStatus(tx, act, input))),
})
