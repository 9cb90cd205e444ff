// Five places as one line: HR address, ordered, label, delivered, first check-ins. Where they first part is dashed.
import { useQuery } from '@tanstack/react-query'
import { type Outputs, trpc } from '../api.ts'
import './five-places.css'
import { PlaceCredit } from './place-credit.tsx'
import { Failure } from './states.tsx'
import { shortTime } from './time.tsx'

type Places = NonNullable<Outputs['devices']['fivePlaces']>
type FivePlace = Places[number]

/** Two cities closer than this are one place: as far as a suburb is from its centre. */
const APART_KM = 50

const cityOf = ({ city, region, country }: NonNullable<FivePlace['place']>) =>
  [city === null ? null : spoken(city), region ?? country].filter(Boolean).join(', ') || 'unknown'

/** Carriers shout; a city is written as it is elsewhere on the line. */
const spoken = (city: string) =>
  city === city.toUpperCase() ? city.toLowerCase().replace(/(^|[\s-])\p{L}/gu, (start) => start.toUpperCase()) : city

/** Two digits are as exact as a city's centre. */
const rounded = (km: number) => (km < 100 ? km : Number(km.toPrecision(2)))

const numbers = new Intl.NumberFormat('en')

const isApart = (place: FivePlace) => place.km !== null && place.km >= APART_KM

/** Where the places first part, in words; null while they agree. */
function partingOf(places: Places): string | null {
  const first = places.find(isApart)
  return first ? `part at “${first.step.toLowerCase()}”` : null
}

/** Of a laptop's present custody period, or of one parcel it was in; nothing where no parcel brought it. */
export function FivePlaces({
  deviceId,
  shipmentId = null,
  name = null,
}: {
  deviceId: string
  shipmentId?: string | null
  /** Where the page shows several laptops'. */
  name?: string | null
}) {
  const asked = trpc.devices.fivePlaces.queryOptions({ deviceId, shipmentId })
  const { data: places, error, refetch } = useQuery(asked)
  if (error) return <Failure error={error} retry={refetch} />
  if (!places) return null
  return (
    <section className="card" aria-label="Five places">
      <header>
        <h2>Five places{name && `, ${name}`}</h2>
        <span className="small faint">{partingOf(places) ?? 'they agree as far as they are known'}</span>
      </header>
      <Line places={places} />
    </section>
  )
}

/** A place that cannot be measured from the first agrees with nothing. */
function stateOf(place: FivePlace, index: number, parting: number): 'unknown' | 'apart' | 'together' {
  if (place.place === null || (index > 0 && place.km === null)) return 'unknown'
  return parting !== -1 && index >= parting ? 'apart' : 'together'
}

function Line({ places }: { places: Places }) {
  const parting = places.findIndex(isApart)
  return (
    <>
      <ol className="five-places">
        {places.map((place, index) => (
          <li
            key={place.step}
            data-state={stateOf(place, index, parting)}
            data-parting={index === parting}
            data-linked={place.km !== null}
          >
            <span className="five-step faint small">{place.step}</span>
            <span className="five-dot" aria-hidden="true" />
            {index > 0 && place.km !== null && (
              <span className="five-km small">
                {numbers.format(rounded(place.km))} km<span className="visually-hidden"> from the step before</span>
              </span>
            )}
            <span className="strong">
              {place.place ? cityOf(place.place) : index === 0 ? 'none on file then' : 'not yet'}
            </span>
            <span className="soft small">
              {[place.note, place.at ? shortTime(place.at) : null].filter(Boolean).join(' · ')}
            </span>
          </li>
        ))}
      </ol>
      {places.at(-1)?.place && <PlaceCredit />}
    </>
  )
}
