// Passes a laptop from one person straight to the next, who is then asked to sign for it.
import { NativeSelect, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { useTyped } from './use-typed.ts'

const SHOWN = 10

interface TransferDialogProps {
  isOpen: boolean
  onClose(): void
  device: { id: string; name: string }
}

export function TransferDialog({ isOpen, onClose, device }: TransferDialogProps) {
  const navigate = useNavigate()
  const { text, setText, settled: typed } = useTyped()
  const [chosen, setChosen] = useState('')
  const found = useQuery({
    ...trpc.people.list.queryOptions({ text: typed, limit: SHOWN }),
    enabled: isOpen && typed !== '',
    placeholderData: keepPreviousData,
  })
  const people = (typed === '' ? [] : (found.data?.people ?? [])).filter((person) => !person.erased)
  const toPersonId = people.some((person) => person.id === chosen) ? chosen : ''
  const transfer = useMutation(trpc.devices.transfer.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Pass ${device.name} on to somebody else`}
      confirm="Pass it on"
      draft={`transfer ${device.id}`}
      isReady={toPersonId !== ''}
      onSubmit={async (reason) => {
        const { handoverId } = await transfer.mutateAsync({ deviceId: device.id, toPersonId, reason })
        showDone('Passed on. Both are to sign for it.')
        await navigate({ to: `/handovers/${handoverId}` })
      }}
    >
      <TextInput
        label="Who has it from now on"
        description="A part of the name, the e-mail or the personnel number"
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      {found.error && <ErrorNote error={found.error} />}
      {typed !== '' && !found.error && (
        <NativeSelect
          label="Person"
          required
          value={toPersonId}
          onChange={(event) => setChosen(event.currentTarget.value)}
          data={[
            { value: '', label: found.isPending ? 'looking …' : people.length === 0 ? 'nobody matches' : 'choose one' },
            ...people.map((person) => ({
              value: person.id,
              label: [person.name ?? person.externalId, person.email].filter(Boolean).join(', '),
            })),
          ]}
        />
      )}
      <p className="small soft">
        A return that was asked of the one before is withdrawn with this reason. Both get a hand-over to sign.
      </p>
    </ReasonDialog>
  )
}
