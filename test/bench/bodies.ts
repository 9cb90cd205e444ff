// Check-ins as a fleet sends them: about 5 KB with 120 programs, each unlike the last in time, uptime, battery and list order.
import { randomFrom } from '../../server/simulator/random.ts'

const PROGRAMS = 120
const words =
  'agent audio backup browser calendar chat client cloud code console design driver editor font helper media mail notes office photo player print reader runtime screen scan sheet shell sync task terminal time tools update video viewer web writer'.split(
    ' ',
  )

/** What changes besides what always does: a version in 2 of 100, a fact that matters in 1 of 100. */
export type Kind = 'unchanged' | 'version' | 'fact'

export interface Fleet {
  /** The next check-in of a device, `round` of them later than its first. */
  body(device: number, round: number, kind?: Kind): string
}

export const serialOf = (device: number): string => `BNCH${String(device).padStart(7, '0')}`

/** A fleet whose first check-ins are at `start`, each next one a quarter of an hour later. */
export function createFleet({ seed, start }: { seed: number; start: Date }): Fleet {
  const random = randomFrom(seed)
  const catalogue = Array.from({ length: 400 }, (_, index) => ({
    name: `${words[index % words.length]} ${index}`,
    version: `${index % 30}.${index % 7}`,
    kind: 'app',
  }))
  const versions = new Map<number, number>()
  const tools = new Set<number>()
  return {
    body(device, round, kind = 'unchanged') {
      if (kind === 'version') versions.set(device, (versions.get(device) ?? 0) + 1)
      if (kind === 'fact') tools.has(device) ? tools.delete(device) : tools.add(device)
      const at = start.getTime() + round * 900_000 + (device % 600) * 1000
      const offset = (device * 7) % 280
      const software: object[] = catalogue.slice(offset, offset + PROGRAMS)
      const version = versions.get(device)
      if (version !== undefined) software[0] = { ...software[0], version: `99.${version}` }
      if (tools.has(device)) software.push({ name: 'AnyDesk', version: '8.1', kind: 'app' })
      return JSON.stringify({
        serialNumber: serialOf(device),
        hardwareUuid: `4C4C4544-0042-4810-8057-${String(device).padStart(12, '0')}`,
        reportedAt: new Date(at).toISOString(),
        hostname: `mbp-${device}`,
        platform: 'darwin',
        osVersion: '15.6',
        model: 'Mac15,6',
        publicIp: `72.${200 + (device % 20)}.${device % 250}.${(device >> 8) % 250}`,
        timeZone: 'America/Chicago',
        uptimeSeconds: 3600 + round * 900,
        user: { name: `user${device}`, email: `user${device}@example.com` },
        enrollment: { enrolled: true, method: 'automated', attested: false },
        network: { privateIps: ['192.168.1.20'], gatewayMac: '94:83:c5:00:00:01' },
        software: random.some(software, software.length),
        power: { onAc: true, batteryPercent: 40 + (round % 60) },
        posture: { diskEncrypted: true, firewall: true, remoteLogin: false, screenSharing: false },
      })
    },
  }
}
