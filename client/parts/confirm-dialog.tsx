// A question before something is done that needs no words: what follows from it, and the two answers.
import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { DialogButtons } from './dialog-buttons.tsx'
import { ErrorNote } from './error-note.tsx'

interface ConfirmDialogProps {
  isOpen: boolean
  onClose(): void
  title: string
  /** What follows from it. */
  children: ReactNode
  /** The word of the button that does it. */
  confirm: string
  isReady?: boolean
  /** The request: whether it is under way, and how it failed. */
  asked: { isPending: boolean; error: unknown }
  onConfirm(): void
}

export function ConfirmDialog({
  isOpen,
  onClose,
  title,
  children,
  confirm,
  isReady = true,
  ...rest
}: ConfirmDialogProps) {
  const { asked, onConfirm } = rest
  return (
    <Modal opened={isOpen} onClose={onClose} title={title}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          onConfirm()
        }}
      >
        {children}
        {asked.error !== null && <ErrorNote error={asked.error} />}
        <DialogButtons confirm={confirm} isBusy={asked.isPending} isReady={isReady} onClose={onClose} />
      </form>
    </Modal>
  )
}
