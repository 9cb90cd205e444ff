// Returns: the list, one return, and asking back, moving the day, receiving, reminding, closing.
import { z } from 'zod'
import { returnOutcomes } from '../custody/events.ts'
import { receiveReturned } from '../devices/receipt.ts'
import { remindNow } from '../devices/reminders.ts'
import { openReturnHandover } from '../devices/return-handover.ts'
import { closeReturn, openReturn, openReturnsOf, returnReasons, setReturnDue } from '../devices/returns.ts'
import { AppError } from '../lib/errors.ts'
import { dayOf } from '../lib/time.ts'
import { prepareReturnShipment } from '../shipping/return-parcels.ts'
import { allow, type Context, everybody, inTransaction, router } from '../trpc.ts'
import { listReturns, openReturnFor, readReturn, returnStates } from '../views/returns.ts'
import { id, reason as note } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const day = z.iso.date('must be a day such as 2026-11-30')
const asked = { reason: z.enum(returnReasons), dueOn: day }

const today = (ctx: Context) => dayOf(ctx.house.clock())

function requireAhead(ctx: Context, dueOn: string): void {
  if (dueOn < today(ctx))
    throw new AppError('invalid', 'The day is over already.', [
      { path: 'dueOn', problem: 'is over: choose today or later' },
    ])
}

export const returnsRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        state: z.array(z.enum(returnStates)).default([]),
        reason: z.array(z.enum(returnReasons)).default([]),
        after: z.object({ dueOn: day, id }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listReturns(ctx.house.db, { ...input, today: today(ctx) })),
  get: everybody.input(z.object({ id })).query(async ({ ctx, input }) => ({
    ...(await readReturn(ctx.house.db, { ...input, today: today(ctx) })),
    mailIsSetUp: ctx.house.mail !== null,
  })),
  ofDevice: everybody
    .input(z.object({ deviceId: id }))
    .query(({ ctx, input }) => openReturnFor(ctx.house.db, { ...input, today: today(ctx) })),

  open: provisioner.input(z.object({ deviceId: id, ...asked })).mutation(async ({ ctx, input }) => {
    requireAhead(ctx, input.dueOn)
    return { id: await inTransaction(ctx, (tx, act) => openReturn(tx, act, input)) }
  }),
  /** Asks for everything back that a person has. */
  openAll: provisioner.input(z.object({ personId: id, ...asked })).mutation(async ({ ctx, input }) => {
    requireAhead(ctx, input.dueOn)
    return { ids: await inTransaction(ctx, (tx, act) => openReturnsOf(tx, act, input)) }
  }),
  setDue: provisioner.input(z.object({ returnId: id, dueOn: day, note })).mutation(async ({ ctx, input }) => {
    requireAhead(ctx, input.dueOn)
    await inTransaction(ctx, (tx, act) => setReturnDue(tx, act, input))
  }),
  prepareParcel: provisioner
    .input(z.object({ returnId: id }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => prepareReturnShipment(tx, act, input))),
  /** The hand-over in which the person signs for having given it back. */
  askToSign: provisioner
    .input(z.object({ returnId: id }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => openReturnHandover(tx, act, input))),
  remind: provisioner
    .input(z.object({ returnId: id }))
    .mutation(({ ctx, input }) => remindNow(ctx.house, ctx.act, input)),
  receive: provisioner
    .input(z.object({ returnId: id, serialRead: z.string().trim().min(1).max(200).nullable() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => receiveReturned(tx, act, input))),
  close: provisioner
    .input(z.object({ returnId: id, outcome: z.enum(returnOutcomes), note }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => closeReturn(tx, act, input))),
})
