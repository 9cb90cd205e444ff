// One host of Fleet, to check-ins: its details when they were sent, and that it was seen since.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { CheckIn, CheckInReport } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { computerPlatform } from './fleet-platforms.ts'
import { noTime, reportOf } from './report.ts'
import { amount, flag, idTold, instantTold, ipAddress, listOf, macAddress, partOf, word } from './words.ts'

const hostSchema = z.object({
  id: idTold,
  uuid: word(100),
  hardware_serial: word(200),
  hostname: word(300),
  platform: word(100),
  os_version: word(100),
  hardware_model: word(200),
  seen_time: instantTold,
  detail_updated_at: instantTold,
  uptime: amount,
  public_ip: ipAddress,
  primary_ip: ipAddress,
  primary_mac: macAddress,
  disk_encryption_enabled: flag,
  mdm: partOf(z.object({ enrollment_status: word(100) })),
  device_mapping: listOf(z.object({ email: word(320), source: word(100) }), 100),
  software: listOf(
    z.object({
      name: word(300),
      version: word(100),
      source: word(100),
      vendor: word(300),
      bundle_identifier: word(300),
      extension_id: word(300),
      installed_paths: listOf(word(1000), 1),
    }),
    5000,
  ),
})
type Host = z.output<typeof hostSchema>

/** Fleet's own date for details that never came is the first day of 2000. Source: fleetdm/fleet, server/datastore/mysql. */
const NEVER = '2000-01-02'

/**
 * Check-ins of one record. The public address is the one from which the details came, not that of the last contact
 * (fleetdm/fleet, server/service/osquery_utils/queries.go). A host whose details never came is known to Apple's programme
 * or expected otherwise: its time of being seen is the one when it was entered. Throws AppError 'invalid'.
 */
export function readHost(record: unknown): CheckInReport[] {
  const parsed = hostSchema.safeParse(record)
  if (!parsed.success) throw new AppError('invalid', 'This is no host of Fleet.', faultsOf(parsed.error))
  const host = parsed.data
  const { detail_updated_at: detailsAt, seen_time: seenAt } = host
  const platform = computerPlatform(host.platform)
  if (platform === null || (detailsAt !== undefined && detailsAt < NEVER)) return []
  const at = detailsAt ?? seenAt
  if (at === undefined) throw noTime('The host', 'detail_updated_at')
  const who = {
    serialNumber: host.hardware_serial,
    hardwareUuid: host.uuid,
    sourceDeviceId: host.id,
    source: 'fleet-hosts',
    enrollment: enrollmentOf(host, platform),
  }
  const details = reportOf('The host', { ...who, reportedAt: at, ...detailsOf(host, platform) })
  if (seenAt === undefined || seenAt <= at) return [details]
  return [details, reportOf('The host', { ...who, reportedAt: seenAt })]
}

function detailsOf(host: Host, platform: CheckIn['platform']): Partial<Record<keyof CheckIn, unknown>> {
  const { primary_ip: ip, primary_mac: mac, uptime, disk_encryption_enabled: diskEncrypted } = host
  const email = emailOf(host)
  return {
    hostname: host.hostname,
    platform,
    osVersion: versionOf(host.os_version),
    model: host.hardware_model,
    publicIp: host.public_ip,
    // Nanoseconds.
    uptimeSeconds: uptime === undefined || uptime <= 0 || uptime > 1e19 ? undefined : uptime / 1e9,
    user: email && { email },
    network: ip || mac ? { privateIps: ip && [ip], interfaces: mac && [{ mac }] } : undefined,
    software: softwareOf(host),
    posture: diskEncrypted === undefined ? undefined : { diskEncrypted },
  }
}

/** "macOS 15.6" and "Windows 11 Pro 24H2 10.0.26100.3194" as others write them; distributions keep their name. */
const versionOf = (told: string | undefined) => /^(?:macOS|Windows)\b.* ([\d.]+)$/.exec(told ?? '')?.[1] ?? told

/** Whom the company says it belongs to; a browser's profiles may be anybody's own. */
function emailOf({ device_mapping: mapping = [] }: Host): string | undefined {
  const from = (prefix: string) =>
    mapping.find(({ source, email }) => email !== undefined && source?.startsWith(prefix))
  return (from('mdm_idp') ?? from('idp') ?? from('custom'))?.email
}

/** "Off", "Pending", "On (automatic)", "On (manual)", "On (personal)". Fleet tells none for Linux and ChromeOS. */
function enrollmentOf({ mdm }: Host, platform: CheckIn['platform']): CheckIn['enrollment'] {
  const status = mdm?.enrollment_status?.toLowerCase()
  if (status === undefined) return undefined
  if (!status.startsWith('on')) return { enrolled: false }
  if (status.includes('personal')) return { enrolled: true, method: 'user' }
  if (status.includes('manual')) return { enrolled: true, method: 'manual' }
  if (!status.includes('automatic')) return { enrolled: true, method: 'unknown' }
  // On Windows it is any sign-in with a work account.
  return { enrolled: true, method: platform === 'windows' ? 'user' : 'automated' }
}

type Kind = NonNullable<CheckIn['software']>[number]['kind']

/** By the table of osquery from which Fleet has it: `apps`, `programs`, `deb_packages`, `chrome_extensions`, … */
function kindOf(source = ''): Kind {
  if (source === 'apps') return 'app'
  if (source === 'programs') return 'program'
  if (/_(extensions|addons|plugins)$/.test(source)) return 'extension'
  return source.endsWith('_packages') ? 'package' : undefined
}

// No host is without any program: an empty list is one whose inventory is switched off.
function softwareOf({ software = [] }: Host): unknown[] | undefined {
  const told = software.flatMap(({ name, version, source, vendor: publisher, ...one }) => {
    const identifier = one.bundle_identifier ?? one.extension_id
    const path = one.installed_paths?.[0]
    return name === undefined ? [] : [{ name, version, publisher, identifier, path, kind: kindOf(source) }]
  })
  return told.length === 0 ? undefined : told
}
