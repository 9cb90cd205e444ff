// Many places on one map, each as large as it has devices, on outlines of our own. Loaded when it is first needed.
import { useElementSize } from '@mantine/hooks'
import { type GeoProjection, geoEqualEarth, geoPath } from 'd3-geo'
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

/** So much of the land is shown around each place where they are far apart. */
const AROUND_KM = 1200
/** So many of the fullest are named, where there is room for the words: more would cover each other. */
const NAMED = { narrow: 5, wide: 10 }
const NARROW = 500
const LEAST = 4
const MOST = 18
/** A place with fewer devices than this is never the largest dot. */
const MANY = 25
const MARGIN = 8
/** Height to width, in `fleet-map.css` too: the room is kept free before there is anything to draw. */
const RATIO = 0.56

export function FleetMap({ points, label }: FleetMapProps) {
  const { ref, width } = useElementSize()
  return <div ref={ref}>{width > 0 && <Drawing points={points} label={label} width={width} />}</div>
}

function Drawing({ points, label, width }: FleetMapProps & { width: number }) {
  const isNear = points.length > 0 && points.every(isAmerican)
  const outlines = useOutlines(isNear)
  const height = Math.round(width * RATIO)
  const projection = isNear ? projectionOf(points, width, height) : worldOf(points, width, height)
  const draw = geoPath(projection)
  const place = (point: MapPoint): [number, number] => projection([point.longitude, point.latitude]) ?? [0, 0]
  const most = Math.max(MANY, points[0]?.devices ?? 0)
  const count = width < NARROW ? NAMED.narrow : NAMED.wide
  const named = labelled(points.slice(0, count), place, { width, way: [], others: points.slice(count) }).filter(
    ({ isClear }) => isClear,
  )
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
      {named.map(({ point, words, label: at }) => (
        <text key={point.id} className="map-name" x={at.x} y={at.y}>
          {words}
        </text>
      ))}
    </svg>
  )
}

/** The part of the world that has the points, with nothing beyond the pole. */
function worldOf(points: FleetPoint[], width: number, height: number): GeoProjection {
  const projection = geoEqualEarth().fitExtent(
    [
      [MARGIN, MARGIN],
      [width - MARGIN, height - MARGIN],
    ],
    { type: 'GeometryCollection', geometries: points.map((point) => circleOf(point, AROUND_KM)) },
  )
  const [x, y] = projection.translate()
  const [, top] = projection([0, 90]) ?? [0, 0]
  return projection.translate([x, y - Math.max(0, top)])
}
