// A local server that looks like the API of Iru (Kandji): devices by offset, details and apps of each, tokens with permissions.
import type { SimulatedComputer } from './fleet.ts'
import { type LookAlike, startLookAlike } from './look-alike.ts'

export interface KandjiServer extends LookAlike {
  /** What it knows now; change it between two requests to move the fleet. */
  computers: SimulatedComputer[]
  /** The token that it takes. */
  token: string
}

/** Starts it on loopback, on a free port without one. */
export async function startKandji(options: {
  token: string
  computers: SimulatedComputer[]
  port?: number
}): Promise<KandjiServer> {
  const lookAlike = await startLookAlike(
    (request) => {
      const { pathname, searchParams } = new URL(request.url)
      if (request.headers.get('authorization') !== `Bearer ${server.token}`)
        return Response.json({ detail: 'Invalid authentication' }, { status: 401 })
      const [, id, part] = /^\/api\/v1\/devices(?:\/([^/]+)\/(details|apps))?$/.exec(pathname) ?? [null]
      if (id === null) return notFound()
      if (id === undefined) return Response.json(listed(server.computers, searchParams))
      const computer = server.computers.find((one) => idOf(one) === decodeURIComponent(id))
      if (computer === undefined) return notFound()
      return Response.json(part === 'details' ? detailsBody(computer) : appsBody(computer))
    },
    options.port === undefined ? {} : { port: options.port },
  )
  const server: KandjiServer = { ...lookAlike, computers: [...options.computers], token: options.token }
  return server
}

const notFound = () => Response.json({ detail: 'Not found.' }, { status: 404 })

const idOf = ({ number }: SimulatedComputer) => `0d9e5e1f-0000-4000-8000-${number.toString(16).padStart(12, '0')}`

/** A bare list, 300 at most. */
function listed(computers: SimulatedComputer[], query: URLSearchParams): unknown[] {
  const platform = query.get('platform')
  const offset = Number(query.get('offset') ?? 0)
  const limit = Math.min(Number(query.get('limit') ?? 300), 300)
  return computers
    .toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
    .map(deviceBody)
    .filter((device) => platform === null || device['platform'] === platform)
    .slice(offset, offset + limit)
}

/** Microseconds and a Z, as it writes times. */
const timeOf = (at: Date) => at.toISOString().replace(/(\.\d{3})Z$/, '$1000Z')

const platforms = { darwin: 'Mac', windows: 'Windows', linux: 'Linux' } as const

/** One device of the list. */
export function deviceBody(computer: SimulatedComputer): Record<string, unknown> {
  const { enrollment, user } = computer
  return {
    device_id: idOf(computer),
    device_name: computer.hostname,
    model: computer.model,
    serial_number: computer.serialNumber,
    platform: platforms[computer.platform],
    os_version: computer.osVersion,
    supplemental_build_version: computer.osBuild,
    supplemental_os_version_extra: '',
    last_check_in: timeOf(computer.lastContactAt),
    user: user === null ? '' : { email: user.email, name: user.name, id: `u-${computer.number}`, is_archived: false },
    asset_tag: computer.assetTag,
    blueprint_id: 'b1000000-0000-4000-8000-000000000001',
    blueprint_name: 'Everybody',
    mdm_enabled: enrollment.isEnrolled,
    agent_installed: enrollment.isEnrolled,
    is_missing: false,
    is_removed: !enrollment.isEnrolled,
    agent_version: '4.7.2 (5021)',
    first_enrollment: timeOf(enrollment.at),
    last_enrollment: timeOf(enrollment.at),
    lost_mode_status: '',
    tags: [],
  }
}

/** Some truths come as texts, some as numbers, some as themselves. */
export function detailsBody(computer: SimulatedComputer): Record<string, unknown> {
  const { enrollment, posture, user } = computer
  return {
    general: {
      device_id: idOf(computer),
      device_name: computer.hostname,
      model: computer.model,
      platform: 'Mac',
      os_version: computer.osVersion,
      system_version: `${computer.osVersion} (${computer.osBuild})`,
      time_since_boot: '2 days ago',
      last_user: user?.username ?? '',
      asset_tag: computer.assetTag,
      assigned_user: user === null ? '' : { email: user.email, name: user.name },
    },
    mdm: {
      mdm_enabled: enrollment.isEnrolled ? 'True' : 'False',
      supervised: enrollment.isAutomated ? 'True' : 'False',
      last_check_in: computer.lastContactAt.toISOString().replace('T', ' ').replace('Z', '+00:00'),
      mdm_enabled_user: user === null ? [] : [user.username],
    },
    filevault: { filevault_enabled: posture.diskEncrypted, filevault_recoverykey_type: 'Personal' },
    automated_device_enrollment: { auto_enroll_eligible: 1, auto_enrolled: enrollment.isAutomated ? 1 : 0 },
    kandji_agent: { agent_installed: 'True', agent_version: '4.7.2 (5021)' },
    hardware_overview: {
      model_name: computer.model.replace(/ \(.*/, ''),
      model_identifier: computer.modelIdentifier,
      memory: '16 GB',
      udid: computer.hardwareUuid,
      serial_number: computer.serialNumber,
    },
    volumes: [{ name: 'Macintosh HD', format: 'APFS', identifier: 'disk3s1', percent_used: '41%', encrypted: 'Yes' }],
    network: {
      local_hostname: computer.hostname,
      mac_address: computer.macAddress,
      ip_address: computer.privateIp,
      public_ip: computer.publicIp,
    },
    security_information: { remote_desktop_enabled: posture.remoteDesktop },
    installed_profiles: [],
    tags: [],
  }
}

export function appsBody(computer: SimulatedComputer): Record<string, unknown> {
  return {
    device_id: idOf(computer),
    apps: computer.software.map(({ name, version, identifier, path, publisher }, index) => ({
      app_id: String(index + 1),
      app_name: name,
      bundle_id: identifier,
      version,
      bundle_size: '210000000',
      source: 'Identified Developer',
      signature: publisher,
      path,
    })),
  }
}
