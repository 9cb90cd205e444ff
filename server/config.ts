// The configuration: read once from the environment, every fault listed at once, passed in from there on.
import path from 'node:path'
import { z } from 'zod'
import { type IntegrationSettings, readIntegrations } from './integrations/index.ts'
import { type Fault, faultsOf } from './lib/errors.ts'

export interface Config {
  /** Null: the embedded PostgreSQL in `dataFolder`. */
  databaseUrl: string | null
  dataFolder: string
  port: number
  host: string
  /** The public URL, without a final slash. */
  url: string
  logLevel: string
  integrations: IntegrationSettings
}

const blankAsAbsent = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))

const schema = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/, error: 'must be a URL like postgres://user:password@host:5432/telltale' })
    .optional(),
  TELLTALE_DATA: z.string().default('.telltale'),
  PORT: z.coerce.number({ error: 'must be a port number' }).int().min(0).max(65535).default(8787),
  HOST: z.string().default('127.0.0.1'),
  TELLTALE_URL: z.url({ protocol: /^https?$/, error: 'must be a URL like https://telltale.example.com' }).optional(),
  LOG_LEVEL: z
    .enum(['silent', 'error', 'warn', 'info', 'debug'], { error: 'must be silent, error, warn, info or debug' })
    .default('info'),
})

export type ConfigResult = { ok: true; config: Config } | { ok: false; faults: Fault[] }

/** Pure: the environment in, the configuration or all that is wrong with it out. */
export function loadConfig(environment: Record<string, string | undefined>): ConfigResult {
  const env = blankAsAbsent(environment)
  const parsed = schema.safeParse(env)
  const integrations = readIntegrations(env)
  const faults: Fault[] = [...(parsed.success ? [] : faultsOf(parsed.error.issues)), ...integrations.faults]
  if (!parsed.success || faults.length > 0) return { ok: false, faults }
  const given = parsed.data
  return {
    ok: true,
    config: {
      databaseUrl: given.DATABASE_URL ?? null,
      dataFolder: path.resolve(given.TELLTALE_DATA),
      port: given.PORT,
      host: given.HOST,
      url: (given.TELLTALE_URL ?? `http://localhost:${given.PORT}`).replace(/\/+$/, ''),
      logLevel: given.LOG_LEVEL,
      integrations: integrations.settings,
    },
  }
}
