// A local server that looks like Jamf Pro's API: client credentials, and computer inventory by sections, pages and filters.
import type { Clock } from '../../ports.ts'
import type { SimulatedComputer } from './fleet.ts'
import { type LookAlike, startLookAlike } from './look-alike.ts'

export interface JamfServer extends LookAlike {
  /** What it knows now; change it between two requests to move the fleet. */
  computers: SimulatedComputer[]
  /** Tokens given until now are worth nothing any more. */
  revokeTokens(): void
}

export interface JamfServerOptions {
  clientId: string
  clientSecret: string
  now: Clock
  computers: SimulatedComputer[]
  /** The newest edition of `/api/vN/computers-inventory` that it has: a server of before 11.30 has 3. */
  edition?: 1 | 3 | 4
  /** How long a token lasts. */
  tokenSeconds?: number
  port?: number
}

/** Starts it on loopback. */
export async function startJamf(options: JamfServerOptions): Promise<JamfServer> {
  const { now, edition = 4, tokenSeconds = 1200 } = options
  const tokens = new Map<string, number>()
  let given = 0
  const token = async (request: Request) => {
    const form = new URLSearchParams(await request.text())
    const isRight =
      form.get('grant_type') === 'client_credentials' &&
      form.get('client_id') === options.clientId &&
      form.get('client_secret') === options.clientSecret
    if (!isRight) return Response.json({ error: 'invalid_client' }, { status: 401 })
    given++
    tokens.set(`token-${given}`, now().getTime() + tokenSeconds * 1000)
    const scope = 'api-role:1'
    return Response.json({ access_token: `token-${given}`, scope, token_type: 'Bearer', expires_in: tokenSeconds - 1 })
  }
  const lookAlike = await startLookAlike(
    async (request) => {
      const url = new URL(request.url)
      if (url.pathname === '/api/oauth/token' && request.method === 'POST') return token(request)
      const until = tokens.get(request.headers.get('authorization')?.replace(/^Bearer /, '') ?? '')
      if (until === undefined || until <= now().getTime()) return refusal(401, 'INVALID_TOKEN')
      const asked = /^\/api\/v(\d)\/computers-inventory$/.exec(url.pathname)
      if (asked === null || Number(asked[1]) > edition || request.method !== 'GET') return refusal(404, 'NOT_FOUND')
      return inventory(server.computers, { query: url.searchParams, edition: Number(asked[1]) })
    },
    options.port === undefined ? {} : { port: options.port },
  )
  const server: JamfServer = {
    ...lookAlike,
    computers: [...options.computers],
    revokeTokens: () => tokens.clear(),
  }
  return server
}

const refusal = (status: number, code: string) =>
  Response.json({ httpStatus: status, errors: [{ code, description: code, id: '0', field: null }] }, { status })

const sections = ['general', 'hardware', 'operatingSystem', 'userAndLocation', 'applications'] as const
const moreSections = ['services', 'security', 'diskEncryption'] as const
type Section = (typeof sections)[number] | (typeof moreSections)[number]

/** `OPERATING_SYSTEM` asks for `operatingSystem`. */
const isSection = (name: string, asked: string[]) =>
  asked.includes(name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase())

function inventory(
  computers: SimulatedComputer[],
  { query, edition }: { query: URLSearchParams; edition: number },
): Response {
  const passes = filterOf(query.get('filter'), edition)
  if (passes === null || (query.get('sort') ?? 'id:asc') !== 'id:asc') return refusal(400, 'INVALID_FIELD')
  const page = Number(query.get('page') ?? 0)
  const size = Number(query.get('page-size') ?? 100)
  const asked = query.getAll('section')
  const found = computers.filter(passes).toSorted((a, b) => a.number - b.number)
  const results = found.slice(page * size, (page + 1) * size).map((computer) => {
    const { id, udid, ...parts } = computerBody(computer, edition)
    const named = Object.entries(parts).filter(([name]) => isSection(name, asked.length === 0 ? ['GENERAL'] : asked))
    return { id, udid, ...Object.fromEntries(named) }
  })
  return Response.json({ totalCount: found.length, results })
}

/** Comparisons of times joined by "or", as RSQL writes them; null for any other filter, which a real server may know. */
function filterOf(filter: string | null, edition: number): ((computer: SimulatedComputer) => boolean) | null {
  if (filter === null) return () => true
  const contact = edition >= 4 ? 'general.lastCheckIn' : 'general.lastContactTime'
  const times: Record<string, (computer: SimulatedComputer) => Date> = {
    'general.reportDate': (one) => one.reportedAt,
    [contact]: (one) => one.lastContactAt,
    ...(edition >= 4 ? { 'general.lastContact': (one) => one.lastContactAt } : {}),
  }
  const tests = filter.split(',').map((comparison) => {
    const [, field = '', since = ''] = /^([\w.]+)>="([^"]+)"$/.exec(comparison) ?? []
    const time = times[field]
    return time === undefined ? null : (one: SimulatedComputer) => time(one).getTime() >= Date.parse(since)
  })
  return tests.includes(null) ? null : (one) => tests.some((test) => test?.(one))
}

/** One computer with every section that Telltale asks for, and some members that it does not know. */
export function computerBody(
  computer: SimulatedComputer,
  edition = 4,
): Record<string, unknown> & Record<Section, unknown> {
  const { enrollment, posture, user } = computer
  const contact = computer.lastContactAt.toISOString()
  return {
    id: String(computer.number),
    udid: computer.hardwareUuid,
    general: {
      name: computer.hostname,
      lastIpAddress: computer.publicIp,
      lastReportedIp: computer.privateIp,
      jamfBinaryVersion: '11.30.0-t1780000000',
      platform: 'Mac',
      assetTag: computer.assetTag,
      remoteManagement: { managed: enrollment.isEnrolled },
      supervised: enrollment.isAutomated,
      mdmCapable: { capable: true, capableUsers: [] },
      reportDate: computer.reportedAt.toISOString(),
      ...(edition >= 4 ? { lastCheckIn: contact, lastContact: null } : { lastContactTime: contact }),
      lastEnrolledDate: enrollment.at.toISOString(),
      initialEntryDate: enrollment.at.toISOString().slice(0, 10),
      enrolledViaAutomatedDeviceEnrollment: enrollment.isAutomated,
      userApprovedMdm: true,
      managementId: computer.hardwareUuid.toLowerCase(),
      site: { id: '-1', name: 'None' },
      extensionAttributes: [],
    },
    hardware: {
      make: 'Apple',
      model: computer.model,
      modelIdentifier: computer.modelIdentifier,
      serialNumber: computer.serialNumber,
      macAddress: computer.macAddress.toUpperCase(),
      altMacAddress: '',
      totalRamMegabytes: 16384,
      appleSilicon: true,
    },
    operatingSystem: {
      name: 'macOS',
      version: computer.osVersion,
      build: computer.osBuild,
      fileVault2Status: posture.diskEncrypted ? 'ALL_ENCRYPTED' : 'NOT_ENCRYPTED',
    },
    userAndLocation: {
      username: user?.username ?? null,
      realname: user?.name ?? null,
      email: user?.email ?? null,
      departmentId: null,
      room: null,
    },
    applications: computer.software.map(({ name, version, identifier, path }) => ({
      name: `${name}.app`,
      path,
      version,
      macAppStore: false,
      sizeMegabytes: 210,
      bundleId: identifier,
      updateAvailable: false,
    })),
    services: computer.services.map((name) => ({ name })),
    security: {
      sipStatus: 'ENABLED',
      secureBootLevel: 'FULL_SECURITY',
      activationLockEnabled: false,
      firewallEnabled: posture.firewall,
      remoteDesktopEnabled: posture.remoteDesktop,
    },
    diskEncryption: {
      fileVault2Enabled: posture.diskEncrypted,
      bootPartitionEncryptionDetails: {
        partitionName: 'Macintosh HD',
        partitionFileVault2State: posture.diskEncrypted ? 'ENCRYPTED' : 'UNENCRYPTED',
        partitionFileVault2Percent: posture.diskEncrypted ? 100 : 0,
      },
      individualRecoveryKeyValidityStatus: 'VALID',
    },
  }
}
