// Live updates: after each commit that recorded something, what is on screen is asked for again.
import { useSubscription } from '@trpc/tanstack-react-query'
import { useEffect, useRef } from 'react'
import { queryClient, trpc } from '../api.ts'
import { setClock } from './time.tsx'

/** A burst of commits becomes one refresh. */
const REFRESH_EVERY_MS = 1_000

/** Subscribes once for the whole shell and says whether the page updates by itself. */
export function Live() {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const isFirst = useRef(true)
  useEffect(() => () => clearTimeout(timer.current), [])
  const { status } = useSubscription(
    trpc.system.live.subscriptionOptions(undefined, {
      onData({ at }) {
        setClock(at)
        // The first word comes with the connection: what is on screen was asked for a moment ago.
        if (isFirst.current) {
          isFirst.current = false
          return
        }
        timer.current ??= setTimeout(() => {
          timer.current = undefined
          void queryClient.invalidateQueries()
        }, REFRESH_EVERY_MS)
      },
    }),
  )
  const isLive = status === 'pending'
  return (
    <span className="small faint" role="status">
      <span className={isLive ? 'live-dot on' : 'live-dot'} aria-hidden="true" />
      {isLive ? 'updates by itself' : 'connecting…'}
    </span>
  )
}
