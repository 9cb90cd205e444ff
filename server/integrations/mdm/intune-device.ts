// One managed device of Microsoft Intune, to a check-in.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { CheckIn, CheckInReport } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { noTime, reportOf } from './report.ts'
import { flag, instantTold, listOf, macAddress, word } from './words.ts'

const deviceSchema = z.object({
  id: word(200),
  deviceName: word(300),
  serialNumber: word(200),
  osVersion: word(100),
  model: word(200),
  lastSyncDateTime: instantTold,
  deviceEnrollmentType: word(100),
  managementAgent: word(100),
  autopilotEnrolled: flag,
  isEncrypted: flag,
  userDisplayName: word(300),
  userPrincipalName: word(320),
  emailAddress: word(320),
  wiFiMacAddress: macAddress,
  detectedApps: listOf(z.object({ displayName: word(300), version: word(100), publisher: word(300) }), 5000),
})
type Device = z.output<typeof deviceSchema>

/** None for phones and tablets, and for one that has never synced. Throws AppError 'invalid' without time or identity. */
export function readDevice(record: unknown): CheckInReport[] {
  const parsed = deviceSchema.safeParse(record)
  if (!parsed.success) throw new AppError('invalid', 'This is no managed device.', faultsOf(parsed.error))
  const platform = platformOf(record)
  if (platform === null || hasNeverSynced(record)) return []
  const device = parsed.data
  if (device.lastSyncDateTime === undefined) throw noTime('The device', 'lastSyncDateTime')
  return [
    reportOf('The device', {
      serialNumber: device.serialNumber,
      sourceDeviceId: device.id,
      reportedAt: device.lastSyncDateTime,
      source: 'intune',
      hostname: device.deviceName,
      platform: platform === 'unknown' ? undefined : platform,
      osVersion: device.osVersion,
      model: device.model,
      user: userOf(device),
      enrollment: { enrolled: isEnrolled(device), method: methodOf(device) },
      network: device.wiFiMacAddress && { interfaces: [{ mac: device.wiFiMacAddress }] },
      software: softwareOf(device, platform),
      posture: device.isEncrypted === undefined ? undefined : { diskEncrypted: device.isEncrypted },
    }),
  ]
}

/** Whether it is one, or does not say what it is. */
export const isComputer = (record: unknown): boolean => platformOf(record) !== null

const systemSchema = z.object({ operatingSystem: word(100) })

/** Null for phones, tablets and glasses. Windows, macOS, ChromeOS and Linux (Ubuntu) are how Intune writes them. */
function platformOf(record: unknown): CheckIn['platform'] | 'unknown' | null {
  const system = systemSchema.safeParse(record).data?.operatingSystem?.toLowerCase().replaceAll(' ', '')
  if (system === undefined) return 'unknown'
  if (/^windows\d*$/.test(system)) return 'windows'
  if (system === 'macos' || system === 'macmdm') return 'darwin'
  if (system.startsWith('linux') || system.includes('ubuntu')) return 'linux'
  return system.startsWith('chromeos') ? 'chromeos' : null
}

/** A device that is expected but has never spoken has the first day of the calendar as its time. */
function hasNeverSynced(record: unknown): boolean {
  const { lastSyncDateTime } = record as { lastSyncDateTime?: unknown }
  return typeof lastSyncDateTime === 'string' && lastSyncDateTime.startsWith('0001-01-01')
}

const userOf = ({ userDisplayName: name, emailAddress, userPrincipalName }: Device) => {
  const email = emailAddress ?? userPrincipalName
  return name || email ? { name, email } : undefined
}

/** Intune also lists what others manage: mailboxes (`eas`), Defender (`msSense`), another MDM, Configuration Manager alone. */
function isEnrolled({ managementAgent: agent }: Device): boolean | undefined {
  if (agent === undefined || /^unknown/i.test(agent)) return undefined
  return /mdm|intune/i.test(agent)
}

/**
 * How it was enrolled, from `deviceEnrollmentType` (Graph v1.0). Only what needs the reseller programme counts as automated:
 * Autopilot, and on a Mac `appleBulkWithUser`; `appleBulkWithoutUser` may be a profile that somebody carried over, and
 * `windowsAutoEnrollment` is any account added to any Windows. Where Autopilot is not told, what may be it is left unsaid,
 * so that an answer that fails once takes nothing back.
 */
function methodOf({ deviceEnrollmentType: type, autopilotEnrolled }: Device): Method {
  if (autopilotEnrolled === true) return 'automated'
  switch (type) {
    case 'appleBulkWithUser':
      return 'automated'
    case 'userEnrollment':
    case 'appleUserEnrollment':
    case 'appleUserEnrollmentWithServiceAccount':
      return 'user'
    case 'deviceEnrollmentManager':
    case 'windowsBulkUserless':
    case 'windowsBulkAzureDomainJoin':
      return 'manual'
    case 'windowsAzureADJoin':
    case 'windowsAutoEnrollment':
      return autopilotEnrolled === false ? 'user' : undefined
    case 'windowsCoManagement':
    case 'windowsAzureADJoinUsingDeviceAuth':
      return autopilotEnrolled === false ? 'unknown' : undefined
    default:
      return 'unknown'
  }
}

type Method = NonNullable<CheckIn['enrollment']>['method']

// A computer without any program is one whose inventory was not taken, as with those that people own.
function softwareOf({ detectedApps = [] }: Device, platform: CheckIn['platform'] | 'unknown'): CheckIn['software'] {
  const kind = platform === 'windows' ? ('program' as const) : platform === 'darwin' ? ('app' as const) : undefined
  const software = detectedApps.flatMap(({ displayName: name, version, publisher }) =>
    name === undefined ? [] : [{ name, version, publisher, kind }],
  )
  return software.length === 0 ? undefined : (software as CheckIn['software'])
}
