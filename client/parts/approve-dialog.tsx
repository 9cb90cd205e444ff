// Asks for an approval: of a tool, a publisher or a network exit, for everybody or a group, with a last day and a reason.
import { NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Inputs, showDone, trpc } from '../api.ts'
import { whatWords } from './catalogue-words.ts'
import { DAYS_MAX, dayAfter } from './days.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { useNow } from './time.tsx'
import './lines.css'

type What = Inputs['catalog']['ask']['what']
const groups = {
  everybody: 'Everybody',
  employee: 'Employees',
  contractor: 'Contractors',
  column: 'A group by a column',
}
type Group = keyof typeof groups

const valueWords: Record<What, { label: string; description: string }> = {
  tool: { label: 'Tool or device', description: 'As the catalogue names it.' },
  publisher: { label: 'Publisher', description: 'As the catalogue names it; all of its tools are covered.' },
  network_exit: { label: 'Range', description: 'Such as 203.0.113.0/24, or one address.' },
  entry_off: { label: 'Entry', description: 'It says nothing about anybody, until this is ended.' },
}

const DAYS_AT_FIRST = 90

interface ApproveDialogProps {
  onClose(): void
  /** What it is about, where that is settled: a tool of the catalogue. */
  about?: { what: 'tool' | 'entry_off'; id: string; name: string }
}

export function ApproveDialog({ onClose, about }: ApproveDialogProps) {
  const now = useNow()
  const [what, setWhat] = useState<What>(about?.what ?? 'tool')
  const [value, setValue] = useState(about?.name ?? '')
  const [group, setGroup] = useState<Group>('everybody')
  const [column, setColumn] = useState('department')
  const [says, setSays] = useState('')
  const [endsOn, setEndsOn] = useState(() => dayAfter(now, DAYS_AT_FIRST))
  const ask = useMutation(
    trpc.catalog.ask.mutationOptions({
      meta: { showsErrors: true },
      onSuccess: () => showDone('Asked. Somebody else approves it on the catalogue’s page.'),
    }),
  )
  const isOff = what === 'entry_off'
  const latest = dayAfter(now, DAYS_MAX)
  const endFault = endsOn > latest ? `at most ${DAYS_MAX} days: ${latest}` : null
  const isReady =
    value.trim() !== '' &&
    (isOff || (endsOn !== '' && endFault === null)) &&
    (group !== 'column' || isOff || (column.trim() !== '' && says.trim() !== ''))
  const people =
    isOff || group === 'everybody'
      ? null
      : group === 'column'
        ? { column: column.trim(), value: says.trim() }
        : { kind: group }
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={about === undefined ? 'Ask for an approval' : `${isOff ? 'Switch off' : 'Ask to approve'} ${about.name}`}
      label="Why the company vouches for it"
      confirm="Ask for it"
      draft={`ask approval ${about?.id ?? ''}`}
      isReady={isReady}
      onSubmit={(reason) =>
        ask.mutateAsync({ what, value: about?.id ?? value.trim(), people, endsOn: isOff ? null : endsOn, reason })
      }
    >
      {about === undefined && (
        <>
          <NativeSelect
            label="What"
            data={(Object.keys(whatWords) as What[]).map((one) => ({ value: one, label: whatWords[one] }))}
            value={what}
            onChange={(event) => setWhat(event.currentTarget.value as What)}
            data-autofocus
          />
          <ValueField what={what} value={value} onChange={setValue} />
        </>
      )}
      {isOff ? (
        <p className="small check">
          The entry is silent for everybody and has no last day: it is on the auditor’s list.
        </p>
      ) : (
        <>
          <NativeSelect
            label="For whom"
            data={Object.entries(groups).map(([one, label]) => ({ value: one, label }))}
            value={group}
            onChange={(event) => setGroup(event.currentTarget.value as Group)}
          />
          {group === 'column' && (
            <div className="pair">
              <TextInput
                label="Column of the import"
                required
                maxLength={200}
                value={column}
                onChange={(event) => setColumn(event.currentTarget.value)}
              />
              <TextInput
                label="Says"
                required
                maxLength={200}
                value={says}
                onChange={(event) => setSays(event.currentTarget.value)}
              />
            </div>
          )}
          <TextInput
            label={`Last day, at most ${DAYS_MAX} days from now`}
            type="date"
            required
            min={dayAfter(now, 0)}
            max={latest}
            value={endsOn}
            error={endFault}
            onChange={(event) => setEndsOn(event.currentTarget.value)}
          />
        </>
      )}
    </ReasonDialog>
  )
}

/** Offers the catalogue's own names while one types. */
function ValueField({ what, value, onChange }: { what: What; value: string; onChange(value: string): void }) {
  const list = useQuery(trpc.catalog.list.queryOptions({}))
  const entries = list.data?.entries ?? []
  const names = what === 'publisher' ? entries.flatMap((one) => one.vendor ?? []) : entries.map((one) => one.name)
  const { label, description } = valueWords[what]
  return (
    <>
      <TextInput
        label={label}
        description={description}
        required
        maxLength={200}
        list={what === 'network_exit' ? undefined : 'catalogue-names'}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <datalist id="catalogue-names">
        {[...new Set(names)].sort().map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  )
}
