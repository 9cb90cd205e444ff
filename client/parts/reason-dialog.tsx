// A dialog that asks for words before something is done; what was typed outlives a closed dialog and an ended session.
import { Button, Modal, Textarea } from '@mantine/core'
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useState } from 'react'
import { ErrorNote } from './error-note.tsx'
import { useFocusBack } from './use-focus-back.ts'

interface ReasonDialogProps {
  isOpen: boolean
  onClose(): void
  /** What is about to be done, with the name of the thing. */
  title: string
  /** What follows from it. */
  children?: ReactNode
  label?: string
  description?: string
  /** The button's word. */
  confirm: string
  /** What the draft is kept under while this window lives: `close C-12`. */
  draft: string
  /** Whether nothing else is missing. */
  isReady?: boolean
  isOptional?: boolean
  /** Does it; what it throws is shown here, beside what was typed. */
  onSubmit(text: string): Promise<unknown>
}

/** Whether it is long enough for the service. */
export const isReason = (text: string): boolean => text.trim().length >= 3

export function ReasonDialog({ isOpen, onClose, title, ...form }: ReasonDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <ReasonForm key={form.draft} {...form} onDone={onClose} />
    </Modal>
  )
}

type ReasonFormProps = Omit<ReasonDialogProps, 'isOpen' | 'onClose' | 'title'> & { onDone(): void }

function ReasonForm(props: ReasonFormProps) {
  useFocusBack()
  const { children, label = 'Reason', description, confirm, draft, isReady = true, isOptional = false } = props
  const [text, setText] = useDraft(draft)
  const [error, setError] = useState<unknown>(null)
  const [isBusy, setBusy] = useState(false)
  const isLongEnough = isOptional || isReason(text)

  async function submit(event?: FormEvent): Promise<void> {
    event?.preventDefault()
    if (!isLongEnough || !isReady || isBusy) return
    setBusy(true)
    setError(null)
    try {
      await props.onSubmit(text.trim())
      setText('')
      props.onDone()
    } catch (thrown) {
      setError(thrown)
    } finally {
      setBusy(false)
    }
  }

  function press(event: KeyboardEvent): void {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit()
  }

  return (
    <form className="stack" onSubmit={submit}>
      {children}
      <Textarea
        label={label}
        description={description}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
        autosize
        minRows={3}
        maxLength={2000}
        required={!isOptional}
        data-autofocus
      />
      {error !== null && <ErrorNote error={error} />}
      <div className="row apart">
        <span className="small faint">Ctrl ↵ sends</span>
        <Button type="submit" loading={isBusy} disabled={!isLongEnough || !isReady}>
          {confirm}
        </Button>
      </div>
    </form>
  )
}

/** Text that is kept in this window's session under a name until it is emptied. */
function useDraft(name: string): [string, (text: string) => void] {
  const key = `telltale-draft ${name}`
  const [text, setText] = useState(() => sessionStorage.getItem(key) ?? '')
  useEffect(() => {
    if (text === '') sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  }, [key, text])
  return [text, setText]
}
