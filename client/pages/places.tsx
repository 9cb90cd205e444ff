// Known places: where nobody lives, by kind; ours and the company's, with how many addresses here are at each.
import { Button } from '@mantine/core'
import { useState } from 'react'
import { type Outputs, queryClient, trpc } from '../api.ts'
import { Filters } from '../parts/filters.tsx'
import { KnownPlaceDialog } from '../parts/known-place-dialog.tsx'
import { type KnownPlace, kindLabel, placeKinds, sureText, whereOf } from '../parts/known-place-words.ts'
import { exportKnownPlaces, ImportKnownPlaces } from '../parts/known-places-file.tsx'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf, wordsOf } from '../parts/search-state.ts'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { usePages } from '../parts/use-pages.ts'

const PAGE = 50
const froms = ['ours', 'company'] as const
const states = ['waits', 'matched', 'on', 'off'] as const
const stateLabels = {
  waits: 'waiting for a second person',
  matched: 'matched by an address here',
  on: 'in force',
  off: 'switched off',
}

const columns: Column<KnownPlace>[] = [
  {
    head: 'Place',
    isLink: true,
    cell: (place) => (
      <>
        <span className="strong">{place.name}</span> <Tags place={place} />
        <div className="soft small anywhere">{whereOf(place)}</div>
      </>
    ),
  },
  { head: 'Kind', width: '10rem', cell: (place) => kindLabel(place.kind) },
  { head: 'From', width: '7rem', isExtra: true, cell: (place) => (place.from === 'ours' ? 'our list' : 'company') },
  { head: 'Sure', width: '5rem', isNumber: true, isExtra: true, cell: (place) => sureText(place.confidence) },
  {
    head: 'Matches',
    width: '5rem',
    isNumber: true,
    cell: (place) => (place.matches > 0 ? <strong>{place.matches}</strong> : <span className="faint">0</span>),
  },
]

export function Places() {
  const [search, setSearch] = useSearchState()
  const changing = useMay('admin', 'analyst')
  const [open, setOpen] = useState<'add' | 'import' | null>(null)
  const filter = {
    kinds: wordsOf(
      search['kind'],
      placeKinds.map(({ value }) => value),
    ),
    from: wordOf(search['from'], froms),
    state: wordOf(search['state'], states),
    text: search['q'] ?? '',
  }
  const pages = usePages({
    key: [...trpc.knownPlaces.list.queryKey(), 'pages', filter],
    read: (after: string | null) =>
      queryClient.fetchQuery({
        ...trpc.knownPlaces.list.queryOptions({ ...filter, after, limit: PAGE }),
        staleTime: 0,
      }),
    nextOf: (page) => page.next,
  })
  const first = pages.data?.pages[0]
  return (
    <>
      <PageHeader
        title="Known places"
        tags={first && <Waiting count={first.waiting} />}
        actions={
          <>
            <Button variant="default" onClick={() => void exportKnownPlaces()}>
              Export
            </Button>
            <Button variant="default" disabled={!changing.may} title={changing.why} onClick={() => setOpen('import')}>
              Import…
            </Button>
            <Button disabled={!changing.may} title={changing.why} onClick={() => setOpen('add')}>
              Add a place…
            </Button>
          </>
        }
      />
      <p className="lead soft" style={{ marginBottom: '0.6rem' }}>
        Addresses known to be something other than a home. An address that is not here is not cleared by that: most
        forwarders and mail drops are on no list. A change counts from now on; what was found before stays as it was.
      </p>
      {first?.walk && <Walk walk={first.walk} />}
      <Filters
        text={{
          label: 'Name, street or city',
          value: filter.text,
          onChange: (text) => setSearch({ q: text || null }),
        }}
        filters={[
          { key: 'kind', label: 'kind', options: placeKinds, isMany: true, values: filter.kinds },
          {
            key: 'from',
            label: 'from',
            options: [
              { value: 'ours', label: 'our list' },
              { value: 'company', label: 'the company' },
            ],
            values: filter.from === null ? [] : [filter.from],
          },
          {
            key: 'state',
            label: 'state',
            options: states.map((value) => ({ value, label: stateLabels[value] })),
            values: filter.state === null ? [] : [filter.state],
          },
        ]}
        onChange={(key, values) => setSearch({ [key]: values.length === 0 ? null : values })}
        count={first && `${first.total} of ${first.all}`}
      />
      <Table
        caption="Known places by name"
        columns={columns}
        rows={pages.data?.pages.flatMap((page) => page.places)}
        idOf={(place) => place.id}
        hrefOf={(place) => `/places/${place.id}`}
        query={pages}
        empty={
          <Nothing title="No known place matches">
            Take a filter out, or add the place if you know it to be one.
          </Nothing>
        }
      />
      <More query={pages} />
      {open === 'add' && <KnownPlaceDialog place={null} onClose={() => setOpen(null)} />}
      {open === 'import' && <ImportKnownPlaces onClose={() => setOpen(null)} />}
    </>
  )
}

export function Tags({ place }: { place: Pick<KnownPlace, 'isOff' | 'isCorrected' | 'asked'> }) {
  return (
    <>
      {place.isOff && <span className="tag">switched off</span>}
      {place.isCorrected && <span className="tag">corrected</span>}
      {place.asked !== null && <span className="tag check">needs a second person</span>}
    </>
  )
}

function Waiting({ count }: { count: number }) {
  if (count === 0) return null
  return <span className="tag check">{count} to confirm</span>
}

/** Nothing is said once all is read: the counters then speak for themselves. */
export function Walk({ walk }: { walk: NonNullable<Outputs['knownPlaces']['list']['walk']> }) {
  if (walk.isDone) return null
  return (
    <p className="soft small" role="status">
      Addresses on file are being read by the newest list: {walk.looked} so far, {walk.changed} of them are something
      else now.
    </p>
  )
}
