// What osquery is asked on each platform: one snapshot query per part of a check-in, so that an answer is the whole of that part.

type AgentPlatform = 'darwin' | 'windows' | 'linux'

export const agentPlatforms: AgentPlatform[] = ['darwin', 'windows', 'linux']

/** The part of a check-in that a query answers for, and every so many seconds. */
const parts = {
  clock: 300,
  network: 300,
  usb: 600,
  displays: 600,
  ports: 1800,
  power: 1800,
  identity: 3600,
  posture: 3600,
  software: 3600,
} as const
export type Part = keyof typeof parts

/** What the queries are called in the log begins so: other names are somebody else's. */
const PREFIX = 'telltale_'

/** Of the zone the name is told in the system's own way, which may mean several; the offset (in seconds) tells which. */
const zone = `t.local_timezone AS zone, strftime('%s', 'now', 'localtime') - strftime('%s', 'now') AS zone_offset`

const clock = `SELECT t.unix_time, ${zone}, u.total_seconds AS uptime FROM time t, uptime u`

/** Who sits at it: the newest session that came over no network. */
const identity = `
  SELECT s.computer_name, s.hostname, s.hardware_model AS model, o.version AS os_version, (
    SELECT l.user FROM logged_in_users l WHERE l.type IN ('user', 'active') AND (l.host = '' OR l.host LIKE ':%')
    ORDER BY l.time DESC LIMIT 1) AS user
  FROM system_info s, os_version o`

// Of the household's devices only the gateway is asked for. An address that a card gave itself changes, and says nothing.
const network = `
  SELECT * FROM (
    SELECT 'gateway' AS kind, a.mac AS value FROM routes r JOIN arp_cache a ON a.address = r.gateway
    WHERE r.destination IN ('0.0.0.0', 'default') AND r.netmask = 0 ORDER BY r.metric LIMIT 1)
  UNION ALL SELECT 'address', i.address FROM interface_addresses i
    WHERE i.address NOT LIKE '127.%' AND i.address <> '::1' AND i.address NOT LIKE 'fe80:%'
  UNION ALL SELECT 'card', d.mac FROM interface_details d
    WHERE d.mac NOT IN ('', '00:00:00:00:00:00') AND lower(substr(d.mac, 2, 1)) NOT IN ('2', '6', 'a', 'e')`

const resolvers = `UNION ALL SELECT 'dns', n.address FROM dns_resolvers n WHERE n.type = 'nameserver'`

const software = (...selects: string[]) =>
  `SELECT kind, name, version, publisher, identifier, path, startup FROM (\n  ${selects.join('\n  UNION ALL ')})`

const extensions = [
  `SELECT 'extension' AS kind, e.name AS name, e.version AS version, '' AS publisher, e.identifier AS identifier,
    e.path AS path, '' AS startup FROM users CROSS JOIN chrome_extensions e USING (uid)`,
  `SELECT 'extension', e.name, e.version, '', e.identifier, e.path, '' FROM users CROSS JOIN firefox_addons e USING (uid)`,
]

const atStart = `SELECT 'program', i.name, '', '', '', i.path, '1' FROM startup_items i`

/** Programs that run from where none is installed: no other table shows what was only downloaded and opened. */
const running = (...installed: string[]) =>
  `SELECT DISTINCT 'process', p.name, '', '', '', p.path, '' FROM processes p
    WHERE p.path <> '' ${installed.map((folder) => `AND p.path NOT LIKE '${folder}'`).join(' ')}`

const usb = `
  SELECT u.vendor_id, u.model_id AS product_id, u.vendor, u.model AS product, u.serial FROM usb_devices u`

const enumerated = String.raw`HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Enum`

// What a system opens by chance is opened above; a port on the loopback serves nobody else.
const ports = `
  SELECT DISTINCT p.port, c.name AS process FROM listening_ports p LEFT JOIN processes c ON c.pid = p.pid
  WHERE p.protocol = 6 AND p.port > 0 AND p.port < 32768 AND p.address NOT LIKE '127.%' AND p.address <> '::1'`

const power = `SELECT b.state = 'AC Power' AS on_ac FROM battery b`

const listensOn = (...numbers: number[]) =>
  `EXISTS (SELECT 1 FROM listening_ports p WHERE p.port IN (${numbers.join(', ')}) AND p.protocol = 6
    AND p.address NOT LIKE '127.%' AND p.address <> '::1')`

const queries: Record<AgentPlatform, Partial<Record<Part, string>>> = {
  darwin: {
    clock,
    identity,
    network: `${network} ${resolvers}
  UNION ALL SELECT 'ssid', w.ssid FROM wifi_status w WHERE w.ssid <> ''
  UNION ALL SELECT 'bssid', w.bssid FROM wifi_status w WHERE w.bssid <> ''`,
    software: software(
      ...extensions,
      `SELECT 'extension', e.name, e.version, '', e.identifier, e.path, '' FROM users CROSS JOIN safari_extensions e USING (uid)`,
      running('/System/%', '/usr/%', '/bin/%', '/sbin/%', '/Library/%', '/Applications/%'),
      `SELECT 'service', l.label, '', '', l.label, coalesce(nullif(l.program, ''), l.program_arguments), l.run_at_load
    FROM launchd l WHERE l.label NOT LIKE 'com.apple.%' AND l.path NOT LIKE '/System/%'`,
      atStart,
      `SELECT 'app', a.name, a.bundle_short_version, '', a.bundle_identifier, a.path, '' FROM apps a
    WHERE a.path NOT LIKE '/System/%'`,
      `SELECT 'package', h.name, h.version, '', h.name, '', '' FROM homebrew_packages h`,
    ),
    usb,
    displays: `SELECT d.vendor_id, d.product_id, d.name, d.serial_number AS serial FROM connected_displays d`,
    ports,
    power,
    posture: `
  SELECT (SELECT max(e.filevault_status = 'on') FROM disk_encryption e) AS disk_encrypted,
    (SELECT f.global_state > 0 FROM alf f) AS firewall, s.remote_login AS remote_login,
    s.screen_sharing = 1 OR s.remote_management = 1 AS screen_sharing FROM sharing_preferences s`,
  },
  windows: {
    clock,
    identity,
    network: `${network}
  UNION ALL SELECT 'dns', n.dns_server_search_order FROM interface_details n WHERE n.dns_server_search_order <> ''`,
    software: software(
      ...extensions,
      running(String.raw`_:\Windows\%`, String.raw`_:\Program Files%`),
      String.raw`SELECT 'service', s.name, '', '', '', s.path, s.start_type LIKE '%AUTO%' FROM services s
    WHERE s.path NOT LIKE '_:\Windows\System32\%'`,
      atStart,
      `SELECT 'program', g.name, g.version, g.publisher, coalesce(nullif(g.package_family_name, ''), g.identifying_number),
    g.install_location, '' FROM programs g`,
      `SELECT 'package', c.name, c.version, c.author, c.name, '', '' FROM chocolatey_packages c`,
    ),
    // There is no table of what is attached; the registry keeps what ever was.
    usb: String.raw`
  SELECT r.key AS instance, max(CASE WHEN r.name = 'Mfg' THEN r.data END) AS vendor,
    coalesce(max(CASE WHEN r.name = 'FriendlyName' THEN r.data END), max(CASE WHEN r.name = 'DeviceDesc' THEN r.data END)) AS product
  FROM registry r WHERE r.key LIKE '${enumerated}\USB\%\%' AND r.name IN ('Mfg', 'FriendlyName', 'DeviceDesc') GROUP BY r.key`,
    displays: String.raw`
  SELECT r.key AS instance, r.data AS edid FROM registry r
  WHERE r.key LIKE '${enumerated}\DISPLAY\%\%\Device Parameters' AND r.name = 'EDID'`,
    ports,
    power,
    posture: String.raw`
  SELECT (SELECT b.protection_status = 1 FROM bitlocker_info b WHERE b.drive_letter = 'C:') AS disk_encrypted,
    (SELECT c.firewall = 'Good' FROM windows_security_center c) AS firewall,
    EXISTS (SELECT 1 FROM services s WHERE s.name = 'sshd' AND s.status = 'RUNNING') AS remote_login,
    (SELECT r.data = '0' FROM registry r
      WHERE r.key = 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Terminal Server' AND r.name = 'fDenyTSConnections') AS screen_sharing`,
  },
  linux: {
    clock,
    identity,
    network: `${network} ${resolvers}`,
    software: software(
      ...extensions,
      running('/usr/%', '/bin/%', '/sbin/%', '/lib%'),
      `SELECT 'service', u.id, '', '', u.id, u.fragment_path, u.unit_file_state = 'enabled' FROM systemd_units u
    WHERE u.id LIKE '%.service' AND (u.unit_file_state = 'enabled' OR u.active_state = 'active')`,
      atStart,
      `SELECT 'package', d.name, d.version, d.maintainer, d.name, '', '' FROM deb_packages d
    WHERE d.section NOT IN ('libs', 'libdevel', 'oldlibs', 'doc', 'fonts', 'localization')`,
      `SELECT 'package', r.name, r.version, r.vendor, r.name, '', '' FROM rpm_packages r WHERE r.name NOT LIKE 'lib%'`,
    ),
    usb,
    ports,
    posture: `
  SELECT (SELECT max(e.encrypted) FROM disk_encryption e) AS disk_encrypted, ${listensOn(22)} AS remote_login,
    ${listensOn(3389, 5900)} AS screen_sharing`,
  },
}

interface PackQuery {
  name: string
  part: Part
  platform: AgentPlatform
  sql: string
  everySeconds: number
}

/** Every query; names say part and platform: `telltale_usb_darwin`. */
export const pack: PackQuery[] = agentPlatforms.flatMap((platform) =>
  (Object.keys(parts) as Part[]).flatMap((part) => {
    const sql = queries[platform][part]
    if (sql === undefined) return []
    const name = `${PREFIX}${part}_${platform}`
    return [{ name, part, platform, sql: sql.trim().replaceAll(/\s+/g, ' '), everySeconds: parts[part] }]
  }),
)

const partsByName = new Map(pack.map((query) => [query.name, query.part]))

/** The part that a query of ours answers for; null for any other name. */
export const partOfQuery = (name: string): Part | null => partsByName.get(name) ?? null

/** On a platform; those of all where it is not known, of which osquery then runs its own. */
const queriesOn = (platform: AgentPlatform | null) =>
  pack.filter((query) => platform === null || query.platform === platform)

/** Every line tells whose it is, and where its clock stands. */
const decorators = {
  load: ['SELECT hardware_serial AS serial, uuid FROM system_info'],
  always: [`SELECT ${zone} FROM time t`],
}

/**
 * What osquery is to do, as its `config` answer. A post of 128 lines holds a few inventories at most, so that what gathers
 * while we are away never grows beyond what is taken at once.
 */
export function configFor(platform: AgentPlatform | null): object {
  const schedule = queriesOn(platform).map(({ name, sql, everySeconds, platform: on }) => [
    name,
    { query: sql, interval: everySeconds, snapshot: true, removed: false, platform: on },
  ])
  return {
    options: { logger_tls_max_lines: 128, schedule_splay_percent: 10 },
    schedule: Object.fromEntries(schedule),
    decorators,
    node_invalid: false,
  }
}

/** Everything, asked at once of an agent that has just enrolled; nothing where its platform is not known. */
export const introductionFor = (platform: AgentPlatform | null): Record<string, string> =>
  Object.fromEntries(platform === null ? [] : queriesOn(platform).map(({ name, sql }) => [name, sql]))
