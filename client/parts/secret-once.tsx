// A secret that is shown this once: a link, a token. It can be copied and is then gone.
import { Button, Modal } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import type { ReactNode } from 'react'
import './secret-once.css'

interface SecretOnceProps {
  title: string
  /** Null: nothing to show. */
  secret: string | null
  children: ReactNode
  onClose(): void
}

/** A dialog that only its own button closes, so that a stray click loses nothing. */
export function SecretOnce({ title, secret, children, onClose }: SecretOnceProps) {
  const { copy, copied } = useClipboard({ timeout: 3000 })
  return (
    <Modal
      opened={secret !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
      size="lg"
    >
      <div className="stack">
        <div>{children}</div>
        {secret !== null && <p className="secret mono">{secret}</p>}
        <p className="check">It is shown this once: copy it now. Here only its hash is kept.</p>
        <div className="row">
          <Button onClick={() => copy(secret)}>{copied ? 'Copied' : 'Copy'}</Button>
          <Button variant="default" onClick={onClose}>
            I have copied it
          </Button>
          <span className="visually-hidden" role="status">
            {copied ? 'copied' : ''}
          </span>
        </div>
      </div>
    </Modal>
  )
}
