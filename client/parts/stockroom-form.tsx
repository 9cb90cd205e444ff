// The stockroom's own address: where labels say a parcel comes from, and where returns go.
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, type Outputs, readError, showDone, trpc } from '../api.ts'
import { FormError } from './error-note.tsx'
import './stockroom-form.css'

type Address = Inputs['settings']['setStockroom']
type Field = keyof Address

const blank: Address = {
  company: '',
  name: '',
  line1: '',
  line2: '',
  city: '',
  region: '',
  postalCode: '',
  country: '',
  phone: '',
  email: '',
}

const fields: { name: Field; label: string; description?: string; isOptional?: boolean; autoComplete: string }[] = [
  { name: 'company', label: 'Company', autoComplete: 'organization' },
  {
    name: 'name',
    label: 'Name',
    description: 'A person or a desk, such as “IT stockroom”',
    isOptional: true,
    autoComplete: 'off',
  },
  { name: 'line1', label: 'Street and number', autoComplete: 'address-line1' },
  { name: 'line2', label: 'Floor or unit', isOptional: true, autoComplete: 'address-line2' },
  { name: 'city', label: 'City', autoComplete: 'address-level2' },
  { name: 'region', label: 'State or region', isOptional: true, autoComplete: 'address-level1' },
  { name: 'postalCode', label: 'Postal code', isOptional: true, autoComplete: 'postal-code' },
  { name: 'country', label: 'Country', description: 'Its name or its two letters', autoComplete: 'country-name' },
  { name: 'phone', label: 'Phone', description: 'Carriers ask for one', autoComplete: 'tel' },
  { name: 'email', label: 'E-mail', isOptional: true, autoComplete: 'email' },
]

export function StockroomForm({ saved }: { saved: Outputs['settings']['read']['stockroom'] }) {
  const [form, setForm] = useState<Address>(saved ?? blank)
  const save = useMutation(
    trpc.settings.setStockroom.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: () => showDone('The stockroom’s address is kept: new labels carry it.'),
    }),
  )
  const faults = save.error ? readError(save.error).faults : []
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate(form)
  }
  return (
    <section className="card" aria-labelledby="settings-stockroom">
      <header>
        <h2 id="settings-stockroom">Stockroom</h2>
        {saved === null && <span className="tag check">not set</span>}
      </header>
      <form className="stack" onSubmit={submit}>
        <p className="soft">
          {saved === null
            ? 'No label can be bought until this is set: it is where parcels leave from and returns go to.'
            : 'Where parcels leave from and returns go to.'}
        </p>
        <div className="settings-fields">
          {fields.map(({ name, label, description, isOptional = false, autoComplete }) => (
            <TextInput
              key={name}
              label={label}
              description={description}
              required={!isOptional}
              autoComplete={autoComplete}
              maxLength={name === 'country' ? 100 : 200}
              value={form[name]}
              error={faults.find((fault) => fault.path === name)?.problem}
              onChange={(event) => {
                const { value } = event.currentTarget
                setForm((was) => ({ ...was, [name]: value }))
              }}
            />
          ))}
        </div>
        {save.error && <FormError error={save.error} />}
        <div className="row">
          <Button type="submit" loading={save.isPending}>
            Save the address
          </Button>
        </div>
      </form>
    </section>
  )
}
