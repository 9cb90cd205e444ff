// A computer as osquery's tables show it, asked in SQL: tables that its system lacks are not there.
import { DatabaseSync } from 'node:sqlite'
import type { SimulatedComputer } from './fleet.ts'

/** Numbers where the table's column holds one. */
export type Row = Record<string, string | number>
export type Tables = Record<string, Row[]>

/** What an MDM does not know of a computer and osquery shows. */
export interface OsqueryHost {
  computer: SimulatedComputer
  now: Date
  /** How the system writes its zone, and its clock's offset from UTC. */
  zone: { name: string; offsetSeconds: number }
  gatewayMac: string
  /** Rows of tables instead of those made of the computer. */
  tables?: Tables
}

// The tables of osquery that the simulated computers have, as far as somebody has asked for their columns.
const everywhere = {
  system_info: 'hostname uuid hardware_model hardware_serial computer_name',
  os_version: 'name version platform',
  osquery_info: 'version instance_id start_time',
  time: 'unix_time timezone local_timezone',
  uptime: 'total_seconds',
  users: 'uid username',
  logged_in_users: 'type user tty host time pid',
  routes: 'destination netmask gateway interface metric type',
  arp_cache: 'address mac interface permanent',
  interface_addresses: 'interface address mask',
  interface_details: 'interface mac type',
  listening_ports: 'pid port protocol address',
  processes: 'pid name path cmdline',
  startup_items: 'name path args type source status username',
  chrome_extensions: 'uid name identifier version path',
  firefox_addons: 'uid name identifier version path',
}
const posix = {
  usb_devices: 'vendor vendor_id model model_id serial class',
  dns_resolvers: 'id type address',
}
const battery = { battery: 'state charging percent_remaining' }
const own: Record<SimulatedComputer['platform'], Record<string, string>> = {
  darwin: {
    ...posix,
    ...battery,
    apps: 'name path bundle_identifier bundle_short_version',
    homebrew_packages: 'name path version',
    safari_extensions: 'uid name identifier version path',
    launchd: 'path name label program run_at_load program_arguments',
    wifi_status: 'interface ssid bssid',
    connected_displays: 'name product_id serial_number vendor_id online',
    alf: 'global_state',
    sharing_preferences: 'screen_sharing remote_login remote_management',
    disk_encryption: 'name encrypted filevault_status',
  },
  windows: {
    ...battery,
    interface_details: 'interface mac type dns_server_search_order',
    programs: 'name version publisher install_location identifying_number package_family_name',
    chocolatey_packages: 'name version author path',
    services: 'name display_name status start_type path',
    registry: 'key path name type data',
    bitlocker_info: 'drive_letter protection_status',
    windows_security_center: 'firewall',
  },
  linux: {
    ...posix,
    deb_packages: 'name version section maintainer',
    rpm_packages: 'name version vendor',
    systemd_units: 'id active_state unit_file_state fragment_path',
    disk_encryption: 'name encrypted',
  },
}

/** Answers SQL from the tables of one computer. Throws where the system has no such table or column. */
export function askTables(host: OsqueryHost, sql: string): Row[] {
  const { computer, now, zone } = host
  const db = new DatabaseSync(':memory:')
  try {
    const rows = { ...tablesOf(host), ...host.tables }
    for (const [table, columns] of Object.entries({ ...everywhere, ...own[computer.platform] })) {
      const names = columns.split(' ')
      db.exec(`create table "${table}" (${names.map((name) => `"${name}"`).join(', ')})`)
      const insert = db.prepare(`insert into "${table}" values (${names.map(() => '?').join(', ')})`)
      for (const row of rows[table] ?? []) insert.run(...names.map((name) => row[name] ?? ''))
    }
    // Here it is the time and the zone of that computer, not of this machine.
    const seconds = Math.floor(now.getTime() / 1000)
    db.function('strftime', { varargs: true }, (_format, _when, local) =>
      String(seconds + (local === undefined ? 0 : zone.offsetSeconds)),
    )
    return db.prepare(sql).all() as Row[]
  } finally {
    db.close()
  }
}

function tablesOf(host: OsqueryHost): Tables {
  const { computer, now, zone, gatewayMac } = host
  const { serialNumber, hardwareUuid, hostname, posture, platform } = computer
  const gateway = computer.privateIp.replace(/\d+$/, '254')
  const secondsSince = (at: Date) => Math.floor((now.getTime() - at.getTime()) / 1000)
  return {
    system_info: [
      {
        hostname,
        computer_name: hostname,
        uuid: hardwareUuid,
        hardware_serial: serialNumber,
        hardware_model: computer.modelIdentifier,
      },
    ],
    os_version: [{ name: platform, version: computer.osVersion, platform: platform === 'linux' ? 'debian' : platform }],
    osquery_info: [{ version: '5.19.0', instance_id: `instance-${computer.number}` }],
    time: [{ unix_time: Math.floor(now.getTime() / 1000), timezone: 'UTC', local_timezone: zone.name }],
    uptime: [{ total_seconds: secondsSince(computer.bootedAt) }],
    users: [{ uid: 501, username: computer.user?.username ?? 'nobody' }],
    logged_in_users: computer.user
      ? [{ type: platform === 'windows' ? 'active' : 'user', user: computer.user.username, tty: 'console', time: 1 }]
      : [],
    routes: [{ destination: '0.0.0.0', netmask: 0, gateway, interface: 'en0', metric: 1, type: 'gateway' }],
    arp_cache: [
      { address: gateway, mac: gatewayMac, interface: 'en0' },
      { address: computer.privateIp.replace(/\d+$/, '9'), mac: '30:52:53:00:00:09', interface: 'en0' },
    ],
    interface_addresses: [
      { interface: 'lo0', address: '127.0.0.1' },
      { interface: 'en0', address: computer.privateIp },
    ],
    interface_details: [
      { interface: 'en0', mac: computer.macAddress, type: 6 },
      { interface: 'awdl0', mac: '3e:11:22:33:44:55', type: 6 },
    ],
    dns_resolvers: [{ id: 0, type: 'nameserver', address: gateway }],
    ...softwareOf(computer),
    battery: [{ state: 'AC Power', charging: 0, percent_remaining: 97 }],
    alf: [{ global_state: posture.firewall ? 1 : 0 }],
    windows_security_center: [{ firewall: posture.firewall ? 'Good' : 'Poor' }],
    sharing_preferences: [{ screen_sharing: posture.remoteDesktop ? 1 : 0, remote_login: 0, remote_management: 0 }],
    disk_encryption: [
      {
        name: '/dev/disk0',
        encrypted: posture.diskEncrypted ? 1 : 0,
        filevault_status: posture.diskEncrypted ? 'on' : 'off',
      },
    ],
    bitlocker_info: [{ drive_letter: 'C:', protection_status: posture.diskEncrypted ? 1 : 0 }],
    registry: [
      {
        key: String.raw`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Terminal Server`,
        name: 'fDenyTSConnections',
        data: posture.remoteDesktop ? '0' : '1',
      },
    ],
  }
}

function softwareOf({ platform, software, services }: SimulatedComputer): Tables {
  switch (platform) {
    case 'darwin':
      return {
        apps: software.map((one) => ({
          name: one.path.split('/').at(-1)!,
          path: one.path,
          bundle_identifier: one.identifier,
          bundle_short_version: one.version,
        })),
        launchd: services.map((label) => ({ label, path: `/Library/LaunchDaemons/${label}.plist`, run_at_load: '1' })),
      }
    case 'windows':
      return {
        programs: software.map((one) => ({
          name: one.name,
          version: one.version,
          publisher: one.publisher,
          install_location: one.path,
          identifying_number: one.identifier,
        })),
        services: services.map((name) => ({
          name,
          status: 'RUNNING',
          start_type: 'AUTO_START',
          path: String.raw`C:\Program Files\${name}.exe`,
        })),
      }
    case 'linux':
      return {
        deb_packages: software.map((one) => ({
          name: one.identifier,
          version: one.version,
          maintainer: one.publisher,
        })),
        systemd_units: services.map((id) => ({
          id: `${id}.service`,
          active_state: 'active',
          unit_file_state: 'enabled',
        })),
      }
    default:
      return platform satisfies never
  }
}
