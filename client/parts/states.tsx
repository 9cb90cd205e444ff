// What stands where data is not: being asked for, failed, or nothing there. Each says what to do.
import { Button, Skeleton } from '@mantine/core'
import type { ReactNode } from 'react'
import { readError } from '../api.ts'
import './states.css'

/** A failed query, with what to do, the id to quote, and a way to try again where that may help. */
export function Failure({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { message, code, requestId } = readError(error)
  const isSettled = code === 'NOT_FOUND' || code === 'FORBIDDEN'
  return (
    <div className="card stack" role="alert">
      <p className="strong">{message}</p>
      {code === 'NOT_FOUND' && (
        <p className="soft">It may have been taken back with an import. Search for it with Ctrl K.</p>
      )}
      {code === 'FORBIDDEN' && <p className="soft">An admin can give you another role.</p>}
      {requestId && !isSettled && (
        <p className="soft small">If it stays so, quote this id to whoever runs the service: {requestId}</p>
      )}
      {retry && !isSettled && (
        <div>
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
    </div>
  )
}

/** Nothing there: why, and what to do about it. */
export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="nothing">
      <p className="strong">{title}</p>
      {children && <div className="soft">{children}</div>}
    </div>
  )
}

/** Grey lines in the place of what comes. */
export function Waiting({ lines = 4 }: { lines?: number }) {
  return (
    <div className="stack" aria-busy="true">
      <span className="visually-hidden" role="status">
        Loading
      </span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
        <Skeleton key={index} height={14} width={`${90 - ((index * 17) % 45)}%`} />
      ))}
    </div>
  )
}

interface QueryLike<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch(): unknown
}

/** Draws a query's data, or why there is none. */
export function Loaded<T>({
  query,
  children,
  lines,
}: {
  query: QueryLike<T>
  children(data: T): ReactNode
  lines?: number
}) {
  if (query.data !== undefined) return children(query.data)
  if (query.isPending) return <Waiting {...(lines === undefined ? {} : { lines })} />
  return <Failure error={query.error} retry={() => query.refetch()} />
}
