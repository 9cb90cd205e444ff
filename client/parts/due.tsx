// When something is due: what is due soon stands out in words, weight and colour; what waits on others stands still.
import { spanText, Time, useNow } from './time.tsx'

const SOON_MS = 4 * 3_600_000

/** `pausedAt`: since when its time stands still. */
export function Due({ at, pausedAt = null }: { at: string; pausedAt?: string | null }) {
  const now = useNow()
  if (pausedAt !== null) {
    const left = Date.parse(at) - Date.parse(pausedAt)
    return (
      <span className="soft" title="The time stands still while it waits on somebody.">
        paused, {left < 0 ? 'overdue by' : 'with'} {spanText(left)}
        {left >= 0 && ' left'}
      </span>
    )
  }
  const left = Date.parse(at) - now
  return (
    <span className={left < SOON_MS ? 'due-soon' : ''}>
      {left < 0 && 'overdue, '}
      <Time at={at} />
    </span>
  )
}
