// A local server that looks like Fleet: its list of hosts with software, and its webhooks.
import type { SimulatedComputer } from './fleet.ts'
import { type LookAlike, startLookAlike } from './look-alike.ts'

export interface FleetServer extends LookAlike {
  /** What it knows now; change it between two requests to move the fleet. */
  computers: SimulatedComputer[]
  /** Hosts as they stand, beside the computers: phones, hosts that never came, or what nobody expects. */
  others: Record<string, unknown>[]
  /** Hears of a computer: it takes the place of the one with its number. */
  hear(computer: SimulatedComputer): void
  /** From now on it takes its token, or refuses it. */
  takeToken(isTaken: boolean): void
  /** Posts an activity to a webhook's URL; resolves to the status of the answer. */
  tell(url: string, activity: Activity): Promise<number>
}

interface FleetServerOptions {
  token: string
  computers: SimulatedComputer[]
  /** Servers of before 4.51 know `populate_software` as true or false only. */
  isOld?: boolean
  port?: number
}

export interface Activity {
  type: 'mdm_enrolled' | 'mdm_unenrolled' | 'fleet_enrolled' | 'wiped_host' | 'ran_script'
  at: Date
  computer: SimulatedComputer
}

/** Starts it on loopback. */
export async function startFleet(options: FleetServerOptions): Promise<FleetServer> {
  let isTokenTaken = true
  const list = (query: URLSearchParams) => {
    const software = query.get('populate_software') ?? 'false'
    const known = options.isOld ? ['true', 'false'] : ['true', 'false', 'without_vulnerability_details']
    if (!known.includes(software)) return refusal(400, 'Bad request')
    if (query.get('order_key') !== 'seen_time' || query.get('order_direction') !== 'desc') return refusal(422, 'Order')
    const page = Number(query.get('page') ?? 0)
    const size = Number(query.get('per_page') ?? 100)
    const found = [...server.computers.map(hostBody), ...server.others].toSorted((a, b) =>
      String(a['seen_time']) < String(b['seen_time']) ? 1 : -1,
    )
    const hosts = found
      .slice(page * size, (page + 1) * size)
      .map(({ software: programs, device_mapping, ...host }) => ({
        ...host,
        ...(software === 'false' ? {} : { software: programs }),
        ...(query.get('device_mapping') === 'true' ? { device_mapping } : {}),
      }))
    return Response.json({ hosts })
  }
  const lookAlike = await startLookAlike(
    (request) => {
      const url = new URL(request.url)
      if (!isTokenTaken || request.headers.get('authorization') !== `Bearer ${options.token}`)
        return refusal(401, 'Authentication required')
      if (request.method === 'GET' && url.pathname === '/api/v1/fleet/hosts') return list(url.searchParams)
      if (request.method === 'GET' && url.pathname === '/api/v1/fleet/hosts/count')
        return Response.json({ count: server.computers.length + server.others.length })
      return refusal(404, 'Not found')
    },
    options.port === undefined ? {} : { port: options.port },
  )
  const server: FleetServer = {
    ...lookAlike,
    computers: [...options.computers],
    others: [],
    hear(computer) {
      server.computers = [...server.computers.filter((one) => one.number !== computer.number), computer]
    },
    takeToken(isTaken) {
      isTokenTaken = isTaken
    },
    async tell(url, activity) {
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(url, { method: 'POST', headers, body: activityBody(activity) })
      return answer.status
    },
  }
  return server
}

const refusal = (status: number, message: string) =>
  Response.json({ message, errors: [{ name: 'base', reason: message }] }, { status })

/** The body of one webhook: an activity, with the details that its type has. */
export function activityBody({ type, at, computer }: Activity): string {
  const name = { host_display_name: `${computer.modelIdentifier} (${computer.serialNumber})` }
  const isApple = computer.platform === 'darwin'
  // Fleet learns no serial number from an enrolment of Microsoft's kind.
  const serial = { host_serial: isApple || type !== 'mdm_enrolled' ? computer.serialNumber : '' }
  const dep = { installed_from_dep: isApple && computer.enrollment.isAutomated, enrollment_id: null }
  const platform = { platform: platformOf(computer) }
  const details = {
    mdm_enrolled: { ...serial, ...name, ...dep, ...platform, mdm_platform: isApple ? 'apple' : 'microsoft' },
    mdm_unenrolled: { ...serial, ...name, ...dep, ...platform },
    fleet_enrolled: { host_id: String(computer.number), ...serial, ...name },
    wiped_host: { host_id: computer.number, ...name },
    ran_script: { host_id: computer.number, ...name, script_name: 'collect.sh', async: false },
  }[type]
  return JSON.stringify({
    timestamp: at.toISOString(),
    actor_full_name: 'Fleet',
    actor_id: null,
    actor_email: '',
    type,
    details,
  })
}

const platformOf = ({ platform }: SimulatedComputer) => (platform === 'linux' ? 'ubuntu' : platform)

const systems = { darwin: 'macOS', windows: 'Windows 11 Pro 24H2', linux: 'Ubuntu' } as const

const sources = { darwin: 'apps', windows: 'programs', linux: 'deb_packages' } as const

function enrolmentStatus({ enrollment }: SimulatedComputer): string {
  if (!enrollment.isEnrolled) return 'Off'
  return enrollment.isAutomated ? 'On (automatic)' : 'On (manual)'
}

/** One host as the list has it, with software and owner. */
export function hostBody(computer: SimulatedComputer): Record<string, unknown> {
  const { user, platform } = computer
  return {
    id: computer.number,
    created_at: computer.enrollment.at.toISOString(),
    updated_at: computer.reportedAt.toISOString(),
    detail_updated_at: computer.reportedAt.toISOString(),
    software_updated_at: computer.reportedAt.toISOString(),
    last_enrolled_at: computer.enrollment.at.toISOString(),
    last_restarted_at: computer.bootedAt.toISOString(),
    seen_time: computer.lastContactAt.toISOString(),
    hostname: computer.hostname,
    computer_name: computer.hostname,
    display_name: computer.hostname,
    uuid: computer.hardwareUuid,
    platform: platformOf(computer),
    platform_like: platform === 'linux' ? 'debian' : platform,
    osquery_version: '5.18.1',
    os_version: `${systems[platform]} ${computer.osVersion}`,
    build: computer.osBuild,
    uptime: (computer.reportedAt.getTime() - computer.bootedAt.getTime()) * 1e6,
    memory: 17_179_869_184,
    hardware_vendor: computer.manufacturer,
    hardware_model: computer.modelIdentifier,
    hardware_serial: computer.serialNumber,
    public_ip: computer.publicIp,
    primary_ip: computer.privateIp,
    primary_mac: computer.macAddress,
    disk_encryption_enabled: computer.posture.diskEncrypted,
    status: 'online',
    team_id: 1,
    team_name: 'Laptops',
    fleet_id: 1,
    fleet_name: 'Laptops',
    geolocation: null,
    issues: { failing_policies_count: 0, total_issues_count: 0 },
    mdm:
      platform === 'linux'
        ? { enrollment_status: null, server_url: null, name: '' }
        : { enrollment_status: enrolmentStatus(computer), server_url: 'https://fleet.example.com/mdm', name: 'Fleet' },
    software: computer.software.map((one, at) => ({
      id: at + 1,
      name: platform === 'darwin' ? `${one.name}.app` : one.name,
      version: one.version,
      source: sources[platform],
      browser: '',
      vendor: one.publisher,
      ...(platform === 'darwin' ? { bundle_identifier: one.identifier } : {}),
      vulnerabilities: null,
      installed_paths: [one.path],
    })),
    device_mapping: user === null ? null : [{ email: user.email, source: 'mdm_idp_accounts' }],
  }
}
