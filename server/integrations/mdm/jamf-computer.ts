// One record of Jamf Pro's computer inventory, to a check-in for every time that it names.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import type { CheckInReport } from '../../ports.ts'
import { faultsOf } from '../faults.ts'
import { noTime, reportOf } from './report.ts'
import { flag, idTold, instantTold, ipAddress, listOf, macAddress, partOf, word } from './words.ts'

const computerSchema = z.object({
  id: idTold,
  udid: word(100),
  general: partOf(
    z.object({
      name: word(300),
      assetTag: word(100),
      lastIpAddress: ipAddress,
      lastReportedIp: ipAddress,
      reportDate: instantTold,
      lastContactTime: instantTold,
      lastCheckIn: instantTold,
      lastContact: instantTold,
      lastEnrolledDate: instantTold,
      enrolledViaAutomatedDeviceEnrollment: flag,
      remoteManagement: partOf(z.object({ managed: flag })),
    }),
  ),
  hardware: partOf(
    z.object({
      serialNumber: word(200),
      model: word(200),
      modelIdentifier: word(200),
      macAddress,
      altMacAddress: macAddress,
    }),
  ),
  operatingSystem: partOf(z.object({ version: word(100) })),
  userAndLocation: partOf(z.object({ username: word(300), realname: word(300), email: word(320) })),
  applications: listOf(z.object({ name: word(300), path: word(1000), version: word(100), bundleId: word(300) }), 4000),
  services: listOf(z.object({ name: word(300) }), 4000),
  security: partOf(z.object({ firewallEnabled: flag, remoteDesktopEnabled: flag })),
  diskEncryption: partOf(
    z.object({
      fileVault2Enabled: flag,
      bootPartitionEncryptionDetails: partOf(z.object({ partitionFileVault2State: word(50) })),
    }),
  ),
})
type Computer = z.output<typeof computerSchema>
type General = NonNullable<Computer['general']>
/** Members of a check-in, which its schema checks in the end. */
type Told = Record<string, unknown>

/** Between the last contact and "no longer managed", of which Jamf names no time. */
const GONE_AFTER_MS = 1000
/** Of a check-in. Source: ports.ts. */
const SOFTWARE_MAX = 5000

/**
 * The check-ins of one record, oldest first: at the time of its inventory what was found on it, at the last check-in the
 * network that it came from, and at the newest time whose it is. A computer that is no longer managed says so once more,
 * right after its last contact. None for one that never came. Throws AppError 'invalid' without identity or time.
 */
export function readComputer(record: unknown): CheckInReport[] {
  const parsed = computerSchema.safeParse(record)
  if (!parsed.success) throw new AppError('invalid', 'This is no computer of Jamf Pro.', faultsOf(parsed.error))
  const computer = parsed.data
  const general = computer.general ?? {}
  const { reportDate, lastContact, lastEnrolledDate, lastCheckIn = general.lastContactTime } = general
  const seen = newestOf([reportDate, lastCheckIn, lastContact])
  if (seen === undefined) refuseUnreadable(record)
  const newest = newestOf([seen, lastEnrolledDate])
  if (newest === undefined) return []
  const told = new Map<string, Told>()
  const tell = (at: string | undefined, says: Told) => {
    if (at !== undefined) told.set(at, { ...told.get(at), ...enrolmentAt(general, at), ...says })
  }
  tell(reportDate, foundOn(computer))
  tell(lastCheckIn, networkOf(computer))
  const isGone = general.remoteManagement?.managed === false
  const last = isGone ? new Date(Date.parse(newest) + GONE_AFTER_MS).toISOString() : newest
  tell(last, { ...whoseIs(computer), ...(isGone ? { enrollment: { enrolled: false } } : {}) })
  return [...told]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reportedAt, says]) => reportOf('The computer', { ...thisOne(computer), ...says, reportedAt }))
}

const newestOf = (times: (string | undefined)[]) =>
  times.reduce((newest, at) => ((at ?? '') > (newest ?? '') ? at : newest), undefined)

const generalSchema = z.object({ general: z.record(z.string(), z.unknown()) })
const contacts = ['reportDate', 'lastContactTime', 'lastCheckIn', 'lastContact']

/** Null times are a computer that was not heard of yet; other times that cannot be read, or none, are another shape. */
function refuseUnreadable(record: unknown): void {
  const general = generalSchema.safeParse(record).data?.general ?? {}
  const named = contacts.filter((name) => name in general)
  if (named.length > 0 && named.every((name) => general[name] === null)) return
  throw noTime('The computer', 'general.reportDate')
}

/** What every check-in says: members of one facet always come together, so that each report is compared with its like. */
function thisOne({ id, udid, hardware }: Computer): Told {
  return {
    source: 'jamf-inventory',
    serialNumber: hardware?.serialNumber,
    hardwareUuid: udid,
    sourceDeviceId: id ?? udid,
    model: hardware?.model ?? hardware?.modelIdentifier,
    network: { interfaces: cardsOf(hardware) },
  }
}

function cardsOf(hardware: Computer['hardware']): { mac: string }[] | undefined {
  const cards = [hardware?.macAddress, hardware?.altMacAddress].flatMap((mac) => (mac === undefined ? [] : [{ mac }]))
  return cards.length > 0 ? cards : undefined
}

/** Nothing where it was enrolled after that time, or is no longer: then what held is not known. */
function enrolmentAt({ lastEnrolledDate, remoteManagement, ...general }: General, at: string): Told {
  if (remoteManagement?.managed === false || (lastEnrolledDate !== undefined && lastEnrolledDate > at)) return {}
  const isAutomated = general.enrolledViaAutomatedDeviceEnrollment
  const method = isAutomated === undefined ? 'unknown' : isAutomated ? 'automated' : 'user'
  return { enrollment: { enrolled: remoteManagement?.managed, method } }
}

function whoseIs({ general, userAndLocation: user }: Computer): Told {
  const name = user?.username ?? user?.realname
  return {
    hostname: general?.name,
    assetTag: general?.assetTag,
    user: name || user?.email ? { name, email: user?.email } : undefined,
  }
}

function networkOf({ general, hardware }: Computer): Told {
  const privateIps = general?.lastReportedIp === undefined ? undefined : [general.lastReportedIp]
  return { publicIp: general?.lastIpAddress, network: { privateIps, interfaces: cardsOf(hardware) } }
}

/**
 * `remoteDesktopEnabled` is Apple's Remote Management, through which a screen is watched and driven; off, it does not speak of
 * Screen Sharing, which is another switch of the same service. Source: Apple's device management, SecurityInfo.
 */
function foundOn({ operatingSystem, security, diskEncryption, ...computer }: Computer): Told {
  const state = diskEncryption?.bootPartitionEncryptionDetails?.partitionFileVault2State
  return {
    platform: 'darwin',
    osVersion: operatingSystem?.version,
    software: softwareOf(computer),
    posture: {
      diskEncrypted: diskEncryption?.fileVault2Enabled ?? encryptedBy.get(state ?? ''),
      firewall: security?.firewallEnabled,
      screenSharing: security?.remoteDesktopEnabled,
    },
  }
}

/** States on the way from one to the other say nothing. */
const encryptedBy = new Map([
  ['ENCRYPTED', true],
  ['UNENCRYPTED', false],
  ['DECRYPTED', false],
])

/** Apple's own services come and go by the hundred; of them only those are news through which a Mac is reached. */
const isPassing = (name: string) => name.startsWith('com.apple.') && !/screensharing|remote|ssh/i.test(name)

/** No Mac has no apps: an empty list is a server that does not collect them, and says nothing. */
function softwareOf({ applications = [], services = [] }: Pick<Computer, 'applications' | 'services'>): unknown {
  if (applications.length === 0) return undefined
  const apps = applications.flatMap(({ name, path, version, bundleId: identifier }) => {
    const called = name?.replace(/\.app$/, '') ?? identifier
    return called === undefined ? [] : [{ name: called, version, identifier, path, kind: 'app' }]
  })
  const running = services.flatMap(({ name }) =>
    name === undefined || isPassing(name) ? [] : [{ name, kind: 'service' }],
  )
  return [...apps, ...running].slice(0, SOFTWARE_MAX)
}
