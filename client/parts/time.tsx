// Times: relative to read, exact (UTC and here) on hover and focus. The service's clock counts, not the browser's.
import { useSyncExternalStore } from 'react'
import './time.css'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const TICK = 20_000

let offset = 0
let ticks = 0
const listeners = new Set<() => void>()

function tick(): void {
  ticks += 1
  for (const listener of listeners) listener()
}

/** Sets our clock by the service's: a demo plays months in minutes. */
export function setClock(iso: string): void {
  offset = Date.parse(iso) - Date.now()
  tick()
}

let timer: ReturnType<typeof setInterval> | undefined
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(tick, TICK)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The service's time in ms, moving on by itself every 20 s. Read anew at each drawing: what was just done is never ahead. */
export function useNow(): number {
  useSyncExternalStore(subscribe, () => ticks)
  return Date.now() + offset
}

/** A span in words: `40 s`, `12 min`, `3 h 40 min`, `17 h`, `9 d`. */
export function spanText(ms: number): string {
  const span = Math.abs(ms)
  if (span < MINUTE) return `${Math.round(span / 1000)} s`
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  if (span < 8 * HOUR) {
    const minutes = Math.floor((span % HOUR) / MINUTE)
    return minutes === 0 ? `${Math.floor(span / HOUR)} h` : `${Math.floor(span / HOUR)} h ${minutes} min`
  }
  if (span < 2 * DAY) return `${Math.round(span / HOUR)} h`
  return `${Math.round(span / DAY)} d`
}

/** Parts of a time, UTC, in the order and words of British English. */
export const parts = (iso: string, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hourCycle: 'h23', ...options }).format(new Date(iso))

/** `5 Sep 08:02`, UTC. */
export const shortTime = (iso: string) =>
  parts(iso, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }).replace(',', '')
/** `08:02`, UTC. */
export const clockTime = (iso: string) => parts(iso, { hour: '2-digit', minute: '2-digit' })
/** `5 Sep 2026`, UTC; also of a date alone. */
export const dateText = (iso: string) => parts(iso, { day: 'numeric', month: 'short', year: 'numeric' })

/** UTC to the second, and what clocks show where the reader is. */
export function exactTime(iso: string): string {
  const here = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', hourCycle: 'h23' })
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC · ${here.format(new Date(iso))} here`
}

interface TimeProps {
  at: string
  /** `relative`: 4 min ago, in 3 h; `age`: 4 min; `short`: 5 Sep 08:02; `clock`: 08:02; `date`: 5 Sep 2026. */
  as?: 'relative' | 'age' | 'short' | 'clock' | 'date' | undefined
  /** Can be reached by Tab for its exact time; off in long lists. */
  isStop?: boolean | undefined
}

export function Time({ at, as = 'relative', isStop = false }: TimeProps) {
  return (
    <time className="time" dateTime={at} data-exact={exactTime(at)} {...(isStop ? { tabIndex: 0 } : {})}>
      {as === 'relative' || as === 'age' ? <Moving at={at} as={as} /> : fixed[as](at)}
    </time>
  )
}

const fixed = { short: shortTime, clock: clockTime, date: dateText }

function Moving({ at, as }: { at: string; as: 'relative' | 'age' }) {
  const ms = useNow() - Date.parse(at)
  if (as === 'age') return spanText(Math.max(0, ms))
  if (Math.abs(ms) < 5_000) return 'just now'
  return ms > 0 ? `${spanText(ms)} ago` : `in ${spanText(ms)}`
}
