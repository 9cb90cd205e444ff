// The stockroom takes a laptop back: its serial number as it is read, and what lies in the box.
import { Button, Checkbox, Modal, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'

interface ReceiveDialogProps {
  isOpen: boolean
  onClose(): void
  returnId: string
}

export function ReceiveDialog({ isOpen, onClose, returnId }: ReceiveDialogProps) {
  const [serial, setSerial] = useState('')
  const [isUnreadable, setUnreadable] = useState(false)
  const receive = useMutation(
    trpc.returns.receive.mutationOptions({
      meta: { showsErrors: true },
      onSuccess(receipt) {
        showDone(
          receipt.serial === 'different'
            ? 'Another laptop came back than the one expected: this is kept, and the return stays open.'
            : 'Received back.',
        )
        setSerial('')
        onClose()
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    receive.mutate({ returnId, serialRead: isUnreadable ? null : serial.trim() })
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title="Receive it">
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Serial number, read from the laptop"
          description="From the case or the system, not from the label on the box."
          className="mono-input"
          autoComplete="off"
          disabled={isUnreadable}
          value={serial}
          onChange={(event) => setSerial(event.currentTarget.value)}
          data-autofocus
        />
        <Checkbox
          label="It cannot be read"
          checked={isUnreadable}
          onChange={(event) => setUnreadable(event.currentTarget.checked)}
        />
        <p className="small soft">
          By receiving it the stockroom acknowledges that it has the laptop. What becomes of it is said when the return
          is closed.
        </p>
        {receive.error && <ErrorNote error={receive.error} />}
        <div className="row">
          <Button type="submit" loading={receive.isPending} disabled={!isUnreadable && serial.trim() === ''}>
            Receive it
          </Button>
        </div>
      </form>
    </Modal>
  )
}
