// A rule in one sentence, as it is set now, and why it exists.
import type { Outputs } from '../api.ts'
import { labelOf } from './params-form.tsx'

type RuleView = Outputs['rules']['get']

const leads: Record<RuleView['effective'], string> = {
  off: 'and is not looked for: the rule is off',
  watch: 'and is shown, and waits for something beside it',
  notify: 'and is sent out as a message',
  case: 'and opens one',
  hold: 'and opens one, and holds a parcel that has not left',
}

export function RuleSentence({ rule }: { rule: RuleView }) {
  const set = Object.entries(rule.params)
  return (
    <section className="card" aria-label="The rule in a sentence">
      <p className="lead">
        When a laptop shows <strong>“{rule.title}”</strong>, this adds about <strong>+{rule.weight} dB</strong> to its
        person’s case {leads[rule.effective]}.
      </p>
      {set.length > 0 && (
        <p className="soft">
          As set:{' '}
          {set.map(([name, value], index) => (
            <span key={name}>
              {index > 0 && ' · '}
              {labelOf(name).toLowerCase()} <strong>{inWords(value)}</strong>
              {JSON.stringify(value) !== JSON.stringify(rule.defaults[name]) && (
                <span className="faint"> (default {inWords(rule.defaults[name])})</span>
              )}
            </span>
          ))}
        </p>
      )}
      <p className="soft">{rule.why}</p>
    </section>
  )
}

const inWords = (value: unknown) => (Array.isArray(value) ? value.join(', ') || 'none' : String(value))
