// The vendors' settings from the environment, and which vendors they switch on.
import { expect, test } from 'vitest'
import {
  createCarrierProvider,
  createMails,
  createMdms,
  createSinks,
  createWebhookSources,
  type IntegrationSettings,
  readIntegrations,
} from '../../server/integrations/index.ts'

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** Which are set up; where places come from has a default. */
const vendorsOf = ({ places: _, ...vendors }: IntegrationSettings) =>
  Object.entries(vendors).flatMap(([name, one]) => (one === null ? [] : [name]))

test('nothing set is no vendor and no fault; an empty value counts as absent', () => {
  for (const env of [{}, { EASYPOST_API_KEY: '', JAMF_WEBHOOK_USER: ' ', ALERT_WEBHOOK_URL: undefined }]) {
    const { settings, faults } = readIntegrations(env)
    expect(faults).toEqual([])
    expect(vendorsOf(settings)).toEqual([])
  }
})

test('each variable of EasyPost may be set alone; what is absent may come from a page', () => {
  const { settings, faults } = readIntegrations({ EASYPOST_API_KEY: 'key' })
  expect(faults).toEqual([])
  expect(settings.easypost).toEqual({ apiKey: 'key', baseUrl: null, webhookSecret: null })
  expect(createCarrierProvider(settings)).toMatchObject({ apiKey: 'key', webhookSecret: null, isPrivate: false })
  const local = readIntegrations({ EASYPOST_BASE_URL: 'http://127.0.0.1:4010/v2/' }).settings
  expect(createCarrierProvider(local)).toMatchObject({ apiKey: null, isPrivate: true })
})

test('a label at a private address is fetched only where the provider itself lies at one', async () => {
  const carrierAt = (url: string) =>
    createCarrierProvider(readIntegrations({ EASYPOST_BASE_URL: url }).settings).create('EZAK-key')
  const inside = 'http://127.0.0.1:1/label.pdf'
  await expect(carrierAt('https://api.easypost.com/v2').label(inside)).rejects.toMatchObject({ problem: 'forbidden' })
  await expect(carrierAt('http://127.0.0.1:4010/v2/').label(inside)).rejects.toMatchObject({ problem: 'unavailable' })
})

test('EasyPost’s webhook is there as soon as, and as long as, there is a secret for it', () => {
  let secrets: string[] = []
  const carrier = {
    hasWebhook: () => secrets.length > 0,
    verify: (isSignedWith: (secret: string) => boolean) => secrets.some(isSignedWith),
  }
  const sources = createWebhookSources({ jamf: null, fleet: null }, { url: 'http://localhost:8787', carrier })
  const configured = () => sources.flatMap((one) => (one.configured ? [one.source] : []))
  expect(configured()).toEqual([])
  secrets = ['sesame']
  expect(configured()).toEqual(['easypost'])
})

test('mail needs its server and a sender', () => {
  const set = { SMTP_URL: 'smtps://user:hidden@mail.example.com:465', MAIL_FROM: 'Telltale <telltale@example.com>' }
  expect(createMails(readIntegrations(set).settings)).not.toBeNull()
  const wrong = readIntegrations({ SMTP_URL: 'http://hidden.example', MAIL_FROM: 'hidden' })
  expect(wrong.settings.mail).toBeNull()
  expect(wrong.faults.map((fault) => fault.path).sort()).toEqual(['MAIL_FROM', 'SMTP_URL'])
  expect(JSON.stringify(wrong.faults)).not.toContain('hidden')
  expect(readIntegrations({ SMTP_URL: set.SMTP_URL }).faults).toMatchObject([{ path: 'MAIL_FROM' }])
})

test('every fault is named at once, by its variable and without its value', () => {
  const { settings, faults } = readIntegrations({
    EASYPOST_BASE_URL: 'ftp://hidden.example',
    JAMF_WEBHOOK_PASSWORD: 'hidden',
    ALERT_WEBHOOK_URL: 'hidden',
  })
  expect(vendorsOf(settings)).toEqual([])
  expect(faults.map((fault) => fault.path).sort()).toEqual([
    'ALERT_WEBHOOK_SECRET',
    'ALERT_WEBHOOK_URL',
    'EASYPOST_BASE_URL',
    'JAMF_WEBHOOK_USER',
  ])
  expect(JSON.stringify(faults)).not.toContain('hidden')
})

test('the alert webhook needs its URL and a secret of 24 to 64 bytes', () => {
  const url = 'http://127.0.0.1:18902/'
  expect(
    createSinks(readIntegrations({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret }).settings).map(
      (sink) => sink.name,
    ),
  ).toEqual(['webhook'])
  const tooShort = `whsec_${Buffer.alloc(16).toString('base64')}`
  for (const wrong of [tooShort, 'whsec_***', secret.slice(6), undefined]) {
    const { settings, faults } = readIntegrations({ ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: wrong })
    expect(settings.alertWebhook).toBeNull()
    expect(faults.map((fault) => fault.path)).toEqual(['ALERT_WEBHOOK_SECRET'])
  }
  expect(readIntegrations({ ALERT_WEBHOOK_SECRET: secret }).faults.map((fault) => fault.path)).toEqual([
    'ALERT_WEBHOOK_URL',
  ])
})

test('an MDM is asked once all that it needs is set; national clouds have URLs of their own', () => {
  const clock = () => new Date('2026-03-09T12:00:00Z')
  const sourcesOf = (env: Record<string, string>) =>
    createMdms(readIntegrations(env).settings, { clock }).map(({ source, vouches }) => `${source}: ${vouches}`)
  expect(sourcesOf({})).toEqual([])
  expect(sourcesOf({ FLEET_URL: 'https://fleet.example.com', FLEET_TOKEN: 'hidden' })).toEqual([
    'fleet-hosts: enrolment',
  ])
  const jamf = { JAMF_URL: 'https://jamf.example.com', JAMF_CLIENT_ID: 'client', JAMF_CLIENT_SECRET: 'hidden' }
  expect(sourcesOf({ ...jamf, KANDJI_URL: 'https://x.api.kandji.io', KANDJI_TOKEN: 'hidden' })).toEqual([
    'jamf-inventory: enrolment',
    'kandji: enrolment',
  ])
  const app = { INTUNE_TENANT_ID: 'tenant', INTUNE_CLIENT_ID: 'client', INTUNE_CLIENT_SECRET: 'hidden' }
  expect(sourcesOf(app)).toEqual(['intune: enrolment'])
  expect(readIntegrations(app).settings.intune).toMatchObject({ graphUrl: 'https://graph.microsoft.com' })
  const us = { ...app, INTUNE_GRAPH_URL: 'https://graph.microsoft.us/' }
  expect(readIntegrations(us).settings.intune).toMatchObject({ graphUrl: 'https://graph.microsoft.us' })
  const wrong = readIntegrations({
    INTUNE_GRAPH_URL: 'https://graph.microsoft.us',
    FLEET_WEBHOOK_SECRET: 'hidden',
    FLEET_TOKEN: 'x',
  })
  expect(wrong.faults.map((fault) => fault.path).sort()).toEqual([
    'FLEET_URL',
    'FLEET_WEBHOOK_SECRET',
    'INTUNE_CLIENT_ID',
    'INTUNE_CLIENT_SECRET',
    'INTUNE_TENANT_ID',
  ])
  expect(JSON.stringify(wrong.faults)).not.toContain('hidden')
})
