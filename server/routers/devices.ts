// Devices: the list, one device, its timeline, and what people do with it in their hands.
import { z } from 'zod'
import { facets } from '../custody/events.ts'
import { lifeCycles } from '../custody/state.ts'
import { acceptDevice, setDeviceStatus } from '../devices/custody.ts'
import { unmergeDevice } from '../devices/merging.ts'
import { receiveDevice } from '../devices/receipt.ts'
import { transferDevice } from '../devices/transfers.ts'
import { undoMatch } from '../devices/undo-match.ts'
import { proofLevels } from '../ports.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { networkKinds, type SeenBand, seenBands } from '../views/device-filter.ts'
import { listDevices, listSources } from '../views/device-list.ts'
import { readSoftware } from '../views/device-software.ts'
import { readDevice } from '../views/devices.ts'
import { readEndpoint } from '../views/endpoint.ts'
import { readHistory, readPresence } from '../views/facet-history.ts'
import { readIdentity } from '../views/identity.ts'
import { readMap } from '../views/map.ts'
import { readFivePlaces } from '../views/places.ts'
import { readTimeline } from '../views/timeline.ts'
import { id, reason } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const working = allow('admin', 'provisioner', 'analyst')
const deviceId = z.string().max(100)
const holders = ['stockroom', 'carrier', 'counter', 'unaccepted', 'person', 'vendor', 'unknown'] as const

const bands = [...(Object.keys(seenBands) as (keyof typeof seenBands)[]), 'never'] as const satisfies SeenBand[]
const placePart = z.string().max(200).nullable()
const placeKey = z.object({ country: placePart, region: placePart, city: placePart })
/** What the map and the list have in common. */
const whereabouts = {
  proof: z.array(z.enum([...proofLevels, 'none'])).default([]),
  network: z.array(z.enum(networkKinds)).default([]),
  abroad: z.boolean().default(false),
}

export const devicesRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        lifeCycle: z.array(z.enum(lifeCycles)).default([]),
        holder: z.array(z.enum(holders)).default([]),
        known: z.boolean().nullable().default(null),
        ...whereabouts,
        place: placeKey.nullable().default(null),
        seen: z.enum(bands).nullable().default(null),
        source: z.string().max(100).nullable().default(null),
        sort: z.enum(['newest', 'seen', 'silent']).default('newest'),
        after: z.object({ id, seenOn: z.iso.date().nullable() }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listDevices(ctx.house.db, input, ctx.act.now)),
  /** The sources that ever saw a device. */
  sources: everybody.query(({ ctx }) => listSources(ctx.house.db)),
  /** Devices counted by their last place. */
  map: everybody.input(z.object(whereabouts)).query(({ ctx, input }) => readMap(ctx.house.db, input)),
  get: everybody.input(z.object({ id: deviceId })).query(({ ctx, input }) => readDevice(ctx.house.db, input.id)),
  /** What each source last told, side by side. */
  endpoint: everybody
    .input(z.object({ id: deviceId }))
    .query(({ ctx, input }) => readEndpoint(ctx.house.db, input.id, ctx.act.now)),
  software: everybody
    .input(z.object({ deviceId, text: z.string().max(200).default(''), known: z.boolean().default(false) }))
    .query(({ ctx, input }) => readSoftware(ctx.house.db, input)),
  /** Changes of its facets. */
  history: everybody
    .input(
      z.object({
        deviceId,
        facet: z.array(z.enum(facets)).default([]),
        source: z.array(z.string().max(100)).max(20).default([]),
        before: z.number().int().nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => readHistory(ctx.house.db, input)),
  /** The days it was seen. */
  presence: everybody
    .input(
      z.object({
        deviceId,
        after: z
          .object({ day: z.iso.date(), source: z.string().max(100) })
          .nullable()
          .default(null),
        limit: z.number().int().min(1).max(200).default(60),
      }),
    )
    .query(({ ctx, input }) => readPresence(ctx.house.db, input)),
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
  /** Its names before, doubts about it, what was merged with it and what was undone. */
  identity: everybody.input(z.object({ id: deviceId })).query(({ ctx, input }) => readIdentity(ctx.house.db, input.id)),
  /** What a source reports is another machine's: from then on it is left out, and matched anew. */
  undoMatch: working
    .input(z.object({ deviceId, source: z.string().min(1).max(100), since: z.iso.datetime(), reason }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => undoMatch(tx, act, { ...input, since: new Date(input.since) })),
    ),
  /** Takes a merged record out again. */
  unmerge: working
    .input(z.object({ fromId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => unmergeDevice(tx, act, input))),
  setStatus: provisioner
    .input(z.object({ deviceId, status: z.enum(['stock', 'repair', 'retired', 'lost']) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setDeviceStatus(tx, act, input))),
})
