// The timeline of one device, person or shipment, read page by page.
import { queryClient, trpc } from '../api.ts'
import { More } from './more.tsx'
import { Loaded } from './states.tsx'
import { Timeline } from './timeline.tsx'
import { usePages } from './use-pages.ts'

interface PagedTimelineProps {
  of: 'devices' | 'people' | 'shipments'
  id: string
  /** Off where the facts of several things mix. */
  hasGaps?: boolean
}

export function PagedTimeline({ of, id, hasGaps = true }: PagedTimelineProps) {
  const pages = usePages({
    key: [...trpc[of].timeline.queryKey({ id }), 'pages'],
    read: (before: number | null) =>
      queryClient.fetchQuery({ ...trpc[of].timeline.queryOptions({ id, before }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  return (
    <Loaded query={pages} lines={10}>
      {(data) => (
        <Timeline entries={data.pages.flatMap((page) => page.entries)} hasGaps={hasGaps}>
          <More query={pages}>Read older facts</More>
        </Timeline>
      )}
    </Loaded>
  )
}
