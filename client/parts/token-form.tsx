// Makes a machine token: its name, source, scopes, how far it vouches, how long and from where it may be used.
import { Button, Checkbox, Modal, NativeSelect, TagsInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Inputs, readError, trpc } from '../api.ts'
import { FormError } from './error-note.tsx'
import './lines.css'

type TokenInput = Inputs['access']['createToken']
type Scope = TokenInput['scopes'][number]
type Vouches = TokenInput['vouches']

const scopeWords: Record<Scope, string> = {
  'checkins:write': 'send check-ins',
  'directory:write': 'send people and devices',
  'shipments:write': 'send shipments and tracking',
  read: 'read metrics',
}
const vouchesWords: Record<Vouches, string> = {
  nothing: 'nothing: its check-ins are claims',
  enrolment: 'enrolment: the sender enrolled the device itself',
  attestation: 'attestation: the sender checked the hardware’s own proof',
}
const ends = [
  { value: '30', label: 'in 30 days' },
  { value: '90', label: 'in 90 days' },
  { value: '365', label: 'in a year' },
  { value: '', label: 'never' },
]

const blank = {
  name: '',
  source: '',
  scopes: ['checkins:write'] as Scope[],
  vouches: 'nothing' as Vouches,
  ends: '90',
  networks: [] as string[],
  rate: '',
}

interface TokenFormProps {
  isOpen: boolean
  onClose(): void
  /** The secret, which is nowhere else. */
  onSecret(secret: string): void
}

/** A dialog with the form. */
export function TokenForm({ isOpen, onClose, onSecret }: TokenFormProps) {
  const [form, setForm] = useState(blank)
  const set = (part: Partial<typeof blank>) => setForm((was) => ({ ...was, ...part }))
  const create = useMutation(
    trpc.access.createToken.mutationOptions({
      meta: { showsErrors: true },
      onSuccess({ secret }) {
        setForm(blank)
        onClose()
        onSecret(secret)
      },
    }),
  )
  const faults = create.error ? readError(create.error).faults : []
  const faultOf = (path: string) => faults.find((fault) => fault.path.startsWith(path))?.problem ?? null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    create.mutate({
      name: form.name,
      source: form.source,
      scopes: form.scopes,
      vouches: form.vouches,
      expiresInDays: form.ends === '' ? null : Number(form.ends),
      networks: form.networks,
      ratePerMinute: form.rate === '' ? null : Number(form.rate),
    })
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title="New token">
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Name"
          description="What uses it, such as “Warsaw office agents”"
          required
          data-autofocus
          value={form.name}
          error={faultOf('name')}
          onChange={(event) => set({ name: event.currentTarget.value })}
        />
        <TextInput
          label="Source"
          description="What its reports are shown as coming from, such as “agent”"
          required
          value={form.source}
          error={faultOf('source')}
          onChange={(event) => set({ source: event.currentTarget.value })}
        />
        <Checkbox.Group
          label="It may"
          required
          value={form.scopes}
          error={form.scopes.length === 0 ? 'choose at least one' : faultOf('scopes')}
          onChange={(scopes) => set({ scopes: scopes as Scope[] })}
        >
          <div className="stack tight">
            {(Object.keys(scopeWords) as Scope[]).map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={
                  <>
                    {scopeWords[scope]} <span className="mono faint">{scope}</span>
                  </>
                }
              />
            ))}
          </div>
        </Checkbox.Group>
        <NativeSelect
          label="Vouches for"
          description="A body never lifts its own proof: this does"
          data={Object.entries(vouchesWords).map(([value, label]) => ({ value, label }))}
          value={form.vouches}
          onChange={(event) => set({ vouches: event.currentTarget.value as Vouches })}
        />
        <TagsInput
          label="Only from these networks"
          description="Such as 203.0.113.0/24; Enter after each. Empty: from anywhere"
          value={form.networks}
          error={faultOf('networks')}
          onChange={(networks) => set({ networks })}
        />
        <div className="pair">
          <NativeSelect
            label="Ends"
            data={ends}
            value={form.ends}
            onChange={(event) => set({ ends: event.currentTarget.value })}
          />
          <TextInput
            label="At most, per minute"
            placeholder="no limit of its own"
            inputMode="numeric"
            value={form.rate}
            error={/^\d*$/.test(form.rate) ? faultOf('ratePerMinute') : 'must be a whole number'}
            onChange={(event) => set({ rate: event.currentTarget.value })}
          />
        </div>
        {create.error && <FormError error={create.error} />}
        <div className="row">
          <Button
            type="submit"
            loading={create.isPending}
            disabled={form.scopes.length === 0 || !/^\d*$/.test(form.rate)}
          >
            Make the token
          </Button>
        </div>
      </form>
    </Modal>
  )
}
