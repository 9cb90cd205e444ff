// A whole house for flow tests: the service in this process on a database of its own, a receiver for its alerts, a clock to set.
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drain } from '../../server/commands/detection.ts'
import { type Config, loadConfig } from '../../server/config.ts'
import { type Service, startService } from '../../server/main.ts'
import { signatureHeaders } from '../../server/simulator/easypost.ts'
import { createHttp, type Procedures, procedures, signIn } from '../../server/simulator/http.ts'
import { type Received, startReceiver } from '../../server/simulator/receiver.ts'
import { idleWorker } from '../../server/worker.ts'
import { testDatabase } from '../database.ts'

/** Not ASCII, so that its normal form counts. */
export const easypostSecret = 'sécret'
export const jamf = { user: 'jamf', password: 'a flow of tests' }
/** What alerts are signed with, as bytes. */
export const alertKey = Buffer.from('a flow needs its thirty-two bytes')

export interface House {
  url: string
  config: Config
  service: Service
  /** As the first admin, signed in; as nobody in a demo. */
  admin: Procedures
  setClock(at: string | Date): void
  /** Until everything received is read, judged and delivered. */
  drain(): ReturnType<typeof drain>
  /** What was received since the last call. */
  alerts(): Received[]
  /** The headers of a new token. */
  token(scopes: string[], options?: { source?: string; vouches?: string }): Promise<Record<string, string>>
  post(path: string, body: unknown, headers: Record<string, string>): Promise<unknown>
  /** A body as EasyPost would send it, byte for byte. */
  easypost(body: string): Promise<void>
  jamf(body: string): Promise<void>
  close(): Promise<void>
}

interface Vendors {
  easypost?: { apiKey: string; url: string }
  fleet?: { url: string; token: string; webhookSecret: string }
}

/** Opens a house whose clock stands at `now`. Close it in `afterAll`. `demo` makes it one, and leaves its first admin's link unused; `easypost` is whom it asks and buys from, `fleet` an MDM that it asks. */
export async function openFlowHouse(
  now: string,
  { demo = false, easypost, fleet }: Vendors & { demo?: boolean } = {},
): Promise<House> {
  const database = await testDatabase()
  const folder = await mkdtemp(join(tmpdir(), 'telltale-flow-'))
  const receiver = await startReceiver()
  const port = await freePort()
  let clock = new Date(now)
  const result = loadConfig({
    DATABASE_URL: database.url,
    TELLTALE_DATA: folder,
    PORT: String(port),
    EASYPOST_WEBHOOK_SECRET: easypostSecret,
    EASYPOST_API_KEY: easypost?.apiKey ?? '',
    EASYPOST_BASE_URL: easypost?.url ?? '',
    JAMF_WEBHOOK_USER: jamf.user,
    FLEET_URL: fleet?.url ?? '',
    FLEET_TOKEN: fleet?.token ?? '',
    FLEET_WEBHOOK_SECRET: fleet?.webhookSecret ?? '',
    JAMF_WEBHOOK_PASSWORD: jamf.password,
    ALERT_WEBHOOK_URL: receiver.url,
    ALERT_WEBHOOK_SECRET: `whsec_${alertKey.toString('base64')}`,
  })
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  const log = { info() {}, warn() {}, error: (message: string) => console.error(message) }
  const service = await startService(result.config, {
    clock: () => clock,
    timed: false,
    log,
    ...(demo ? { demo: { seed: 1 } } : {}),
  })
  // Only `drain` reads, judges and delivers, so that its counts are those of the test.
  await service.house.worker.stop()
  service.house.worker = idleWorker
  const http = createHttp({ url: `http://127.0.0.1:${port}`, origin: result.config.url })
  const admin = demo ? procedures(http, null) : await firstAdmin(http, service)
  const basic = { authorization: `Basic ${Buffer.from(`${jamf.user}:${jamf.password}`).toString('base64')}` }
  return {
    url: http.url,
    config: result.config,
    service,
    admin,
    setClock: (at) => {
      clock = new Date(at)
    },
    drain: () => drain(service.house),
    alerts: () => receiver.received.splice(0),
    async token(scopes, { source = 'flow', vouches = 'attestation' } = {}) {
      const input = { name: source, source, scopes, vouches, expiresInDays: null }
      const { secret } = await admin.tell<{ secret: string }>('access.createToken', input)
      return { authorization: `Bearer ${secret}` }
    },
    post: (path, body, headers) => http.post(path, JSON.stringify(body), headers),
    easypost: async (body) =>
      void (await http.post('/webhooks/easypost', body, signatureHeaders(easypostSecret, body))),
    jamf: async (body) => void (await http.post('/webhooks/jamf', body, basic)),
    async close() {
      await service.stop()
      await receiver.close()
      await database.drop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function firstAdmin(http: ReturnType<typeof createHttp>, service: Service): Promise<Procedures> {
  const account = { email: 'first@example.com', password: randomBytes(12).toString('hex') }
  const secret = service.adminLink?.split('/').at(-1)
  await procedures(http, null).tell('access.acceptInvitation', { secret, name: 'First Admin', ...account })
  return procedures(http, await signIn(http, account))
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
