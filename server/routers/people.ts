// People, their addresses and what is declared for them.
import { z } from 'zod'
import { requireSecondPerson } from '../access/second-person.ts'
import { involvedInAddress } from '../addresses/proposals.ts'
import { approveAddress, refuseAddress, revealAddress } from '../addresses/versions.ts'
import { record } from '../custody/record.ts'
import { AppError } from '../lib/errors.ts'
import { declarationKinds, endDeclaration, refuseUnplaced, saveDeclaration } from '../people/declarations.ts'
import { erasePerson } from '../people/erase.ts'
import { allow, everybody, inTransaction, router } from '../trpc.ts'
import { listPeople, readPerson } from '../views/people.ts'
import { readTimeline } from '../views/timeline.ts'
import { reason } from './inputs.ts'

const personId = z.string().max(100)
const addressId = z.string().max(100)
const day = z.iso.date()

export const peopleRouter = router({
  list: everybody
    .input(
      z.object({
        text: z.string().max(200).default(''),
        kind: z.enum(['employee', 'contractor']).nullable().default(null),
        after: z.object({ name: z.string(), id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listPeople(ctx.house.db, input)),
  get: everybody.input(z.object({ id: personId })).query(({ ctx, input }) => readPerson(ctx.house.db, input.id)),
  timeline: everybody
    .input(z.object({ id: personId, before: z.number().int().nullable().default(null) }))
    .query(({ ctx, input }) =>
      readTimeline(ctx.house.db, { personId: input.id, limit: 200, before: input.before ?? undefined }),
    ),

  /** The whole address, for a reason that is recorded. */
  revealAddress: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ addressId, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => revealAddress(tx, act, input))),
  approveAddress: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ addressId, reason }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, async (tx, act) => {
        const hands = await involvedInAddress(tx, input.addressId)
        if (hands === undefined) throw new AppError('not_found', 'There is no such address.')
        await requireSecondPerson(tx, act, hands)
        await approveAddress(tx, act, input)
      }),
    ),
  refuseAddress: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ addressId, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => refuseAddress(tx, act, input))),

  declare: allow('admin', 'provisioner', 'analyst')
    .input(
      z.object({
        // What silences for everybody needs a second person, or the operator's own word: a tool or an exit comes by import.
        kind: z.enum(declarationKinds).exclude(['tool', 'network_exit']),
        personEmail: z.email(),
        otherEmail: z.email().nullable().default(null),
        value: z.string().trim().max(500).nullable().default(null),
        startsOn: day,
        endsOn: day,
        reason,
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, async (tx, act) => {
        refuseUnplaced(act, input)
        const saved = await saveDeclaration(tx, act, input)
        await record(tx, act.now, saved.events)
        return { id: saved.id, result: saved.result }
      }),
    ),
  endDeclaration: allow('admin', 'provisioner', 'analyst')
    .input(z.object({ declarationId: z.string().max(100), reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => endDeclaration(tx, act, input))),

  erase: allow('admin')
    .input(z.object({ personId, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => erasePerson(tx, act, input))),
})
