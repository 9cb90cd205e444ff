// A local server that looks like Microsoft Graph before Intune: tokens, managed devices by pages, batches, detected apps.
import type { Clock } from '../../ports.ts'
import type { SimulatedComputer } from './fleet.ts'
import { type LookAlike, startLookAlike } from './look-alike.ts'

export interface GraphServer extends LookAlike {
  /** What it knows now; change it between two requests to move the fleet. */
  computers: SimulatedComputer[]
  /** Managed devices as they stand, after the computers: phones, or what nobody expects. */
  others: Record<string, unknown>[]
  /** Tokens given until now are worth nothing any more. */
  revokeTokens(): void
  /** Links to next pages given until now lead nowhere any more (410). */
  expireLinks(): void
  /** So many of the next requests within batches are throttled. */
  throttle(requests: number): void
}

interface GraphServerOptions {
  tenantId: string
  clientId: string
  clientSecret: string
  now: Clock
  computers: SimulatedComputer[]
  /** Whether the list can be filtered by the time of the last sync, which is documented nowhere. */
  canFilter?: boolean
  /** Whether there is a beta version: some national clouds have none. */
  hasBeta?: boolean
  tokenSeconds?: number
  port?: number
}

/** Starts it on loopback; `url` stands for both graph.microsoft.com and login.microsoftonline.com. */
export async function startGraph(options: GraphServerOptions): Promise<GraphServer> {
  const { now, tokenSeconds = 3599, hasBeta = true } = options
  const tokens = new Map<string, number>()
  let given = 0
  let generation = 0
  let throttled = 0
  const token = async (request: Request) => {
    const form = new URLSearchParams(await request.text())
    if (form.get('client_secret') !== options.clientSecret || form.get('client_id') !== options.clientId)
      return Response.json({ error: 'invalid_client', error_codes: [7000215] }, { status: 401 })
    if (form.get('grant_type') !== 'client_credentials' || form.get('scope') !== `${server.url}/.default`)
      return Response.json({ error: 'invalid_scope', error_codes: [70011] }, { status: 400 })
    given++
    tokens.set(`token-${given}`, now().getTime() + tokenSeconds * 1000)
    return Response.json({ token_type: 'Bearer', expires_in: tokenSeconds, access_token: `token-${given}` })
  }
  const list = (url: URL) => {
    const filter = filterOf(url.searchParams.get('$filter'), options.canFilter ?? true)
    if (filter === null) return refusal(400, 'BadRequest')
    const top = Number(url.searchParams.get('$top') ?? 1000)
    const [, of = String(generation), skip = '0'] = /^(\d+)-(\d+)$/.exec(url.searchParams.get('$skiptoken') ?? '') ?? []
    if (Number(of) !== generation) return refusal(410, 'Gone')
    const found = [...server.computers.map(managedDevice), ...server.others].filter(filter)
    const next = Number(skip) + top
    const link = new URL(url)
    link.searchParams.set('$skiptoken', `${generation}-${next}`)
    const select = url.searchParams.get('$select')?.split(',')
    return Response.json({
      '@odata.context': `${server.url}/v1.0/$metadata#deviceManagement/managedDevices`,
      ...(next < found.length ? { '@odata.nextLink': link.href } : {}),
      value: found.slice(Number(skip), next).map((device) => selected(device, select)),
    })
  }
  const batch = async (request: Request) => {
    const { requests } = (await request.json()) as { requests: { id: string; method: string; url: string }[] }
    if (requests.length > 20) return refusal(400, 'BadRequest')
    // Answers come in any order.
    const responses = requests.toReversed().map(({ id, url }) => {
      if (throttled > 0) {
        throttled--
        return { id, status: 429, headers: { 'Retry-After': '17' }, body: { error: { code: 'TooManyRequests' } } }
      }
      const deviceId = /^\/deviceManagement\/managedDevices\/([^/?]+)\?\$expand=detectedApps$/.exec(url)?.[1]
      const computer = server.computers.find((one) => deviceIdOf(one) === deviceId)
      if (computer === undefined) return { id, status: 404, headers: {}, body: { error: { code: 'ResourceNotFound' } } }
      return { id, status: 200, headers: {}, body: expandedDevice(computer) }
    })
    return Response.json({ responses })
  }
  const lookAlike = await startLookAlike(
    async (request) => {
      const url = new URL(request.url)
      if (url.pathname === `/${options.tenantId}/oauth2/v2.0/token` && request.method === 'POST') return token(request)
      const until = tokens.get(request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '')
      if (until === undefined || until <= now().getTime()) return refusal(401, 'InvalidAuthenticationToken')
      if (url.pathname === '/v1.0/deviceManagement/managedDevices' && request.method === 'GET') return list(url)
      if (hasBeta && url.pathname === '/beta/$batch' && request.method === 'POST') return batch(request)
      return refusal(404, 'ResourceNotFound')
    },
    options.port === undefined ? {} : { port: options.port },
  )
  const server: GraphServer = {
    ...lookAlike,
    computers: [...options.computers],
    others: [],
    revokeTokens: () => tokens.clear(),
    expireLinks: () => void generation++,
    throttle: (requests) => {
      throttled = requests
    },
  }
  return server
}

const refusal = (status: number, code: string) =>
  Response.json({ error: { code, message: code, innerError: { 'request-id': 'look-alike' } } }, { status })

/** `lastSyncDateTime ge …` only; null for any other filter, which a real server may know. */
function filterOf(filter: string | null, canFilter: boolean): ((device: Record<string, unknown>) => boolean) | null {
  if (filter === null) return () => true
  const since = /^lastSyncDateTime ge (\S+)$/.exec(filter)?.[1]
  if (since === undefined || !canFilter) return null
  return (device) => Date.parse(String(device['lastSyncDateTime'])) >= Date.parse(since)
}

const selected = (device: Record<string, unknown>, names: string[] | undefined) =>
  names === undefined ? device : Object.fromEntries(Object.entries(device).filter(([name]) => names.includes(name)))

const systems = { darwin: 'macOS', windows: 'Windows', linux: 'Linux (ubuntu)' } as const

const deviceIdOf = ({ number }: SimulatedComputer) => `5e1f0000-0000-4000-9000-${number.toString(16).padStart(12, '0')}`

/** Graph writes no fraction of a second where it is none. */
const timeOf = (at: Date) => at.toISOString().replace('.000Z', 'Z')

/** One managed device as version 1.0 lists it; `detectedApps` stands there empty, whatever was found. */
export function managedDevice(computer: SimulatedComputer): Record<string, unknown> {
  const { user, platform, enrollment } = computer
  const isMac = platform === 'darwin'
  return {
    id: deviceIdOf(computer),
    userId: user === null ? '' : deviceIdOf(computer),
    deviceName: computer.hostname,
    managedDeviceOwnerType: 'company',
    enrolledDateTime: timeOf(enrollment.at),
    lastSyncDateTime: timeOf(computer.lastContactAt),
    operatingSystem: systems[platform],
    complianceState: 'compliant',
    jailBroken: 'Unknown',
    managementAgent: enrollment.isEnrolled ? 'mdm' : 'msSense',
    osVersion: computer.osVersion,
    easActivated: false,
    easActivationDateTime: '0001-01-01T00:00:00Z',
    deviceEnrollmentType: enrollment.isAutomated
      ? isMac
        ? 'appleBulkWithUser'
        : 'windowsAzureADJoin'
      : 'userEnrollment',
    deviceRegistrationState: 'registered',
    emailAddress: user?.email ?? '',
    azureADDeviceId: deviceIdOf(computer),
    isSupervised: isMac && enrollment.isAutomated,
    isEncrypted: computer.posture.diskEncrypted,
    userPrincipalName: user?.email ?? '',
    model: isMac ? computer.modelIdentifier : computer.model,
    manufacturer: computer.manufacturer,
    imei: '',
    serialNumber: computer.serialNumber,
    userDisplayName: user?.name ?? '',
    wiFiMacAddress: computer.macAddress.replaceAll(':', '').toUpperCase(),
    ethernetMacAddress: null,
    totalStorageSpaceInBytes: 494_384_795_648,
    freeStorageSpaceInBytes: 0,
    partnerReportedThreatState: 'unknown',
    managementCertificateExpirationDate: timeOf(new Date(enrollment.at.getTime() + 365 * 86_400_000)),
    detectedApps: [],
  }
}

/** The same as beta tells it alone: with the programs found, and with what only beta knows. */
export function expandedDevice(computer: SimulatedComputer): Record<string, unknown> {
  return {
    ...managedDevice(computer),
    autopilotEnrolled: computer.platform === 'windows' && computer.enrollment.isAutomated,
    joinType: 'azureADJoined',
    detectedApps: computer.software.map(({ name, version, publisher }, at) => ({
      id: `${computer.number}-${at}`,
      displayName: name,
      version,
      sizeInByte: 0,
      deviceCount: 0,
      publisher,
      platform: computer.platform === 'darwin' ? 'macOS' : 'windows',
    })),
  }
}
