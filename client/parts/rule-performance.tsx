// How a rule has done: how often it spoke, how its cases ended, how precise that makes it, and what of it is kept quiet.
import { Link } from '@tanstack/react-router'
import type { Outputs } from '../api.ts'
import { SuppressionList } from './suppression-list.tsx'
import './lines.css'

type RuleView = Outputs['rules']['get']
type Precision = RuleView['performance']['precision']

const percent = (share: number) => `${Math.round(share * 100)} %`
/** Below so many points between its ends, the interval says nothing that the share does not. */
const NARROW = 0.1

/** A share with its interval while that is wide. */
export function PrecisionText({ of }: { of: Precision }) {
  if (of === null) return <span className="faint">not known yet</span>
  return (
    <span className="nowrap">
      {percent(of.value)}
      {of.high - of.low > NARROW && (
        <span className="soft small">
          {' '}
          ({Math.round(of.low * 100)}–{percent(of.high)})
        </span>
      )}
    </span>
  )
}

export function RulePerformance({ rule }: { rule: RuleView }) {
  const { performance: did } = rule
  return (
    <>
      <section className="card" aria-labelledby="rule-performance">
        <header>
          <h2 id="rule-performance">The last {rule.performanceDays} days</h2>
        </header>
        <dl className="facts">
          <dt>Findings</dt>
          <dd>
            {did.fired} about {did.people} {did.people === 1 ? 'person' : 'people'}
            {did.suppressed > 0 && `, ${did.suppressed} of them kept quiet now`}
          </dd>
          <dt>Confirmed</dt>
          <dd>{did.confirmed}</dd>
          <dt>Policy breach</dt>
          <dd>{did.policyBreach}</dd>
          <dt>Benign</dt>
          <dd>{did.benign}</dd>
          <dt>Cannot tell</dt>
          <dd>{did.cannotTell}</dd>
          <dt>Still open</dt>
          <dd>{did.open}</dd>
          <dt>Precision</dt>
          <dd>
            <PrecisionText of={did.precision} />
          </dd>
          <dt>Time to close</dt>
          <dd>
            {did.medianHoursToClose === null ? 'nothing was closed yet' : `${did.medianHoursToClose} hours (median)`}
          </dd>
        </dl>
        <p className="soft small">
          By how the cases ended in which it had a part. Precision is confirmed and policy breaches among those that
          were told apart; in brackets where the true share lies with 95 % probability, while there are few.
        </p>
      </section>
      <section className="card" aria-labelledby="rule-suppressions">
        <header>
          <h2 id="rule-suppressions">Suppressions in force</h2>
          <Link to="/declarations" search={{ tab: 'suppressions', rule: rule.id }} className="small">
            all of this rule
          </Link>
        </header>
        {rule.suppressions.length === 0 ? (
          <p className="soft">Nothing of this rule is kept quiet.</p>
        ) : (
          <SuppressionList suppressions={rule.suppressions} isOfOneRule />
        )}
      </section>
    </>
  )
}
