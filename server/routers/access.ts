// Who one is, accounts, invitations and machine tokens.
import { z } from 'zod'
import { roles } from '../access/auth.ts'
import { acceptInvitation, inviteUser, readInvitation } from '../access/invitations.ts'
import { readSingleKeys, setSingleKeys } from '../access/saved-views.ts'
import { createToken, distrustToken, listTokens, revokeToken, scopes } from '../access/tokens.ts'
import { listUsers, setUserDisabled, setUserRole } from '../access/users.ts'
import { vouchesSchema } from '../ports.ts'
import { allow, everybody, inTransaction, open, router } from '../trpc.ts'

const secret = z.string().max(100)

export const accessRouter = router({
  me: everybody.query(async ({ ctx }) => ({
    ...ctx.session,
    singleKeys: await readSingleKeys(ctx.house.db, ctx.session.userId),
    demo: ctx.house.demo,
    url: ctx.house.url,
    now: ctx.house.clock().toISOString(),
  })),

  setSingleKeys: everybody
    .input(z.object({ areOn: z.boolean() }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx) => setSingleKeys(tx, { ...input, userId: ctx.session.userId })),
    ),

  readInvitation: open
    .input(z.object({ secret }))
    .query(({ ctx, input }) => readInvitation(ctx.house.db, input.secret, ctx.house.clock())),
  acceptInvitation: open
    .input(
      z.object({
        secret,
        name: z.string().trim().min(1).max(200),
        email: z.email().max(320).nullable(),
        password: z.string().min(12, 'needs at least 12 characters').max(256),
      }),
    )
    .mutation(({ ctx, input }) =>
      acceptInvitation(ctx.house.db, ctx.house.auth, { now: ctx.house.clock(), world: ctx.house.world }, input),
    ),

  users: allow('admin').query(({ ctx }) => listUsers(ctx.house.db)),
  /** Names of colleagues, to assign a case to. */
  colleagues: everybody.query(async ({ ctx }) =>
    (await listUsers(ctx.house.db)).filter((user) => !user.disabled).map(({ id, name, role }) => ({ id, name, role })),
  ),
  invite: allow('admin')
    .input(z.object({ email: z.email().max(320), role: z.enum(roles) }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => inviteUser(tx, act, { ...input, url: ctx.house.url })),
    ),
  setRole: allow('admin')
    .input(z.object({ userId: z.string(), role: z.enum(roles) }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setUserRole(tx, act, input))),
  setDisabled: allow('admin')
    .input(z.object({ userId: z.string(), disabled: z.boolean() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setUserDisabled(tx, act, input))),

  tokens: allow('admin', 'analyst', 'auditor').query(({ ctx }) => listTokens(ctx.house.db)),
  createToken: allow('admin')
    .input(
      z.object({
        name: z.string().trim().min(1).max(200),
        source: z.string().trim().min(1).max(100),
        scopes: z.array(z.enum(scopes)).min(1),
        vouches: vouchesSchema,
        expiresInDays: z.number().int().min(1).max(3650).nullable(),
        networks: z.array(z.string().max(60)).max(50).default([]),
        ratePerMinute: z.number().int().min(1).max(1_000_000).nullable().default(null),
      }),
    )
    .mutation(({ ctx, input: { expiresInDays, ...input } }) => {
      const expiresAt = expiresInDays === null ? null : new Date(ctx.act.now.getTime() + expiresInDays * 86_400_000)
      return inTransaction(ctx, (tx, act) => createToken(tx, act, { ...input, expiresAt }))
    }),
  revokeToken: allow('admin')
    .input(z.object({ id: z.string() }))
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => revokeToken(tx, act, input))),
  distrustToken: allow('admin', 'analyst')
    .input(z.object({ id: z.string(), since: z.iso.datetime({ offset: true }) }))
    .mutation(({ ctx, input }) =>
      inTransaction(ctx, (tx, act) => distrustToken(tx, act, { id: input.id, since: new Date(input.since) })),
    ),
})
