// What a source sent that could not be read: the reasons, newest first, each to be tried again.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { Loaded } from './states.tsx'
import { Time } from './time.tsx'

const SHOWN = 10

export function UnreadList({ source }: { source: string }) {
  const query = useQuery(trpc.connectors.unread.queryOptions({ source, limit: SHOWN }))
  const retrying = useMay('admin', 'provisioner', 'analyst')
  const retry = useMutation(
    trpc.system.retryInbox.mutationOptions({ onSuccess: () => showDone('It is being read again.') }),
  )
  return (
    <Loaded query={query} lines={2}>
      {(rows) =>
        rows.length === 0 ? (
          <p className="small soft">Everything it sent could be read.</p>
        ) : (
          <>
            <ul className="stack tight" aria-label={`Failures of ${source}`}>
              {rows.map((row) => (
                <li key={row.id} className="row apart">
                  <span className="small anywhere">
                    <span className="soft">
                      <Time at={row.receivedAt} isStop />
                    </span>{' '}
                    {row.reason ?? 'no reason was kept'}
                  </span>
                  {row.canRetry && (
                    <Button
                      variant="default"
                      size="xs"
                      disabled={!retrying.may}
                      title={retrying.why}
                      loading={retry.isPending && retry.variables.id === row.id}
                      onClick={() => retry.mutate({ id: row.id })}
                    >
                      Try again
                    </Button>
                  )}
                </li>
              ))}
            </ul>
            <p className="small">
              <Link to="/inbox">
                {rows.length === SHOWN ? 'All of them in the inbox' : 'Their bytes are in the inbox'}
              </Link>
            </p>
          </>
        )
      }
    </Loaded>
  )
}
