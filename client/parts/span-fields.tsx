// The days that a declaration is for, as two fields.
import { TextInput } from '@mantine/core'
import { DAYS_MAX, dayAfter } from './days.ts'
import './lines.css'

/** From one day to another, `YYYY-MM-DD`; a field that was emptied is ''. */
export interface Span {
  startsOn: string
  endsOn: string
}

const latestOf = ({ startsOn }: Span) => (startsOn === '' ? '' : dayAfter(Date.parse(startsOn), DAYS_MAX))

function faultOf(span: Span): string | null {
  if (span.endsOn < span.startsOn) return 'ends before it starts'
  const latest = latestOf(span)
  return span.endsOn > latest ? `at most ${DAYS_MAX} days: ${latest}` : null
}

/** Whether the service takes it. */
export const isSpan = (span: Span): boolean => span.startsOn !== '' && faultOf(span) === null

export function SpanFields({ span, onChange }: { span: Span; onChange(span: Span): void }) {
  return (
    <div className="pair">
      <TextInput
        label="From"
        type="date"
        required
        value={span.startsOn}
        onChange={(event) => onChange({ ...span, startsOn: event.currentTarget.value })}
      />
      <TextInput
        label={`To, at most ${DAYS_MAX} days`}
        type="date"
        required
        min={span.startsOn}
        max={latestOf(span)}
        value={span.endsOn}
        error={faultOf(span)}
        onChange={(event) => onChange({ ...span, endsOn: event.currentTarget.value })}
      />
    </div>
  )
}
