// Hand-overs: opened, sent, answered through a public link or at the counter, read back; and the terms they are under.
import { z } from 'zod'
import { confirmAddress, proposeAddress } from '../addresses/proposals.ts'
import type { Act } from '../custody/act.ts'
import { judgeShipment } from '../detection/engine.ts'
import { answerAtCounter, answerByLink, declineReasons } from '../devices/answers.ts'
import { dealWithHandover } from '../devices/deal-with.ts'
import { openHandover, withdrawHandover } from '../devices/handovers.ts'
import { mailLink } from '../devices/link-mail.ts'
import { heldBack, linkActor, makeLink, type Purpose, purposes, renewLink, withdrawLink } from '../devices/links.ts'
import { answerReadBack, requestReadBack } from '../devices/read-back.ts'
import { signatureSchema } from '../devices/signature.ts'
import { listTerms, setTerms, termsKinds } from '../devices/terms.ts'
import type { House } from '../house.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { cleanText } from '../ports.ts'
import { allow, type Context, everybody, inTransaction, open, router } from '../trpc.ts'
import { readLink } from '../views/handover-link.ts'
import { handoversOf, handoverViews, listHandovers, readHandover } from '../views/handovers.ts'
import { id, reason } from './inputs.ts'

const provisioner = allow('admin', 'provisioner')
const working = allow('admin', 'provisioner', 'analyst')
const text = (max: number) => z.string().max(max).transform(cleanText)

/** 256 bits in base64url; anything else was never made here. */
const secret = z.string().max(100)
const lastFour = z.string().trim().min(1).max(50).nullable()
const items = z
  .array(
    z.discriminatedUnion('answer', [
      z.object({ deviceId: id, answer: z.literal('accepted'), lastFour }),
      z.object({
        deviceId: id,
        answer: z.literal('declined'),
        reason: z.enum(declineReasons),
        note: text(1000).nullable().default(null),
      }),
    ]),
  )
  .min(1)
  .max(100)
const answered = { items, signature: signatureSchema.nullable().default(null), termsId: id.nullable().default(null) }
const address = z.object({
  line1: text(200),
  line2: text(200).default(''),
  city: text(200),
  region: text(100).default(''),
  postalCode: text(30).default(''),
  country: text(100),
})

/** Acts as whoever holds the link: a secret of 256 bits is proof of a mailbox, and there is nothing to guess. */
function byLink<T>(ctx: Context, work: (tx: Tx, act: Act) => Promise<T>): Promise<T> {
  const { house } = ctx
  return inTransaction({ house, act: { now: house.clock(), actor: linkActor, world: house.world } }, work)
}

interface Made {
  id: string
  link: string
}

/** Mails a link after its transaction; only where there is no way to do so is it given to whoever made it, once. */
async function send(house: House, made: Made, input: { purpose: Purpose; personId: string; byHand: boolean }) {
  if (house.mail === null || input.byHand) return { link: made.link, sent: false, error: null }
  const came = await mailLink(house.db, house.mail, house.clock, { linkId: made.id, link: made.link, ...input })
  return { link: null, ...came }
}

const goesByHand = async (tx: Tx, house: House, personId: string): Promise<boolean> => {
  const person = await tx.selectFrom('people').select('email').where('id', '=', personId).executeTakeFirst()
  return house.mail === null || person?.email == null
}

/** Judges the parcel first, so that nothing passes on between a fact and its hold; what was found stands either way. */
async function judged<T>(
  ctx: { house: House; act: Act },
  shipmentId: string | null,
  work: (tx: Tx, act: Act) => Promise<T>,
) {
  const outcome = await inTransaction(ctx, async (tx, act) => {
    if (shipmentId !== null && (await judgeShipment(tx, ctx.house, shipmentId))) return null
    return { value: await work(tx, act) }
  })
  ctx.house.worker.wake('deliver')
  if (outcome === null) throw heldBack()
  return outcome.value
}

export const handoversRouter = router({
  // ── For whoever has a link ──────────────────────────────────────────────────────────────────────────────

  /** Changes nothing, and is no GET all the same: the secret stays out of addresses that proxies write down. */
  show: open
    .input(z.object({ secret }))
    .mutation(({ ctx, input }) =>
      readLink(ctx.house.db, ctx.house.clock(), { secret: input.secret, hasMail: ctx.house.mail !== null }),
    ),
  confirmAddress: open
    .input(z.object({ secret, typed: z.string().trim().min(1, 'type it in').max(50) }))
    .mutation(({ ctx, input }) => byLink(ctx, (tx, act) => confirmAddress(tx, act, input))),
  proposeAddress: open
    .input(z.object({ secret, address }))
    .mutation(({ ctx, input }) => byLink(ctx, (tx, act) => proposeAddress(tx, act, input))),
  answer: open
    .input(z.object({ secret, ...answered }))
    .mutation(({ ctx, input }) => byLink(ctx, (tx, act) => answerByLink(tx, act, { ...input, from: ctx.peer }))),
  answerReadBack: open
    .input(
      z.object({
        secret,
        reads: z
          .array(z.object({ deviceId: id, lastFour }))
          .min(1)
          .max(100),
      }),
    )
    .mutation(({ ctx, input }) => byLink(ctx, (tx, act) => answerReadBack(tx, act, input))),
  /** Another link in the place of one that ran out, to the mailbox on file and nowhere else. */
  renew: open.input(z.object({ secret })).mutation(async ({ ctx, input }) => {
    const { house } = ctx
    if (house.mail === null) throw new AppError('conflict', 'No mail is sent from here: ask whoever gave you the link.')
    const made = await byLink(ctx, async (tx, act) => {
      const renewed = await renewLink(tx, act, { secret: input.secret, url: house.url })
      if (await goesByHand(tx, house, renewed.handover.person_id))
        throw new AppError('conflict', 'There is no mailbox to send it to: ask whoever gave you the link.')
      return renewed
    })
    const { sent } = await send(house, made, {
      purpose: made.purpose,
      personId: made.handover.person_id,
      byHand: false,
    })
    if (!sent) throw new AppError('unavailable', 'It could not be sent now. Ask whoever gave you the link.')
  }),

  // ── For those who hand over ─────────────────────────────────────────────────────────────────────────────

  list: everybody
    .input(
      z.object({
        view: z.enum(handoverViews).default('waiting'),
        personId: id.nullable().default(null),
        deviceId: id.nullable().default(null),
        shipmentId: id.nullable().default(null),
        after: z.object({ createdAt: z.iso.datetime(), id: z.string() }).nullable().default(null),
        limit: z.number().int().min(1).max(200).default(50),
      }),
    )
    .query(({ ctx, input }) => listHandovers(ctx.house.db, input)),
  of: everybody
    .input(
      z.union([z.object({ personId: id }), z.object({ deviceId: id }), z.object({ shipmentId: id })], {
        error: 'of whom or what?',
      }),
    )
    .query(({ ctx, input }) => handoversOf(ctx.house.db, input)),
  get: everybody
    .input(z.object({ id }))
    .query(({ ctx, input }) =>
      readHandover(ctx.house.db, { id: input.id, now: ctx.house.clock(), role: ctx.session.role }),
    ),
  open: provisioner
    .input(
      z.object({
        kind: z.enum(['delivery', 'counter']),
        personId: id,
        deviceIds: z.array(id).min(1).max(100),
        shipmentId: id.optional(),
      }),
    )
    .mutation(({ ctx, input: { shipmentId, ...input } }) =>
      judged(ctx, shipmentId ?? null, (tx, act) =>
        openHandover(tx, act, { ...input, ...(shipmentId === undefined ? {} : { shipmentId }) }),
      ),
    ),
  /** Makes a link and mails it; without a mailbox the link comes back, this once. Also sends it again. */
  sendLink: working.input(z.object({ handoverId: id, purpose: z.enum(purposes) })).mutation(async ({ ctx, input }) => {
    const { house } = ctx
    const row = await house.db
      .selectFrom('handovers')
      .select(['person_id', 'shipment_id'])
      .where('id', '=', input.handoverId)
      .executeTakeFirst()
    if (row === undefined) throw new AppError('not_found', 'There is no such hand-over.')
    const made = await judged(ctx, input.purpose === 'acceptance' ? row.shipment_id : null, async (tx, act) => {
      const byHand = await goesByHand(tx, house, row.person_id)
      return { ...(await makeLink(tx, act, { ...input, url: house.url, byHand })), byHand }
    })
    return send(house, made, { purpose: input.purpose, personId: row.person_id, byHand: made.byHand })
  }),
  withdrawLink: working
    .input(z.object({ linkId: id }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => withdrawLink(tx, act, input))),
  withdraw: working
    .input(z.object({ handoverId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => withdrawHandover(tx, act, input))),
  /** Says what came of what was declined or is another laptop. */
  dealWith: working
    .input(z.object({ handoverId: id, reason }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => dealWithHandover(tx, act, input))),
  answerAtCounter: provisioner
    .input(z.object({ handoverId: id, ...answered }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => answerAtCounter(tx, act, input))),
  /** Asks for the serial number, by a link of its own. */
  requestReadBack: working
    .input(z.object({ deviceId: id, caseId: id.nullable().default(null) }))
    .mutation(async ({ ctx, input }) => {
      const { house } = ctx
      const made = await inTransaction(ctx, async (tx, act) => {
        const { handoverId, personId } = await requestReadBack(tx, act, input)
        const byHand = await goesByHand(tx, house, personId)
        const link = await makeLink(tx, act, { handoverId, purpose: 'read-back', url: house.url, byHand })
        return { ...link, handoverId, personId, byHand }
      })
      const { handoverId, personId, byHand } = made
      return { handoverId, ...(await send(house, made, { purpose: 'read-back', personId, byHand })) }
    }),

  terms: everybody.query(({ ctx }) => listTerms(ctx.house.db)),
  setTerms: allow('admin')
    .input(
      z.object({
        kind: z.enum(termsKinds),
        title: text(200).pipe(z.string().trim().min(3, 'is needed')),
        body: text(20_000).pipe(z.string().trim().min(20, 'is too short for terms')),
      }),
    )
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, async (tx, act) => ({ version: (await setTerms(tx, act, input)).version })),
    ),
})
