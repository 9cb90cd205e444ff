// A parcel's steps as a thin strip, each with its time where it is known.
import type { Outputs } from '../api.ts'
import { Time } from './time.tsx'
import './life-cycle.css'
import './lines.css'

type ShipmentView = Outputs['shipments']['get']

/** How far each status is along the strip. */
const reached: Record<string, number> = {
  ordered: 0,
  packed: 1,
  shipped: 2,
  'at the counter': 3,
  delivered: 4,
  returning: 4,
  returned: 4,
  lost: 3,
}

export function ShipmentSteps({ shipment }: { shipment: ShipmentView }) {
  const { status } = shipment
  const now = reached[status] ?? 0
  const last = { returning: 'Going back', returned: 'Returned', lost: 'Lost' }[status] ?? 'Delivered'
  const steps = [
    { label: 'Ordered', at: shipment.orderedAt },
    { label: 'Packed', at: shipment.packedAt },
    { label: 'Shipped', at: shipment.shippedAt ?? shipment.firstScanAt },
    { label: status === 'at the counter' ? 'At the counter' : 'With the carrier', at: shipment.firstScanAt },
    { label: last, at: shipment.deliveredAt },
  ]
  const isWrong = (index: number) => (shipment.held !== null && index === now) || (status === 'lost' && index === 4)
  return (
    <div className="life-cycle-box">
      <ol className="life-cycle steps" aria-label="Steps of the parcel">
        {steps.map((step, index) => (
          <li
            key={step.label}
            data-state={isWrong(index) ? 'wrong' : index <= now ? 'done' : 'ahead'}
            data-now={index === now}
            aria-current={index === now ? 'step' : undefined}
          >
            {step.label}
            {isWrong(index) && shipment.held !== null && ', held'}
            {index <= now && step.at !== null && (
              <div className="soft">
                <Time at={step.at} as="short" />
              </div>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}
