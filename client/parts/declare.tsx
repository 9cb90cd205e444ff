// Declaring what explains a finding: travel, a second home, a delegate. It has a reason and an end, and silences visibly.
import { Select, TextInput } from '@mantine/core'
import { skipToken, useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Inputs, showDone, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useNow } from './time.tsx'

type Kind = Inputs['people']['declare']['kind']

const kinds: Record<Kind, { label: string; value?: string; isForAll?: boolean }> = {
  travel: { label: 'Travel', value: 'Where to (country or city)' },
  second_home: { label: 'Second home', value: 'Where (city, region, country)' },
  household: { label: 'Same household as a colleague' },
  delegate: { label: 'A delegate may receive it' },
  office: { label: 'An office', value: 'Where (city, region, country)', isForAll: true },
  repair: { label: 'A repair' },
  migration: { label: 'A migration of the MDM', isForAll: true },
}

const DAYS_MAX = 180
const DAY = 86_400_000

const dayAfter = (now: number, days: number) => new Date(now + days * DAY).toISOString().slice(0, 10)

/** A word that opens the dialog; `personId` null: it is declared for everybody. */
export function Declare({
  personId,
  draft,
  children = 'declare it',
}: {
  personId: string | null
  draft: string
  children?: string
}) {
  const [isOpen, setOpen] = useState(false)
  const { may, why } = useMay('analyst', 'provisioner', 'admin')
  return (
    <>
      <button type="button" className="link" disabled={!may} title={why} onClick={() => setOpen(true)}>
        {children}
      </button>
      {isOpen && <DeclareDialog personId={personId} draft={draft} onClose={() => setOpen(false)} />}
    </>
  )
}

function DeclareDialog({ personId, draft, onClose }: { personId: string | null; draft: string; onClose(): void }) {
  const now = useNow()
  const person = useQuery(trpc.people.get.queryOptions(personId === null ? skipToken : { id: personId }))
  const declare = useMutation(
    trpc.people.declare.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: () => showDone('Declared; what it explains is judged again'),
    }),
  )
  const [kind, setKind] = useState<Kind>('travel')
  const [value, setValue] = useState('')
  const [other, setOther] = useState('')
  const [endsOn, setEndsOn] = useState(dayAfter(now, 30))
  const { value: valueLabel, isForAll } = kinds[kind]
  const needsOther = kind === 'household' || kind === 'delegate'
  const email = person.data?.email ?? null
  const isReady =
    (valueLabel === undefined || value.trim() !== '') &&
    (!needsOther || other.trim() !== '') &&
    endsOn !== '' &&
    (isForAll === true || email !== null)

  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title="Declare what explains it"
      label="Why, and how do you know?"
      confirm="Declare"
      draft={draft}
      isReady={isReady}
      onSubmit={(reason) =>
        declare.mutateAsync({
          kind,
          personEmail: isForAll ? null : email,
          otherEmail: needsOther ? other.trim() : null,
          value: valueLabel ? value.trim() : null,
          startsOn: dayAfter(now, 0),
          endsOn,
          reason,
        })
      }
    >
      <Select
        data-autofocus
        label="What is it?"
        data={Object.entries(kinds).map(([key, { label }]) => ({ value: key, label }))}
        value={kind}
        onChange={(chosen) => chosen && setKind(chosen as Kind)}
        allowDeselect={false}
      />
      {isForAll && <p className="small soft">This holds for everybody.</p>}
      <p className="small soft">
        A tool or a network exit of the company’s own is not declared here: it comes with an{' '}
        <Link to="/import">import</Link>.
      </p>
      {!isForAll && email === null && person.isSuccess && (
        <p className="small check">No e-mail is on file for this person, so it cannot be declared for them.</p>
      )}
      {valueLabel && (
        <TextInput
          label={valueLabel}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          required
          maxLength={500}
        />
      )}
      {needsOther && (
        <TextInput
          type="email"
          label="E-mail of the other person"
          value={other}
          onChange={(event) => setOther(event.currentTarget.value)}
          required
        />
      )}
      <TextInput
        type="date"
        label="Until"
        description={`Until then it silences; ${DAYS_MAX} days at most.`}
        value={endsOn}
        min={dayAfter(now, 0)}
        max={dayAfter(now, DAYS_MAX)}
        onChange={(event) => setEndsOn(event.currentTarget.value)}
        required
      />
    </ReasonDialog>
  )
}
