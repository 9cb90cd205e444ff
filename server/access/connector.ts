// The provider that buys and tracks, as it is set up now: its key and its webhook's secrets, from the environment or from a page.
import { z } from 'zod'
import type { Act, World } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, logText, messageOf } from '../lib/errors.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { DAY, plus } from '../lib/time.ts'
import type { Carrier, CarrierProvider, Clock } from '../ports.ts'
import { announceSettings, clearSecret, readSecret, setSecret, type Vault } from './secrets.ts'

/** What is kept under which name. */
export const secretNames = {
  key: 'carrier key',
  webhook: 'carrier webhook',
  /** The one before, while a rotation runs. */
  webhookBefore: 'carrier webhook before',
} as const

const webhookSetting = 'carrier webhook'
/** After a rotation the provider may still send with the secret before; it retries for a day (wire formats 1.5). */
const ROTATION_MS = DAY

const registrationSchema = z.object({
  /** The provider's id; null while its answer is awaited. */
  id: z.string().nullable(),
  url: z.string(),
  registeredAt: z.iso.datetime(),
  /** Since when the newest secret is in use; null until the provider has taken it. */
  rotatedAt: z.iso.datetime().nullable(),
})
export type Registration = z.infer<typeof registrationSchema>

interface State {
  carrier: Carrier | null
  keySetAt: Date | null
  registration: Registration | null
  /** Newest first. */
  secrets: { value: string; isNewest: boolean }[]
  /** What could not be read of it, as a sentence. */
  problem: string | null
}

export interface Connector {
  provider: CarrierProvider
  /** As last read; see `refresh`. */
  state(): State
  /** Whether it signs its webhooks with something we know. */
  hasWebhook(): boolean
  /** Gives what a delivery may be signed with to `isSignedWith`, the newest first; one signed with the newest ends a rotation. */
  verify(isSignedWith: (secret: string) => boolean): boolean
  /** Reads what pages set, here or in another process; the secret before goes when its time is over. */
  refresh(): Promise<void>
}

export interface ConnectorOptions {
  db: Db
  vault: Vault
  provider: CarrierProvider
  clock: Clock
  world: World
  log: { warn(message: string): void }
}

/** Call `refresh` before the first use. */
export function createConnector(options: ConnectorOptions): Connector {
  const { db, vault, provider, clock, log } = options
  let state: State = { carrier: null, keySetAt: null, registration: null, secrets: [], problem: null }
  let key: string | null = null
  const dropBefore = () =>
    db
      .transaction()
      .execute((tx) =>
        clearSecret(
          tx,
          { now: clock(), actor: systemActor('rotation'), world: options.world },
          secretNames.webhookBefore,
        ),
      )
  const load = async () => {
    try {
      const fromPage = provider.apiKey === null ? await readSecret(db, vault, secretNames.key) : null
      const found = provider.apiKey ?? fromPage?.value ?? null
      const carrier = found === key && state.carrier ? state.carrier : found === null ? null : provider.create(found)
      key = found
      const registration = await readRegistration(db)
      const secrets = await secretsOf(options, registration, dropBefore)
      state = { carrier, keySetAt: fromPage?.setAt ?? null, registration, secrets, problem: null }
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      key = provider.apiKey
      state = {
        carrier: key === null ? null : (state.carrier ?? provider.create(key)),
        keySetAt: null,
        registration: null,
        secrets: provider.webhookSecret === null ? [] : [{ value: provider.webhookSecret, isNewest: true }],
        problem: messageOf(error),
      }
    }
  }
  // One after the other, so that what was read first never stands over what was read last.
  let last = Promise.resolve()
  const refresh = () => {
    last = last.then(load, load)
    return last
  }
  return {
    provider,
    state: () => state,
    hasWebhook: () => state.secrets.length > 0,
    verify(isSignedWith) {
      const secret = state.secrets.find((one) => isSignedWith(one.value))
      if (secret?.isNewest && state.secrets.length > 1) {
        state = { ...state, secrets: [secret] }
        dropBefore().catch((error) => log.warn(`a webhook's secret before could not be dropped: ${logText(error)}`))
      }
      return secret !== undefined
    },
    refresh,
  }
}

async function secretsOf(
  { db, vault, provider, clock }: ConnectorOptions,
  registration: Registration | null,
  dropBefore: () => Promise<unknown>,
): Promise<State['secrets']> {
  if (provider.webhookSecret !== null) return [{ value: provider.webhookSecret, isNewest: true }]
  const newest = await readSecret(db, vault, secretNames.webhook)
  const before = await readSecret(db, vault, secretNames.webhookBefore)
  const isOver = hasEnded(registration, clock())
  if (before !== null && isOver) await dropBefore()
  return [
    ...(newest === null ? [] : [{ value: newest.value, isNewest: true }]),
    ...(before === null || isOver ? [] : [{ value: before.value, isNewest: false }]),
  ]
}

/** Whether a rotation's time is over, so that the secret before is to be forgotten. */
export const isRotationOver = ({ registration, secrets }: State, now: Date): boolean =>
  secrets.length > 1 && hasEnded(registration, now)

function hasEnded(registration: Registration | null, now: Date): boolean {
  const rotatedAt = registration?.rotatedAt ?? null
  return rotatedAt !== null && plus(new Date(rotatedAt), ROTATION_MS) <= now
}

// ── The key ────────────────────────────────────────────────────────────────────────────────────────────────

/** Sets another key. Nothing of the old one stays: what was registered with it is registered anew. */
export async function setCarrierKey(tx: Tx, act: Act, vault: Vault, value: string): Promise<void> {
  await forgetWebhook(tx, act)
  await setSecret(tx, act, vault, { name: secretNames.key, value })
}

/** Forgets the key and what was registered with it. */
export async function clearCarrierKey(tx: Tx, act: Act): Promise<void> {
  await forgetWebhook(tx, act)
  if (!(await clearSecret(tx, act, secretNames.key))) throw new AppError('not_found', 'No key is set here.')
}

/** Forgets the webhook and its secrets: what is signed with them is not believed from then on. */
export async function forgetWebhook(tx: Tx, act: Act): Promise<void> {
  await clearSecret(tx, act, secretNames.webhook)
  await clearSecret(tx, act, secretNames.webhookBefore)
  await tx.deleteFrom('settings').where('key', '=', webhookSetting).execute()
  await announceSettings(tx)
}

// ── The webhook ────────────────────────────────────────────────────────────────────────────────────────────

export async function readRegistration(db: Db | Tx): Promise<Registration | null> {
  const value = await readSetting(db, webhookSetting)
  return value === undefined ? null : registrationSchema.parse(value)
}

export async function keepRegistration(tx: Tx, registration: Registration): Promise<void> {
  await saveSetting(tx, webhookSetting, registration)
  await announceSettings(tx)
}
