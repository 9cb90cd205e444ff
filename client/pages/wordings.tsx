// Delivery wordings: what carriers said that no table knows, how often, and what somebody here said it means.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, queryClient, showDone, trpc } from '../api.ts'
import { Filters } from '../parts/filters.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { type Reading, ReadingFields } from '../parts/reading-fields.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Failure, Nothing, Waiting } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'
import '../parts/lines.css'

type Wording = Outputs['wordings']['list']['wordings'][number]

const shows = ['open', 'classified'] as const
const PAGE = 50

export function Wordings() {
  const [search, setSearch] = useSearchState()
  const classifying = useMay('admin', 'analyst')
  const show = wordOf(search['show'], shows) ?? 'open'
  const [asked, setAsked] = useState<Wording | null>(null)
  const pages = usePages({
    key: [...trpc.wordings.list.queryKey(), 'pages', show],
    read: (after: { seen: number; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.wordings.list.queryOptions({ show, after, limit: PAGE }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const rows = pages.data?.pages.flatMap((page) => page.wordings)
  return (
    <>
      <PageHeader title="Delivery wordings" />
      <Filters
        filters={[
          {
            key: 'show',
            label: 'meaning',
            options: [{ value: 'classified', label: 'known' }],
            values: show === 'open' ? [] : [show],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values[0] ?? null })}
        count={rows && countOf(show, rows.length, pages.hasNextPage)}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        What carriers wrote and no table of ours knows. Until somebody says what it means it is taken as “cannot tell”,
        or as what the carrier’s status says. Numbers, names and places in it show as #.
      </p>
      {!classifying.may && <p className="soft small">{classifying.why}</p>}
      {pages.error && <Failure error={pages.error} retry={() => pages.refetch()} />}
      {rows === undefined && !pages.error && <Waiting lines={6} />}
      {rows?.length === 0 && <NothingOf show={show} />}
      {rows && rows.length > 0 && (
        <ul className="card flush lines">
          {rows.map((row) => (
            <WordingRow key={row.id} row={row} onAsk={() => setAsked(row)} />
          ))}
        </ul>
      )}
      <More query={pages} />
      {asked && <MeaningDialog key={asked.id} wording={asked} onClose={() => setAsked(null)} />}
    </>
  )
}

const countOf = (show: (typeof shows)[number], count: number, hasMore: boolean) =>
  `${count}${hasMore ? ' and more' : ''} ${show === 'open' ? 'without a meaning' : 'with a meaning'}, the most frequent first`

function NothingOf({ show }: { show: (typeof shows)[number] }) {
  return show === 'open' ? (
    <Nothing title="Every wording so far is known">
      When a carrier writes something new, it will stand here with the parcels it came with.
    </Nothing>
  ) : (
    <Nothing title="Nobody has given a meaning to a wording yet">
      Take the filter out to see the wordings that wait for one.
    </Nothing>
  )
}

function WordingRow({ row, onAsk }: { row: Wording; onAsk(): void }) {
  const classifying = useMay('admin', 'analyst')
  return (
    <li>
      <div className="row apart top">
        <div className="grow">
          <p className="row">
            <span className="tag">{row.carrier}</span>
            <q className="anywhere">{row.wording}</q>
            {row.means !== null && <span className="strong">→ {row.means}</span>}
          </p>
          <p className="soft small">
            seen <strong>{row.seen}</strong> {row.seen === 1 ? 'time' : 'times'}, last <Time at={row.lastAt} isStop /> ·
            the carrier’s status said {row.status.replaceAll('_', ' ')}
          </p>
          {row.examples.length > 0 && <Examples row={row} />}
          {row.history.length > 0 && <History row={row} />}
        </div>
        {classifying.may && (
          <Button variant={row.means === null ? 'filled' : 'default'} onClick={onAsk}>
            {row.means === null ? 'Say what it means…' : 'Correct…'}
            <span className="visually-hidden"> {row.wording}</span>
          </Button>
        )}
      </div>
    </li>
  )
}

function Examples({ row }: { row: Wording }) {
  return (
    <ul className="row small" aria-label="Parcels it came with">
      {row.examples.map((example) => (
        <li key={`${example.shipmentId} ${example.at}`}>
          <Link to={`/shipments/${example.shipmentId}`}>{example.reference ?? 'a shipment'}</Link>{' '}
          <span className="soft">
            {example.place ?? 'no place told'}, <Time at={example.at} as="date" />
          </span>
        </li>
      ))}
    </ul>
  )
}

function History({ row }: { row: Wording }) {
  return (
    <details className="small">
      <summary className="soft">
        {row.history.length === 1 ? 'who said so, and why' : `said ${row.history.length} times`}
      </summary>
      <ul className="stack tight">
        {row.history.map((one) => (
          <li key={one.at}>
            <Time at={one.at} as="short" /> {one.by ?? 'a former user'}: <span className="strong">{one.means}</span>
            {one.reason && (
              <>
                {' '}
                <q className="anywhere">{one.reason}</q>
              </>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
}

function MeaningDialog({ wording, onClose }: { wording: Wording; onClose(): void }) {
  const [reading, setReading] = useState<Reading | null>(wording.reading)
  const classify = useMutation(trpc.wordings.classify.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`What does “${wording.wording}” mean?`}
      label="How do you know?"
      confirm="Keep this meaning"
      draft={`meaning ${wording.id}`}
      isReady={reading !== null}
      onSubmit={async (reason) => {
        if (reading === null) return
        const { reread } = await classify.mutateAsync({ wordingId: wording.id, reading, reason })
        showDone(
          reread === 0 ? 'Kept.' : `Kept; ${reread} ${reread === 1 ? 'scan means' : 'scans mean'} something else now.`,
        )
      }}
    >
      <p className="soft small">
        It counts for these words only, letter by letter. Scans that came with them are read again, and what follows
        from that is judged anew. It can be corrected later.
      </p>
      <ReadingFields value={reading} onChange={setReading} isDelivered={wording.status === 'delivered'} />
    </ReasonDialog>
  )
}
