// A small seeded source of randomness: the same seed gives the same company, the same parcels and the same days.

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
  /** So many different ones, in random order. */
  some<T>(from: readonly T[], count: number): T[]
  /** Characters of an alphabet. */
  text(alphabet: string, length: number): string
  /** A source of its own by name: what is drawn there moves nothing here. */
  fork(name: string): Random
}

/** mulberry32, by Tommy Ettinger (public domain): 32 bits of state, good enough for invented laptops. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  const pick = <T>(from: readonly T[]): T => {
    const one = from[whole(0, from.length - 1)]
    if (one === undefined) throw new Error('There is nothing to pick from.')
    return one
  }
  return {
    next,
    whole,
    pick,
    chance: (share) => next() < share,
    some(from, count) {
      const left = [...from]
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(whole(0, left.length - 1), 1)[0]!)
    },
    text: (alphabet, length) => Array.from({ length }, () => pick([...alphabet])).join(''),
    fork: (name) => randomFrom(hash(`${seed} ${name}`)),
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 0x01000193)
  return value >>> 0
}
