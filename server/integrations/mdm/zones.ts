// Time zones as systems abbreviate or name them, to the names of the IANA database.

// Abbreviations mean several zones, so each counts with its offset only. Sources: the IANA tz database's own abbreviations,
// CLDR's windowsZones for those of Windows (standard and daylight alike); one zone stands for all that keep its time.
const zones: Record<string, [offsetHours: number, zone: string][]> = {
  PST: [
    [-8, 'America/Los_Angeles'],
    [8, 'Asia/Manila'],
  ],
  PDT: [[-7, 'America/Los_Angeles']],
  MST: [[-7, 'America/Denver']],
  MDT: [[-6, 'America/Denver']],
  CST: [
    [-6, 'America/Chicago'],
    [8, 'Asia/Shanghai'],
  ],
  CDT: [[-5, 'America/Chicago']],
  EST: [[-5, 'America/New_York']],
  EDT: [[-4, 'America/New_York']],
  AKST: [[-9, 'America/Anchorage']],
  AKDT: [[-8, 'America/Anchorage']],
  HST: [[-10, 'Pacific/Honolulu']],
  GMT: [[0, 'Europe/London']],
  BST: [[1, 'Europe/London']],
  CET: [[1, 'Europe/Paris']],
  CEST: [[2, 'Europe/Paris']],
  EET: [[2, 'Europe/Helsinki']],
  EEST: [[3, 'Europe/Helsinki']],
  MSK: [[3, 'Europe/Moscow']],
  IST: [
    [5.5, 'Asia/Kolkata'],
    [2, 'Asia/Jerusalem'],
    [1, 'Europe/Dublin'],
  ],
  PKT: [[5, 'Asia/Karachi']],
  HKT: [[8, 'Asia/Hong_Kong']],
  JST: [[9, 'Asia/Tokyo']],
  KST: [[9, 'Asia/Seoul']],
  AEST: [[10, 'Australia/Sydney']],
  AEDT: [[11, 'Australia/Sydney']],
  UTC: [[0, 'Etc/UTC']],
  'Pacific Standard Time': [[-8, 'America/Los_Angeles']],
  'Pacific Daylight Time': [[-7, 'America/Los_Angeles']],
  'Mountain Standard Time': [[-7, 'America/Denver']],
  'Mountain Daylight Time': [[-6, 'America/Denver']],
  'US Mountain Standard Time': [[-7, 'America/Phoenix']],
  'Central Standard Time': [[-6, 'America/Chicago']],
  'Central Daylight Time': [[-5, 'America/Chicago']],
  'Eastern Standard Time': [[-5, 'America/New_York']],
  'Eastern Daylight Time': [[-4, 'America/New_York']],
  'GMT Standard Time': [[0, 'Europe/London']],
  'GMT Daylight Time': [[1, 'Europe/London']],
  'W. Europe Standard Time': [[1, 'Europe/Berlin']],
  'W. Europe Daylight Time': [[2, 'Europe/Berlin']],
  'Romance Standard Time': [[1, 'Europe/Paris']],
  'Romance Daylight Time': [[2, 'Europe/Paris']],
  'Russian Standard Time': [[3, 'Europe/Moscow']],
  'India Standard Time': [[5.5, 'Asia/Kolkata']],
  'Pakistan Standard Time': [[5, 'Asia/Karachi']],
  'China Standard Time': [[8, 'Asia/Shanghai']],
  'Singapore Standard Time': [[8, 'Asia/Singapore']],
  'Tokyo Standard Time': [[9, 'Asia/Tokyo']],
  'Korea Standard Time': [[9, 'Asia/Seoul']],
}

/**
 * The zone of a name and the clock's offset from UTC in seconds, positive east. Where the two name none, whole hours are
 * an `Etc/GMT` zone, whose sign is the other way round; anything else is unknown.
 */
export function zoneOf(name: string | undefined, offsetSeconds: number | undefined): string | undefined {
  if (offsetSeconds === undefined) return undefined
  const hours = offsetSeconds / 3600
  const known = Object.hasOwn(zones, name ?? '') ? zones[name!]!.find(([offset]) => offset === hours) : undefined
  if (known) return known[1]
  if (!Number.isInteger(hours) || hours < -12 || hours > 14) return undefined
  return hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
}
