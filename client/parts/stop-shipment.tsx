// Has a parcel that is on its way stopped: the carrier's service is asked where it can, else somebody has to call.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'

export function StopShipment({
  shipment,
}: {
  shipment: Pick<Outputs['shipments']['get'], 'id' | 'reference' | 'status'>
}) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const stop = useMutation(trpc.shipments.stop.mutationOptions({ meta: { showsErrors: true } }))
  if (shipment.status !== 'shipped' && shipment.status !== 'at the counter') return null
  return (
    <>
      <Button variant="default" disabled={!may} title={why} onClick={() => setAsking(true)}>
        Have it stopped…
      </Button>
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Have shipment ${shipment.reference ?? shipment.id} stopped?`}
        confirm="Have it stopped"
        draft={`stop ${shipment.id}`}
        onSubmit={async (reason) => {
          await stop.mutateAsync({ shipmentId: shipment.id, reason })
          showDone('Asked for: see what there is to do.')
        }}
      >
        <p className="soft small">
          It has left. The carrier’s service is asked to stop it where it can; otherwise a task says whom to call.
        </p>
      </ReasonDialog>
    </>
  )
}
