// How far the clock of a laptop is from the clocks of a place.
import { HOUR, offsetOf } from '../lib/time.ts'
import { zonesWithin } from '../lib/zones.ts'
import type { Circle } from '../ports.ts'

/** Clocks that are set to no place at all, as servers and some people have them. */
const noPlace = /^((Etc\/)?(UTC|UCT|GMT|Zulu|Universal|Greenwich)(0|[+-]0)?|Z)$/i

export const isNoPlace = (timeZone: string): boolean => noPlace.test(timeZone)

/** Hours that a clock is ahead of the nearest clock within a place, at a time; null where the zone or the place has none. */
export function hoursAhead(timeZone: string, circle: Circle, at: Date): number | null {
  const own = offsetHours(timeZone, at)
  if (own === null) return null
  const ahead = zonesWithin(circle).flatMap((zone) => {
    const there = offsetHours(zone, at)
    return there === null ? [] : [own - there]
  })
  return ahead.length === 0 ? null : ahead.reduce((best, one) => (Math.abs(one) < Math.abs(best) ? one : best))
}

function offsetHours(timeZone: string, at: Date): number | null {
  try {
    return offsetOf(timeZone, at) / HOUR
  } catch {
    // A name that no table knows, such as a system's own.
    return null
  }
}
