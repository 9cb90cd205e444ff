// A map of a few places, drawn from outlines of our own: each as large as it is unsure, with the way between them. Loaded when it is first needed.
import { useElementSize } from '@mantine/hooks'
import { useSuspenseQuery } from '@tanstack/react-query'
import {
  type GeoPermissibleObjects,
  type GeoProjection,
  geoAzimuthalEqualArea,
  geoCentroid,
  geoCircle,
  geoPath,
} from 'd3-geo'
import { feature, mesh } from 'topojson-client'
import type { GeometryCollection, Topology } from 'topojson-specification'
import './place-map.css'

export interface MapPoint {
  id: string
  /** What stands beside it: a city. */
  name: string
  /** Its number in the list that says the same in words. */
  number?: string
  latitude: number
  longitude: number
  radiusKm: number
  kind: 'known' | 'expected'
  /** Whether it needs a look. */
  isCheck?: boolean
}

interface PlaceMapProps {
  points: MapPoint[]
  /** Ids of points in the order in which they are joined by a line. */
  way: string[]
  /** What the picture shows, for who does not see it. */
  label: string
}

const KM_PER_DEGREE = 111.2
/** So much of the land is shown at least, from the middle to an edge. */
const LEAST_KM = 260
const MARGIN = 26
const DOT = 5

export function PlaceMap({ points, way, label }: PlaceMapProps) {
  const { ref, width } = useElementSize()
  return (
    <figure className="place-map" ref={ref}>
      {width > 0 && <Drawing points={points} way={way} label={label} width={width} />}
      <figcaption className="map-key small faint">
        {points.some((point) => point.kind === 'expected') && 'Ring: where it was to come. '}
        The paler a circle and the larger, the less is known of the place.
      </figcaption>
    </figure>
  )
}

function Drawing({ points, way, label, width }: PlaceMapProps & { width: number }) {
  const outlines = useOutlines(points.every(isAmerican))
  const height = Math.round(Math.min(360, Math.max(200, width * 0.62)))
  const projection = projectionOf(points, width, height)
  const draw = geoPath(projection)
  const place = (point: MapPoint): [number, number] => projection([point.longitude, point.latitude]) ?? [0, 0]
  const byId = new Map(points.map((point) => [point.id, point]))
  const line: GeoPermissibleObjects = {
    type: 'LineString',
    coordinates: way.flatMap((id) => {
      const point = byId.get(id)
      return point === undefined ? [] : [[point.longitude, point.latitude]]
    }),
  }
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path className="map-land" d={draw(outlines.land) ?? undefined} />
      {outlines.borders && <path className="map-region" d={draw(outlines.borders) ?? undefined} />}
      {points.map((point) => (
        <path key={point.id} className="map-unsure" data-kind={point.kind} d={draw(circleOf(point)) ?? undefined} />
      ))}
      {way.length > 1 && <path className="map-way" d={draw(line) ?? undefined} />}
      {labelled(points, place, { width, way }).map(({ point, x, y, words, label: at }) => (
        <g key={point.id}>
          <circle
            className="map-dot"
            data-kind={point.kind}
            data-tone={point.isCheck ? 'check' : 'plain'}
            cx={x}
            cy={y}
            r={point.kind === 'expected' ? DOT + 3 : DOT}
            fillOpacity={point.kind === 'expected' ? 0 : 1}
          />
          <text className="map-name" x={at.x} y={at.y}>
            {words}
          </text>
        </g>
      ))}
    </svg>
  )
}

export const circleOf = ({ longitude, latitude, radiusKm }: MapPoint, leastKm = 0) =>
  geoCircle()
    .center([longitude, latitude])
    .radius(Math.max(radiusKm, leastKm) / KM_PER_DEGREE)
    .precision(4)()

/** Equal areas around the middle of all points, so that every circle is one and the date line is nothing special. */
export function projectionOf(points: MapPoint[], width: number, height: number): GeoProjection {
  const all: GeoPermissibleObjects = {
    type: 'MultiPoint',
    coordinates: points.map((point) => [point.longitude, point.latitude]),
  }
  const [longitude, latitude] = geoCentroid(all)
  const middle = { longitude, latitude, radiusKm: LEAST_KM }
  return geoAzimuthalEqualArea()
    .rotate([-longitude, -latitude])
    .clipAngle(110)
    .fitExtent(
      [
        [MARGIN, MARGIN],
        [width - MARGIN, height - MARGIN],
      ],
      {
        type: 'GeometryCollection',
        geometries: [circleOf(middle as MapPoint), ...points.map((point) => circleOf(point))],
      },
    )
}

const LETTER = 6.2
const LINE = 13
const GAP = 12

interface Box {
  x: number
  y: number
  width: number
}

/**
 * Each point where it is drawn, with its words beside, above or below it: where they cover nothing, as far as that can be.
 * `isClear` says whether it could. `others` are dots without words, which are kept free too.
 */
export function labelled(
  points: MapPoint[],
  place: (point: MapPoint) => [number, number],
  { width, way, others = [] }: { width: number; way: string[]; others?: MapPoint[] },
) {
  const spots = points.map((point) => ({ point, at: place(point) }))
  const stops = way.flatMap((id) => spots.filter(({ point }) => point.id === id).map(({ at }) => at))
  const taken: Box[] = [
    ...[...spots.map(({ at }) => at), ...others.map(place)].map(([x, y]) => ({
      x: x - DOT,
      y: y - LINE / 2,
      width: DOT * 2,
    })),
    ...alongWay(stops),
  ]
  return spots.map(({ point, at: [x, y] }) => {
    const words = [point.number, point.name].filter(Boolean).join(' · ')
    const long = words.length * LETTER
    const middle = Math.min(Math.max(4, x - long / 2), width - long - 4)
    const choices = [
      { x: x + GAP, y: y - LINE / 2 },
      { x: x - GAP - long, y: y - LINE / 2 },
      { x: middle, y: y - GAP - LINE },
      { x: middle, y: y + GAP },
      { x: middle, y: y - GAP - LINE * 2 },
      { x: middle, y: y + GAP + LINE },
    ].map((choice) => ({ ...choice, width: long }))
    const isFree = (box: Box) =>
      box.x >= 2 && box.x + box.width <= width - 2 && !taken.some((other) => other !== box && overlap(box, other))
    const free = choices.find(isFree)
    const chosen = free ?? choices[2]!
    taken.push(chosen)
    return { point, x, y, words, isClear: free !== undefined, label: { x: chosen.x, y: chosen.y + LINE - 3 } }
  })
}

/** The line as small boxes, so that no words stand on it where there is room beside it. */
function alongWay(stops: [number, number][]): Box[] {
  return stops.slice(1).flatMap(([toX, toY], index) => {
    const [fromX, fromY] = stops[index]!
    const count = Math.ceil(Math.hypot(toX - fromX, toY - fromY) / LINE)
    return Array.from({ length: Math.max(0, count - 1) }, (_, step) => {
      const part = (step + 1) / count
      return { x: fromX + (toX - fromX) * part - 2, y: fromY + (toY - fromY) * part - LINE / 2, width: 4 }
    })
  })
}

const overlap = (a: Box, b: Box) => a.x < b.x + b.width && b.x < a.x + a.width && Math.abs(a.y - b.y) < LINE

export const isAmerican = ({ longitude, latitude }: MapPoint) =>
  longitude > -170 && longitude < -60 && latitude > 18 && latitude < 72

/** Land with its countries, and the states where all happens there. Bundled with the page, and asked of nobody. */
export function useOutlines(hasStates: boolean) {
  return useSuspenseQuery({
    queryKey: ['outlines', hasStates],
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const world = (await import('world-atlas/countries-110m.json')).default as unknown as Atlas
      const states = hasStates ? ((await import('us-atlas/states-10m.json')).default as unknown as Atlas) : null
      const countries = world.objects['countries']!
      return {
        land: feature(world, countries),
        borders: states && mesh(states, states.objects['states']!, (a, b) => a !== b),
      }
    },
  }).data
}

type Atlas = Topology<Record<string, GeometryCollection>>
