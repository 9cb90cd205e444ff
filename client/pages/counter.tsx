// At the counter: choose the person and the laptops, turn the screen round, and let them sign.
import { Button, TextInput } from '@mantine/core'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Outputs, queryClient, quietly, showDone, trpc } from '../api.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { type HandoverAnswer, HandoverAnswerForm } from '../parts/handover-answer.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState } from '../parts/search-state.ts'
import { Failure, Loaded, Nothing } from '../parts/states.tsx'
import { useTyped } from '../parts/use-typed.ts'
import '../parts/lines.css'
import './handover-link.css'

const up = { to: '/handovers', label: 'Hand-overs', here: 'At the counter' }

export function Counter() {
  const [search, setSearch] = useSearchState()
  const { may, why } = useMay('admin', 'provisioner')
  const id = search['handover'] ?? null
  return (
    <>
      <PageHeader title={id === null ? 'Hand over at the counter' : 'Please sign'} up={up} />
      {!may && <Nothing title="This is for those who hand over.">{why}</Nothing>}
      {may && id === null && <Choosing onOpened={(handover) => setSearch({ handover })} />}
      {may && id !== null && <Signing key={id} id={id} />}
    </>
  )
}

type Person = Outputs['people']['list']['people'][number]
type Device = Outputs['devices']['list']['devices'][number]

function Choosing({ onOpened }: { onOpened(handoverId: string): void }) {
  const [person, setPerson] = useState<Person | null>(null)
  const [devices, setDevices] = useState<Device[]>([])
  const open = useMutation(trpc.handovers.open.mutationOptions({ ...quietly, onSuccess: ({ id }) => onOpened(id) }))
  return (
    <div className="card stack counter">
      <PersonChoice person={person} onChoose={setPerson} />
      <LaptopChoice devices={devices} onChange={setDevices} />
      {open.isError && <ErrorNote error={open.error} />}
      <div className="row">
        <Button
          size="md"
          disabled={person === null || devices.length === 0}
          loading={open.isPending}
          onClick={() => open.mutate({ kind: 'counter', personId: person!.id, deviceIds: devices.map(({ id }) => id) })}
        >
          Go on to signing
        </Button>
        <span className="soft small">Nothing changes hands before they have signed.</span>
      </div>
    </div>
  )
}

const FOUND = 8

function PersonChoice({ person, onChoose }: { person: Person | null; onChoose(person: Person | null): void }) {
  const { text, setText, settled } = useTyped()
  const isAsked = settled.length >= 2
  const found = useQuery({
    ...trpc.people.list.queryOptions({ text: settled, limit: FOUND }),
    enabled: person === null && isAsked,
    placeholderData: keepPreviousData,
  })
  if (person !== null)
    return (
      <p>
        For <Link to={`/people/${person.id}`}>{person.name}</Link>{' '}
        <span className="soft small">{person.externalId ?? person.email}</span>{' '}
        <button type="button" className="link small" onClick={() => onChoose(null)}>
          somebody else
        </button>
      </p>
    )
  const people = isAsked ? (found.data?.people.filter((one) => !one.erased) ?? []) : []
  return (
    <div>
      <TextInput
        label="Who receives it?"
        description="Name, e-mail or personnel number"
        value={text}
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <ul className="options" aria-label="People found">
        {people.map((one) => (
          <li key={one.id}>
            <button type="button" className="link" onClick={() => onChoose(one)}>
              {one.name}
            </button>{' '}
            <span className="soft small">{[one.externalId, one.email].filter(Boolean).join(' · ')}</span>
          </li>
        ))}
      </ul>
      <p className="soft small" role="status">
        {isAsked && found.data && people.length === 0 && 'Nobody on file matches.'}
      </p>
      {found.error && <Failure error={found.error} retry={() => found.refetch()} />}
    </div>
  )
}

function LaptopChoice({ devices, onChange }: { devices: Device[]; onChange(devices: Device[]): void }) {
  const [text, setText] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  async function add(event: FormEvent): Promise<void> {
    event.preventDefault()
    const typed = text.trim().toUpperCase()
    if (typed === '') return
    try {
      const { devices: found } = await queryClient.fetchQuery({
        ...trpc.devices.list.queryOptions({ text: typed, limit: 10 }),
        staleTime: 0,
      })
      const device = found.find((one) => one.serialNumber === typed || one.assetTag?.toUpperCase() === typed)
      if (device === undefined) return setFault(`${typed} is not on file. Scan the serial number or the asset tag.`)
      if (devices.some(({ id }) => id === device.id)) return setFault(`${typed} is in the list already.`)
      setFault(null)
      setText('')
      onChange([...devices, device])
    } catch {
      setFault('It could not be looked up. Try again.')
    }
  }
  return (
    <div className="stack">
      <form onSubmit={add} className="row bottom">
        <TextInput
          className="grow"
          label="Which laptops?"
          description="Scan or type a serial number or an asset tag, and press Enter"
          value={text}
          error={fault}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          Add
        </Button>
      </form>
      <ul className="stack tight" aria-live="polite" aria-label="Laptops to hand over">
        {devices.map((device) => (
          <li key={device.id} className="row">
            <span className="mono">{device.serialNumber ?? device.assetTag}</span> {device.model}{' '}
            <span className="tag">{device.lifeCycle}</span>
            <button
              type="button"
              className="link small"
              onClick={() => onChange(devices.filter(({ id }) => id !== device.id))}
            >
              take out<span className="visually-hidden"> {device.serialNumber ?? device.assetTag}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

function Signing({ id }: { id: string }) {
  const query = useQuery(trpc.handovers.get.queryOptions({ id }))
  return <Loaded query={query}>{(handover) => <SignHere handover={handover} />}</Loaded>
}

function SignHere({ handover }: { handover: Outputs['handovers']['get'] }) {
  const navigate = useNavigate()
  const [wrong, setWrong] = useState<{ deviceId: string; left: number }[]>([])
  const answer = useMutation(trpc.handovers.answerAtCounter.mutationOptions(quietly))
  if (handover.status !== 'open')
    return (
      <Nothing title={`This hand-over is ${handover.status}.`}>
        <Link to={`/handovers/${handover.id}`}>Look at it</Link>, or <Link to="/counter">begin another one</Link>.
      </Nothing>
    )
  async function send(given: HandoverAnswer): Promise<void> {
    try {
      const came = await answer.mutateAsync({ handoverId: handover.id, ...given })
      if (!came.done) return setWrong(came.wrong)
      showDone('Signed.')
      await navigate({ to: `/handovers/${handover.id}` })
    } catch {
      // Shown in the form.
    }
  }
  return (
    <div className="link-page counter">
      <div className="card stack">
        <p>
          For <span className="strong">{handover.person.name}</span>.{' '}
          <Link to={`/handovers/${handover.id}`} className="small">
            leave it for later
          </Link>
        </p>
        <HandoverAnswerForm
          laptops={handover.items.map((item) => ({
            deviceId: item.deviceId,
            name: item.name,
            asksEnd: item.serialNumber !== null && item.readBack === null && handover.kind !== 'return',
            isOnItsWay: ['ordered', 'packed', 'shipped'].includes(item.lifeCycle),
          }))}
          isReturn={handover.kind === 'return'}
          terms={handover.terms}
          wrong={wrong}
          asked={answer}
          onSubmit={(given) => void send(given)}
        />
      </div>
    </div>
  )
}
