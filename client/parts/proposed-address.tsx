// Another address, in the receiver's own words: country first, so that the rest is asked for as it is written there.
import { Button, NativeSelect, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { readError, trpc } from '../api.ts'
import { FormError } from './error-note.tsx'
import './lines.css'

interface ProposedAddressProps {
  secret: string
  /** Two letters: of the parcel's address, as a start. */
  country: string
  onBack(): void
  onDone(answer: 'confirmed' | 'other'): void
}

const names = new Intl.DisplayNames(['en'], { type: 'region' })
/** Every two letters that this browser knows as a country; what is none by itself is left out. */
const countries = Array.from({ length: 26 * 26 }, (_, n) => String.fromCharCode(65 + Math.floor(n / 26), 65 + (n % 26)))
  .filter((code) => !['EU', 'EZ', 'UN', 'QO', 'XA', 'XB', 'ZZ'].includes(code) && names.of(code) !== code)
  .map((value) => ({ value, label: names.of(value) ?? value }))
  .filter(({ label }, index, all) => all.findIndex((one) => one.label === label) === index)
  .sort((a, b) => a.label.localeCompare(b.label))

/** What parts are called where. */
function wordsFor(country: string) {
  if (country === 'US') return { region: 'State', postalCode: 'ZIP code' }
  if (country === 'CA') return { region: 'Province', postalCode: 'Postal code' }
  if (country === 'GB') return { region: 'County (if any)', postalCode: 'Postcode' }
  return { region: 'Region (if it is part of the address)', postalCode: 'Postal code' }
}

/** It stands in the place of what was pressed. */
const focused = (field: HTMLSelectElement | null) => field?.focus()

const empty = { line1: '', line2: '', city: '', region: '', postalCode: '' }

export function ProposedAddress({ secret, country: first, onBack, onDone }: ProposedAddressProps) {
  const [country, setCountry] = useState(first)
  const [parts, setParts] = useState(empty)
  const propose = useMutation(trpc.handovers.proposeAddress.mutationOptions({ meta: { showsErrors: true } }))
  const words = wordsFor(country)
  const faults = propose.isError ? readError(propose.error).faults : []
  const faultOf = (part: string) => faults.find(({ path }) => path === `address.${part}`)?.problem
  const field = (part: keyof typeof empty, label: string, autoComplete: string) => (
    <TextInput
      label={label}
      value={parts[part]}
      autoComplete={autoComplete}
      maxLength={200}
      error={faultOf(part)}
      onChange={(event) => setParts({ ...parts, [part]: event.currentTarget.value })}
    />
  )
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    try {
      onDone((await propose.mutateAsync({ secret, address: { ...parts, country } })).answer)
    } catch {
      // Shown at the fields.
    }
  }
  return (
    <form className="stack" onSubmit={submit}>
      <NativeSelect
        label="Country"
        data={countries}
        value={country}
        autoComplete="country"
        ref={focused}
        error={faultOf('country')}
        onChange={(event) => setCountry(event.currentTarget.value)}
      />
      {field('line1', 'Street and house number', 'address-line1')}
      {field('line2', 'Flat, floor, building (if any)', 'address-line2')}
      <div className="pair">
        {field('postalCode', words.postalCode, 'postal-code')}
        {field('city', 'City', 'address-level2')}
      </div>
      {field('region', words.region, 'address-level1')}
      <p className="soft small">
        Give where you live or work. Somebody checks a new address before anything is sent there, which may take a day.
      </p>
      {propose.isError && <FormError error={propose.error} />}
      <div className="row">
        <Button
          type="submit"
          size="md"
          loading={propose.isPending}
          disabled={parts.line1.trim() === '' || parts.city.trim() === ''}
        >
          Give this address
        </Button>
        <Button size="md" variant="default" onClick={onBack}>
          Back
        </Button>
      </div>
    </form>
  )
}
