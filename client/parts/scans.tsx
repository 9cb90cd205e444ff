// A parcel's scans: the carrier's own words, what we take them to mean, where and when; and the same on a map beside the list.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { type Outputs, trpc } from '../api.ts'
import type { MapPoint } from './place-map.tsx'
import { Loaded, Nothing, Waiting } from './states.tsx'
import { shortTime, spanText, Time } from './time.tsx'
import './scans.css'

type ScansView = Outputs['shipments']['scans']
type Scan = ScansView['scans'][number]

// The map comes with its own outlines: only where there is something to draw.
const PlaceMap = lazy(() => import('./place-map.tsx').then((module) => ({ default: module.PlaceMap })))

const LATE_MS = 60 * 60 * 1000

export function Scans({ shipmentId }: { shipmentId: string }) {
  const scans = useQuery(trpc.shipments.scans.queryOptions({ id: shipmentId }))
  return (
    <section className="card" aria-labelledby="shipment-scans">
      <header>
        <h2 id="shipment-scans">Where it went</h2>
        {scans.data && scans.data.scans.length > 0 && (
          <span className="soft small">
            {scans.data.scans.length} {scans.data.scans.length === 1 ? 'scan' : 'scans'}, times in UTC
          </span>
        )}
      </header>
      <Loaded query={scans}>{(data) => <ScansBody view={data} />}</Loaded>
    </section>
  )
}

function ScansBody({ view }: { view: ScansView }) {
  const points = pointsOf(view)
  if (view.scans.length === 0)
    return (
      <Nothing title="The carrier has not scanned it yet">
        Each scan will stand here in the carrier’s own words, with what it is taken to mean. A parcel needs its tracking
        number for that.
      </Nothing>
    )
  const known = points.filter((point) => point.kind === 'known')
  return (
    <div className="scans">
      <div className="stack">
        <ol className="scan-list" aria-label="Scans, oldest first">
          {view.scans.map((scan, index) => (
            <ScanRow key={scan.id} scan={scan} number={index + 1} />
          ))}
        </ol>
        <Comparisons view={view} />
      </div>
      <div className="scans-map">
        {points.length > 0 ? (
          <Suspense fallback={<Waiting lines={6} />}>
            <PlaceMap points={points} way={wayOf(view, points)} label={labelOf(known, view)} />
          </Suspense>
        ) : (
          <p className="soft small">None of the places could be found on a map.</p>
        )}
      </div>
    </div>
  )
}

function ScanRow({ scan, number }: { scan: Scan; number: number }) {
  const lateMs = Date.parse(scan.recordedAt) - Date.parse(scan.at)
  return (
    <li data-tone={scan.tone}>
      <span className="scan-number" aria-hidden="true">
        {number}
      </span>
      <p className="row">
        <span className={scan.tone === 'check' ? 'strong check' : 'strong'}>{scan.means}</span>
        {scan.isUnknown && (
          <Link to="/wordings" className="small">
            say what it means
          </Link>
        )}
        {scan.isReread && <span className="tag">read anew</span>}
      </p>
      {scan.words !== null && scan.words !== '' && (
        <p>
          <q>{scan.words}</q>
        </p>
      )}
      {scan.words === null && <p className="faint">The carrier’s words were erased.</p>}
      <p className="soft small">
        {scan.place?.name ?? 'no place told'} · <Time at={scan.at} as="short" isStop />
        {scan.between && ` (between ${shortTime(scan.between.from)} and ${shortTime(scan.between.to)}: zone not known)`}
        {' · '}
        {lateMs > LATE_MS ? `heard ${spanText(lateMs)} later, ` : 'heard '}
        <Time at={scan.recordedAt} as="short" />
        {' · '}
        {scan.confirmed ? <span className="good">confirmed by the provider</span> : 'not confirmed'}
        {scan.code && <span className="faint"> · code {scan.code}</span>}
      </p>
    </li>
  )
}

/** Names compared, and where the carrier says it is bound: results, never the names. */
function Comparisons({ view }: { view: ScansView }) {
  const { addressee, signed, destinationChanges } = view
  if (addressee === null && signed === null && destinationChanges.length === 0) return null
  return (
    <dl className="facts">
      {addressee && (
        <>
          <dt>Name on the parcel</dt>
          <dd className={addressee.result === 'different' ? 'check' : undefined}>{addressee.text}</dd>
        </>
      )}
      {signed && (
        <>
          <dt>Signed for by</dt>
          <dd className={signed.result === 'different' ? 'check' : undefined}>{signed.text}</dd>
        </>
      )}
      {destinationChanges.map((change) => (
        <div key={change.seq} style={{ display: 'contents' }}>
          <dt>Destination</dt>
          <dd className="check">
            {change.from ?? 'unknown'} → {change.to ?? 'unknown'}{' '}
            <span className="soft small">
              <Time at={change.at} as="short" />
            </span>
          </dd>
        </div>
      ))}
    </dl>
  )
}

const keyOf = (circle: { latitude: number; longitude: number }) => `${circle.latitude} ${circle.longitude}`

/** One point per place, numbered by the scans there. */
function pointsOf({ scans, expected }: ScansView): MapPoint[] {
  const points = new Map<string, MapPoint & { numbers: number[] }>()
  scans.forEach((scan, index) => {
    const circle = scan.place?.circle
    if (!scan.place || !circle) return
    const id = keyOf(circle)
    const point = points.get(id) ?? {
      ...circle,
      id,
      name: cityOf(scan.place.name),
      kind: 'known' as const,
      numbers: [],
    }
    point.numbers.push(index + 1)
    point.isCheck = point.isCheck === true || scan.tone === 'check'
    points.set(id, point)
  })
  const known = [...points.values()].map(({ numbers, ...point }) => ({ ...point, number: runsOf(numbers) }))
  if (!expected?.circle) return known
  return [...known, { ...expected.circle, id: 'expected', name: `address: ${cityOf(expected.name)}`, kind: 'expected' }]
}

const cityOf = (name: string) => name.split(',')[0]!

/** `1–3, 5`. */
function runsOf(numbers: number[]): string {
  const runs: [number, number][] = []
  for (const number of numbers) {
    const last = runs.at(-1)
    if (last && last[1] === number - 1) last[1] = number
    else runs.push([number, number])
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ')
}

function wayOf({ scans }: ScansView, points: MapPoint[]): string[] {
  const known = new Set(points.map((point) => point.id))
  const ids = scans
    .flatMap((scan) => (scan.place?.circle ? [keyOf(scan.place.circle)] : []))
    .filter((id) => known.has(id))
  return ids.filter((id, index) => id !== ids[index - 1])
}

const labelOf = (known: MapPoint[], { expected }: ScansView) =>
  `Map of the scans: ${known.map((point) => point.name).join(', ')}.${expected ? ` It was to come to ${expected.name}.` : ''} The list says the same.`
