// A new shipment, step by step: person, laptop, address with its questions, policy. Each step is in the address of the page.
import { Button, Radio, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Outputs, queryClient, showDone, showError, trpc } from '../api.ts'
import { AddressCard } from '../parts/address-card.tsx'
import { AddressSuggestion } from '../parts/address-suggestion.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { policyWords } from '../parts/policy-words.ts'
import { type Search, useSearchState } from '../parts/search-state.ts'
import { Failure, Loaded, Nothing } from '../parts/states.tsx'
import { useTyped } from '../parts/use-typed.ts'
import { verdictWords } from '../parts/verdict-words.ts'
import '../parts/lines.css'

type Person = Outputs['people']['get']
type Outlook = Outputs['shipments']['outlook']

/** So many are listed; who looks for another types more. */
const LISTED = 8

const idsOf = (text: string | undefined) => (text ?? '').split(',').filter(Boolean)

export function NewShipment() {
  const [search] = useSearchState()
  const preparing = useMay('admin', 'provisioner')
  const personId = search['person']
  const deviceIds = idsOf(search['devices'])
  const addressId = search['address']
  // Ordered elsewhere: for whom and what is settled, only the address is asked about.
  const orderId = search['order'] ?? null
  const title = orderId === null ? 'New shipment' : 'Prepare an order'
  return (
    <>
      <PageHeader title={title} up={{ to: '/shipments', label: 'Shipments', here: title }} />
      {!preparing.may && <p className="check">{preparing.why}</p>}
      {preparing.may && (
        <div className="stack">
          {orderId !== null && (
            <p className="soft">
              It came from elsewhere as <Link to={`/shipments/${orderId}`}>this shipment</Link>, with its person and
              laptops.
            </p>
          )}
          <PersonStep personId={personId} isSettled={orderId !== null} />
          {personId && <DeviceStep search={search} deviceIds={deviceIds} isSettled={orderId !== null} />}
          {personId && deviceIds.length > 0 && (
            <AddressSteps personId={personId} deviceIds={deviceIds} addressId={addressId} orderId={orderId} />
          )}
        </div>
      )}
    </>
  )
}

interface StepProps {
  number: number
  title: string
  /** What was chosen, and the way back to choose again. */
  chosen?: ReactNode
  /** Search members that "change" takes out. */
  change?: Search
  /** It comes by a choice made above it, and has no field that takes the focus. */
  isNew?: boolean
  children?: ReactNode
}

/** One step: what was chosen with the way to change it, or the choice itself. */
function Step({ number, title, chosen, change, isNew = false, children }: StepProps) {
  const id = `step-${number}`
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id} {...(isNew ? { ref: focused, tabIndex: -1 } : {})}>
          {number}. {title}
        </h2>
        {change && (
          <Link to="." search={(before: Search) => ({ ...before, ...change }) as never} className="small">
            change<span className="visually-hidden"> the {title.toLowerCase()}</span>
          </Link>
        )}
      </header>
      <div className="stack">
        {chosen}
        {children}
      </div>
    </section>
  )
}

/** A step that has come takes the focus: what led to it is gone. */
const focused = (element: HTMLElement | null) => element?.focus({ preventScroll: true })

/** The page's search with more in it; what depends on an earlier choice goes with that. */
const choosing = (patch: Search) => (before: Search) => ({ ...before, ...patch }) as never

// ── Person ─────────────────────────────────────────────────────────────────────────────────────────────────

function PersonStep({ personId, isSettled }: { personId: string | undefined; isSettled: boolean }) {
  const person = useQuery({ ...trpc.people.get.queryOptions({ id: personId ?? '' }), enabled: personId !== undefined })
  if (personId === undefined) return <PersonChoice />
  return (
    <Step
      number={1}
      title="Person"
      {...(isSettled ? {} : { change: { person: undefined, address: undefined } })}
      chosen={
        <Loaded query={person} lines={1}>
          {(data) => (
            <p>
              <Link to={`/people/${data.id}`}>{data.name ?? 'erased'}</Link>{' '}
              <span className="soft small">
                {[data.kind, data.email, data.startsOn && `from ${data.startsOn}`].filter(Boolean).join(' · ')}
              </span>
            </p>
          )}
        </Loaded>
      }
    />
  )
}

function PersonChoice() {
  const { text, setText, settled } = useTyped()
  const people = useQuery({
    ...trpc.people.list.queryOptions({ text: settled, limit: LISTED }),
    placeholderData: keepPreviousData,
  })
  return (
    <Step number={1} title="Person">
      <TextInput
        label="Who is it for?"
        description="Name, e-mail or personnel number"
        type="search"
        value={text}
        ref={focused}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Loaded query={people}>
        {({ people: found, next }) =>
          found.length === 0 ? (
            <Nothing title={settled === '' ? 'Nobody is on file yet.' : 'Nobody on file matches.'}>
              <Link to="/import" search={{ kind: 'people' } as never}>
                Import people
              </Link>
              , or have the HR system send them.
            </Nothing>
          ) : (
            <ul className="lines">
              {found.map((one) => (
                <li key={one.id}>
                  {one.erased ? (
                    <span className="faint">erased</span>
                  ) : (
                    <Link to="." search={choosing({ person: one.id, address: undefined })}>
                      {one.name}
                    </Link>
                  )}{' '}
                  <span className="soft small">
                    {[one.email, one.kind === 'contractor' && 'contractor', one.city].filter(Boolean).join(' · ')}
                  </span>
                </li>
              ))}
              {next !== null && <li className="faint small">There are more: type a part of the name.</li>}
            </ul>
          )
        }
      </Loaded>
    </Step>
  )
}

// ── Laptops ────────────────────────────────────────────────────────────────────────────────────────────────

interface DeviceStepProps {
  search: Search
  deviceIds: string[]
  isSettled: boolean
}

function DeviceStep({ search, deviceIds, isSettled }: DeviceStepProps) {
  const isAdding = deviceIds.length === 0 || search['add'] === 'yes'
  return (
    <Step
      number={2}
      title={deviceIds.length > 1 ? 'Laptops' : 'Laptop'}
      {...(deviceIds.length > 0 && !isSettled ? { change: { devices: undefined, add: undefined } } : {})}
      chosen={
        deviceIds.length > 0 && (
          <ul className="stack tight">
            {deviceIds.map((id) => (
              <ChosenDevice key={id} id={id} rest={isSettled ? [] : deviceIds.filter((one) => one !== id)} />
            ))}
          </ul>
        )
      }
    >
      {isSettled ? null : isAdding ? (
        <DeviceChoice deviceIds={deviceIds} />
      ) : (
        <p className="small">
          <Link to="." search={choosing({ add: 'yes' })}>
            add another laptop to the parcel
          </Link>
        </p>
      )}
    </Step>
  )
}

function ChosenDevice({ id, rest }: { id: string; rest: string[] }) {
  const device = useQuery(trpc.devices.get.queryOptions({ id }))
  if (device.error) return <Failure error={device.error} />
  return (
    <li className="row">
      <Link to={`/devices/${id}`} className="mono">
        {device.data?.serialNumber ?? id}
      </Link>
      <span className="soft small">{[device.data?.model, device.data?.assetTag].filter(Boolean).join(' · ')}</span>
      {rest.length > 0 && (
        <Link to="." search={choosing({ devices: rest.join(',') })} className="small">
          take out
        </Link>
      )}
    </li>
  )
}

function DeviceChoice({ deviceIds }: { deviceIds: string[] }) {
  const navigate = useNavigate()
  const { text, setText, settled } = useTyped()
  const asked = (typed: string) => trpc.devices.list.queryOptions({ text: typed, lifeCycle: ['stock'], limit: LISTED })
  const devices = useQuery({ ...asked(settled), placeholderData: keepPreviousData })
  const chosen = (id: string) => choosing({ devices: [...deviceIds, id].join(','), add: undefined })
  /** A scanner types a whole number and presses Enter. */
  async function takeOnlyOne(event: FormEvent): Promise<void> {
    event.preventDefault()
    if (text.trim() === '') return
    const { devices: found } = await queryClient.fetchQuery({ ...asked(text.trim()), staleTime: 0 })
    const [one, more] = found.filter(({ id }) => !deviceIds.includes(id))
    if (one && !more) await navigate({ to: '.', search: chosen(one.id) })
  }
  return (
    <>
      <form onSubmit={(event) => void takeOnlyOne(event).catch(showError)}>
        <TextInput
          label="Which laptop?"
          description="Scan it, or type a serial number, asset tag or model; only what is in stock"
          type="search"
          value={text}
          ref={focused}
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </form>
      <Loaded query={devices}>
        {({ devices: found, next }) =>
          found.length === 0 ? (
            <Nothing title="No laptop in stock matches.">
              <Link to="/devices" search={{ text: settled } as never}>
                Look among all devices
              </Link>
              : one that is out or in repair cannot be ordered.
            </Nothing>
          ) : (
            <ul className="lines">
              {found
                .filter((one) => !deviceIds.includes(one.id))
                .map((one) => (
                  <li key={one.id}>
                    <Link to="." search={chosen(one.id)} className="mono">
                      {one.serialNumber ?? 'no serial number'}
                    </Link>{' '}
                    <span className="soft small">{[one.model, one.assetTag].filter(Boolean).join(' · ')}</span>
                  </li>
                ))}
              {next !== null && <li className="faint small">There are more: type a part of it.</li>}
            </ul>
          )
        }
      </Loaded>
    </>
  )
}

// ── Address ────────────────────────────────────────────────────────────────────────────────────────────────

interface AddressStepsProps {
  personId: string
  deviceIds: string[]
  addressId: string | undefined
  orderId: string | null
}

function AddressSteps({ personId, deviceIds, addressId, orderId }: AddressStepsProps) {
  const person = useQuery(trpc.people.get.queryOptions({ id: personId }))
  return (
    <Loaded query={person}>
      {(data) => {
        const address = data.addresses.find((one) => one.id === addressId)
        if (address === undefined) return <AddressChoice person={data} />
        return <AddressQuestions key={address.id} person={data} {...{ address, deviceIds, orderId }} />
      }}
    </Loaded>
  )
}

function AddressChoice({ person }: { person: Person }) {
  const usable = person.addresses.filter((one) => !one.refused && !one.erased)
  return (
    <Step number={3} title="Address" isNew>
      {usable.length === 0 ? (
        <Nothing title="No address of theirs can be used.">
          <Link to={`/people/${person.id}`}>See their page</Link>: one that was refused stays refused; a new one comes
          from the HR system or a file.
        </Nothing>
      ) : (
        <ul className="stack">
          {usable.map((one) => (
            <li key={one.id}>
              <AddressCard address={one}>
                <Link to="." search={choosing({ address: one.id })}>
                  send it here<span className="visually-hidden">, {one.city}</span>
                </Link>
              </AddressCard>
            </li>
          ))}
        </ul>
      )}
    </Step>
  )
}

interface QuestionsProps {
  person: Person
  address: Person['addresses'][number]
  deviceIds: string[]
  orderId: string | null
}

function AddressQuestions({ person, address, deviceIds, orderId }: QuestionsProps) {
  const [answers, setAnswers] = useState<Record<string, 'yes' | 'no'>>({})
  const outlook = useQuery(trpc.shipments.outlook.queryOptions({ personId: person.id, addressId: address.id }))
  const verify = useMutation(trpc.shipments.verifyAddress.mutationOptions({ meta: { showsErrors: true } }))
  const isNo = outlook.data?.checks.some((check) => answers[check.id] === 'no') === true
  const isAnswered = outlook.data?.checks.every((check) => answers[check.id] === 'yes') === true
  return (
    <>
      <Step
        number={3}
        title="Address"
        isNew
        change={{ address: undefined }}
        chosen={
          <AddressCard address={address}>
            <Button
              size="xs"
              variant="default"
              loading={verify.isPending}
              onClick={() => verify.mutate({ addressId: address.id })}
            >
              Check with the carriers
            </Button>
            <span className="soft small" role="status">
              {verify.data && verdictText(verify.data.result)}
            </span>
          </AddressCard>
        }
      >
        {verify.error && <ErrorNote error={verify.error} />}
        <Loaded query={outlook}>
          {({ checks }) => (
            <div className="stack">
              {checks.length === 0 && <p className="good">✓ There is nothing to ask about this address.</p>}
              {checks.map((check) => (
                <div key={check.id}>
                  <Radio.Group
                    label={check.question}
                    value={answers[check.id] ?? null}
                    onChange={(value) => setAnswers({ ...answers, [check.id]: value === 'yes' ? 'yes' : 'no' })}
                  >
                    <div className="row">
                      <Radio size="xs" value="yes" label="Yes" />
                      <Radio size="xs" value="no" label="No" />
                    </div>
                  </Radio.Group>
                  {check.id === 'suggestion' && <AddressSuggestion addressId={address.id} />}
                </div>
              ))}
              {isNo && (
                <p className="check" role="status">
                  Then it must not go there: choose another address, or{' '}
                  <Link to={`/people/${person.id}`}>put this one right</Link> first.
                </p>
              )}
            </div>
          )}
        </Loaded>
      </Step>
      {outlook.data && (
        <PolicyStep
          outlook={outlook.data}
          isReady={isAnswered && !isNo}
          input={{ personId: person.id, addressId: address.id, deviceIds, answers }}
          orderId={orderId}
        />
      )}
    </>
  )
}

const verdictText = (result: string) =>
  `The carriers ${verdictWords[result] ?? result}.${result === 'deliverable' ? ' That says nothing of who lives there.' : ''}`

// ── Policy, and preparing ──────────────────────────────────────────────────────────────────────────────────

interface PolicyStepProps {
  outlook: Outlook
  isReady: boolean
  input: { personId: string; addressId: string; deviceIds: string[]; answers: Record<string, 'yes' | 'no'> }
  orderId: string | null
}

function PolicyStep({ outlook, isReady, input, orderId }: PolicyStepProps) {
  const navigate = useNavigate()
  const [reference, setReference] = useState('')
  const preparing = {
    meta: { showsErrors: true },
    onSuccess({ shipmentId }: { shipmentId: string }) {
      showDone('Prepared.')
      void navigate({ to: `/shipments/${shipmentId}` })
    },
  }
  const prepareNew = useMutation(trpc.shipments.prepare.mutationOptions(preparing))
  const prepareOrder = useMutation(trpc.shipments.prepareOrder.mutationOptions(preparing))
  const prepare = orderId === null ? prepareNew : prepareOrder
  function submit(): void {
    const { personId, deviceIds, addressId } = input
    const answers = Object.entries(input.answers).map(([check, answer]) => ({ check, answer }))
    if (orderId !== null) prepareOrder.mutate({ shipmentId: orderId, addressId, answers })
    else prepareNew.mutate({ personId, deviceIds, addressId, answers, reference: reference.trim() || null })
  }
  return (
    <Step number={4} title="Policy">
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <p className="row">
          <span className="tag">{outlook.tier}</span>
          {outlook.reasons.length > 0 && <span className="soft small">since: {outlook.reasons.join('; ')}</span>}
        </p>
        <ul className="dots">
          {policyWords(outlook.policy).map((words) => (
            <li key={words}>{words}</li>
          ))}
        </ul>
        {outlook.why && <p className="soft small">{outlook.why}</p>}
        {orderId === null && (
          <TextInput
            label="Reference"
            description="Your own, such as an order number; optional"
            maxLength={100}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
        )}
        {prepare.error && <ErrorNote error={prepare.error} />}
        <div className="row">
          <Button type="submit" loading={prepare.isPending} disabled={!isReady}>
            Prepare it
          </Button>
          <span className="faint small">
            {isReady ? 'Nothing is bought yet: rates come next.' : 'Answer the questions about the address first.'}
          </span>
        </div>
      </form>
    </Step>
  )
}
