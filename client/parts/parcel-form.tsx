// The size and weight of a parcel, as carriers price it; asking for rates costs nothing.
import { Button, NumberInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, trpc } from '../api.ts'
import { asksAgain } from './asks-again.ts'
import { ErrorNote } from './error-note.tsx'
import type { May } from './me.ts'

type Parcel = Inputs['labels']['quote']['parcel']

/** A laptop in its transport box. */
const usual: Parcel = { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 3000 }

const fields = [
  { name: 'lengthCm', label: 'Length, cm', max: 300 },
  { name: 'widthCm', label: 'Width, cm', max: 300 },
  { name: 'heightCm', label: 'Height, cm', max: 300 },
  { name: 'weightGrams', label: 'Weight, g', max: 70_000 },
] as const

interface ParcelFormProps {
  shipmentId: string
  parcel: Parcel | null
  /** Rates are there already. */
  isAgain: boolean
  may: May
}

export function ParcelForm({ shipmentId, parcel, isAgain, may }: ParcelFormProps) {
  const [values, setValues] = useState<Record<keyof Parcel, number | string>>(parcel ?? usual)
  const quote = useMutation(trpc.labels.quote.mutationOptions(asksAgain))
  const isWhole = fields.every(({ name }) => Number(values[name]) >= 1)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const { lengthCm, widthCm, heightCm, weightGrams } = values
    quote.mutate({
      shipmentId,
      parcel: {
        lengthCm: Number(lengthCm),
        widthCm: Number(widthCm),
        heightCm: Number(heightCm),
        weightGrams: Math.round(Number(weightGrams)),
      },
    })
  }
  return (
    <form className="stack" onSubmit={submit} aria-label="Size of the parcel">
      <div className="pair">
        {fields.map(({ name, label, max }) => (
          <NumberInput
            key={name}
            label={label}
            min={1}
            max={max}
            value={values[name]}
            error={Number(values[name]) >= 1 ? null : 'a number is needed'}
            onChange={(value) => setValues({ ...values, [name]: value })}
          />
        ))}
      </div>
      {quote.error && <ErrorNote error={quote.error} />}
      <div className="row">
        <Button
          type="submit"
          variant={isAgain ? 'default' : 'filled'}
          loading={quote.isPending}
          disabled={!may.may || !isWhole}
          title={may.why}
        >
          {isAgain ? 'Get rates again' : 'Get rates'}
        </Button>
        <span className="faint small">Asking costs nothing.</span>
      </div>
    </form>
  )
}
