// What a receiver says of each laptop, the terms, and one signature for all: through a link, or on the technician's screen.
import { Button, Checkbox, Radio, Textarea, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import type { Inputs } from '../api.ts'
import { ErrorNote } from './error-note.tsx'
import { notSigned, SignaturePad, signatureOf } from './signature-pad.tsx'
import { TermsText } from './terms-text.tsx'
import './handover-answer.css'

export type HandoverAnswer = Omit<Inputs['handovers']['answer'], 'secret'>
export interface Laptop {
  deviceId: string
  name: string
  /** Whether the end of its serial number is asked for. */
  asksEnd: boolean
  /** The carrier has not delivered it yet. */
  isOnItsWay: boolean
}

const choices = [
  { value: 'accepted', label: 'I have received it' },
  { value: 'not received', label: 'I have not received it' },
  { value: 'damaged', label: 'It is damaged' },
  { value: 'wrong device', label: 'It is not the right laptop' },
  { value: 'other', label: 'Something else is wrong' },
] as const
type Choice = (typeof choices)[number]['value']

/** Of a laptop that they give back. */
const returnChoices = [
  { value: 'accepted', label: 'I have given it back' },
  { value: 'other', label: 'Something is wrong about that' },
] as const satisfies { value: Choice; label: string }[]

interface Said {
  choice: Choice | null
  lastFour: string
  cannotRead: boolean
  note: string
}
const nothingSaid: Said = { choice: null, lastFour: '', cannotRead: false, note: '' }

interface HandoverAnswerFormProps {
  laptops: Laptop[]
  /** They give them back instead of receiving them. */
  isReturn: boolean
  terms: { id: string; title: string; body: string; version: number } | null
  /** Which numbers were read wrong, with the tries that are left. */
  wrong: { deviceId: string; left: number }[]
  asked: { isPending: boolean; error: unknown }
  onSubmit(answer: HandoverAnswer): void
}

export function HandoverAnswerForm({ laptops, isReturn, terms, wrong, asked, onSubmit }: HandoverAnswerFormProps) {
  const [said, setSaid] = useState<Record<string, Said>>({})
  const [signing, setSigning] = useState(notSigned)
  const [agrees, setAgrees] = useState(false)
  const [isTried, setTried] = useState(false)
  const of = (deviceId: string) => said[deviceId] ?? nothingSaid
  const isAccepting = laptops.some(({ deviceId }) => of(deviceId).choice === 'accepted')
  const signature = signatureOf(signing)
  const missing = laptops.some((laptop) => faultOf(laptop, of(laptop.deviceId)) !== null)
  const isReady = !missing && (!isAccepting || (signature !== null && (terms === null || agrees)))

  function submit(event: FormEvent): void {
    event.preventDefault()
    setTried(true)
    if (!isReady) return
    onSubmit({
      items: laptops.map((laptop) => answerOf(laptop, of(laptop.deviceId))),
      signature: isAccepting ? signature : null,
      termsId: isAccepting ? (terms?.id ?? null) : null,
    })
  }

  return (
    <form className="stack" onSubmit={submit} noValidate>
      {laptops.map((laptop, index) => (
        <LaptopAnswer
          key={laptop.deviceId}
          laptop={laptop}
          isReturn={isReturn}
          place={laptops.length > 1 ? `${index + 1} of ${laptops.length}` : null}
          said={of(laptop.deviceId)}
          fault={isTried ? faultOf(laptop, of(laptop.deviceId)) : null}
          triesLeft={wrong.find(({ deviceId }) => deviceId === laptop.deviceId)?.left ?? null}
          onChange={(next) => {
            // What another choice asks for was not forgotten: it was not there yet.
            if (next.choice !== of(laptop.deviceId).choice) setTried(false)
            setSaid({ ...said, [laptop.deviceId]: next })
          }}
        />
      ))}
      {isAccepting && terms !== null && (
        <section aria-label="Terms">
          <TermsText terms={terms} />
          <Checkbox
            mt="xs"
            label="I have read this and agree to it."
            checked={agrees}
            error={isTried && !agrees ? 'Needed to accept.' : undefined}
            onChange={(event) => setAgrees(event.currentTarget.checked)}
          />
        </section>
      )}
      {isAccepting && <SignaturePad value={signing} onChange={setSigning} isTried={isTried} />}
      {asked.error !== null && <ErrorNote error={asked.error} />}
      {isTried && !isReady && (
        <p className="check small" role="alert">
          Something above is still open.
        </p>
      )}
      <Button type="submit" size="md" loading={asked.isPending}>
        {isAccepting ? 'Sign and send' : 'Send'}
      </Button>
    </form>
  )
}

function faultOf(laptop: Laptop, said: Said): string | null {
  if (said.choice === null) return 'Choose one.'
  if (said.choice === 'accepted' && laptop.asksEnd && !said.cannotRead && said.lastFour.trim().length < 4)
    return 'Type in four characters, or say that you cannot read them.'
  return null
}

function answerOf(laptop: Laptop, { choice, lastFour, cannotRead, note }: Said): HandoverAnswer['items'][number] {
  const { deviceId } = laptop
  if (choice === 'accepted' || choice === null)
    return { deviceId, answer: 'accepted', lastFour: cannotRead || !laptop.asksEnd ? null : lastFour.trim() }
  return { deviceId, answer: 'declined', reason: choice, note: note.trim() || null }
}

interface LaptopAnswerProps {
  laptop: Laptop
  isReturn: boolean
  place: string | null
  said: Said
  fault: string | null
  triesLeft: number | null
  onChange(said: Said): void
}

function LaptopAnswer({ laptop, isReturn, place, said, fault, triesLeft, onChange }: LaptopAnswerProps) {
  return (
    <fieldset className="laptop-answer">
      <legend>
        <span className="strong">{laptop.name}</span> {place && <span className="soft small">{place}</span>}
      </legend>
      {laptop.isOnItsWay && !isReturn && (
        <p className="soft small">The carrier has not reported it as delivered. It can be accepted once it has.</p>
      )}
      <Radio.Group
        aria-label={`What about ${laptop.name}?`}
        value={said.choice ?? ''}
        error={said.choice === null ? fault : null}
        onChange={(choice) => onChange({ ...said, choice: choice as Choice })}
      >
        <div className="options">
          {(isReturn ? returnChoices : choices).map((one) => (
            <Radio key={one.value} {...one} />
          ))}
        </div>
      </Radio.Group>
      {said.choice === 'accepted' && laptop.asksEnd && (
        <SerialEnd
          lastFour={said.lastFour}
          cannotRead={said.cannotRead}
          fault={fault}
          triesLeft={triesLeft}
          onChange={(next) => onChange({ ...said, ...next })}
        />
      )}
      {said.choice !== null && said.choice !== 'accepted' && (
        <Textarea
          mt="xs"
          label="What should be known about it? (if anything)"
          value={said.note}
          maxLength={1000}
          autosize
          minRows={2}
          onChange={(event) => onChange({ ...said, note: event.currentTarget.value })}
        />
      )}
    </fieldset>
  )
}

interface SerialEndProps {
  lastFour: string
  cannotRead: boolean
  fault: string | null
  triesLeft: number | null
  onChange(next: { lastFour: string; cannotRead: boolean }): void
}

/** The end of a serial number, or that it cannot be read: both are fine. */
export function SerialEnd({ lastFour, cannotRead, fault, triesLeft, onChange }: SerialEndProps) {
  const wrong =
    triesLeft === null || triesLeft === 0 ? null : (
      <span role="alert">
        This is not the end of the number on file. Look once more:{' '}
        {triesLeft === 1 ? 'one try is' : `${triesLeft} tries are`} left.
      </span>
    )
  return (
    <div className="serial-end">
      <TextInput
        label="Last four characters of the serial number"
        description="Printed small on the underside. Also under “About this Mac”, or in Windows under Settings, System, About."
        className="mono-input"
        value={lastFour}
        disabled={cannotRead}
        error={cannotRead ? null : (fault ?? wrong)}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={50}
        onChange={(event) => onChange({ lastFour: event.currentTarget.value, cannotRead })}
      />
      <Checkbox
        mt="xs"
        label="I cannot read it"
        checked={cannotRead}
        onChange={(event) => onChange({ lastFour, cannotRead: event.currentTarget.checked })}
      />
    </div>
  )
}
