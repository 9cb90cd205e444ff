// Asks for one laptop back, or for everything that somebody has: why, and by which day.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, showDone, trpc } from '../api.ts'
import { dayAfter } from './days.ts'
import { ErrorNote } from './error-note.tsx'
import { useNow } from './time.tsx'

type Reason = Inputs['returns']['open']['reason']
const reasons: { value: Reason; label: string }[] = [
  { value: 'asked', label: 'It is needed back' },
  { value: 'leaving', label: 'They leave' },
  { value: 'exchange', label: 'It is exchanged for another one' },
  { value: 'repair', label: 'It needs a repair' },
]

/** A label by mail and a box take about a week, and the carrier some days. */
const DAYS_AT_FIRST = 14

interface AskBackDialogProps {
  isOpen: boolean
  onClose(): void
  /** One laptop, or all that a person has. */
  of: { deviceId: string } | { personId: string }
  title: string
}

export function AskBackDialog({ isOpen, onClose, of, title }: AskBackDialogProps) {
  const now = useNow()
  const [reason, setReason] = useState<Reason>('asked')
  const [dueOn, setDueOn] = useState(() => dayAfter(now, DAYS_AT_FIRST))
  const options = { meta: { showsErrors: true } }
  const openOne = useMutation(trpc.returns.open.mutationOptions(options))
  const openAll = useMutation(trpc.returns.openAll.mutationOptions(options))
  const { error, isPending } = 'deviceId' in of ? openOne : openAll
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    if ('deviceId' in of) await openOne.mutateAsync({ ...of, reason, dueOn })
    else await openAll.mutateAsync({ ...of, reason, dueOn })
    showDone('Asked back. Reminders go out around the day.')
    onClose()
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <form className="stack" onSubmit={(event) => void submit(event).catch(() => {})}>
        <NativeSelect
          label="Why"
          data={reasons}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value as Reason)}
          data-autofocus
        />
        <TextInput
          label="Due on"
          type="date"
          required
          min={dayAfter(now, 0)}
          value={dueOn}
          onChange={(event) => setDueOn(event.currentTarget.value)}
        />
        <p className="small soft">
          They are reminded by mail a week and a day before, a day and a week after, then weekly. A label can be bought
          on the page of the return.
        </p>
        {error && <ErrorNote error={error} />}
        <div className="row">
          <Button type="submit" loading={isPending} disabled={dueOn === ''}>
            Ask for it back
          </Button>
        </div>
      </form>
    </Modal>
  )
}
