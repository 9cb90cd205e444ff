// Local times and days: turning wall clocks of a zone into instants, and instants into days.

/** The UTC day of an instant, `YYYY-MM-DD`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10)

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const plus = (at: Date, ms: number): Date => new Date(at.getTime() + ms)

const formats = new Map<string, Intl.DateTimeFormat>()

/** How far a zone is from UTC at an instant, in ms (positive east). Throws RangeError on an unknown zone. */
export function offsetOf(zone: string, at: Date): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
  }
  const parts = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, Number(part.value)]))
  const wall = Date.UTC(
    parts['year']!,
    parts['month']! - 1,
    parts['day'],
    parts['hour'],
    parts['minute'],
    parts['second'],
  )
  return wall - Math.floor(at.getTime() / 1000) * 1000
}

/** The instant at which a zone's clocks show `wall` (given as if it were UTC). */
export function fromWallClock(zone: string, wall: Date): Date {
  const guess = plus(wall, -offsetOf(zone, wall))
  return plus(wall, -offsetOf(zone, guess))
}
