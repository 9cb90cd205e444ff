// Keeps findings of a rule quiet until a day: of whom, why, and until when.
import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { queryClient, showDone, trpc } from '../api.ts'
import { DAYS_MAX, dayAfter } from './days.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useNow } from './time.tsx'
import './lines.css'

interface SuppressDialogProps {
  isOpen: boolean
  onClose(): void
  /** Whom it is about, where that is known; else it is asked. */
  about: { personId: string | null; deviceId: string | null; caseId: string | null; label: string } | null
  /** Only these can be chosen. */
  ruleIds?: string[]
}

const DAYS_AT_FIRST = 30

export function SuppressDialog({ isOpen, onClose, about, ruleIds }: SuppressDialogProps) {
  const now = useNow()
  const { data } = useQuery({ ...trpc.rules.list.queryOptions(), enabled: isOpen })
  const rules = data?.rules.filter((rule) => ruleIds?.includes(rule.id) ?? true) ?? []
  const [chosen, setChosen] = useState('')
  const [whom, setWhom] = useState('')
  const [fact, setFact] = useState({ name: '', value: '' })
  const [endsOn, setEndsOn] = useState(() => dayAfter(now, DAYS_AT_FIRST))
  const add = useMutation(trpc.suppressions.add.mutationOptions({ meta: { showsErrors: true } }))
  const ruleId = chosen || (rules.length === 1 ? rules[0]!.id : '')
  const latest = dayAfter(now, DAYS_MAX)
  const fault = endsOn <= dayAfter(now, 0) ? 'has to be in the future' : endsOn > latest ? `at most ${latest}` : null
  const isFactWhole = (fact.name.trim() === '') === (fact.value.trim() === '')
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title={about ? `Keep findings quiet: ${about.label}` : 'Keep findings quiet'}
      label="Why"
      confirm="Suppress it"
      draft={`suppress ${about?.personId ?? about?.deviceId ?? ''}`}
      isReady={ruleId !== '' && endsOn !== '' && fault === null && isFactWhole}
      onSubmit={async (reason) => {
        const subject = about ?? { ...(await find(whom)), caseId: null }
        const came = await add.mutateAsync({
          ruleId,
          personId: subject.personId,
          deviceId: subject.deviceId,
          caseId: subject.caseId,
          fact: fact.name.trim() === '' ? null : { name: fact.name.trim(), value: fact.value.trim() },
          endsAt: `${endsOn}T00:00:00.000Z`,
          reason,
        })
        showDone(
          came.state === 'waiting'
            ? 'It waits for a second person.'
            : 'It is kept quiet, and shown as such until it ends.',
        )
      }}
    >
      <NativeSelect
        label="Rule"
        data={[
          { value: '', label: 'Choose a rule', disabled: true },
          ...rules.map((rule) => ({ value: rule.id, label: rule.title })),
        ]}
        value={ruleId}
        required
        data-autofocus
        onChange={(event) => setChosen(event.currentTarget.value)}
      />
      {about === null && (
        <TextInput
          label="Whose"
          description="An e-mail or a serial number. Empty means everybody, and needs a second person."
          value={whom}
          onChange={(event) => setWhom(event.currentTarget.value)}
        />
      )}
      <details>
        <summary className="small">Only where a fact has a value</summary>
        <div className="pair">
          <TextInput
            label="Fact, as the case shows it"
            placeholder="tool"
            value={fact.name}
            onChange={(event) => setFact({ ...fact, name: event.currentTarget.value })}
          />
          <TextInput
            label="Its value"
            error={isFactWhole ? null : 'both, or neither'}
            value={fact.value}
            onChange={(event) => setFact({ ...fact, value: event.currentTarget.value })}
          />
        </div>
      </details>
      <TextInput
        label={`Until, at most ${DAYS_MAX} days from now`}
        type="date"
        required
        max={latest}
        value={endsOn}
        error={fault}
        onChange={(event) => setEndsOn(event.currentTarget.value)}
      />
    </ReasonDialog>
  )
}

/** The person or the laptop that a text names exactly. */
async function find(text: string): Promise<{ personId: string | null; deviceId: string | null }> {
  const asked = text.trim()
  if (asked === '') return { personId: null, deviceId: null }
  const hits = await queryClient.fetchQuery(trpc.search.find.queryOptions({ text: asked }))
  const hit = hits.find((one) => one.exact && (one.kind === 'person' || one.kind === 'device'))
  if (hit === undefined)
    throw new Error(`Nobody and nothing on file is exactly “${asked}”: give a whole e-mail or serial number.`)
  return { personId: hit.kind === 'person' ? hit.id : null, deviceId: hit.kind === 'device' ? hit.id : null }
}
