// Every vendor by name: its settings from the environment, and what it is behind the ports.

import type { z } from 'zod'
import type { Fault } from '../lib/errors.ts'
import { createFetch } from '../lib/fetch.ts'
import type { Sink, WebhookSource } from '../ports.ts'
import { createEasyPost, easyPostEnvironment } from './carriers/easypost.ts'
import { faultsOf } from './faults.ts'
import { createJamf, jamfEnvironment } from './mdm/jamf.ts'
import { alertWebhookEnvironment, createWebhookSink } from './sinks/webhook.ts'

const environments = { easypost: easyPostEnvironment, jamf: jamfEnvironment, alertWebhook: alertWebhookEnvironment }

/** Settings per vendor; null as a whole for a vendor of which nothing is set, or whose settings are faulty. */
export type IntegrationSettings = { [V in keyof typeof environments]: z.output<(typeof environments)[V]> }

/** Reads every vendor's variables. Empty values count as absent; faults name the variable and never show its value. */
export function readIntegrations(env: Record<string, string | undefined>): {
  settings: IntegrationSettings
  faults: Fault[]
} {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()))
  const faults: Fault[] = []
  const read = <T>(schema: z.ZodType<T | null>): T | null => {
    const parsed = schema.safeParse(set)
    if (!parsed.success) faults.push(...faultsOf(parsed.error))
    return parsed.data ?? null
  }
  const settings = {
    easypost: read(environments.easypost),
    jamf: read(environments.jamf),
    alertWebhook: read(environments.alertWebhook),
  }
  return { settings, faults }
}

/** The vendors that push, as far as they are configured or take a token of ours. `url` is our public URL. */
export function createWebhookSources(
  { easypost, jamf }: IntegrationSettings,
  { url }: { url: string },
): WebhookSource[] {
  const sources: WebhookSource[] = []
  if (easypost?.webhookSecret) sources.push(createEasyPost({ webhookSecret: easypost.webhookSecret, url }))
  sources.push(createJamf(jamf))
  return sources
}

/** Where alerts go. The URL comes from the environment, is the operator's own word and may be private. */
export function createSinks({ alertWebhook }: IntegrationSettings): Sink[] {
  if (!alertWebhook) return []
  return [
    createWebhookSink({
      ...alertWebhook,
      fetch: createFetch({ allowPrivate: true, timeoutMs: 15_000, maxBytes: 4096 }),
    }),
  ]
}
