// One known place: what it says and how it is known, who has an address there, and what was made of it by whom.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { KnownPlaceDialog } from '../parts/known-place-dialog.tsx'
import { askedWords, kindLabel, sureText, whereOf } from '../parts/known-place-words.ts'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { Tags, Walk } from './places.tsx'
import '../parts/lines.css'

type PlaceView = Outputs['knownPlaces']['get']
type Asked = 'correct' | 'switchOff' | 'switchOn' | 'confirm' | 'refuse'

export function Place() {
  const { id } = useParams({ strict: false }) as { id: string }
  const place = useQuery(trpc.knownPlaces.get.queryOptions({ id }))
  return (
    <PageLoaded query={place} up={{ to: '/places', label: 'Known places' }} title="Known place">
      {(known) => <Known place={known} />}
    </PageLoaded>
  )
}

function Known({ place }: { place: PlaceView }) {
  const changing = useMay('admin', 'analyst')
  const [asked, setAsked] = useState<Asked | null>(null)
  const isFree = place.asked === null
  return (
    <>
      <PageHeader
        title={place.name}
        up={{ to: '/places', label: 'Known places', here: <span className="mono">{place.id}</span> }}
        tags={
          <>
            <span className="tag">{kindLabel(place.kind)}</span>
            <Tags place={place} />
          </>
        }
        actions={
          isFree && (
            <>
              {!place.isOff && (
                <Button
                  variant="default"
                  disabled={!changing.may}
                  title={changing.why}
                  onClick={() => setAsked('correct')}
                >
                  Correct…
                </Button>
              )}
              <Button
                variant="default"
                disabled={!changing.may}
                title={changing.why}
                onClick={() => setAsked(place.isOff ? 'switchOn' : 'switchOff')}
              >
                {place.isOff ? 'Switch on…' : 'Switch off…'}
              </Button>
            </>
          )
        }
      />
      <div className="split">
        <div className="stack">
          {place.askedBy && place.asked && <Wish place={place} onAsk={setAsked} />}
          <Says place={place} />
          <Here place={place} />
        </div>
        <History rows={place.history} />
      </div>
      {asked === 'correct' && <KnownPlaceDialog place={place} onClose={() => setAsked(null)} />}
      {asked !== null && asked !== 'correct' && (
        <Decide key={asked} place={place} what={asked} onClose={() => setAsked(null)} />
      )}
    </>
  )
}

/** What waits for a second person, beside what it would replace. */
function Wish({ place, onAsk }: { place: PlaceView; onAsk(what: Asked): void }) {
  const changing = useMay('admin', 'analyst')
  const { askedBy, asked, askedEntry } = place
  if (askedBy === null || asked === null) return null
  return (
    <section className="card stack" aria-labelledby="wish">
      <h2 id="wish">Needs a second person</h2>
      <p>
        {askedBy.name} asks to {askedWords[asked]}, <Time at={askedBy.at} />:{' '}
        <q className="anywhere">{askedBy.reason}</q>
      </p>
      {asked === 'correct' && askedEntry && <Differences from={place} to={askedEntry} />}
      <div className="row">
        <Button disabled={!changing.may} title={changing.why} onClick={() => onAsk('confirm')}>
          Confirm…
        </Button>
        <Button variant="default" disabled={!changing.may} title={changing.why} onClick={() => onAsk('refuse')}>
          Refuse…
        </Button>
      </div>
      <p className="soft small">
        Whoever asked or wrote the entry cannot confirm it. Until it is confirmed, the list stays as it is.
      </p>
    </section>
  )
}

const fields = {
  kind: 'Kind',
  name: 'Name',
  line1: 'Street',
  city: 'City',
  region: 'Region',
  postalCode: 'Postal code',
  country: 'Country',
  unitPattern: 'Form of its units',
  multiTenant: 'Others in the building',
  confidence: 'How sure',
  source: 'Source',
} as const

function Differences({ from, to }: { from: PlaceView; to: NonNullable<PlaceView['askedEntry']> }) {
  const keys = (Object.keys(fields) as (keyof typeof fields)[]).filter((key) => from[key] !== to[key])
  return (
    <dl className="facts">
      {keys.map((key) => (
        <Fragment key={key}>
          <dt>{fields[key]}</dt>
          <dd className="anywhere">
            <del className="soft">{valueText(from[key])}</del> → <ins>{valueText(to[key])}</ins>
          </dd>
        </Fragment>
      ))}
    </dl>
  )
}

const valueText = (value: string | number | boolean | null) =>
  value === null || value === ''
    ? 'nothing'
    : typeof value === 'boolean'
      ? value
        ? 'yes'
        : 'no'
      : typeof value === 'number'
        ? sureText(value)
        : value

function Says({ place }: { place: PlaceView }) {
  const isLink = /^https?:\/\/\S+$/.test(place.source)
  return (
    <section className="card" aria-labelledby="says">
      <h2 id="says">What the list says</h2>
      <dl className="facts">
        <dt>known</dt>
        <dd className="anywhere">{whereOf(place)}</dd>
        {place.unitPattern !== null && (
          <>
            <dt>form of its units</dt>
            <dd className="mono anywhere">{place.unitPattern}</dd>
          </>
        )}
        {place.line1 !== '' && (
          <>
            <dt>building</dt>
            <dd>{place.multiTenant ? 'others have their doors there too' : 'its own'}</dd>
          </>
        )}
        <dt>how sure</dt>
        <dd>{sureText(place.confidence)}</dd>
        <dt>source</dt>
        <dd className="anywhere">
          {isLink ? (
            <a href={place.source} rel="noreferrer" target="_blank">
              {place.source}
            </a>
          ) : (
            place.source
          )}
        </dd>
        <dt>from</dt>
        <dd>{place.from === 'ours' ? 'our list' : 'the company'}</dd>
      </dl>
      {place.original && (
        <details className="small">
          <summary className="soft">as it came with our list</summary>
          <Differences from={{ ...place, ...place.original }} to={place} />
        </details>
      )}
    </section>
  )
}

function Here({ place }: { place: PlaceView }) {
  const revealing = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const reveal = useMutation(trpc.knownPlaces.revealPeople.mutationOptions(quietly))
  return (
    <section className="card" aria-labelledby="here">
      <h2 id="here">Addresses here</h2>
      {place.walk && <Walk walk={place.walk} />}
      {place.matches === 0 ? (
        <Nothing title="No address on file is at this place" />
      ) : (
        <>
          <p>
            {countText(place.matches, 'address is', 'addresses are')} at this place now.{' '}
            {reveal.data === undefined && (
              <button
                type="button"
                className="link small"
                disabled={!revealing.may}
                title={revealing.why}
                onClick={() => setAsking(true)}
              >
                show whose
              </button>
            )}
          </p>
          {reveal.data && (
            <ul className="lines" aria-label="Whose addresses">
              {reveal.data.map((person) => (
                <li key={person.id}>
                  <Link to={`/people/${person.id}`}>{person.name}</Link>
                </li>
              ))}
            </ul>
          )}
          {reveal.data && place.matches > reveal.data.length && (
            <p className="soft small">Some have several; of more than 20 addresses only the first are shown.</p>
          )}
        </>
      )}
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Show who has an address at ${place.name}?`}
        label="Why do you need it?"
        description="Recorded with your name; whoever reads a timeline of theirs sees that you looked."
        confirm="Show them"
        draft={`reveal at ${place.id}`}
        onSubmit={(reason) => reveal.mutateAsync({ placeId: place.id, reason })}
      />
    </section>
  )
}

const changeWords: Record<string, string> = { add: 'adding', correct: 'correcting', 'switch off': 'switching off' }

function History({ rows }: { rows: PlaceView['history'] }) {
  return (
    <section className="card" aria-labelledby="history">
      <h2 id="history">History</h2>
      {rows.length === 0 ? (
        <Nothing title="Nobody here has changed it">It came with the program.</Nothing>
      ) : (
        <ol className="lines">
          {rows.map((row) => (
            <li key={row.seq}>
              <p>
                <span className="strong">{wordsOf(row)}</span> by {row.by} <Time at={row.at} as="short" />
                {row.alone && <span className="tag check">alone</span>}
              </p>
              {row.reason && <q className="soft small anywhere">{row.reason}</q>}
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}

function wordsOf({ kind, change }: PlaceView['history'][number]): string {
  if (kind === 'place.asked') return `${changeWords[change ?? ''] ?? 'a change'} asked for`
  return kind === 'place.refused' ? 'refused' : (change ?? 'set')
}

const decisions = {
  switchOff: {
    title: 'Switch off',
    confirm: 'Ask to switch it off',
    done: 'Asked. It counts until a second person has confirmed it.',
    says: 'Addresses at this place are then no longer told apart from others. A second person has to confirm it.',
  },
  switchOn: {
    title: 'Switch on',
    confirm: 'Switch it on',
    done: 'Switched on. Addresses are read anew.',
    says: 'It counts at once, and addresses on file are read anew.',
  },
  confirm: {
    title: 'Confirm what is asked of',
    confirm: 'Confirm',
    done: 'Confirmed. Addresses are read anew.',
    says: 'It counts at once: addresses on file are read anew, and laptops it touches are judged again.',
  },
  refuse: {
    title: 'Refuse what is asked of',
    confirm: 'Refuse',
    done: 'Refused. The list stays as it is.',
    says: 'The list stays as it is.',
  },
} as const

function Decide({ place, what, onClose }: { place: PlaceView; what: keyof typeof decisions; onClose(): void }) {
  const switchOff = useMutation(trpc.knownPlaces.switchOff.mutationOptions(quietly))
  const switchOn = useMutation(trpc.knownPlaces.switchOn.mutationOptions(quietly))
  const confirm = useMutation(trpc.knownPlaces.confirm.mutationOptions(quietly))
  const refuse = useMutation(trpc.knownPlaces.refuse.mutationOptions(quietly))
  const { title, confirm: word, done, says } = decisions[what]
  const run = { switchOff, switchOn, confirm, refuse }[what]
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`${title} ${place.name}`}
      confirm={word}
      draft={`${what} ${place.id}`}
      onSubmit={async (reason) => {
        await run.mutateAsync({ placeId: place.id, reason })
        showDone(done)
      }}
    >
      <p className="soft small">{says}</p>
    </ReasonDialog>
  )
}
