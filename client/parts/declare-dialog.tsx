// Declares something the company vouches for about one person: its kind, what it is about, why, and until when.
import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Inputs, showDone, trpc } from '../api.ts'
import { dayAfter } from './days.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { isSpan, SpanFields } from './span-fields.tsx'
import { useNow } from './time.tsx'

type Kind = Inputs['people']['declare']['kind']
/** A tool or an exit silences for everybody: it is declared on the page of declarations, or by import. */
type AnyKind = Kind | 'tool' | 'network_exit'

/** What each kind says, and the words for what it is about; null: nothing more is needed. */
export const declarationWords: Record<
  AnyKind,
  { label: string; says: string; value: string | null; other: string | null }
> = {
  travel: { label: 'Travel', says: 'They are away for a while.', value: 'Where to', other: null },
  second_home: {
    label: 'Second home',
    says: 'They also live elsewhere.',
    value: 'The address, in one line',
    other: null,
  },
  household: {
    label: 'Household',
    says: 'They share a home with a colleague.',
    value: null,
    other: 'E-mail of the colleague',
  },
  delegate: {
    label: 'Delegate',
    says: 'Somebody may take their parcels.',
    value: 'Who',
    other: 'E-mail of the delegate, if a colleague',
  },
  tool: { label: 'Approved tool', says: 'They use a remote tool that is ours.', value: 'The tool’s name', other: null },
  network_exit: {
    label: 'Network exit',
    says: 'Their traffic leaves by a network that is ours.',
    value: 'The range, such as 203.0.113.0/24',
    other: null,
  },
  repair: { label: 'Repair', says: 'Parts of their laptop were exchanged.', value: 'The serial number', other: null },
  migration: {
    label: 'MDM migration',
    says: 'Their laptop moves to another source.',
    value: 'The source',
    other: null,
  },
  office: { label: 'Office', says: 'They work at one of our places.', value: 'The address, in one line', other: null },
}
const kinds = (Object.keys(declarationWords) as AnyKind[]).filter((kind) => kind !== 'tool' && kind !== 'network_exit')
const needsValue: Kind[] = ['office', 'second_home']

const DAYS_AT_FIRST = 30

interface DeclareDialogProps {
  isOpen: boolean
  onClose(): void
  personId: string
}

export function DeclareDialog({ isOpen, onClose, personId }: DeclareDialogProps) {
  const now = useNow()
  const { data: person } = useQuery({ ...trpc.people.get.queryOptions({ id: personId }), enabled: isOpen })
  const [kind, setKind] = useState<Kind>('travel')
  const [value, setValue] = useState('')
  const [other, setOther] = useState('')
  const [span, setSpan] = useState(() => ({ startsOn: dayAfter(now, 0), endsOn: dayAfter(now, DAYS_AT_FIRST) }))
  const declare = useMutation(
    trpc.people.declare.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: ({ result }) =>
        showDone(result === 'unchanged' ? 'This was declared already.' : 'Declared. What it explains is judged again.'),
    }),
  )
  const email = person?.email ?? null
  const words = declarationWords[kind]
  const wantsOther = words.other !== null
  const isReady =
    email !== null &&
    isSpan(span) &&
    (value.trim() !== '' || !needsValue.includes(kind)) &&
    (other.trim() !== '' || kind !== 'household')
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title={`Declare something for ${person?.name ?? 'this person'}`}
      label="Why the company vouches for it"
      confirm="Declare it"
      draft={`declare ${personId}`}
      isReady={isReady}
      onSubmit={(reason) =>
        declare.mutateAsync({
          kind,
          // `isReady` holds the button until there is one.
          personEmail: email ?? '',
          otherEmail: wantsOther && other.trim() !== '' ? other.trim() : null,
          value: words.value !== null && value.trim() !== '' ? value.trim() : null,
          ...span,
          reason,
        })
      }
    >
      <NativeSelect
        label="Kind"
        description={words.says}
        data={kinds.map((one) => ({ value: one, label: declarationWords[one].label }))}
        value={kind}
        onChange={(event) => setKind(event.currentTarget.value as Kind)}
        data-autofocus
      />
      {words.value !== null && (
        <TextInput
          label={words.value}
          required={needsValue.includes(kind)}
          maxLength={500}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
      )}
      {words.other !== null && (
        <TextInput
          label={words.other}
          type="email"
          required={kind === 'household'}
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
        />
      )}
      <SpanFields span={span} onChange={setSpan} />
      {person && email === null && (
        <p className="small check">They have no e-mail on file, by which a declaration names them.</p>
      )}
      <p className="small soft">
        A tool, an office or a network exit for everybody is declared on the page of{' '}
        <Link to="/declarations">declarations</Link>.
      </p>
    </ReasonDialog>
  )
}
