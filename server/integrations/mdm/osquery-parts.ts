// The rows that answer a query of the pack, to the members of a check-in. What is not as it should be says nothing.
import { z } from 'zod'
import type { CheckIn } from '../../ports.ts'
import { displayOfEdid, displayOfPath, makerOf } from './edid.ts'
import type { Part } from './osquery-pack.ts'
import { amount, flag, ipAddress, listOf, macAddress, word } from './words.ts'

/** What one answer says; undefined where it says nothing. */
export type Told = Partial<CheckIn> | undefined

/** More than a check-in holds are cut; what stands first in the pack's queries stays. */
const ROWS_MAX = 5000

/** Reads the answer to one part's query. */
export function readPart(part: Part, rows: unknown[]): Told {
  switch (part) {
    case 'clock':
      return readClock(rows)
    case 'identity':
      return readIdentity(rows)
    case 'network':
      return readNetwork(rows)
    case 'software':
      return { software: listed(softwareRow, rows, ROWS_MAX).flatMap(programOf) }
    case 'usb':
      return { usbDevices: listed(usbRow, rows, 500).flatMap(usbOf) }
    case 'displays':
      return { displays: listed(displayRow, rows, 50).flatMap(displayOf) }
    case 'ports':
      return { listeningPorts: listed(portRow, rows, 2000).flatMap(portOf) }
    case 'power':
      return readPower(rows)
    case 'posture':
      return readPosture(rows)
    default:
      return part satisfies never
  }
}

const listed = <T extends z.ZodType>(row: T, rows: unknown[], max: number): z.output<T>[] =>
  listOf(row, max).parse(rows) ?? []

const first = <T extends z.ZodType>(row: T, rows: unknown[]): z.output<T> | undefined => row.safeParse(rows[0]).data

/** Only what is there: `undefined` would say that a part had spoken. */
function present<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never
}

const within = <T extends object>(members: T) => {
  const told = present(members)
  return Object.keys(told).length === 0 ? undefined : told
}

// ── One row ────────────────────────────────────────────────────────────────────────────────────────────────

const clockRow = z.object({ uptime: amount })

function readClock(rows: unknown[]): Told {
  const uptimeSeconds = first(clockRow, rows)?.uptime
  return uptimeSeconds === undefined || uptimeSeconds < 0 || uptimeSeconds > 1e10 ? undefined : { uptimeSeconds }
}

const identityRow = z.object({
  computer_name: word(300),
  hostname: word(300),
  model: word(200),
  os_version: word(100),
  user: word(300),
})

function readIdentity(rows: unknown[]): Told {
  const row = first(identityRow, rows)
  if (row === undefined) return undefined
  const { computer_name, hostname, model, os_version: osVersion, user } = row
  return within({ hostname: computer_name ?? hostname, model, osVersion, user: user ? { name: user } : undefined })
}

const powerRow = z.object({ on_ac: flag })

function readPower(rows: unknown[]): Told {
  const onAc = first(powerRow, rows)?.on_ac
  return onAc === undefined ? undefined : { power: { onAc } }
}

const postureRow = z.object({ disk_encrypted: flag, firewall: flag, remote_login: flag, screen_sharing: flag })

function readPosture(rows: unknown[]): Told {
  const row = first(postureRow, rows)
  const posture = within({
    diskEncrypted: row?.disk_encrypted,
    firewall: row?.firewall,
    remoteLogin: row?.remote_login,
    screenSharing: row?.screen_sharing,
  })
  return posture && { posture }
}

// ── Lists ──────────────────────────────────────────────────────────────────────────────────────────────────

const networkRow = z.object({ kind: word(20), value: word(1000) })

function readNetwork(rows: unknown[]): Told {
  const told = listed(networkRow, rows, 1000)
  const values = (kind: string) => told.flatMap((row) => (row.kind === kind && row.value ? [row.value] : []))
  const macs = (kind: string) => values(kind).flatMap((value) => macAddress.parse(value) ?? [])
  // Windows has all of a card's in one text; IPv6 ones may name the card behind a percent sign.
  const addresses = (kind: string) =>
    values(kind).flatMap((value) => value.split(/[\s,]+/).flatMap((one) => ipAddress.parse(one.split('%')[0]) ?? []))
  const wifi = within({ ssid: values('ssid')[0]?.slice(0, 200), bssid: macs('bssid')[0] })
  return {
    network: present({
      gatewayMac: macs('gateway')[0],
      privateIps: addresses('address').slice(0, 200),
      interfaces: macs('card')
        .slice(0, 200)
        .map((mac) => ({ mac })),
      dnsServers: addresses('dns').slice(0, 50),
      wifi,
    }),
  }
}

const softwareRow = z.object({
  kind: z.enum(['app', 'program', 'package', 'extension', 'service', 'process']),
  name: word(300),
  version: word(100),
  publisher: word(300),
  identifier: word(300),
  path: word(1000),
  startup: flag,
})

function programOf({ name, startup, ...row }: z.output<typeof softwareRow>) {
  return name === undefined ? [] : [{ name, ...present(row), ...(startup ? { startup } : {}) }]
}

const usbRow = z.object({
  vendor_id: word(20),
  product_id: word(20),
  vendor: word(200),
  product: word(200),
  serial: word(200),
  instance: word(1000),
})

/** What Windows makes up where a device has no serial number of its own holds an ampersand. */
const usbPath = /\\USB\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})[^\\]*\\([^\\]+)/i

/** The registry gives texts as `@driver.inf,%key%;What it says`. */
const plain = (text: string | undefined) => text?.split(';').at(-1)

function usbOf(row: z.output<typeof usbRow>) {
  const [, vendor = row.vendor_id, product = row.product_id, instance = ''] = usbPath.exec(row.instance ?? '') ?? []
  const vendorId = hex4(vendor)
  const productId = hex4(product)
  if (vendorId === null || productId === null) return []
  const serial = row.serial ?? (instance.includes('&') ? undefined : instance || undefined)
  return [{ vendorId, productId, ...present({ vendor: plain(row.vendor), product: plain(row.product), serial }) }]
}

function hex4(text: string | undefined): string | null {
  const digits = (text ?? '').replace(/^0x/i, '').padStart(4, '0')
  return text !== undefined && /^[0-9a-f]{4}$/i.test(digits) ? digits.toLowerCase() : null
}

const displayRow = z.object({
  vendor_id: word(20),
  product_id: word(20),
  name: word(200),
  serial: word(200),
  instance: word(1000),
  edid: word(5000),
})

function displayOf(row: z.output<typeof displayRow>) {
  if (row.instance !== undefined || row.edid !== undefined) {
    const display = displayOfEdid(row.edid ?? '') ?? displayOfPath(row.instance ?? '')
    return display ? [display] : []
  }
  const vendor = hex4(row.vendor_id)
  const manufacturer = vendor === null ? undefined : makerOf(Number.parseInt(vendor, 16))
  const productCode = hex4(row.product_id) ?? undefined
  const display = present({ manufacturer, productCode, name: row.name, serial: row.serial })
  return Object.keys(display).length === 0 ? [] : [display]
}

const portRow = z.object({ port: amount, process: word(300) })

function portOf({ port, process }: z.output<typeof portRow>) {
  if (port === undefined || !Number.isInteger(port) || port < 0 || port > 65535) return []
  return [{ port, ...(process ? { process } : {}) }]
}
