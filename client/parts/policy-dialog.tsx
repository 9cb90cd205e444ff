// Changes one delivery policy, with the reason that its history shows.
import { Modal, Radio, Switch, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Outputs, readError, showDone, trpc } from '../api.ts'
import { DialogButtons } from './dialog-buttons.tsx'
import { FormError } from './error-note.tsx'
import { isReason } from './reason-dialog.tsx'

type Row = Outputs['policies']['list']['inForce'][number]

interface PolicyDialogProps {
  row: Row
  /** A policy of its own for a country that has none yet. */
  isNewCountry: boolean
  onClose(): void
}

export function PolicyDialog({ row, isNewCountry, onClose }: PolicyDialogProps) {
  const [policy, setPolicy] = useState(row.policy)
  const [carriers, setCarriers] = useState(carriersText(row.policy.carriers))
  const [country, setCountry] = useState(isNewCountry ? '' : (row.country ?? ''))
  const [reason, setReason] = useState('')
  const save = useMutation(
    trpc.policies.set.mutationOptions({
      meta: { showsErrors: true },
      onSuccess() {
        showDone('Saved. It holds for what is prepared from now on.')
        onClose()
      },
    }),
  )
  const faults = Object.fromEntries(
    (save.error ? readError(save.error).faults : []).map(({ path, problem }) => [path.split('.')[0], problem]),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate({
      tier: row.tier,
      country: isNewCountry ? country : row.country,
      policy: { ...policy, carriers: carriersOf(carriers) },
      reason,
    })
  }
  const where = isNewCountry ? 'for one country' : (row.country ?? 'all other countries')
  return (
    <Modal opened onClose={onClose} title={`Delivery policy: ${row.tier}, ${where}`}>
      <form className="stack" onSubmit={submit}>
        {isNewCountry && (
          <TextInput
            label="Country"
            description="Its name or its two letters"
            required
            data-autofocus
            value={country}
            error={faults['country']}
            onChange={(event) => setCountry(event.currentTarget.value)}
          />
        )}
        <Radio.Group
          label="At the door"
          value={policy.signature}
          onChange={(value) => setPolicy({ ...policy, signature: value as typeof policy.signature })}
        >
          <div className="options">
            <Radio size="xs" value="none" label="Nobody has to sign" />
            <Radio size="xs" value="signature" label="Somebody signs" />
            <Radio size="xs" value="adult signature" label="An adult signs" />
          </div>
        </Radio.Group>
        <Textarea
          label="Carriers and services allowed"
          description="One carrier on a line, alone or as in “Carrier: Ground, Express”, written as the rates have them. Empty: any."
          autosize
          minRows={2}
          value={carriers}
          error={faults['policy']}
          onChange={(event) => setCarriers(event.currentTarget.value)}
        />
        <Switch
          label="The receiver may not redirect it"
          description="Asked for where the carrier offers it; where not, that is kept with the label."
          checked={policy.forbidRedirect}
          onChange={(event) => setPolicy({ ...policy, forbidRedirect: event.currentTarget.checked })}
        />
        <Switch
          label="Hold it for pick-up"
          checked={policy.holdForPickup}
          onChange={(event) => setPolicy({ ...policy, holdForPickup: event.currentTarget.checked })}
        />
        <Switch
          label="Needs a second person"
          description="Who prepared it cannot buy its label."
          checked={policy.secondPerson}
          onChange={(event) => setPolicy({ ...policy, secondPerson: event.currentTarget.checked })}
        />
        <Textarea
          label="Why?"
          description="Stays in the history."
          required
          autosize
          minRows={2}
          value={reason}
          error={faults['reason']}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {save.error && <FormError error={save.error} />}
        <DialogButtons confirm="Save" isBusy={save.isPending} isReady={isReason(reason)} onClose={onClose} />
      </form>
    </Modal>
  )
}

const carriersText = (carriers: Row['policy']['carriers']) =>
  Object.entries(carriers)
    .map(([carrier, services]) => (services.length === 0 ? carrier : `${carrier}: ${services.join(', ')}`))
    .join('\n')

/** `Carrier: Ground, Express` by lines; a carrier alone allows all its services. */
function carriersOf(text: string): Row['policy']['carriers'] {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const [carrier = '', services = ''] = line.split(':')
      return [
        carrier.trim(),
        services
          .split(',')
          .map((one) => one.trim())
          .filter(Boolean),
      ]
    }),
  )
}
