// Members of vendors' records, read with an open hand: what is missing, null or of another type says nothing.
import { z } from 'zod'
import { cleanText } from '../../ports.ts'

/** Reads one member; undefined for whatever is not what it should be. Never a fault. */
const told = <T>(read: (value: unknown) => T | undefined) => z.unknown().transform(read).optional()

/** A text of at most `max` characters. Blank says nothing: vendors send "" for what they lack. */
export const word = (max: number) => told((value) => textOf(value, max))

/** An id, which one server writes as a number and the next as text. */
export const idTold = told((value) => (Number.isSafeInteger(value) ? String(value) : textOf(value, 200)))

/** A number written as one, or as text. */
export const amount = told((value) => numberOf(value))

/** True or false, also written out as vendors and osquery do: "true", "1", 0. */
export const flag = told((value) => {
  if (typeof value === 'boolean') return value
  const text = String(typeof value === 'string' || typeof value === 'number' ? value : '').toLowerCase()
  return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : undefined
})

const addressSchema = z.union([z.ipv4(), z.ipv6()])

/** An IPv4 or IPv6 address. */
export const ipAddress = told((value) => {
  const text = textOf(value, 60)
  return text !== undefined && addressSchema.safeParse(text).success ? text : undefined
})

/** A MAC address, with colons or dashes or bare, as checkInSchema takes it. */
export const macAddress = told((value) => {
  const hex = textOf(value, 60)?.replaceAll(/[:.-]/g, '')
  return hex !== undefined && /^[0-9a-f]{12}$/i.test(hex) ? hex.match(/../g)!.join(':').toLowerCase() : undefined
})

/**
 * A time as ISO 8601, from ISO text with an offset or from seconds or milliseconds since 1970 (below 10^11 it is seconds).
 * Never set dates (0001-01-01, 1970-01-01) say nothing.
 */
export const instantTold = told((value) => {
  const number = numberOf(value)
  const at =
    number !== undefined
      ? new Date(number < 1e11 ? number * 1000 : number)
      : new Date(
          typeof value === 'string' && /^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(value) ? value : Number.NaN,
        )
  const year = at.getUTCFullYear()
  return year > 1970 && year <= 9999 ? at.toISOString() : undefined
})

/** A list of which each member is read on its own: one that cannot be is left out. No list at all says nothing. */
export const listOf = <T extends z.ZodType>(schema: T, max: number) =>
  told((value): z.output<T>[] | undefined => {
    if (!Array.isArray(value)) return undefined
    return value.slice(0, max).flatMap((one) => {
      const parsed = schema.safeParse(one)
      return parsed.success ? [parsed.data] : []
    })
  })

/** An object of which each member is read on its own; anything else says nothing. */
export const partOf = <T extends z.ZodType>(schema: T) =>
  told((value): z.output<T> | undefined => schema.safeParse(value).data)

function textOf(value: unknown, max: number): string | undefined {
  if (typeof value !== 'string') return undefined
  return cleanText(value).trim().slice(0, max).toWellFormed() || undefined
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^-?\d{1,20}(?:\.\d{1,9})?$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}
