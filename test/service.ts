// The whole service in this process, on a database, a port and a folder of its own, spoken to over HTTP as outsiders do.
import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Role } from '../server/access/auth.ts'
import type { Scope } from '../server/access/tokens.ts'
import { drain } from '../server/commands/detection.ts'
import { loadConfig } from '../server/config.ts'
import type { Log } from '../server/house.ts'
import { type Service, startService } from '../server/main.ts'
import { appRouter } from '../server/router.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export const password = 'correct horse battery'
export const secrets = {
  easypost: 'carrier-webhook-sécret',
  jamfUser: 'jamf',
  jamfPassword: 'mdm-webhook-password',
  alerts: `whsec_${Buffer.from('thirty-two bytes of alert secret').toString('base64')}`,
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: an answer is read as what the test expects of it
  json: any
}

/** What a procedure came to: its data, or the error with its tRPC code. */
export interface Called {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: as above
  data: any
  error: { code: string; message: string; faults: { path: string; problem: string }[] } | null
  text: string
}

export interface TestService {
  base: string
  service: Service
  database: TestDatabase
  dataFolder: string
  /** Everything that was logged, a line each. */
  logged: string[]
  alerts: AlertReceiver
  /** What the service takes for now; null leaves it the wall clock. */
  time: { now: Date | null }
  send(method: string, where: string, body?: string | Uint8Array, headers?: Record<string, string>): Promise<Answer>
  rpc(cookie: string | null, name: string, input?: unknown): Promise<Called>
  /** Signs in as the one user of a role, who comes to be through an invitation the first time. Gives the cookie. */
  signIn(role: Role): Promise<string>
  token(input: { scopes: Scope[]; source?: string; networks?: string[]; ratePerMinute?: number }): Promise<TestToken>
  /** Reads, judges and delivers all there is. */
  drain(): ReturnType<typeof drain>
  stop(): Promise<void>
}

export interface TestToken {
  id: string
  secret: string
  headers: { authorization: string; 'content-type': string }
}

export async function startTestService(environment: Record<string, string> = {}): Promise<TestService> {
  const database = await testDatabase()
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'telltale service '))
  const alerts = await startAlertReceiver()
  const logged: string[] = []
  const note = (message: string) => void logged.push(message)
  const log: Log = { info: note, warn: note, error: note }
  const time: TestService['time'] = { now: null }
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const result = loadConfig({
    DATABASE_URL: database.url,
    TELLTALE_DATA: dataFolder,
    TELLTALE_URL: base,
    PORT: String(port),
    EASYPOST_WEBHOOK_SECRET: secrets.easypost,
    JAMF_WEBHOOK_USER: secrets.jamfUser,
    JAMF_WEBHOOK_PASSWORD: secrets.jamfPassword,
    ALERT_WEBHOOK_URL: alerts.url,
    ALERT_WEBHOOK_SECRET: secrets.alerts,
    ...environment,
  })
  if (!result.ok) throw new Error(JSON.stringify(result.faults))
  const service = await startService(result.config, {
    log,
    clock: () => time.now ?? new Date(),
    timed: false,
  })
  const { house } = service
  const send: TestService['send'] = async (method, where, given, headers = {}) => {
    const body = typeof given === 'string' || given === undefined ? given : new Uint8Array(given)
    const response = await fetch(base + where, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: tryJson(text) }
  }
  const rpc: TestService['rpc'] = async (cookie, name, input) => {
    const headers = { 'content-type': 'application/json', origin: base, ...(cookie === null ? {} : { cookie }) }
    const sent = input === undefined ? undefined : JSON.stringify(input)
    const answer =
      procedureTypes()[name] === 'mutation'
        ? await send('POST', `/trpc/${name}`, sent ?? '', headers)
        : await send(
            'GET',
            `/trpc/${name}${sent === undefined ? '' : `?input=${encodeURIComponent(sent)}`}`,
            undefined,
            headers,
          )
    const error = answer.json?.error
    return {
      status: answer.status,
      text: answer.text,
      data: answer.json?.result?.data,
      error: error ? { code: error.data.code, message: error.message, faults: error.data.faults } : null,
    }
  }
  const cookies = new Map<Role, Promise<string>>()
  const join = async (role: Role): Promise<string> => {
    const email = `${role}@example.com`
    const link =
      role === 'admin'
        ? service.adminLink
        : (await rpc(await signIn('admin'), 'access.invite', { email, role })).data.link
    await rpc(null, 'access.acceptInvitation', { secret: secretOf(link), name: `${role} person`, email, password })
    return (await signInAs({ base, send }, email)).cookie
  }
  const signIn = (role: Role): Promise<string> => {
    const known = cookies.get(role) ?? join(role)
    cookies.set(role, known)
    return known
  }
  return {
    base,
    service,
    database,
    dataFolder,
    logged,
    alerts,
    time,
    send,
    rpc,
    signIn,
    async token({ scopes, source = 'agent', networks = [], ratePerMinute }) {
      const made = await rpc(await signIn('admin'), 'access.createToken', {
        name: 'test',
        source,
        scopes,
        vouches: 'attestation',
        expiresInDays: null,
        networks,
        ratePerMinute: ratePerMinute ?? null,
      })
      if (made.error) throw new Error(made.error.message)
      const { id, secret } = made.data
      return { id, secret, headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' } }
    },
    drain: () => drain(house),
    async stop() {
      await service.stop()
      await alerts.close()
      await database.drop()
      await rm(dataFolder, { recursive: true, force: true })
    },
  }
}

/** Every procedure by name: whether it is a query, a mutation or a subscription. */
export function procedureTypes(): Record<string, string> {
  const procedures = appRouter._def.procedures as unknown as Record<string, { _def: { type: string } }>
  return Object.fromEntries(Object.entries(procedures).map(([name, procedure]) => [name, procedure._def.type]))
}

/** The secret in an invitation's link. */
export const secretOf = (link: string | null): string => (link ?? '').split('/invite/')[1] ?? ''

let callers = 0

/** One sign-in with the password, from an address of its own, since each address has few tries in a while. */
export async function signInAs(
  { base, send }: Pick<TestService, 'base' | 'send'>,
  email: string,
  using = password,
): Promise<{ answer: Answer; cookie: string }> {
  const answer = await send('POST', '/auth/sign-in/email', JSON.stringify({ email, password: using }), {
    ...anotherCaller(),
    'content-type': 'application/json',
    origin: base,
  })
  return { answer, cookie: cookieOf(answer) }
}

/** What a proxy in front of the service says of a caller nobody has heard of yet. */
export const anotherCaller = () => ({ 'x-forwarded-for': `198.51.100.${++callers % 250}` })

export const cookieOf = (answer: Answer): string =>
  answer.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

/** EasyPost's first proof: HMAC-SHA256 of the body, in hex. */
export const easyPostProof = (body: string | Uint8Array, secret = secrets.easypost) => ({
  'content-type': 'application/json',
  'x-hmac-signature': `hmac-sha256-hex=${createHmac('sha256', secret.normalize('NFKD')).update(body).digest('hex')}`,
})

export const jamfProof = {
  'content-type': 'application/json',
  authorization: `Basic ${Buffer.from(`${secrets.jamfUser}:${secrets.jamfPassword}`).toString('base64')}`,
}

export interface AlertReceiver {
  url: string
  came: { headers: IncomingHttpHeaders; body: string }[]
  /** What it answers with from now on. */
  answer: { status: number; body: string }
  close(): Promise<void>
}

/** Somebody else's endpoint that takes our alerts and writes them down. */
export async function startAlertReceiver(): Promise<AlertReceiver> {
  const came: AlertReceiver['came'] = []
  const answer = { status: 200, body: 'thanks' }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request
      .on('data', (chunk) => chunks.push(chunk))
      .on('end', () => {
        came.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
        response.writeHead(answer.status).end(answer.body)
      })
  })
  const port = await listen(server, 0)
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    came,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, 0)
  await new Promise((resolve) => server.close(resolve))
  return port
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
