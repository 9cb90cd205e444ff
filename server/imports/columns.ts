// The columns of CONTRACTS, one table per kind: what a line of a file or a member of an object may say, and how it is read.
import { z } from 'zod'
import type { Address } from '../addresses/parse.ts'
import { reportedStatuses } from '../devices/devices.ts'
import { type Fault, faultsOf } from '../lib/errors.ts'
import { declarationKinds } from '../people/declarations.ts'
import { cleanText } from '../ports.ts'

export const kinds = ['people', 'devices', 'shipments', 'declarations'] as const
export type ImportKind = (typeof kinds)[number]

/** A cell: absent (undefined) means unchanged, empty (null) means cleared. */
const cell = z
  .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be text' })
  .transform((value) =>
    value === null ? null : cleanText(value === true ? 'yes' : value === false ? 'no' : String(value)).trim() || null,
  )
const text = (max: number) =>
  cell.refine((value) => value === null || value.length <= max, `is longer than ${max} characters`)
const oneOf = <const T extends readonly string[]>(options: T) =>
  cell.transform((value, ctx): T[number] | null => {
    if (value === null) return null
    const found = options.find((option) => option === value.toLowerCase())
    if (found === undefined) ctx.addIssue({ code: 'custom', message: `must be one of ${options.join(', ')}` })
    return found ?? null
  })
const email = cell
  .refine((value) => value === null || /^[^@\s]+@[^@\s]+$/.test(value), 'is not an e-mail address')
  .refine((value) => value === null || value.length <= 320, 'is longer than 320 characters')
const day = cell.refine((value) => value === null || isDay(value), 'must be a day such as 2026-11-02')
const time = cell.transform((value, ctx) => {
  if (value === null) return null
  const at = readTime(value)
  if (at === null)
    ctx.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-02T15:04:05Z, with an offset, or a day' })
  return at
})

function isDay(value: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(value) ? new Date(`${value}T00:00:00Z`) : null
  return at !== null && !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value)
}

function readTime(value: string): Date | null {
  if (isDay(value)) return readTime(`${value}T00:00:00Z`)
  const at = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/i.test(value)
    ? new Date(value.replace(' ', 'T'))
    : null
  return at === null || Number.isNaN(at.getTime()) || at.getUTCFullYear() < 1990 || at.getUTCFullYear() > 2200
    ? null
    : at
}

const yesNo = oneOf(['yes', 'no', 'true', 'false', '1', '0']).transform((value) =>
  value === null ? null : ['yes', 'true', '1'].includes(value),
)

const address = {
  line1: text(300),
  line2: text(300),
  city: text(200),
  region: text(200),
  postal_code: text(30),
  country: text(100),
}

export const columns = {
  people: z
    .object({
      external_id: text(200),
      name: text(300),
      email,
      phone: text(60),
      kind: oneOf(['employee', 'contractor']),
      manager_email: email,
      starts_on: day,
      leaves_on: day,
      ...address,
      address_verified: yesNo,
      address_changed_at: time,
      identity_line1: text(300),
      identity_line2: text(300),
      identity_city: text(200),
      identity_region: text(200),
      identity_postal_code: text(30),
      identity_country: text(100),
    })
    .partial()
    .refine((row) => row.external_id || row.email, { path: ['external_id'], message: 'is needed, or an email' }),
  devices: z
    .object({
      serial_number: text(200),
      asset_tag: text(200),
      manufacturer: text(200),
      model: text(200),
      hardware_uuid: text(100),
      purchased_on: day,
      status: oneOf(reportedStatuses),
      holder_email: email,
    })
    .partial(),
  shipments: z
    .object({
      reference: text(200),
      direction: oneOf(['out', 'return']),
      carrier: text(100),
      tracking_code: text(100),
      serial_number: text(200),
      person_email: email,
      ...address,
      ordered_at: time,
      shipped_at: time,
      addressee: text(300),
    })
    .partial()
    .refine((row) => row.reference, { path: ['reference'], message: 'is needed' }),
  declarations: z
    .object({
      kind: oneOf(declarationKinds),
      person_email: email,
      other_email: email,
      value: text(500),
      starts_on: day,
      ends_on: day,
      reason: text(2000),
    })
    .partial()
    .refine((row) => row.kind, { path: ['kind'], message: 'is needed' })
    .refine((row) => row.starts_on, { path: ['starts_on'], message: 'is needed' }),
} satisfies Record<ImportKind, z.ZodType>

/** The names of the columns of a kind, in the order of CONTRACTS. */
export function columnNames(kind: ImportKind): string[] {
  return Object.keys(columns[kind].shape)
}

export type Row<K extends ImportKind> = z.output<(typeof columns)[K]>

export type ReadRow<K extends ImportKind> =
  | { ok: true; row: Row<K>; notes: Record<string, string> }
  | { ok: false; faults: Fault[] }

const NOTES_MAX = 50

/** One line or object, read by its columns. What has no column is kept as a note. */
export function readRow<K extends ImportKind>(kind: K, raw: unknown): ReadRow<K> {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { ok: false, faults: [{ path: '', problem: 'must be an object' }] }
  const parsed = columns[kind].safeParse(raw)
  if (!parsed.success)
    return {
      ok: false,
      faults: faultsOf(parsed.error.issues),
    }
  const known = new Set(columnNames(kind))
  const notes: Record<string, string> = {}
  for (const [name, value] of Object.entries(raw).slice(0, 200)) {
    if (known.has(name) || value === null || value === '' || Object.keys(notes).length >= NOTES_MAX) continue
    // Cut before it is cleaned, since a cut may halve a character of two units.
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
    notes[cleanText(name.slice(0, 100))] = cleanText(text.slice(0, 1000))
  }
  return { ok: true, row: parsed.data as Row<K>, notes }
}

type Part = string | null | undefined

/** The six address columns count as one: who sends `line1` sends them all, absent ones empty. */
export function addressOfRow(row: {
  line1?: Part
  line2?: Part
  city?: Part
  region?: Part
  postal_code?: Part
  country?: Part
}): Address | undefined {
  if (row.line1 === undefined) return undefined
  return {
    line1: row.line1 ?? '',
    line2: row.line2 ?? '',
    city: row.city ?? '',
    region: row.region ?? '',
    postalCode: row.postal_code ?? '',
    country: row.country ?? '',
  }
}
