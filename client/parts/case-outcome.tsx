// How a case ended: the four outcomes, the same for one case and for many.
import { Radio } from '@mantine/core'
import type { Inputs } from '../api.ts'

export type Outcome = Inputs['cases']['close']['outcome']

const outcomes: { value: Outcome; label: string; description: string }[] = [
  { value: 'benign', label: 'Benign', description: 'It has a harmless explanation; say which.' },
  {
    value: 'policy_breach',
    label: 'Policy breach',
    description: 'A rule of the house was broken, nothing was diverted.',
  },
  { value: 'confirmed', label: 'Confirmed', description: 'The laptop was diverted.' },
  { value: 'cannot_tell', label: 'Cannot tell', description: 'What there is does not decide it.' },
]

export function OutcomeChoice({ value, onChange }: { value: Outcome | null; onChange(outcome: Outcome): void }) {
  return (
    <Radio.Group label="Outcome" value={value ?? ''} onChange={(chosen) => onChange(chosen as Outcome)} required>
      <div className="options">
        {outcomes.map((one) => (
          <Radio key={one.value} size="xs" {...one} {...(one.value === 'benign' ? { 'data-autofocus': true } : {})} />
        ))}
      </div>
    </Radio.Group>
  )
}
