// A message that went out: its body, and each attempt with what was sent and what was answered.
import type { Outputs } from '../api.ts'
import { prettyJson } from './pretty-json.ts'
import { Time } from './time.tsx'

export type Message = Outputs['cases']['get']['messages'][number]

export const isGood = (status: number | null) => status !== null && status >= 200 && status < 300

export function MessageDetails({ message }: { message: Message }) {
  return (
    <div className="stack">
      <div>
        <h3>Body</h3>
        <pre>{prettyJson(message.body)}</pre>
      </div>
      {message.attempts.map((attempt) => (
        <div key={attempt.attempt}>
          <h3>
            Attempt {attempt.attempt}, <Time at={attempt.at} as="short" />:{' '}
            {isGood(attempt.status) ? (
              <span className="good">✓ {attempt.status}</span>
            ) : (
              <span className="check">{attempt.status ?? attempt.error ?? 'no answer'}</span>
            )}
          </h3>
          {attempt.status !== null && attempt.error !== null && <p className="check">{attempt.error}</p>}
          <pre>
            {Object.entries(attempt.requestHeaders)
              .map(([name, value]) => `${name}: ${value}`)
              .join('\n')}
          </pre>
          {attempt.status !== null && (
            <>
              <p className="small soft">Answer</p>
              <pre>{attempt.answer || '(empty)'}</pre>
            </>
          )}
        </div>
      ))}
    </div>
  )
}

/** How far it has come, by a mark and words. */
export function MessageState({ message }: { message: Message }) {
  if (message.status === 'delivered') return <span className="tag good">✓ delivered</span>
  if (message.status === 'given up') return <span className="tag check">given up</span>
  return (
    <span className="tag">
      waiting
      {message.nextAttemptAt !== null && message.attempts.length > 0 && (
        <>
          , again <Time at={message.nextAttemptAt} />
        </>
      )}
    </span>
  )
}
