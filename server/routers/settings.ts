// Settings: the carriers' provider with its key and webhook, the stockroom's address, mail. No secret ever leaves.
import { sql } from 'kysely'
import { z } from 'zod'
import { clearCarrierKey, setCarrierKey } from '../access/connector.ts'
import { registerWebhook, removeWebhook, rotateWebhookSecret } from '../access/webhook-registration.ts'
import type { House } from '../house.ts'
import { AppError } from '../lib/errors.ts'
import { readStockroom, setStockroom, stockroomSchema } from '../shipping/stockroom.ts'
import { readPolling } from '../shipping/tracking.ts'
import { allow, inTransaction, router } from '../trpc.ts'

const admin = allow('admin')

/** A key is one word of printable letters; what it is worth, only the provider can say. */
const keySchema = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{8,200}$/, 'must be the key as the provider shows it, without spaces')

export const settingsRouter = router({
  read: admin.query(async ({ ctx: { house } }) => ({
    carrier: { ...carrierOf(house), heardAt: await heardAt(house), following: await followed(house) },
    stockroom: await readStockroom(house.db),
    mail: { isSetUp: house.mail !== null },
  })),
  setKey: admin.input(z.object({ key: keySchema })).mutation(async ({ ctx, input }) => {
    const { connector, vault } = ctx.house
    if (connector.provider.apiKey !== null)
      throw new AppError('conflict', 'The key is set by the environment, which wins: change it there, and start again.')
    await inTransaction(ctx, (tx, act) => setCarrierKey(tx, act, vault, input.key))
    await connector.refresh()
    ctx.house.worker.wake('track')
  }),
  clearKey: admin.mutation(async ({ ctx }) => {
    const { connector } = ctx.house
    if (connector.provider.apiKey !== null)
      throw new AppError('conflict', 'The key is set by the environment: take it away there, and start again.')
    await inTransaction(ctx, clearCarrierKey)
    await connector.refresh()
  }),
  /** Asks the provider for its list of webhooks, which costs and changes nothing. */
  testKey: admin.mutation(async ({ ctx }) => {
    const { carrier, registration } = ctx.house.connector.state()
    if (carrier === null) throw new AppError('conflict', 'No key is set.')
    const webhooks = await carrier.webhooks.list()
    const ours = webhooks.find((one) => one.id === registration?.id)
    return {
      mode: carrier.mode,
      webhook: registration?.id
        ? ours === undefined
          ? ('unknown to the provider' as const)
          : ours.disabledAt === null
            ? ('works' as const)
            : ('switched off by the provider' as const)
        : null,
    }
  }),
  registerWebhook: admin.mutation(({ ctx }) => registerWebhook(ctx.house, ctx.act)),
  rotateSecret: admin.mutation(({ ctx }) => rotateWebhookSecret(ctx.house, ctx.act)),
  removeWebhook: admin.mutation(({ ctx }) => removeWebhook(ctx.house, ctx.act)),

  setStockroom: admin
    .input(stockroomSchema)
    .mutation(({ ctx, input }) => inTransaction(ctx, (tx, act) => setStockroom(tx, act, input))),

  /** Sends a mail to whoever asks. */
  sendTestMail: admin.mutation(async ({ ctx }) => {
    if (ctx.house.mail === null)
      throw new AppError('conflict', 'No mail server is set: set SMTP_URL and MAIL_FROM, and start again.')
    await ctx.house.mail.send({
      to: ctx.session.email,
      subject: 'Mail from Telltale works',
      text: `This is a test. Whoever reads it can be reached by mail from ${ctx.house.url}.\n`,
    })
    return { to: ctx.session.email }
  }),
})

type From = 'environment' | 'page'

/** How the provider is set up, in what may be shown. */
function carrierOf({ connector, url }: House) {
  const { provider } = connector
  const { carrier, keySetAt, registration, secrets, problem } = connector.state()
  const keyFrom: From | null = provider.apiKey !== null ? 'environment' : carrier === null ? null : 'page'
  const secretFrom: From | null = provider.webhookSecret !== null ? 'environment' : secrets.length > 0 ? 'page' : null
  return {
    title: provider.title,
    problem,
    keyFrom,
    keySetAt: keySetAt?.toISOString() ?? null,
    mode: carrier?.mode ?? null,
    webhook: {
      url: `${url}/webhooks/${provider.name}`,
      secretFrom,
      registeredAt: registration?.id ? registration.registeredAt : null,
      /** Asked for, and the provider's answer never came. */
      isAsked: registration !== null && registration.id === null,
      rotation:
        secrets.length > 1 || (registration?.id && registration.rotatedAt === null)
          ? registration?.rotatedAt === null
            ? ('not taken yet' as const)
            : ('both hold' as const)
          : null,
    },
  }
}

/** When the provider last called; only looked for among the newest deliveries of all. */
async function heardAt({ db, connector }: House): Promise<string | null> {
  const { rows } = await sql<{ at: Date | null }>`
    select max(received_at) as at from (select source, received_at from inbox order by id desc limit 10000) newest
    where source = ${connector.provider.name}`.execute(db)
  return rows[0]?.at?.toISOString() ?? null
}

async function followed({ db }: House) {
  const { rows } = await sql<{ under_way: number; refused: number }>`
    select count(*) as under_way, count(*) filter (where track_error is not null) as refused
    from shipments where next_track_at is not null`.execute(db)
  const { okAt, failingSince, failure } = await readPolling(db)
  return { underWay: rows[0]?.under_way ?? 0, refused: rows[0]?.refused ?? 0, okAt, failingSince, failure }
}
