// The parcels of a person or a device.
import { Link } from '@tanstack/react-router'
import { Time } from './time.tsx'

interface ListedShipment {
  id: string
  reference: string | null
  direction: 'out' | 'return'
  carrier: string | null
  status: string
  orderedAt: string
  held: boolean
}

/** `none` is what stands there without any. */
export function ShipmentList({ shipments, none }: { shipments: ListedShipment[]; none: string }) {
  return (
    <section className="card" aria-label="Shipments">
      <h2>Shipments</h2>
      {shipments.length === 0 && <p className="soft">{none}</p>}
      <ul className="stack tight">
        {shipments.map((one) => (
          <li key={one.id}>
            <Link to={`/shipments/${one.id}`}>{one.reference ?? one.carrier ?? 'without a reference'}</Link>{' '}
            {one.status} {one.held && <span className="tag check">held</span>}{' '}
            {one.direction === 'return' && <span className="tag">return</span>}
            <div className="soft small">
              {one.carrier ?? 'no carrier'} · ordered <Time at={one.orderedAt} as="date" />
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}
