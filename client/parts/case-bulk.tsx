// What is done with many cases at once: in the open above the list, looked at first where it is more than a few.
import { Button, Menu, Modal, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useState } from 'react'
import { type Inputs, type Outputs, quietly, trpc, unseen } from '../api.ts'
import { BulkOutcome } from './bulk-outcome.tsx'
import type { CaseFilter } from './case-filter.ts'
import { type Outcome, OutcomeChoice } from './case-outcome.tsx'
import { DialogButtons } from './dialog-buttons.tsx'
import { ErrorNote } from './error-note.tsx'
import { useMay, useMe } from './me.ts'
import { endOf, FIRST_SPAN, SnoozeSpan } from './snooze-span.tsx'
import { useNow } from './time.tsx'
import { useFocusBack } from './use-focus-back.ts'

type Which = Inputs['cases']['bulk']['which']
type Aim = Inputs['cases']['previewBulk']['aim']
type Step = Inputs['cases']['bulk']['step']

/** More than so many are looked at before anything is done. */
const LOOK_FROM = 21

interface CaseBulkProps {
  selected: ReadonlySet<string>
  /** Of this page of the list. */
  rowIds: string[]
  /** How many match the filter, on all pages. */
  total: number
  filter: CaseFilter
  onDone(): void
}

export function CaseBulk({ selected, rowIds, total, filter, onDone }: CaseBulkProps) {
  const me = useMe()
  const { may, why } = useMay('analyst', 'admin')
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const [wantsAll, setAll] = useState(false)
  const [asking, setAsking] = useState<Aim | null>(null)
  const [result, setResult] = useState<Outputs['cases']['bulk'] | null>(null)
  const bulk = useMutation(trpc.cases.bulk.mutationOptions({ ...quietly, onSuccess: setResult }))
  const hasPage = rowIds.length > 0 && rowIds.every((id) => selected.has(id))
  // Taking a row out takes the rest back too.
  const isAll = wantsAll && hasPage
  const count = isAll ? total : selected.size
  const which: Which = isAll ? { which: 'all', filter, expected: total } : { which: 'these', caseIds: [...selected] }
  const others = colleagues.filter(({ id, role }) => id !== me.userId && (role === 'analyst' || role === 'admin'))
  const assign = (to: string | null) => {
    if (isAll || count >= LOOK_FROM) setAsking({ step: 'assign', to })
    else bulk.mutate({ which, step: { step: 'assign', to } }, { onError: () => setAsking({ step: 'assign', to }) })
  }
  return (
    <section className="card row bulk" aria-label="Selected cases">
      <span role="status">
        {isAll ? 'All ' : ''}
        {count} selected
      </span>
      {!isAll && hasPage && total > selected.size && (
        <button type="button" className="link" onClick={() => setAll(true)}>
          Select all {total} that match
        </button>
      )}
      <Button.Group>
        <Button onClick={() => assign(me.userId)} disabled={!may} title={why} loading={bulk.isPending}>
          Assign to me
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px="xs" disabled={!may} aria-label="Assign them to somebody else">
              ⋯
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map(({ id, name, role }) => (
              <Menu.Item key={id} onClick={() => assign(id)}>
                {name} <span className="small faint">{role}</span>
              </Menu.Item>
            ))}
            <Menu.Item onClick={() => assign(null)}>Give them back, to nobody</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      <Button variant="default" disabled={!may} title={why} onClick={() => setAsking({ step: 'snooze' })}>
        Snooze…
      </Button>
      <Button variant="default" disabled={!may} title={why} onClick={() => setAsking({ step: 'close' })}>
        Close…
      </Button>
      <button type="button" className="link" onClick={onDone}>
        Clear
      </button>
      {asking && (
        <BulkDialog
          aim={asking}
          which={which}
          count={count}
          isLooked={isAll || count >= LOOK_FROM}
          asked={bulk}
          onClose={() => {
            bulk.reset()
            setAsking(null)
          }}
          onSubmit={(step) => bulk.mutate({ which, step }, { onSuccess: () => setAsking(null) })}
        />
      )}
      {result && (
        <BulkOutcome
          result={result}
          onClose={() => {
            setResult(null)
            onDone()
          }}
        />
      )}
    </section>
  )
}

interface BulkDialogProps {
  aim: Aim
  which: Which
  count: number
  /** Whether what would happen to each is shown first. */
  isLooked: boolean
  asked: { isPending: boolean; error: unknown }
  onClose(): void
  onSubmit(step: Step): void
}

const titles = { assign: 'Assign', snooze: 'Snooze', close: 'Close' } as const

function BulkDialog({ aim, which, count, isLooked, asked, onClose, onSubmit }: BulkDialogProps) {
  useFocusBack()
  const now = useNow()
  const [hours, setHours] = useState(FIRST_SPAN)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const [note, setNote] = useState('')
  const preview = useMutation(trpc.cases.previewBulk.mutationOptions(unseen))
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at once, as it stood when it was asked for
  useEffect(() => {
    if (isLooked) preview.mutate({ which, aim })
  }, [])
  const isReady =
    (aim.step !== 'close' || (outcome !== null && note.trim() !== '')) && (!isLooked || preview.data !== undefined)

  function submit(event: FormEvent): void {
    event.preventDefault()
    const text = note.trim()
    if (aim.step === 'assign') onSubmit(aim)
    else if (aim.step === 'snooze') onSubmit({ step: 'snooze', until: endOf(hours, now), note: text || null })
    else if (outcome !== null) onSubmit({ step: 'close', outcome, note: text })
  }
  const what = `${titles[aim.step]} ${count} ${count === 1 ? 'case' : 'cases'}`
  return (
    <Modal opened onClose={onClose} title={what}>
      <form className="stack" onSubmit={submit}>
        {aim.step === 'snooze' && <SnoozeSpan hours={hours} onChange={setHours} />}
        {aim.step === 'close' && <OutcomeChoice value={outcome} onChange={setOutcome} />}
        {aim.step !== 'assign' && (
          <Textarea
            label={
              aim.step === 'close'
                ? 'What was found, and how: it stands with each of them'
                : 'Why (if it is worth a note)'
            }
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
            autosize
            minRows={3}
            maxLength={2000}
            required={aim.step === 'close'}
          />
        )}
        {isLooked && <Preview items={preview.data} error={preview.error} />}
        {asked.error !== null && <ErrorNote error={asked.error} />}
        <DialogButtons confirm={what} isBusy={asked.isPending} isReady={isReady} onClose={onClose} />
      </form>
    </Modal>
  )
}

const LISTED = 8

function Preview({ items, error }: { items: Outputs['cases']['previewBulk'] | undefined; error: unknown }) {
  if (error) return <ErrorNote error={error} />
  if (items === undefined) return <p className="small soft">Looking at what it would do…</p>
  const left = items.filter((item) => item.why !== null)
  return (
    <section aria-label="What it would do">
      <p>
        It changes <strong>{items.length - left.length}</strong>
        {left.length > 0 && ` and leaves out ${left.length}`}.
      </p>
      <ul className="small soft">
        {left.slice(0, LISTED).map((item) => (
          <li key={item.caseId}>
            C-{item.number}: {item.why}
          </li>
        ))}
        {left.length > LISTED && <li>and {left.length - LISTED} more</li>}
      </ul>
    </section>
  )
}
