// Adds a known place, or asks to correct one, with the reason that its history shows.
import { Modal, NativeSelect, NumberInput, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, readError, showDone, trpc } from '../api.ts'
import { DialogButtons } from './dialog-buttons.tsx'
import { FormError } from './error-note.tsx'
import { type KnownPlace, type PlaceKind, placeKinds } from './known-place-words.ts'
import { isReason } from './reason-dialog.tsx'
import { useFocusBack } from './use-focus-back.ts'

type Entry = Inputs['knownPlaces']['add']['entry']

const empty: Entry = {
  kind: 'freight forwarder',
  name: '',
  line1: '',
  city: '',
  region: '',
  postalCode: '',
  country: '',
  unitPattern: null,
  multiTenant: false,
  confidence: 0.8,
  source: '',
}

interface KnownPlaceDialogProps {
  /** The entry that is to be corrected; null adds one. */
  place: Omit<KnownPlace, 'matches'> | null
  onClose(): void
}

export function KnownPlaceDialog({ place, onClose }: KnownPlaceDialogProps) {
  useFocusBack()
  const [entry, setEntry] = useState<Entry>(() => (place === null ? empty : entryOf(place)))
  const [reason, setReason] = useState('')
  const options = {
    meta: { showsErrors: true },
    onSuccess({ waits }: { waits: boolean }) {
      showDone(waits ? 'Kept. It counts once a second person has confirmed it.' : 'Added. Addresses are read anew.')
      onClose()
    },
  }
  const add = useMutation(trpc.knownPlaces.add.mutationOptions(options))
  const correct = useMutation(trpc.knownPlaces.correct.mutationOptions(options))
  const asked = place === null ? add : correct
  const faults = Object.fromEntries(
    (asked.error ? readError(asked.error).faults : []).map(({ path, problem }) => [
      path.replace(/^entry\./, ''),
      problem,
    ]),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (place === null) add.mutate({ entry, reason })
    else correct.mutate({ placeId: place.id, entry, reason })
  }
  const field = (key: 'name' | 'line1' | 'city' | 'region' | 'postalCode' | 'country' | 'source') => ({
    value: entry[key],
    error: faults[key],
    onChange: (event: { currentTarget: { value: string } }) => setEntry({ ...entry, [key]: event.currentTarget.value }),
  })
  return (
    <Modal opened onClose={onClose} title={place === null ? 'Add a known place' : `Correct ${place.name}`}>
      <form className="stack" onSubmit={submit}>
        <p className="soft small">
          {place === null
            ? 'It counts at once, except for an office: that silences, so a second person has to confirm it.'
            : 'What it says now counts until a second person has confirmed the correction.'}
        </p>
        <NativeSelect
          label="Kind"
          data={placeKinds}
          value={entry.kind}
          error={faults['kind']}
          onChange={(event) => setEntry({ ...entry, kind: event.currentTarget.value as PlaceKind })}
        />
        <TextInput label="Name" required data-autofocus {...field('name')} />
        <TextInput
          label="Street and number"
          description="Leave it out where the name alone gives the place away, beside any street."
          {...field('line1')}
        />
        <TextInput label="City" {...field('city')} />
        <TextInput label="Region or state" {...field('region')} />
        <TextInput label="Postal code" {...field('postalCode')} />
        <TextInput label="Country" description="Its name or its two letters" {...field('country')} />
        <TextInput
          label="Form of its units"
          description="Anchored, in lower case, each part counted: ^[a-z]{3}\d{3}$ is abc123. Several with | between them."
          classNames={{ input: 'mono' }}
          value={entry.unitPattern ?? ''}
          error={faults['unitPattern']}
          onChange={(event) => setEntry({ ...entry, unitPattern: event.currentTarget.value || null })}
        />
        <Switch
          label="Others have their doors in this building too"
          description="Then only a unit of that form, or the unit in the street line, is this place."
          checked={entry.multiTenant}
          onChange={(event) => setEntry({ ...entry, multiTenant: event.currentTarget.checked })}
        />
        <NumberInput
          label="How sure, in %"
          description="Below 40 it is a mere hint, from 75 worth acting on alone."
          min={0}
          max={100}
          value={Math.round(entry.confidence * 100)}
          error={faults['confidence']}
          onChange={(value) => setEntry({ ...entry, confidence: (Number(value) || 0) / 100 })}
        />
        <TextInput label="Source" description="A public page, or how you know" required {...field('source')} />
        <Textarea
          label="Why?"
          description="Stays in the history."
          required
          autosize
          minRows={2}
          maxLength={2000}
          value={reason}
          error={faults['reason']}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {asked.error && <FormError error={asked.error} />}
        <DialogButtons
          confirm={place === null ? 'Add it' : 'Ask for the correction'}
          isBusy={asked.isPending}
          isReady={isReason(reason)}
          onClose={onClose}
        />
      </form>
    </Modal>
  )
}

/** What the form changes of an entry. */
function entryOf(place: Omit<KnownPlace, 'matches'>): Entry {
  const { kind, name, line1, city, region, postalCode, country, unitPattern, multiTenant, confidence, source } = place
  return { kind, name, line1, city, region, postalCode, country, unitPattern, multiTenant, confidence, source }
}
