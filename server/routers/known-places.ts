// Known places: the list, what the company makes of it, and the second person for what silences.
import { z } from 'zod'
import {
  addPlace,
  confirmPlace,
  correctPlace,
  refusePlace,
  switchOffPlace,
  switchOnPlace,
} from '../addresses/company-places.ts'
import { placeKinds } from '../addresses/known-places.ts'
import { revealPeopleAt } from '../addresses/place-people.ts'
import { importPlaces } from '../imports/import-places.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { exportKnownPlaces, listKnownPlaces, readKnownPlace } from '../views/known-places.ts'
import { id, reason } from './inputs.ts'

/** An entry as the form has it; the domain says what is wrong with it. */
const entry = z.object({
  kind: z.enum(placeKinds),
  name: z.string().max(200),
  line1: z.string().max(300),
  city: z.string().max(200),
  region: z.string().max(200),
  postalCode: z.string().max(50),
  country: z.string().max(100),
  unitPattern: z.string().max(200).nullable(),
  multiTenant: z.boolean(),
  confidence: z.number(),
  source: z.string().max(500),
})

const FILE_MAX = 4_000_000
const deciding = allow('admin', 'analyst')

export const knownPlacesRouter = router({
  list: everybody
    .input(
      z.object({
        kinds: z.array(z.enum(placeKinds)).max(placeKinds.length).default([]),
        from: z.enum(['ours', 'company']).nullable().default(null),
        state: z.enum(['on', 'off', 'waits', 'matched']).nullable().default(null),
        text: z.string().max(200).default(''),
        after: id.nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listKnownPlaces(ctx.house.db, input)),
  get: everybody.input(z.object({ id })).query(({ ctx, input }) => readKnownPlace(ctx.house.db, input.id)),
  /** Who has an address there: each look is recorded. */
  revealPeople: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ placeId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => revealPeopleAt(tx, act, input))),
  /** Every entry as it is in force or was before it was switched off, as a table. */
  export: everybody.query(({ ctx }) => exportKnownPlaces(ctx.house.db)),
  add: deciding
    .input(z.object({ entry, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => addPlace(tx, act, input))),
  correct: deciding
    .input(z.object({ placeId: id, entry, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => correctPlace(tx, act, input))),
  switchOff: deciding
    .input(z.object({ placeId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => switchOffPlace(tx, act, input))),
  switchOn: deciding
    .input(z.object({ placeId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => switchOnPlace(tx, act, input))),
  confirm: deciding
    .input(z.object({ placeId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => confirmPlace(tx, act, input))),
  refuse: deciding
    .input(z.object({ placeId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => refusePlace(tx, act, input))),
  /** A file's bytes in base64. */
  import: deciding
    .input(z.object({ file: z.base64().max(FILE_MAX), reason }))
    .mutation(({ ctx, input }) =>
      importPlaces(ctx.house.db, ctx.act, { bytes: Buffer.from(input.file, 'base64'), reason: input.reason }),
    ),
})
