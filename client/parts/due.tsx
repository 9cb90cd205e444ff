// When something is due: what is due soon stands out in words, weight and colour.
import { Time, useNow } from './time.tsx'

const SOON_MS = 4 * 3_600_000

export function Due({ at }: { at: string }) {
  const left = Date.parse(at) - useNow()
  return (
    <span className={left < SOON_MS ? 'due-soon' : ''}>
      {left < 0 && 'overdue, '}
      <Time at={at} />
    </span>
  )
}
