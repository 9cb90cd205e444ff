// Marks a parcel as handed to the carrier, with its tracking number if it has got one.
import { Button, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'

interface ShipDialogProps {
  isOpen: boolean
  onClose(): void
  shipment: Pick<Outputs['shipments']['get'], 'id' | 'reference' | 'trackingCode' | 'carrier'>
}

export function ShipDialog({ isOpen, onClose, shipment }: ShipDialogProps) {
  const [typed, setTyped] = useState(shipment.trackingCode ?? '')
  const ship = useMutation(
    trpc.shipments.ship.mutationOptions({
      meta: { showsErrors: true },
      onSuccess() {
        showDone('Marked shipped.')
        onClose()
      },
    }),
  )
  const code = typed.trim()
  const fault = code !== '' && code.length < 4 ? 'at least four characters' : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ship.mutate({ shipmentId: shipment.id, ...(code === '' ? {} : { trackingCode: code }) })
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Mark shipment ${shipment.reference ?? shipment.id} shipped`}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Tracking number"
          description={`As ${shipment.carrier ?? 'the carrier'} prints it. Without one, its scans cannot be told to be this parcel’s.`}
          className="mono-input"
          data-autofocus
          autoComplete="off"
          value={typed}
          error={fault}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {ship.error && <ErrorNote error={ship.error} />}
        <div className="row">
          <Button type="submit" loading={ship.isPending} disabled={fault !== null}>
            Mark shipped
          </Button>
        </div>
      </form>
    </Modal>
  )
}
