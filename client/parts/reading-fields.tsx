// What a carrier's words mean, said by choosing: the closed list of readings in plain words.
import { NativeSelect } from '@mantine/core'
import type { Inputs } from '../api.ts'

export type Reading = Inputs['wordings']['classify']['reading']
type Of<Is extends Reading['is']> = Extract<Reading, { is: Is }>

interface ReadingFieldsProps {
  value: Reading | null
  onChange(reading: Reading | null): void
  /** The carrier's status says delivered: then only to whom is open. */
  isDelivered: boolean
}

const meanings: Record<Reading['is'], string> = {
  created: 'A label was made; the carrier does not have it yet',
  accepted: 'The carrier took it',
  moving: 'It is on its way',
  out: 'It is out for delivery',
  attempted: 'Delivery was tried and did not work',
  delivered: 'It was delivered',
  held: 'It waits somewhere',
  'delivery change': 'Somebody changed the delivery, or asked to',
  'address corrected': 'The carrier corrected the address',
  forwarded: 'It was forwarded to another address',
  returned: 'It goes back to the sender',
  lost: 'It is lost',
  damaged: 'It is damaged',
  customs: 'It is with customs',
  'cannot tell': 'Nobody can tell from these words',
}

const deliveredTo: Record<Of<'delivered'>['to'], string> = {
  address: 'at the address',
  person: 'to a person',
  desk: 'at a desk or a mail room',
  agent: 'to an agent',
  neighbour: 'to a neighbour',
  locker: 'in a locker',
  counter: 'at a counter',
  sender: 'back at the sender',
}
const heldAt: Record<Of<'held'>['at'], string> = {
  counter: 'at a counter',
  locker: 'in a locker',
  carrier: 'with the carrier',
}
const stages: Record<Of<'delivery change'>['stage'], string> = {
  requested: 'asked for',
  done: 'done',
  refused: 'refused or taken back',
}
const askers: Record<Of<'delivery change'>['by'], string> = {
  unknown: 'not said',
  receiver: 'the receiver',
  sender: 'the sender',
  carrier: 'the carrier',
}
const goals: Record<Of<'delivery change'>['to'], string> = {
  unknown: 'not said',
  address: 'another address',
  counter: 'a counter',
  locker: 'a locker',
  neighbour: 'a neighbour',
  'other day': 'another day',
  back: 'back to the sender',
}

const optionsOf = (words: Record<string, string>) => Object.entries(words).map(([value, label]) => ({ value, label }))

/** A whole reading of a kind, with what is most careful to say of the rest. */
function readingOf(is: Reading['is']): Reading {
  if (is === 'delivered') return { is, to: 'address' }
  if (is === 'held') return { is, at: 'counter' }
  if (is === 'delivery change') return { is, stage: 'requested', by: 'unknown', to: 'unknown' }
  return { is }
}

export function ReadingFields({ value, onChange, isDelivered }: ReadingFieldsProps) {
  const kinds = optionsOf(meanings).filter(
    (option) => !isDelivered || option.value === 'delivered' || option.value === 'cannot tell',
  )
  return (
    <div className="stack">
      <NativeSelect
        label="These words mean"
        value={value?.is ?? ''}
        onChange={(event) => {
          const chosen = event.currentTarget.value as Reading['is'] | ''
          onChange(chosen === '' ? null : readingOf(chosen))
        }}
        data={[{ value: '', label: 'Choose…', disabled: true }, ...kinds]}
        required
      />
      {value?.is === 'delivered' && (
        <Choice label="Delivered" words={deliveredTo} value={value.to} onChange={(to) => onChange({ ...value, to })} />
      )}
      {value?.is === 'held' && (
        <Choice label="It waits" words={heldAt} value={value.at} onChange={(at) => onChange({ ...value, at })} />
      )}
      {value?.is === 'delivery change' && (
        <>
          <Choice
            label="The change was"
            words={stages}
            value={value.stage}
            onChange={(stage) => onChange({ ...value, stage })}
          />
          <Choice label="Wanted by" words={askers} value={value.by} onChange={(by) => onChange({ ...value, by })} />
          <Choice label="It goes to" words={goals} value={value.to} onChange={(to) => onChange({ ...value, to })} />
        </>
      )}
    </div>
  )
}

interface ChoiceProps<Word extends string> {
  label: string
  words: Record<Word, string>
  value: Word
  onChange(word: Word): void
}

function Choice<Word extends string>({ label, words, value, onChange }: ChoiceProps<Word>) {
  return (
    <NativeSelect
      label={label}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Word)}
      data={optionsOf(words)}
    />
  )
}
