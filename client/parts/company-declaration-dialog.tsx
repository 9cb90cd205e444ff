// Declares something for everybody: an office, a network exit, a tool or a migration of the company's own.
import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { type Inputs, showDone, trpc } from '../api.ts'
import { DAYS_MAX, dayAfter } from './days.ts'
import { declarationWords } from './declare-dialog.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { isSpan, SpanFields } from './span-fields.tsx'
import { useNow } from './time.tsx'

type Kind = Inputs['declarations']['declareForAll']['kind']

const says: Record<Kind, string> = {
  network_exit: 'Traffic from this range leaves by a network of ours: it tells no place.',
  office: 'Laptops and parcels at this address are where they should be.',
  tool: 'Everybody may have this remote tool. The catalogue approves one for a group, too.',
  migration: 'Laptops move to this source: another may fall silent meanwhile.',
}
const kinds = Object.keys(says) as Kind[]

export function CompanyDeclarationDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const now = useNow()
  const [kind, setKind] = useState<Kind>('network_exit')
  const [value, setValue] = useState('')
  const [span, setSpan] = useState(() => ({ startsOn: dayAfter(now, 0), endsOn: dayAfter(now, DAYS_MAX) }))
  const declare = useMutation(trpc.declarations.declareForAll.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Declare something for everybody"
      label="Why the company vouches for it"
      confirm="Ask for it"
      draft="declare for everybody"
      isReady={value.trim() !== '' && isSpan(span)}
      onSubmit={async (reason) => {
        await declare.mutateAsync({ kind, value: value.trim(), ...span, reason })
        setValue('')
        showDone('It waits for a second person, who finds it under “Waits for a second person”.')
      }}
    >
      <NativeSelect
        label="Kind"
        description={says[kind]}
        data={kinds.map((one) => ({ value: one, label: declarationWords[one].label }))}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
        data-autofocus
      />
      <TextInput
        label={declarationWords[kind].value}
        required
        maxLength={500}
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
      <SpanFields span={span} onChange={setSpan} />
      <p className="soft small">It silences for everybody, so somebody else has to approve it before it holds.</p>
    </ReasonDialog>
  )
}
