// For how long something is put aside: a few spans, the same for one case and for many.
import { Select } from '@mantine/core'

const HOUR = 3_600_000
const spans = [
  { value: '4', label: '4 hours' },
  { value: '24', label: 'a day' },
  { value: '72', label: '3 days' },
  { value: '168', label: 'a week' },
]

/** The hours chosen first. */
export const FIRST_SPAN = '24'

/** When a span of hours, begun now, is over. */
export const endOf = (hours: string, now: number) => new Date(now + Number(hours) * HOUR).toISOString()

export function SnoozeSpan({ hours, onChange }: { hours: string; onChange(hours: string): void }) {
  return (
    <Select
      label="For"
      data={spans}
      value={hours}
      onChange={(value) => onChange(value ?? FIRST_SPAN)}
      allowDeselect={false}
    />
  )
}
