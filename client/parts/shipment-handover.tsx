// Handing a parcel's laptops over: ask its receiver about the address before it leaves, and what they received after.
import { useMutation, useQuery } from '@tanstack/react-query'
import { type Outputs, trpc } from '../api.ts'
import { HandoverList } from './handover-list.tsx'
import { SendLink } from './link-once.tsx'
import { useMay } from './me.ts'
import { isStillHere } from './parcel-place.ts'

type Parcel = Pick<Outputs['shipments']['get'], 'id' | 'direction' | 'status' | 'person' | 'address' | 'held'> & {
  devices: { id: string }[]
}

export function ShipmentHandover({ shipment }: { shipment: Parcel }) {
  const { may, why } = useMay('admin', 'provisioner')
  const about = { shipmentId: shipment.id }
  const { data } = useQuery(trpc.handovers.of.queryOptions(about))
  const opening = useMutation(trpc.handovers.open.mutationOptions())
  if (shipment.direction !== 'out') return null
  const { person } = shipment
  const open = data?.find((one) => one.status === 'open' && one.kind === 'delivery')
  const isAnswered = data?.some((one) => one.status === 'answered' && one.kind === 'delivery') ?? false
  const isHere = isStillHere(shipment.status)
  const needed =
    person === null
      ? 'Nobody is named for it yet.'
      : shipment.devices.length === 0
        ? 'No laptop is named in it yet.'
        : null
  const handoverId = async () =>
    open?.id ??
    (
      await opening.mutateAsync({
        kind: 'delivery',
        personId: person!.id,
        shipmentId: shipment.id,
        deviceIds: shipment.devices.map(({ id }) => id),
      })
    ).id
  return (
    <HandoverList about={about}>
      <div className="row" style={{ marginTop: '0.6rem' }}>
        {needed !== null && <span className="soft small">{needed}</span>}
        {needed === null && !may && <span className="soft small">{why}</span>}
        {needed === null && may && isHere && shipment.address && open?.addressAnswer == null && (
          <SendLink purpose="address" handoverId={handoverId}>
            Ask about the address
          </SendLink>
        )}
        {needed === null && may && !isHere && !isAnswered && (
          <SendLink purpose="acceptance" handoverId={handoverId}>
            Ask what they received
          </SendLink>
        )}
      </div>
    </HandoverList>
  )
}
