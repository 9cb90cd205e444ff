// What is remembered of an osquery agent between two reports: whose it is, how far it has told, and what it said last.
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { agentPlatforms } from './osquery-pack.ts'
import { amount, partOf, word } from './words.ts'

const memorySchema = z.object({
  platform: z.enum(agentPlatforms).nullable().catch(null),
  /** As it enrolled; each line may say another. */
  serial: z.string().nullable().catch(null),
  uuid: z.string().nullable().catch(null),
  /** Time of the newest check-in made of its reports, in ms, and the lines of that second that are in it or before it. */
  at: z.number().nullable().catch(null),
  lines: z.array(z.string()).catch([]),
  /** A digest of what each part said last, of one device on one day (UTC): `about` names both. */
  about: z.string().nullable().catch(null),
  said: z.record(z.string(), z.string()).catch({}),
  /** Whether it has answered the questions that follow an enrolment. */
  isIntroduced: z.boolean().catch(false),
})
export type Memory = z.output<typeof memorySchema>

const nothing = memorySchema.parse({})

/** What was kept, whatever became of it. */
export const memoryOf = (kept: unknown): Memory => memorySchema.safeParse(kept).data ?? nothing

const hostSchema = z.object({
  platform_type: amount,
  host_details: partOf(
    z.object({
      system_info: partOf(z.object({ hardware_serial: word(200), uuid: word(100) })),
      os_version: partOf(z.object({ platform: word(50) })),
    }),
  ),
})

/** What an enrolment says of the host. */
export function memoryOfHost(enrolment: unknown): Memory {
  const host = hostSchema.safeParse(enrolment).data
  const { system_info: system, os_version: os } = host?.host_details ?? {}
  return {
    ...nothing,
    platform: platformOf(host?.platform_type, os?.platform),
    serial: system?.hardware_serial ?? null,
    uuid: system?.uuid ?? null,
  }
}

/** Bits of osquery's platform type: 2 Windows, 8 Linux, 16 macOS (osquery's `PlatformType`). */
function platformOf(type: number | undefined, system: string | undefined): Memory['platform'] {
  if (type !== undefined && Number.isInteger(type)) {
    if (type & 16) return 'darwin'
    if (type & 8) return 'linux'
    if (type & 2) return 'windows'
  }
  return agentPlatforms.find((platform) => platform === system) ?? null
}

/** The same for the same value, lists in any order: rows come as they please. */
export const digestOf = (value: unknown): string =>
  createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('base64url')
    .slice(0, 16)

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(sorted(one))).sort()
  if (typeof value !== 'object' || value === null) return value
  return Object.entries(value)
    .map(([name, member]) => [name, sorted(member)])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))
}
