// A link to a hand-over: mailed where there is a mailbox, else shown this once to whoever asked for it.
import { Button, type ButtonProps } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Inputs, showDone, showError, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { SecretOnce } from './secret-once.tsx'

type Purpose = Inputs['handovers']['sendLink']['purpose']
interface Sent {
  link: string | null
  sent: boolean
  error: string | null
}

/** What is done with a link that was made: said, or shown once. `dialog` has to be drawn. */
function useLinkOnce() {
  const [link, setLink] = useState<string | null>(null)
  const tell = (came: Sent) => {
    if (came.link !== null) setLink(came.link)
    else if (came.sent) showDone('The link is on its way to the e-mail on file.')
    else showError(new Error(`The mail was not taken: ${came.error} Send it again later.`))
  }
  const dialog = (
    <SecretOnce title="Give this link to the receiver" secret={link} onClose={() => setLink(null)}>
      <p>
        No mail is sent from here, or no e-mail is on file. Give it to them by a way you know; it works for three days.
        It is on record that you saw it, so an address that comes by it has to be approved by somebody else.
      </p>
    </SecretOnce>
  )
  return { tell, dialog }
}

interface SendLinkProps extends Pick<ButtonProps, 'variant'> {
  purpose: Purpose
  /** The hand-over to send it for; opened first where there is none. */
  handoverId(): Promise<string>
  children: ReactNode
}

/** Makes a link of one purpose, and withdraws earlier ones of it. */
export function SendLink({ purpose, handoverId, children, variant = 'default' }: SendLinkProps) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const { tell, dialog } = useLinkOnce()
  const send = useMutation(trpc.handovers.sendLink.mutationOptions())
  const [isOpening, setOpening] = useState(false)
  async function make(): Promise<void> {
    setOpening(true)
    try {
      tell(await send.mutateAsync({ handoverId: await handoverId(), purpose }))
    } catch {
      // Shown as a notice.
    } finally {
      setOpening(false)
    }
  }
  return (
    <>
      <Button variant={variant} disabled={!may} title={why} loading={isOpening} onClick={() => void make()}>
        {children}
      </Button>
      {dialog}
    </>
  )
}

/** Asks whoever has the device to read its serial number back, at any time. */
export function AskSerial({ deviceId, caseId = null }: { deviceId: string; caseId?: string | null }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const { tell, dialog } = useLinkOnce()
  const ask = useMutation(trpc.handovers.requestReadBack.mutationOptions({ onSuccess: tell }))
  return (
    <>
      <Button
        variant="default"
        disabled={!may}
        title={why ?? 'By a link, in which they type the last four characters. The number is not shown to them.'}
        loading={ask.isPending}
        onClick={() => ask.mutate({ deviceId, caseId })}
      >
        Ask for the serial number
      </Button>
      {dialog}
    </>
  )
}
