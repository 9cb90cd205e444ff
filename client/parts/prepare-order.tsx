// An order that came from elsewhere, with nothing bought for it: the way to prepare it here, or what stands in that way.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { Outputs } from '../api.ts'
import { useMay } from './me.ts'

interface PrepareOrderProps {
  shipment: Pick<Outputs['shipments']['get'], 'id' | 'person' | 'devices' | 'address'>
  obstacles: string[]
}

export function PrepareOrder({ shipment, obstacles }: PrepareOrderProps) {
  const preparing = useMay('admin', 'provisioner')
  const { id, person, devices, address } = shipment
  const search = {
    order: id,
    person: person?.id,
    devices: devices.map((device) => device.id).join(','),
    address: address?.refused || address?.erased ? undefined : address?.id,
  }
  return (
    <section className="card" aria-labelledby="prepare-order">
      <header>
        <h2 id="prepare-order">Ordered elsewhere</h2>
      </header>
      <div className="stack">
        <p className="soft">
          {obstacles.length === 0
            ? 'Prepare it here to have its address checked and to buy its label; or mark it shipped with the number that the carrier gave.'
            : 'It cannot be prepared here yet:'}
        </p>
        {obstacles.length > 0 && (
          <ul className="dots">
            {obstacles.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        )}
        {obstacles.length === 0 && preparing.may && (
          <p>
            <Button component={Link} to="/shipments/new" search={search as never}>
              Prepare
            </Button>
          </p>
        )}
        {obstacles.length === 0 && !preparing.may && <p className="soft small">{preparing.why}</p>}
      </div>
    </section>
  )
}
