// What was sent outside about a case, with the request and the answer.
import { type Message, MessageDetails, MessageState } from './message-details.tsx'
import { Time } from './time.tsx'

export function CaseMessages({ messages }: { messages: Message[] }) {
  if (messages.length === 0) return null
  return (
    <section className="card" aria-label="Messages sent">
      <h2>Messages sent</h2>
      <ul className="stack tight">
        {messages.map((message) => (
          <li key={message.id}>
            <details>
              <summary>
                <span className="mono small">{message.type}</span> <MessageState message={message} />{' '}
                <span className="small faint">
                  <Time at={message.createdAt} />
                </span>
              </summary>
              <MessageDetails message={message} />
            </details>
          </li>
        ))}
      </ul>
    </section>
  )
}
