// A public link: the receiver confirms an address, accepts what came, or reads a serial number back. No account, no shell.
import { Button, TextInput } from '@mantine/core'
import { useDidUpdate, useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { type Outputs, quietly, readError, trpc } from '../api.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { type HandoverAnswer, HandoverAnswerForm, SerialEnd } from '../parts/handover-answer.tsx'
import { ProposedAddress } from '../parts/proposed-address.tsx'
import { Waiting } from '../parts/states.tsx'
import { dateText } from '../parts/time.tsx'
import './handover-link.css'

type Shown = Outputs['handovers']['show']
type Open = Extract<Shown, { isOpen: true }>

const titles = {
  address: 'Where should your laptop go?',
  acceptance: 'Have you received your laptop?',
  'read-back': 'A question about your laptop',
} as const

export function HandoverLink() {
  useDocumentTitle('Your work laptop')
  const { secret } = useParams({ strict: false }) as { secret: string }
  const { mutate: show, data, error } = useMutation(trpc.handovers.show.mutationOptions(quietly))
  // Asked by POST, since the secret must not stand in an address that others write down; it changes nothing.
  useEffect(() => show({ secret }), [show, secret])
  if (error) return <NotOpened error={error} retry={() => show({ secret })} />
  if (data === undefined)
    return (
      <Frame title="Your work laptop">
        <Waiting lines={4} />
      </Frame>
    )
  if (!data.isOpen) return <Over over={data} secret={secret} />
  return <Asking key={secret} shown={data} secret={secret} />
}

function Frame({ title, children }: { title: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null)
  // What was pressed is gone with what it stood in: who does not see the page change stands at its new head.
  useDidUpdate(() => heading.current?.focus(), [title])
  return (
    <main className="link-page">
      <div className="card stack">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </div>
      <p className="faint small">
        This page is only for whoever was sent its link. Nobody will ask you here for a password or for money.
      </p>
    </main>
  )
}

function NotOpened({ error, retry }: { error: unknown; retry(): void }) {
  const { message, code } = readError(error)
  return (
    <Frame title="This link does not open">
      <p role="alert">{message}</p>
      {code !== 'NOT_FOUND' && (
        <div>
          <Button variant="default" onClick={retry}>
            Try again
          </Button>
        </div>
      )}
    </Frame>
  )
}

function Over({ over, secret }: { over: Extract<Shown, { isOpen: false }>; secret: string }) {
  const renew = useMutation(trpc.handovers.renew.mutationOptions(quietly))
  return (
    <Frame title={over.why === 'used' ? 'All done' : 'This link works no more'}>
      <p>{over.text}</p>
      {over.canSend && !renew.isSuccess && (
        <>
          <p>A new one can be sent to the same mailbox, and to no other.</p>
          <div>
            <Button loading={renew.isPending} onClick={() => renew.mutate({ secret })}>
              Send a new link
            </Button>
          </div>
        </>
      )}
      {renew.isSuccess && <p role="status">It is on its way: look into your mailbox.</p>}
      {renew.isError && <ErrorNote error={renew.error} />}
      {!over.canSend && over.why === 'expired' && <p>Ask whoever sent it to you for a new one.</p>}
    </Frame>
  )
}

function Asking({ shown, secret }: { shown: Open; secret: string }) {
  const [done, setDone] = useState<string | null>(null)
  if (done !== null)
    return (
      <Frame title="Thank you">
        <p role="status">{done}</p>
        <p className="soft">You can close this page.</p>
      </Frame>
    )
  return (
    <Frame title={shown.isReturn ? 'Have you given your laptop back?' : titles[shown.purpose]}>
      <p>
        {shown.firstName === '' ? 'Hello.' : `Hello ${shown.firstName}.`}{' '}
        <span className="soft small">This link works until {dateText(shown.expiresAt)}.</span>
      </p>
      {shown.purpose === 'address' && <AddressQuestion shown={shown} secret={secret} onDone={setDone} />}
      {shown.purpose === 'acceptance' && <Acceptance shown={shown} secret={secret} onDone={setDone} />}
      {shown.purpose === 'read-back' && <ReadBack shown={shown} secret={secret} onDone={setDone} />}
    </Frame>
  )
}

interface QuestionProps {
  shown: Open
  secret: string
  onDone(words: string): void
}

function Acceptance({ shown, secret, onDone }: QuestionProps) {
  const answer = useMutation(trpc.handovers.answer.mutationOptions(quietly))
  const [wrong, setWrong] = useState<{ deviceId: string; left: number }[]>([])
  async function send(given: HandoverAnswer): Promise<void> {
    try {
      const came = await answer.mutateAsync({ secret, ...given })
      if (!came.done) return setWrong(came.wrong)
      const isRefused = came.another.length > 0 || given.items.some((item) => item.answer === 'declined')
      onDone(isRefused ? 'Your answer is noted. Whoever sent the laptop will get in touch.' : 'Your answer is noted.')
    } catch {
      // Shown in the form.
    }
  }
  return (
    <HandoverAnswerForm
      laptops={shown.laptops}
      isReturn={shown.isReturn}
      terms={shown.terms}
      wrong={wrong}
      asked={answer}
      onSubmit={(given) => void send(given)}
    />
  )
}

function ReadBack({ shown, secret, onDone }: QuestionProps) {
  const answer = useMutation(trpc.handovers.answerReadBack.mutationOptions(quietly))
  const [said, setSaid] = useState<Record<string, { lastFour: string; cannotRead: boolean }>>({})
  const [wrong, setWrong] = useState<{ deviceId: string; left: number }[]>([])
  const [isTried, setTried] = useState(false)
  const of = (deviceId: string) => said[deviceId] ?? { lastFour: '', cannotRead: false }
  const isMissing = (deviceId: string) => !of(deviceId).cannotRead && of(deviceId).lastFour.trim().length < 4
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setTried(true)
    if (shown.laptops.some(({ deviceId }) => isMissing(deviceId))) return
    const reads = shown.laptops.map(({ deviceId }) => {
      const { cannotRead, lastFour } = of(deviceId)
      return { deviceId, lastFour: cannotRead ? null : lastFour.trim() }
    })
    try {
      const came = await answer.mutateAsync({ secret, reads })
      if (!came.done) setWrong(came.wrong)
      else onDone('Your answer is noted.')
    } catch {
      // Shown below the form.
    }
  }
  return (
    <form className="stack" onSubmit={submit} noValidate>
      <p>
        Please read the end of the serial number from the laptop you have, not from a message or a box. If you cannot,
        say so: that is fine.
      </p>
      {shown.laptops.map(({ deviceId, name }) => (
        <fieldset key={deviceId} className="laptop-answer">
          <legend className="strong">{name}</legend>
          <SerialEnd
            {...of(deviceId)}
            fault={isTried && isMissing(deviceId) ? 'Type in four characters, or say that you cannot read them.' : null}
            triesLeft={wrong.find((one) => one.deviceId === deviceId)?.left ?? null}
            onChange={(next) => setSaid({ ...said, [deviceId]: next })}
          />
        </fieldset>
      ))}
      {answer.isError && <ErrorNote error={answer.error} />}
      <Button type="submit" size="md" loading={answer.isPending}>
        Send
      </Button>
    </form>
  )
}

function AddressQuestion({ shown, secret, onDone }: QuestionProps) {
  const place = shown.address!
  const [isOther, setOther] = useState(false)
  const [typed, setTyped] = useState('')
  const [left, setLeft] = useState(place.triesLeft)
  const [isWrong, setWrong] = useState(false)
  const confirm = useMutation(trpc.handovers.confirmAddress.mutationOptions(quietly))
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    try {
      const came = await confirm.mutateAsync({ secret, typed })
      if (came.done) return onDone('The laptop will be sent there.')
      setWrong(true)
      setLeft(came.left)
    } catch {
      // Shown below the form.
    }
  }
  const laptops = shown.laptops.map(({ name }) => name).join(', ')
  return (
    <>
      <p>It is about: {laptops}. It is going to be sent to:</p>
      <p className="masked-address">
        <span aria-hidden="true">{place.street}</span>
        <span className="visually-hidden">a street that is not shown here</span>
        <br />
        {[place.city, place.region, place.country].filter(Boolean).join(', ')}
      </p>
      {!isOther && left > 0 && (
        <form className="stack" onSubmit={submit}>
          <TextInput
            label="Is that yours? Then type its house number or postal code"
            description="The street is not shown here, in case this message reached somebody else."
            value={typed}
            autoComplete="off"
            maxLength={50}
            error={
              isWrong ? (
                <span role="alert">
                  That does not fit this address. {left === 1 ? 'One try is' : `${left} tries are`} left.
                </span>
              ) : null
            }
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          {confirm.isError && <ErrorNote error={confirm.error} />}
          <div className="row">
            <Button type="submit" size="md" disabled={typed.trim() === ''} loading={confirm.isPending}>
              Yes, send it there
            </Button>
            <Button size="md" variant="default" onClick={() => setOther(true)}>
              No, another address
            </Button>
          </div>
        </form>
      )}
      {!isOther && left <= 0 && (
        <>
          <p className="check" role="alert">
            That did not fit several times. Give the whole address instead.
          </p>
          <div>
            <Button size="md" onClick={() => setOther(true)}>
              Give the address
            </Button>
          </div>
        </>
      )}
      {isOther && (
        <ProposedAddress
          secret={secret}
          country={place.country}
          onBack={() => setOther(false)}
          onDone={(answer) =>
            onDone(
              answer === 'confirmed'
                ? 'That is the address it goes to.'
                : 'Your address is noted. Somebody checks it first and may ask you about it by phone.',
            )
          }
        />
      )}
    </>
  )
}
