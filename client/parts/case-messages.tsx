// What was sent outside about a case, with the request and the answer.
import type { Outputs } from '../api.ts'
import { Time } from './time.tsx'

type Message = Outputs['cases']['get']['messages'][number]

export function CaseMessages({ messages }: { messages: Message[] }) {
  if (messages.length === 0) return null
  return (
    <section className="card" aria-label="Messages sent">
      <h2>Messages sent</h2>
      <ul>
        {messages.map((message) => (
          <li key={message.id}>
            <details>
              <summary>
                {message.type} to {message.sink}{' '}
                <span className={message.status === 'delivered' ? 'tag good' : 'tag'}>{message.status}</span>{' '}
                <span className="small faint">
                  <Time at={message.createdAt} />
                </span>
              </summary>
              {message.attempts.length === 0 && <p className="small soft">Not sent yet.</p>}
              {message.attempts.map((attempt) => (
                <div key={attempt.attempt} className="small">
                  Try {attempt.attempt}, <Time at={attempt.at} />: {attempt.status ?? attempt.error ?? 'no answer'}
                  <pre>
                    {Object.entries(attempt.requestHeaders)
                      .map(([name, value]) => `${name}: ${value}`)
                      .join('\n')}
                  </pre>
                  {attempt.answer && <pre>{attempt.answer}</pre>}
                </div>
              ))}
              <p className="small soft">The body</p>
              <pre>{pretty(message.body)}</pre>
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}

function pretty(body: unknown): string {
  if (typeof body !== 'string') return JSON.stringify(body, null, 2)
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
