// Erases who a person is, after their name was typed and a reason given; the chain of custody stays readable.
import { TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { ReasonDialog } from './reason-dialog.tsx'

interface ErasePersonProps {
  isOpen: boolean
  onClose(): void
  person: { id: string; name: string }
}

export function ErasePerson({ isOpen, onClose, person }: ErasePersonProps) {
  const [typed, setTyped] = useState('')
  const erase = useMutation(trpc.people.erase.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={() => {
        setTyped('')
        onClose()
      }}
      title={`Erase ${person.name}?`}
      label="Why"
      description="Stays in the ledger, so name nobody here."
      confirm="Erase for good"
      draft={`erase ${person.id}`}
      isReady={typed.trim() === person.name}
      onSubmit={async (reason) => {
        await erase.mutateAsync({ personId: person.id, reason })
        showDone('The person is erased.')
      }}
    >
      <p>
        Name, e-mail, phone, streets and free text that names them go for good. Ids, cities and times stay, so that the
        chain of custody still reads and verifies. It needs a second person: whoever entered or edited them may not.
      </p>
      <TextInput
        label={`Type ${person.name} to confirm`}
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </ReasonDialog>
  )
}
