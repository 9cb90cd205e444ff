// A valid record with one member spoiled, in every position and every way: what adapters have to survive.
import fc from 'fast-check'
import { AppError } from '../../server/lib/errors.ts'

export interface Mutation {
  /** Where: the names of the members, list positions included. */
  path: (string | number)[]
  /** What stands there now. */
  how: string
  record: unknown
}

const spoilt: { how: string; value: unknown }[] = [
  { how: 'null', value: null },
  { how: 'a number', value: -7.5 },
  { how: 'a huge number', value: 1e300 },
  { how: 'true', value: true },
  { how: 'an empty text', value: '' },
  { how: 'another text', value: 'spoilt\u0000 \ud800' },
  { how: 'a long text', value: 'x'.repeat(5000) },
  { how: 'a list', value: [null, 1, 'spoilt', {}, []] },
  { how: 'an object', value: { spoilt: { id: 1 } } },
  { how: 'itself, nested', value: undefined },
]

/** Every record that differs from this one in one member: missing, null, of another type; and with an unknown member beside. */
export function mutationsOf(record: unknown): Mutation[] {
  return positionsOf(record).flatMap(({ path, value }) => {
    const changed = (how: string, next: unknown): Mutation => ({ path, how, record: withValue(record, path, next) })
    const inside = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [
      ...(path.length === 0 ? [] : [{ path, how: 'missing', record: without(record, path) }]),
      ...spoilt.map(({ how, value: next }) => changed(how, how === 'itself, nested' ? { value } : next)),
      ...(inside ? [changed('an unknown member beside', { ...value, unheardOf: { of: ['anything'] } })] : []),
    ]
  })
}

/** Records in which several members at once are spoilt, one after the other. */
export function spoiltRecords(record: unknown): fc.Arbitrary<Mutation> {
  const draws = fc.array(fc.nat(), { minLength: 2, maxLength: 5 })
  return draws.map((picks) =>
    picks.reduce<Mutation>(
      ({ path, how, record: before }, pick) => {
        const all = mutationsOf(before)
        const one = all[pick % all.length]!
        return { path: [...path, ...one.path], how: `${how}, ${one.how}`, record: one.record }
      },
      { path: [], how: 'spoilt', record },
    ),
  )
}

/**
 * Whether `read` may be told what `mutation` spoilt: `path` starts with one of `members`, or `members` lies within it.
 * A member is named with dots and without list positions: `hardware.serialNumber`.
 */
export function touches({ path }: Mutation, members: string[]): boolean {
  const at = `${path.filter((part) => typeof part === 'string').join('.')}.`
  return path.length === 0 || members.some((member) => `${member}.`.startsWith(at) || at.startsWith(`${member}.`))
}

/** What `read` returns; null where it throws AppError. Anything else thrown says which mutation did it. */
export function survives<T>({ path, how, record }: Mutation, read: (record: unknown) => T): T | null {
  try {
    return read(record)
  } catch (error) {
    if (error instanceof AppError) return null
    throw new Error(`${path.join('.') || 'the record'} as ${how} is not survived`, { cause: error })
  }
}

function positionsOf(value: unknown, path: (string | number)[] = []): { path: (string | number)[]; value: unknown }[] {
  const members: [string | number, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : []
  return [{ path, value }, ...members.flatMap(([name, member]) => positionsOf(member, [...path, name]))]
}

function withValue(value: unknown, path: (string | number)[], next: unknown): unknown {
  const [name, ...rest] = path
  if (name === undefined) return next
  if (Array.isArray(value)) return value.map((member, at) => (at === name ? withValue(member, rest, next) : member))
  const object = value as Record<string, unknown>
  return { ...object, [name]: withValue(object[name], rest, next) }
}

function without(value: unknown, path: (string | number)[]): unknown {
  const [name, ...rest] = path
  if (rest.length > 0) {
    if (Array.isArray(value)) return value.map((member, at) => (at === name ? without(member, rest) : member))
    return { ...(value as object), [name!]: without((value as Record<string | number, unknown>)[name!], rest) }
  }
  if (Array.isArray(value)) return value.filter((_, at) => at !== name)
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => key !== name))
}
