// Many places on one map, each as large as it has devices, on outlines of our own. Loaded when it is first needed.
import { useElementSize } from '@mantine/hooks'
import { type GeoPermissibleObjects, geoEqualEarth, geoPath } from 'd3-geo'
import { circleOf, isAmerican, labelled, type MapPoint, projectionOf, useOutlines } from './place-map.tsx'
import './fleet-map.css'

export interface FleetPoint extends MapPoint {
  devices: number
}

interface FleetMapProps {
  /** The fullest first. */
  points: FleetPoint[]
  /** What the picture shows, for who does not see it. */
  label: string
}

/** Where people live: without the ice around the poles. */
const INHABITED: GeoPermissibleObjects = {
  type: 'MultiPoint',
  coordinates: [
    [-168, 72],
    [180, 72],
    [-110, -54],
    [180, -46],
  ],
}
/** So many of the fullest are named: more would cover each other. */
const NAMED = { narrow: 5, wide: 10 }
const NARROW = 500
const LEAST = 4
const MOST = 18
/** A place with fewer devices than this is never the largest dot. */
const MANY = 25
const MARGIN = 8

export function FleetMap({ points, label }: FleetMapProps) {
  const { ref, width } = useElementSize()
  return (
    <figure className="place-map" ref={ref}>
      {width > 0 && <Drawing points={points} label={label} width={width} />}
      <figcaption className="map-key small faint">
        The larger a dot, the more devices. The pale circle is how far off a place may be. Numbers are those of the
        list.
      </figcaption>
    </figure>
  )
}

function Drawing({ points, label, width }: FleetMapProps & { width: number }) {
  const isNear = points.length > 0 && points.every(isAmerican)
  const outlines = useOutlines(isNear)
  const height = Math.round(width * (isNear ? 0.62 : 0.5))
  const projection = isNear
    ? projectionOf(points, width, height)
    : geoEqualEarth().fitExtent(
        [
          [MARGIN, MARGIN],
          [width - MARGIN, height - MARGIN],
        ],
        INHABITED,
      )
  const draw = geoPath(projection)
  const place = (point: MapPoint): [number, number] => projection([point.longitude, point.latitude]) ?? [0, 0]
  const most = Math.max(MANY, points[0]?.devices ?? 0)
  const radiusOf = ({ devices }: FleetPoint) => LEAST + (MOST - LEAST) * Math.sqrt(devices / most)
  return (
    <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path className="map-land" d={draw(outlines.land) ?? undefined} />
      {outlines.borders && <path className="map-region" d={draw(outlines.borders) ?? undefined} />}
      {points.map((point) => (
        <path key={point.id} className="map-unsure" d={draw(circleOf(point)) ?? undefined} />
      ))}
      {points.map((point) => {
        const [x, y] = place(point)
        return (
          <circle key={point.id} className="fleet-dot" cx={x} cy={y} r={radiusOf(point)}>
            <title>{`${point.name}: ${point.devices}`}</title>
          </circle>
        )
      })}
      {labelled(points.slice(0, width < NARROW ? NAMED.narrow : NAMED.wide), place, { width, way: [] }).map(
        ({ point, words, label: at }) => (
          <text key={point.id} className="map-name" x={at.x} y={at.y}>
            {words}
          </text>
        ),
      )}
    </svg>
  )
}
