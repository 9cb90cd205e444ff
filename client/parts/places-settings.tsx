// By which data addresses are placed: the files in use with their age, the operator's own, newer ones, and one address tried.
import { Button, Switch, TextInput } from '@mantine/core'
import { skipToken, useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Outputs, quietly, readError, showDone, trpc } from '../api.ts'
import { countText } from './count-text.ts'
import { ErrorNote } from './error-note.tsx'
import { networkWords, placeText } from './place-words.ts'
import { Loaded } from './states.tsx'
import { Time } from './time.tsx'
import './lines.css'

type Data = Outputs['places']['read']
type File = Data['files'][number]

export function PlacesSettings() {
  const data = useQuery(trpc.places.read.queryOptions())
  return (
    <section className="card" aria-labelledby="settings-places">
      <header>
        <h2 id="settings-places">Places of addresses</h2>
      </header>
      <Loaded query={data} lines={8}>
        {(read) => (
          <div className="stack">
            <p className="soft">
              Where a public address seems to be, whose it is, and of what kind. A city at best, and never a verdict
              alone; what no file tells is said to be unknown.
            </p>
            <ul className="lines" aria-label="Files in use">
              {read.files.map((file) => (
                <FileLine key={file.id} file={file} />
              ))}
            </ul>
            <Refresh read={read} />
            <OwnFile />
            <TryAddress />
          </div>
        )}
      </Loaded>
    </section>
  )
}

function FileLine({ file }: { file: File }) {
  const set = useMutation(trpc.places.switchSet.mutationOptions())
  const remove = useMutation(
    trpc.places.removeFile.mutationOptions({ onSuccess: () => showDone('The file is not used any more.') }),
  )
  const fetch = useMutation(trpc.places.refresh.mutationOptions(quietly))
  const [result] = fetch.data ?? []
  const isOwn = file.from === 'own'
  return (
    <li>
      <div className="row apart">
        <div className="grow">
          <strong>{file.title}</strong> <StateTag file={file} />
          <div className="soft small">{[file.tells, ...factsOf(file)].join(' · ')}</div>
          {isOwn && <div className="small faint anywhere">{file.id}</div>}
          {file.credit && !file.isOff && file.from !== 'none' && (
            <div className="small">
              <a href={file.credit.url} target="_blank" rel="noreferrer">
                {file.credit.text}
              </a>
            </div>
          )}
          {file.problem && (
            <p className="check small" role="alert">
              {file.problem}
            </p>
          )}
          {file.isOld && !file.isOff && (
            <p className="check small">
              {isOwn
                ? 'Addresses move: put a newer file in its place, and name it here again.'
                : 'Addresses move: fetch a newer one.'}
            </p>
          )}
          <div aria-live="polite">
            {fetch.error && <ErrorNote error={fetch.error} />}
            {result && (
              <p className={result.outcome === 'failed' ? 'check small' : 'good small'}>{outcomeText(result)}</p>
            )}
          </div>
        </div>
        <div className="row">
          {isOwn ? (
            <Button
              variant="default"
              size="xs"
              loading={remove.isPending}
              onClick={() => remove.mutate({ path: file.id })}
            >
              Do not use<span className="visually-hidden"> {file.title}</span>
            </Button>
          ) : (
            <>
              {!file.isOff && (
                <Button
                  variant="default"
                  size="xs"
                  loading={fetch.isPending}
                  onClick={() => fetch.mutate({ only: file.id })}
                >
                  Fetch<span className="visually-hidden"> {file.title}</span>
                </Button>
              )}
              <Switch
                aria-label={`Use ${file.title}`}
                checked={!file.isOff}
                onChange={(event) => set.mutate({ name: file.id, on: event.currentTarget.checked })}
              />
            </>
          )}
        </div>
      </div>
    </li>
  )
}

function StateTag({ file }: { file: File }) {
  if (file.isOff) return <span className="tag">switched off</span>
  if (file.problem !== null) return <span className="tag check">not used</span>
  if (file.from === 'none') return <span className="tag">not fetched yet</span>
  if (file.ageDays === null) return <span className="tag">of unknown age</span>
  if (file.ageDays === 0) return <span className="tag">of today</span>
  return <span className={file.isOld ? 'tag check' : 'tag'}>{countText(file.ageDays, 'day', 'days')} old</span>
}

function factsOf(file: File): string[] {
  const from = { shipped: 'ships with Telltale', fetched: 'fetched', own: 'your own file', none: null }[file.from]
  return [
    from,
    file.builtOn && `of ${file.builtOn}`,
    file.bytes === null ? null : `${Math.max(1, Math.round(file.bytes / 1e6))} MB`,
    file.licence,
  ].filter((fact) => fact !== null)
}

type Result = Outputs['places']['refresh'][number]

function outcomeText({ outcome, problem }: Result): string {
  if (outcome === 'failed') return `Not fetched, what was there stays in use: ${problem ?? 'nobody knows why.'}`
  return outcome === 'new' ? '✓ Newer data is in use.' : '✓ Nothing newer.'
}

function Refresh({ read }: { read: Data }) {
  const refresh = useMutation(trpc.places.refresh.mutationOptions(quietly))
  const monthly = useMutation(trpc.places.setMonthly.mutationOptions())
  const failed = read.refresh?.results.filter((one) => one.outcome === 'failed') ?? []
  const titleOf = (name: string) => read.files.find((file) => file.id === name)?.title ?? name
  return (
    <div className="stack" aria-live="polite">
      <div className="row">
        <Button variant="default" loading={refresh.isPending} onClick={() => refresh.mutate({})}>
          Fetch all that is on
        </Button>
        <Switch
          label="By itself, once a month"
          checked={read.monthly}
          onChange={(event) => monthly.mutate({ on: event.currentTarget.checked })}
        />
      </div>
      <p className="soft small">
        {refresh.isPending
          ? 'Fetching about 150 MB from the makers of the sets; this may take minutes. Leave the page if you like.'
          : 'Nothing is fetched unless you ask. Nothing of yours is sent.'}
      </p>
      {refresh.error && <ErrorNote error={refresh.error} />}
      {read.refresh && (
        <p className={failed.length > 0 ? 'check small' : 'soft small'}>
          Last fetched <Time at={read.refresh.at} />
          {failed.length === 0 ? ', all well.' : `; ${countText(failed.length, 'set', 'sets')} not:`}
        </p>
      )}
      {failed.length > 0 && (
        <ul className="dots small">
          {failed.map((one) => (
            <li key={one.name} className="anywhere">
              {titleOf(one.name)}: {one.problem}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function OwnFile() {
  const [path, setPath] = useState('')
  const add = useMutation(
    trpc.places.addFile.mutationOptions({
      ...quietly,
      onSuccess(file) {
        setPath('')
        showDone(`${file.title} is in use, before the others.`)
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (path.trim() !== '') add.mutate({ path })
  }
  return (
    <form className="row bottom" onSubmit={submit}>
      <TextInput
        className="grow"
        label="A file of your own"
        description="The path on the server of an MMDB file by MaxMind, IPinfo or DB-IP: cities, operators or anonymous addresses"
        placeholder="/var/lib/GeoIP/GeoLite2-City.mmdb"
        autoComplete="off"
        maxLength={1000}
        value={path}
        error={add.error ? readError(add.error).message : undefined}
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <Button type="submit" variant="default" loading={add.isPending} disabled={path.trim() === ''}>
        Use it
      </Button>
    </form>
  )
}

function TryAddress() {
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState<string | null>(null)
  const look = useQuery({
    ...trpc.places.look.queryOptions(asked === null ? skipToken : { ip: asked }),
    retry: false,
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    setAsked(typed.trim() || null)
  }
  return (
    <div className="stack">
      <form className="row bottom" onSubmit={submit}>
        <TextInput
          className="grow"
          label="What would Telltale say of an address?"
          description="Looked up in these files; nobody is asked"
          placeholder="8.8.8.8"
          autoComplete="off"
          maxLength={60}
          value={typed}
          error={look.error ? faultOf(look.error) : undefined}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={look.isFetching} disabled={typed.trim() === ''}>
          Look
        </Button>
      </form>
      <div aria-live="polite">{look.data && <Answer ip={asked ?? ''} answer={look.data} />}</div>
    </div>
  )
}

/** What is wrong with the one field of a form, without its name. */
function faultOf(error: unknown): string {
  const { message, faults } = readError(error)
  return faults[0] === undefined ? message : `It ${faults[0].problem}.`
}

function Answer({ ip, answer }: { ip: string; answer: Outputs['places']['look'] }): ReactNode {
  const { place, asn, said } = answer
  if (place === null)
    return <p className="soft">Of {ip} nothing is known: it is private, reserved, or in none of the files.</p>
  return (
    <dl className="facts">
      <dt>Place</dt>
      <dd>
        {placeText(place)}
        {place.circle && <span className="soft">, within {Math.round(place.circle.radiusKm)} km</span>}
      </dd>
      <dt>Operator</dt>
      <dd>
        {place.operator ?? <span className="faint">not known</span>}
        {asn !== null && <span className="soft"> (AS{asn})</span>}
      </dd>
      <dt>Kind</dt>
      <dd>{networkWords[place.network]}</dd>
      <dt>Said by</dt>
      <dd>
        <ul className="dots">
          {said.map((one) => (
            <li key={`${one.by} ${one.what}`}>
              {one.by}: {one.what}
            </li>
          ))}
        </ul>
      </dd>
    </dl>
  )
}
