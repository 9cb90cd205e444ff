// One Mac of Iru's (Kandji's) list, with its details and apps where they were asked for, to check-ins.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { CheckInReport } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { noTime, reportOf } from './report.ts'
import { flag, idTold, instantTold, ipAddress, listOf, macAddress, partOf, word } from './words.ts'

const deviceSchema = z.object({
  device_id: idTold,
  device_name: word(300),
  model: word(200),
  serial_number: word(200),
  platform: word(50),
  os_version: word(100),
  last_check_in: instantTold,
  // An empty text where nobody is assigned.
  user: partOf(z.object({ name: word(300), email: word(320) })),
  asset_tag: word(100),
  mdm_enabled: flag,
  is_removed: flag,
  details: partOf(
    z.object({
      automated_device_enrollment: partOf(z.object({ auto_enrolled: flag })),
      hardware_overview: partOf(z.object({ udid: word(100) })),
      filevault: partOf(z.object({ filevault_enabled: flag })),
      security_information: partOf(z.object({ remote_desktop_enabled: flag })),
      network: partOf(z.object({ ip_address: ipAddress, public_ip: ipAddress, mac_address: macAddress })),
    }),
  ),
  apps: partOf(
    z.object({
      apps: listOf(z.object({ app_name: word(300), bundle_id: word(300), version: word(100), path: word(1000) }), 5000),
    }),
  ),
})
type Device = z.output<typeof deviceSchema>

/** Between the last check-in and "no longer enrolled", of which no time is named. */
const GONE_AFTER_MS = 1000

/**
 * One check-in, at the last one of the device. A Mac that is no longer enrolled says only so, right after its last check-in.
 * None for another platform, and for a Mac that never checked in. Throws AppError 'invalid' without identity or time.
 */
export function readDevice(record: unknown): CheckInReport[] {
  const parsed = deviceSchema.safeParse(record)
  if (!parsed.success) throw new AppError('invalid', 'This is no device of Iru (Kandji).', faultsOf(parsed.error))
  const device = parsed.data
  if (device.platform !== undefined && device.platform !== 'Mac') return []
  if (device.last_check_in === undefined) return withoutTime(record)
  const isGone = device.mdm_enabled === false || device.is_removed === true
  return [
    reportOf('The device', isGone ? gone(device, device.last_check_in) : { ...whoseIs(device), ...foundOn(device) }),
  ]
}

/** Null or blank is a Mac that was announced; anything else that is no time is another shape. */
function withoutTime(record: unknown): CheckInReport[] {
  const { last_check_in: told } = record as { last_check_in?: unknown }
  if (told === null || told === '') return []
  throw noTime('The device', 'last_check_in')
}

function whoseIs({ details, user, ...device }: Device): Record<string, unknown> {
  const isAutomated = details?.automated_device_enrollment?.auto_enrolled
  const method = isAutomated === undefined ? 'unknown' : isAutomated ? 'automated' : 'user'
  return {
    source: 'kandji',
    reportedAt: device.last_check_in,
    serialNumber: device.serial_number,
    hardwareUuid: details?.hardware_overview?.udid,
    sourceDeviceId: device.device_id,
    model: device.model,
    hostname: device.device_name,
    assetTag: device.asset_tag,
    user: user?.name || user?.email ? user : undefined,
    enrollment: { enrolled: device.mdm_enabled, method },
  }
}

function gone(device: Device, lastCheckIn: string): Record<string, unknown> {
  const reportedAt = new Date(Date.parse(lastCheckIn) + GONE_AFTER_MS).toISOString()
  return { ...whoseIs(device), reportedAt, enrollment: { enrolled: false } }
}

/**
 * `remote_desktop_enabled` is Apple's Remote Management, through which a screen is watched and driven. A Mac whose turn it was
 * not comes with what lasts of its details only, and says nothing of what was found on it.
 */
function foundOn({ details, apps, os_version: osVersion }: Device): Record<string, unknown> {
  const { network, filevault, security_information: security } = details ?? {}
  const isHeartbeat = details !== undefined && [apps, network, filevault, security].every((part) => part === undefined)
  if (isHeartbeat) return {}
  return {
    platform: 'darwin',
    osVersion,
    publicIp: network?.public_ip,
    network: network?.ip_address === undefined ? undefined : { privateIps: [network.ip_address] },
    software: softwareOf(apps?.apps),
    posture: { diskEncrypted: filevault?.filevault_enabled, screenSharing: security?.remote_desktop_enabled },
  }
}

/** No Mac has no apps: an empty list was not collected yet, and says nothing. */
function softwareOf(apps: NonNullable<Device['apps']>['apps'] = []): unknown {
  if (apps.length === 0) return undefined
  return apps.flatMap(({ app_name, bundle_id: identifier, version, path }) => {
    const name = app_name?.replace(/\.app$/, '') ?? identifier
    return name === undefined ? [] : [{ name, version, identifier, path, kind: 'app' }]
  })
}
