// Messages: what goes out by the webhook, each attempt with what was sent and what was answered.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { showDone, trpc } from '../api.ts'
import { useMay } from '../parts/me.ts'
import { isGood, type Message, MessageDetails, MessageState } from '../parts/message-details.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { Failure, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'

export function Messages() {
  const read = useMay('admin', 'analyst', 'auditor')
  const testing = useMay('admin')
  const messages = useQuery({ ...trpc.system.messages.queryOptions(), enabled: read.may, refetchInterval: 4_000 })
  const test = useMutation(
    trpc.system.sendTest.mutationOptions({
      onSuccess: () => showDone('A test is on its way: its answer shows below.'),
    }),
  )
  const { data } = messages
  const isSet = data !== undefined && data.sinks.length > 0
  return (
    <>
      <PageHeader
        title="Messages"
        actions={
          isSet && (
            <Button disabled={!testing.may} title={testing.why} loading={test.isPending} onClick={() => test.mutate()}>
              Send a test
            </Button>
          )
        }
      />
      {!read.may && <Nothing title="Messages are not for your role.">{read.why}</Nothing>}
      {messages.error && <Failure error={messages.error} retry={() => messages.refetch()} />}
      {data && <SinkState sinks={data.sinks} messages={data.messages} />}
      {isSet && data.messages.length === 0 && (
        <Nothing title="Nothing was sent yet">
          Cases that open, change or close, findings, holds and ledger checkpoints go out here. Send a test to see that
          it arrives.
        </Nothing>
      )}
      {data && data.messages.length > 0 && (
        <ul className="card flush lines">
          {data.messages.map((message) => (
            <MessageRow key={message.id} message={message} />
          ))}
        </ul>
      )}
    </>
  )
}

function SinkState({ sinks, messages }: { sinks: string[]; messages: Message[] }) {
  if (sinks.length === 0)
    return (
      <Nothing title="No webhook is set">
        Set <code>ALERT_WEBHOOK_URL</code> and <code>ALERT_WEBHOOK_SECRET</code> in the service’s environment and start
        it again. Until then nobody is told of a case outside this page.
      </Nothing>
    )
  const last = messages.flatMap((message) => message.attempts).sort((a, b) => b.at.localeCompare(a.at))[0]
  const waiting = messages.filter((message) => message.status === 'waiting').length
  const isFailing = last !== undefined && !isGood(last.status)
  return (
    <section className="card" style={{ marginBottom: '0.75rem' }} aria-label="State of the webhook">
      <p className="row">
        <span className="strong">Outgoing webhook</span>
        {last === undefined && <span className="tag">not used yet</span>}
        {last !== undefined &&
          (isFailing ? (
            <span className="tag check">last attempt failed</span>
          ) : (
            <span className="tag good">✓ delivering</span>
          ))}
        {last !== undefined && (
          <span className="soft small">
            last attempt <Time at={last.at} as="short" />
          </span>
        )}
        {waiting > 0 && <span className="soft small">{waiting} waiting</span>}
        <span className="faint small">signed by the Standard Webhooks scheme; in order per case, at least once</span>
      </p>
    </section>
  )
}

function MessageRow({ message }: { message: Message }) {
  const sending = useMay('admin', 'analyst')
  const resend = useMutation(
    trpc.system.resendMessage.mutationOptions({ onSuccess: () => showDone('It is being sent again.') }),
  )
  const last = message.attempts.at(-1)
  return (
    <li>
      <details>
        <summary>
          <span className="row apart">
            <span className="row">
              <MessageState message={message} />
              <span className="mono">{message.type}</span>
              <span className="soft small">
                <Time at={message.createdAt} />
              </span>
            </span>
            <span className="soft small">
              {message.attempts.length === 0
                ? 'not tried yet'
                : `${message.attempts.length} ${message.attempts.length === 1 ? 'attempt' : 'attempts'}`}
              {last && ` · ${last.status ?? last.error ?? 'no answer'}`}
            </span>
          </span>
        </summary>
        <div className="stack inner">
          <div className="row apart">
            <span className="mono small soft">{message.id}</span>
            {sending.may && (
              <Button variant="default" loading={resend.isPending} onClick={() => resend.mutate({ id: message.id })}>
                Send again
              </Button>
            )}
          </div>
          <MessageDetails message={message} />
        </div>
      </details>
    </li>
  )
}
