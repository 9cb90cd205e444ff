// The configuration: pure, every fault at once, and no secret in any of them.
import path from 'node:path'
import { expect, it } from 'vitest'
import { loadConfig } from '../server/config.ts'

const faultsOf = (environment: Record<string, string | undefined>) => {
  const result = loadConfig(environment)
  return result.ok ? [] : result.faults
}

it('needs nothing', () => {
  expect(loadConfig({})).toMatchObject({
    ok: true,
    config: {
      databaseUrl: null,
      dataFolder: path.resolve('.telltale'),
      port: 8787,
      host: '127.0.0.1',
      url: 'http://localhost:8787',
      integrations: { easypost: null, jamf: null, alertWebhook: null },
    },
  })
})

it('takes what is given, and counts blank as absent', () => {
  const result = loadConfig({
    DATABASE_URL: 'postgresql://user@db/telltale',
    TELLTALE_DATA: '/var/lib/telltale',
    TELLTALE_URL: 'https://telltale.example.com/',
    PORT: '9000',
    HOST: ' ',
    EASYPOST_API_KEY: 'key',
    EASYPOST_WEBHOOK_SECRET: '',
  })
  expect(result).toMatchObject({
    ok: true,
    config: {
      databaseUrl: 'postgresql://user@db/telltale',
      dataFolder: '/var/lib/telltale',
      url: 'https://telltale.example.com',
      port: 9000,
      host: '127.0.0.1',
      integrations: { easypost: { apiKey: 'key', webhookSecret: null } },
    },
  })
})

it('the public URL goes with the port', () => {
  expect(loadConfig({ PORT: '1234' })).toMatchObject({ config: { url: 'http://localhost:1234' } })
})

const allWrong = {
  DATABASE_URL: 'mysql://root:hunter2@db/x',
  PORT: 'eighty',
  TELLTALE_URL: 'telltale hunter2',
  LOG_LEVEL: 'hunter2',
  EASYPOST_BASE_URL: 'ftp://hunter2',
  ALERT_WEBHOOK_URL: 'https://hooks.example.com/hunter2',
  ALERT_WEBHOOK_SECRET: 'hunter2',
  JAMF_WEBHOOK_USER: 'hunter2',
}

it('lists every fault at once, under the name of its variable', () => {
  const names = faultsOf(allWrong).map((fault) => fault.path)
  expect(new Set(names)).toEqual(
    new Set([
      'DATABASE_URL',
      'PORT',
      'TELLTALE_URL',
      'LOG_LEVEL',
      'EASYPOST_BASE_URL',
      'ALERT_WEBHOOK_SECRET',
      'JAMF_WEBHOOK_PASSWORD',
    ]),
  )
})

it('never says what was given, since it may be a secret in the wrong place', () => {
  const faults = faultsOf(allWrong)
  expect(faults.length).toBeGreaterThan(0)
  expect(JSON.stringify(faults)).not.toContain('hunter2')
})

it.each(['-1', '65536', '1.5', 'NaN', '0x', '8787 '.repeat(2)])('no port is “%s”', (PORT) => {
  expect(faultsOf({ PORT }).map((fault) => fault.path)).toEqual(['PORT'])
})

it('reads nothing but what it is given, and twice the same', () => {
  const environment = Object.freeze({ PORT: '1', UNKNOWN: 'x' })
  expect(loadConfig(environment)).toEqual(loadConfig(environment))
})
