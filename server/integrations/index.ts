// Every vendor by name: its settings from the environment, and what it is behind the ports.

import type { z } from 'zod'
import type { Fault } from '../lib/errors.ts'
import { createFetch, looksPrivate } from '../lib/fetch.ts'
import type { AgentProtocol, CarrierProvider, Clock, Mail, Mdm, Sink, VendorOffer, WebhookSource } from '../ports.ts'
import { createEasyPost, easyPostEnvironment } from './carriers/easypost.ts'
import { createEasyPostCarrier } from './carriers/easypost-carrier.ts'
import { faultsOf } from './faults.ts'
import { ending } from './mdm/ending.ts'
import { createFleet, fleetWebhookEnvironment } from './mdm/fleet.ts'
import { createFleetHosts, fleetHostsEnvironment } from './mdm/fleet-hosts.ts'
import { createIntune, intuneEnvironment } from './mdm/intune.ts'
import { createJamf, jamfEnvironment } from './mdm/jamf.ts'
import { createJamfInventory, jamfInventoryEnvironment } from './mdm/jamf-inventory.ts'
import { createKandji, kandjiEnvironment } from './mdm/kandji.ts'
import { createOsquery, osqueryEnvironment } from './mdm/osquery.ts'
import { placesEnvironment } from './places/place-data.ts'
import { createMail, mailEnvironment } from './sinks/mail.ts'
import { alertWebhookEnvironment, createWebhookSink } from './sinks/webhook.ts'

const environments = {
  easypost: easyPostEnvironment,
  jamf: jamfEnvironment,
  jamfInventory: jamfInventoryEnvironment,
  kandji: kandjiEnvironment,
  fleet: fleetWebhookEnvironment,
  fleetHosts: fleetHostsEnvironment,
  intune: intuneEnvironment,
  osquery: osqueryEnvironment,
  alertWebhook: alertWebhookEnvironment,
  mail: mailEnvironment,
  places: placesEnvironment,
}

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
    jamfInventory: read(environments.jamfInventory),
    kandji: read(environments.kandji),
    fleet: read(environments.fleet),
    fleetHosts: read(environments.fleetHosts),
    intune: read(environments.intune),
    osquery: read(environments.osquery),
    alertWebhook: read(environments.alertWebhook),
    mail: read(environments.mail),
    places: read(environments.places),
  }
  return { settings, faults }
}

/** The webhook's secrets as they are now, wherever they came from. */
interface CarrierSecrets {
  hasWebhook(): boolean
  verify(isSignedWith: (secret: string) => boolean): boolean
}

/** The vendors that push; each says whether it is configured or takes a token of ours. `url` is our public URL. */
export function createWebhookSources(
  { jamf, fleet }: Pick<IntegrationSettings, 'jamf' | 'fleet'>,
  { url, carrier }: { url: string; carrier: CarrierSecrets },
): WebhookSource[] {
  return [createEasyPost({ url, ...carrier }), createJamf(jamf), createFleet(fleet)]
}

/** The MDMs that are asked; one of which nothing is set is not there. Makes no call by itself. */
export function createMdms(
  settings: Pick<IntegrationSettings, 'jamfInventory' | 'kandji' | 'fleetHosts' | 'intune'>,
  { clock }: { clock: Clock },
): Mdm[] {
  const { jamfInventory, kandji, fleetHosts, intune } = settings
  return [
    jamfInventory && createJamfInventory(jamfInventory, { clock }),
    kandji && createKandji(kandji),
    fleetHosts && createFleetHosts(fleetHosts, { clock }),
    intune && createIntune(intune, { clock }),
  ]
    .filter((mdm) => mdm !== null)
    .map((mdm) => ending(mdm))
}

const offers = {
  jamf: 'Jamf Pro, webhooks',
  jamfInventory: 'Jamf Pro, inventory',
  intune: 'Microsoft Intune',
  kandji: 'Iru (Kandji)',
  fleet: 'Fleet, webhooks',
  fleetHosts: 'Fleet, hosts and software',
  osquery: 'osquery',
} as const

/** Every way to hear of laptops, by the names of the variables that set it up. */
export const offeredVendors = (settings: Pick<IntegrationSettings, keyof typeof offers>): VendorOffer[] =>
  (Object.keys(offers) as (keyof typeof offers)[]).map((vendor) => ({
    title: offers[vendor],
    variables: Object.keys(environments[vendor].in.shape),
    isSet: settings[vendor] !== null,
  }))

/** The names of all variables that set up a vendor, a sink or a mirror. */
export const variableNames = (): string[] =>
  Object.values(environments).flatMap((environment) => Object.keys(environment.in.shape))

/** What agents that enrol here speak; each says whether it is configured. */
export const createAgentProtocols = ({ osquery }: Pick<IntegrationSettings, 'osquery'>): AgentProtocol[] => [
  createOsquery(osquery),
]

/** Who buys labels and tracks. Its base URL comes from the environment only, is the operator's own word and may be private. */
export function createCarrierProvider({ easypost }: Pick<IntegrationSettings, 'easypost'>): CarrierProvider {
  const baseUrl = easypost?.baseUrl ?? null
  const isPrivate = baseUrl !== null && looksPrivate(baseUrl)
  return {
    name: 'easypost',
    title: 'EasyPost',
    apiKey: easypost?.apiKey ?? null,
    webhookSecret: easypost?.webhookSecret ?? null,
    isPrivate,
    create: (apiKey) => createEasyPostCarrier({ apiKey, baseUrl, allowPrivate: isPrivate }),
  }
}

/** What sends mail; null where nothing is set. */
export const createMails = ({ mail }: Pick<IntegrationSettings, 'mail'>): Mail | null =>
  mail === null ? null : createMail(mail)

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
