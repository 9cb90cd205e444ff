// The map: where devices were last, counted by place, with a list beside it that says the same.
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { Filters } from '../parts/filters.tsx'
import type { FleetPoint } from '../parts/fleet-map.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { PlaceCredit } from '../parts/place-credit.tsx'
import { placeKey, placeText } from '../parts/place-words.ts'
import { useSearchState } from '../parts/search-state.ts'
import { Loaded, Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import { readWhereabouts, type Whereabouts, whereaboutsFilters } from '../parts/whereabouts.ts'
import '../parts/place-map.css'
import '../parts/fleet-map.css'

type View = Outputs['devices']['map']
type Place = View['places'][number]

// The map comes with its own outlines: only where there is something to draw.
const FleetMap = lazy(() => import('../parts/fleet-map.tsx').then((module) => ({ default: module.FleetMap })))

export function DeviceMap() {
  const [search, setSearch] = useSearchState()
  const filter = readWhereabouts(search)
  const query = useQuery({ ...trpc.devices.map.queryOptions(filter), placeholderData: keepPreviousData })
  const filters = whereaboutsFilters(filter)
  const isFiltered = filters.some((one) => one.values.length > 0)
  return (
    <>
      <PageHeader title="Map" />
      <Filters
        filters={filters}
        onChange={(key, values) => setSearch({ [key]: values })}
        count={query.data && countOf(query.data)}
      />
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        The last place of each device. A place is a circle of about 100 km, told by an IP address: no verdict alone.
      </p>
      <Loaded query={query} lines={12}>
        {(view) =>
          view.devices === 0 ? (
            <section className="card">
              <Nothing title={isFiltered ? 'No device matches these filters' : 'No device told an address yet'}>
                {isFiltered ? (
                  'Take one out above.'
                ) : (
                  <>
                    Each stands here after a check-in with its public address:{' '}
                    <Link to="/connectors">connect an MDM</Link>.
                  </>
                )}{' '}
                <Untold view={view} filter={filter} />
              </Nothing>
            </section>
          ) : (
            <Whole view={view} filter={filter} query={query} />
          )
        }
      </Loaded>
    </>
  )
}

const countOf = (view: View) =>
  `${countText(view.devices - view.unknown, 'device', 'devices')} in ${countText(view.places.length + view.rest.places, 'place', 'places')}`

interface WholeProps {
  view: View
  filter: Whereabouts
  query: { error: unknown; isFetching: boolean; isPlaceholderData?: boolean; refetch(): unknown }
}

function Whole({ view, filter, query }: WholeProps) {
  const rows = view.places.map((place, index) => ({ ...place, number: index + 1 }))
  const points = rows.flatMap(pointOf)
  return (
    <div className="fleet">
      <div className="fleet-map stack">
        <figure className="place-map">
          <div className="fleet-drawing">
            <Suspense fallback={<div aria-busy="true" />}>
              <FleetMap points={points} label={labelOf(view)} />
            </Suspense>
          </div>
          <figcaption className="map-key small faint">
            The larger a dot, the more devices. The pale circle is how far off a place may be. Numbers are those of the
            list.
          </figcaption>
        </figure>
        <ul className="small soft" aria-label="Not on the map">
          {view.unknown > 0 && (
            <li>
              <DevicesLink place={nowhere} filter={filter}>
                {countText(view.unknown, 'device', 'devices')}
              </DevicesLink>{' '}
              told an address that cannot be placed.
            </li>
          )}
          {view.rest.places > 0 && (
            <li>
              {countText(view.rest.devices, 'device', 'devices')} in {countText(view.rest.places, 'place', 'places')}{' '}
              with fewer each are not drawn. Filter to see them.
            </li>
          )}
          {points.length < rows.length && (
            <li>{countText(rows.length - points.length, 'place stands', 'places stand')} in the list only.</li>
          )}
          {view.untold !== null && view.untold > 0 && (
            <li>
              <Untold view={view} filter={filter} />
            </li>
          )}
        </ul>
        <PlaceCredit />
      </div>
      <Table
        caption="Places, the fullest first"
        columns={columns}
        rows={rows}
        idOf={placeKey}
        hrefOf={(row) => devicesAt(row, filter)}
        query={query}
        empty={<Nothing title="None of the addresses could be placed">They are counted beside the map.</Nothing>}
      />
    </div>
  )
}

const nowhere = { country: null, region: null, city: null }

/** The device list with the same filters, at one place. */
const devicesAt = (place: Parameters<typeof placeKey>[0], filter: Whereabouts) =>
  `/devices?${new URLSearchParams({ ...addressOf(filter), place: placeKey(place) })}`

function addressOf({ proof, network, abroad }: Whereabouts): Record<string, string> {
  return {
    ...(proof.length > 0 && { proof: proof.join(',') }),
    ...(network.length > 0 && { network: network.join(',') }),
    ...(abroad && { abroad: 'yes' }),
  }
}

interface DevicesLinkProps {
  place: Parameters<typeof placeKey>[0]
  filter: Whereabouts
  children: string
}

const DevicesLink = ({ place, filter, children }: DevicesLinkProps) => (
  <Link to={devicesAt(place, filter)}>{children}</Link>
)

function Untold({ view, filter }: { view: View; filter: Whereabouts }) {
  if (view.untold === null || view.untold === 0) return null
  return (
    <>
      {countText(view.untold, 'device has', 'devices have')} told no address at all
      {filter.proof.length === 0 ? '.' : ' among those with this proof.'}
    </>
  )
}

function pointOf(place: Place & { number: number }): FleetPoint[] {
  if (place.circle === null) return []
  return [
    {
      ...place.circle,
      id: placeKey(place),
      name: place.city ?? placeText(place),
      number: String(place.number),
      kind: 'known',
      devices: place.devices,
    },
  ]
}

const columns: Column<Place & { number: number }>[] = [
  { head: 'No.', isNumber: true, cell: (row) => <span className="faint">{row.number}</span> },
  { head: 'Place', isLink: true, cell: (row) => placeText(row) },
  {
    head: 'Devices',
    isNumber: true,
    cell: (row) => (
      <>
        <span className="strong">{row.devices.toLocaleString('en')}</span>
        {row.exits > 0 && (
          <div className="small faint">{row.exits.toLocaleString('en')} through hosting, VPN or relay</div>
        )}
      </>
    ),
  },
  { head: 'Newest', isExtra: true, cell: (row) => <Time at={row.at} /> },
]

const labelOf = ({ places }: View) =>
  `Map of the devices’ last places: ${places
    .slice(0, 5)
    .map((place) => `${placeText(place)}, ${place.devices}`)
    .join('; ')}. The list says the same of every place.`
