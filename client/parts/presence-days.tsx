// The presence tab: the days on which each source saw the laptop, as a strip and as a list.
import { type Outputs, queryClient, trpc } from '../api.ts'
import { More } from './more.tsx'
import { PresenceStrip } from './presence-strip.tsx'
import { ProofWord } from './proof.tsx'
import { Nothing } from './states.tsx'
import { type Column, Table } from './table.tsx'
import { clockTime, dateText } from './time.tsx'
import { usePages } from './use-pages.ts'

type Page = Outputs['devices']['presence']
type Day = Page['days'][number]

export function PresenceDays({ deviceId }: { deviceId: string }) {
  const pages = usePages({
    key: [...trpc.devices.presence.queryKey({ deviceId }), 'pages'],
    read: (after: Page['next']) =>
      queryClient.fetchQuery({ ...trpc.devices.presence.queryOptions({ deviceId, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const days = pages.data?.pages.flatMap((page) => page.days)
  return (
    <div className="stack">
      {days && <PresenceStrip days={days} />}
      <Table
        caption="Days on which it was seen"
        columns={columns}
        rows={days}
        idOf={(day) => `${day.day} ${day.source}`}
        query={pages}
        empty={<Nothing title="It was not seen yet">Its first check-in begins this list.</Nothing>}
      />
      <More query={pages}>Read older days</More>
    </div>
  )
}

const SLOTS_AN_HOUR = 6

const columns: Column<Day>[] = [
  { head: 'Day (UTC)', cell: (day) => dateText(day.day) },
  { head: 'Source', cell: (day) => day.source },
  { head: 'First to last', cell: (day) => `${clockTime(day.firstAt)} to ${clockTime(day.lastAt)}` },
  { head: 'About', isExtra: true, cell: (day) => spanOf(day.slots) },
  { head: 'Proof', cell: (day) => <ProofWord of={day.proof} /> },
  {
    head: 'Seal',
    isExtra: true,
    cell: (day) => (day.isSealed ? <span className="good">sealed</span> : <span className="faint">not yet</span>),
  },
]

/** Of ten-minute spans, in hours: `2.5 h`. */
const spanOf = (slots: number) =>
  slots < SLOTS_AN_HOUR ? `${slots * 10} min` : `${(slots / SLOTS_AN_HOUR).toFixed(1)} h`
