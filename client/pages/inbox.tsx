// Inbox: deliveries kept because they could not be read, or could not be placed yet; to look at and to try again.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, queryClient, showDone, trpc } from '../api.ts'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { prettyJson } from '../parts/pretty-json.ts'
import { Failure, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'
import '../parts/lines.css'

type Kept = Outputs['system']['inbox'][number]

const PAGE = 50

export function Inbox() {
  const retrying = useMay('admin', 'provisioner', 'analyst')
  const inbox = usePages({
    key: ['inbox pages'],
    read: (after: string | null) =>
      queryClient.fetchQuery({ ...trpc.system.inbox.queryOptions({ after, limit: PAGE }), staleTime: 0 }),
    refreshMs: 4_000,
    nextOf: (page) => (page.length === PAGE ? page.at(-1)!.id : null),
  })
  const retry = useMutation(
    trpc.system.retryInbox.mutationOptions({
      onSuccess: ({ retried }) =>
        showDone(`${retried} ${retried === 1 ? 'delivery is' : 'deliveries are'} being read again.`),
    }),
  )
  const rows = inbox.data?.pages.flat() ?? []
  return (
    <>
      <PageHeader
        title="Inbox"
        actions={
          rows.length > 0 && (
            <Button
              disabled={!retrying.may}
              title={retrying.why}
              loading={retry.isPending && retry.variables.id === null}
              onClick={() => retry.mutate({ id: null })}
            >
              Try all again
            </Button>
          )
        }
      />
      {inbox.error && <Failure error={inbox.error} retry={() => inbox.refetch()} />}
      {inbox.data && rows.length === 0 && (
        <Nothing title="Nothing is kept here, and that is good">
          Everything that came in was read. A delivery that cannot be read, or that is about a parcel nobody knows yet,
          is kept here with the reason.
        </Nothing>
      )}
      {rows.length > 0 && (
        <>
          <p className="soft small" style={{ marginBottom: '0.6rem' }}>
            Kept with their bytes so that nothing is lost. Mend the cause, then try again. Failed bytes go after 14
            days, set-aside ones after 90.
          </p>
          <ul className="card flush lines">
            {rows.map((row) => (
              <KeptRow
                key={row.id}
                row={row}
                mayRetry={retrying.may}
                isRetrying={retry.isPending && retry.variables.id === row.id}
                onRetry={() => retry.mutate({ id: row.id })}
              />
            ))}
          </ul>
          <More query={inbox} />
        </>
      )}
    </>
  )
}

interface KeptRowProps {
  row: Kept
  mayRetry: boolean
  isRetrying: boolean
  onRetry(): void
}

function KeptRow({ row, mayRetry, isRetrying, onRetry }: KeptRowProps) {
  const looking = useMay('admin', 'analyst')
  const [isOpen, setOpen] = useState(false)
  return (
    <li>
      <div className="row apart top">
        <div className="grow">
          <p className="row">
            <span className={row.status === 'failed' ? 'tag check' : 'tag'}>{row.status}</span>
            <span className="strong">{row.source}</span>
            <span className="soft small">
              <Time at={row.receivedAt} />
            </span>
            <span className="soft small">
              {row.attempts} {row.attempts === 1 ? 'attempt' : 'attempts'} ·{' '}
              {row.bytes === null ? 'bytes gone' : sizeText(row.bytes)}
              {row.nextAttemptAt !== null && (
                <>
                  {' '}
                  · again <Time at={row.nextAttemptAt} />
                </>
              )}
            </span>
          </p>
          <p>{row.reason ?? 'no reason was kept'}</p>
        </div>
        <div className="row">
          {looking.may && row.bytes !== null && (
            <button type="button" className="link" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'hide the body' : 'show the body'}
            </button>
          )}
          {mayRetry && row.bytes !== null && (
            <Button variant="default" loading={isRetrying} onClick={onRetry}>
              Try again
            </Button>
          )}
        </div>
      </div>
      {isOpen && <Body id={row.id} />}
    </li>
  )
}

function Body({ id }: { id: string }) {
  const body = useQuery(trpc.system.inboxBody.queryOptions({ id }))
  if (body.error) return <Failure error={body.error} />
  if (!body.data) return <p className="soft">Reading…</p>
  if (body.data.text === null) return <p className="soft">Its bytes are gone: retention or an erasure took them.</p>
  return (
    <>
      <pre>{prettyJson(body.data.text)}</pre>
      {body.data.cut && <p className="faint small">Only the first 64 KiB are shown.</p>}
    </>
  )
}

const sizeText = (bytes: number) => (bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`)
