// The life cycle as a thin strip, with the step that went wrong marked.
import './life-cycle.css'

const outward = ['stock', 'ordered', 'packed', 'shipped', 'delivered', 'accepted', 'checked in', 'in service'] as const
const homeward = ['returning', 'returned'] as const
const steps = [...outward, ...homeward] as const

export type Step = (typeof steps)[number]
/** Where a device is outside the cycle. */
const beside = ['repair', 'lost', 'retired']

interface LifeCycleProps {
  at: string
  /** The step that needs a look. */
  wrong?: Step | undefined
  /** Steps on the way that were never reported, such as accepted before checked in. */
  skipped?: Step[] | undefined
}

/** Outward steps until a return begins; then these too. */
export function LifeCycleStrip({ at, wrong, skipped = [] }: LifeCycleProps) {
  if (beside.includes(at))
    return (
      <p className="life-cycle-aside">
        <span className={at === 'lost' ? 'tag check' : 'tag'}>{at}</span>{' '}
        <span className="soft">outside the life cycle</span>
      </p>
    )
  const shown: readonly Step[] = at === 'returning' || at === 'returned' ? steps : outward
  const now = (shown as readonly string[]).indexOf(at)
  return (
    <ol className="life-cycle" aria-label="Life cycle">
      {shown.map((step, index) => {
        const state = step === wrong ? 'wrong' : skipped.includes(step) ? 'skipped' : index <= now ? 'done' : 'ahead'
        return (
          <li key={step} data-state={state} data-now={step === at} aria-current={step === at ? 'step' : undefined}>
            {step}
            <span className="visually-hidden">{words[state]}</span>
          </li>
        )
      })}
    </ol>
  )
}

const words = { wrong: ', needs a check', skipped: ', never reported', done: ', reached', ahead: ', not yet' }
