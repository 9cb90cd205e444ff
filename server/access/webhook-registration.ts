// Our webhook at the provider: registered, given another secret, removed. A lost answer is made good by asking again.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { looksPrivate } from '../lib/fetch.ts'
import { newSecret } from '../lib/secret.ts'
import type { Carrier } from '../ports.ts'
import { type Connector, forgetWebhook, keepRegistration, readRegistration, secretNames } from './connector.ts'
import { readSecret, setSecret, type Vault } from './secrets.ts'

export interface WebhookInput {
  db: Db
  vault: Vault
  connector: Connector
  /** Our public URL, without a final slash. */
  url: string
}

/**
 * Registers our endpoint with a secret made here, or with the environment's. Asked again after a lost answer, it finds
 * what it registered. Throws 'conflict' with what to do where our URL cannot be reached from outside, or it stands already.
 */
export async function registerWebhook(input: WebhookInput, act: Act): Promise<void> {
  const { db, vault, connector } = input
  const carrier = requireCarrier(connector)
  requireReachable(input.url, connector.provider.isPrivate)
  const url = `${input.url}/webhooks/${connector.provider.name}`
  const secret = await db.transaction().execute(async (tx) => {
    await lockWebhook(tx)
    const known = await readRegistration(tx)
    if (known?.id)
      throw new AppError('conflict', 'The webhook is registered already: rotate its secret, or remove it first.')
    await keepRegistration(tx, { id: null, url, registeredAt: act.now.toISOString(), rotatedAt: null })
    if (connector.provider.webhookSecret !== null) return connector.provider.webhookSecret
    const begun = known === null ? null : await readSecret(tx, vault, secretNames.webhook)
    if (begun !== null) return begun.value
    const value = newSecret()
    await setSecret(tx, act, vault, { name: secretNames.webhook, value })
    return value
  })
  // It may be called before the provider's answer is here.
  await connector.refresh()
  const id = await tellProvider(carrier, { url, secret })
  const at = act.now.toISOString()
  const standing = await db.transaction().execute(async (tx) => {
    await lockWebhook(tx)
    const known = await readRegistration(tx)
    if (known === null || known.id !== null) return known?.id ?? null
    await keepRegistration(tx, { id, url, registeredAt: at, rotatedAt: at })
    return id
  })
  // Somebody was quicker, or took the key away meanwhile: a second webhook would outlive both.
  if (standing !== id) await carrier.webhooks.remove(id)
  await connector.refresh()
  if (standing === null)
    throw new AppError(
      'conflict',
      'The key was changed meanwhile, so nothing is registered: register the webhook again.',
    )
}

async function tellProvider(carrier: Carrier, { url, secret }: { url: string; secret: string }): Promise<string> {
  const standing = (await carrier.webhooks.list()).find((one) => one.url === url)
  if (standing === undefined) return (await carrier.webhooks.register({ url, secret })).id
  await carrier.webhooks.setSecret({ id: standing.id, secret })
  return standing.id
}

/** Gives the webhook another secret; both hold until the first delivery proves the new one, or for a day. */
export async function rotateWebhookSecret({ db, vault, connector }: WebhookInput, act: Act): Promise<void> {
  const carrier = requireCarrier(connector)
  if (connector.provider.webhookSecret !== null)
    throw new AppError(
      'conflict',
      'The webhook’s secret is set by the environment: change it there and at the provider, and start again.',
    )
  const { id, secret } = await db.transaction().execute(async (tx) => {
    await lockWebhook(tx)
    const known = await readRegistration(tx)
    if (!known?.id) throw new AppError('conflict', 'No webhook is registered: register it first.')
    const newest = await readSecret(tx, vault, secretNames.webhook)
    const isBegun = known.rotatedAt === null && newest !== null
    if (isBegun) return { id: known.id, secret: newest.value }
    if (newest !== null) await setSecret(tx, act, vault, { name: secretNames.webhookBefore, value: newest.value })
    const value = newSecret()
    await setSecret(tx, act, vault, { name: secretNames.webhook, value, how: 'rotated' })
    await keepRegistration(tx, { ...known, rotatedAt: null })
    return { id: known.id, secret: value }
  })
  await connector.refresh()
  await carrier.webhooks.setSecret({ id, secret })
  await db.transaction().execute(async (tx) => {
    await lockWebhook(tx)
    const known = await readRegistration(tx)
    if (known?.id === id) await keepRegistration(tx, { ...known, rotatedAt: act.now.toISOString() })
  })
  await connector.refresh()
}

/** Removes it at the provider, and believes nothing of it from then on. */
export async function removeWebhook({ db, connector }: WebhookInput, act: Act): Promise<void> {
  const known = await readRegistration(db)
  if (known === null) throw new AppError('not_found', 'No webhook is registered.')
  if (known.id !== null) await requireCarrier(connector).webhooks.remove(known.id)
  await db.transaction().execute((tx) => forgetWebhook(tx, act))
  await connector.refresh()
}

function requireCarrier(connector: Connector): Carrier {
  const { carrier } = connector.state()
  if (carrier === null) throw new AppError('conflict', `Set a key of ${connector.provider.title} first.`)
  return carrier
}

function requireReachable(url: string, isPrivateProvider: boolean): void {
  if (isPrivateProvider) return
  if (!url.startsWith('https://') || looksPrivate(url))
    throw new AppError(
      'conflict',
      `The provider cannot reach ${url}: set TELLTALE_URL to the https address under which this service is seen from outside, and start again. Until then parcels are asked after instead.`,
    )
}

async function lockWebhook(tx: Tx): Promise<void> {
  await sql`select pg_advisory_xact_lock(7355621)`.execute(tx)
}
