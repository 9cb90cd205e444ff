// Connectors: every source of check-ins, how it is, its newest syncs and failures, and what could be set up besides.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState } from '../parts/search-state.ts'
import { Loaded, Nothing } from '../parts/states.tsx'
import { SyncList } from '../parts/sync-list.tsx'
import { spanText, Time, useNow } from '../parts/time.tsx'
import { UnreadList } from '../parts/unread-list.tsx'
import '../parts/lines.css'
import '../parts/connectors.css'

type Whole = Outputs['connectors']['list']
type Connector = Whole['connectors'][number]

const REFRESH_MS = 15_000

export function Connectors() {
  const query = useQuery({ ...trpc.connectors.list.queryOptions(), refetchInterval: REFRESH_MS })
  return (
    <>
      <PageHeader title="Connectors" />
      <Loaded query={query}>{(whole) => <Known whole={whole} />}</Loaded>
    </>
  )
}

function Known({ whole: { connectors, offered } }: { whole: Whole }) {
  const [search, setSearch] = useSearchState()
  const open = search['source'] ?? null
  return (
    <div className="stack">
      {connectors.length === 0 ? (
        <Nothing title="Nothing tells of laptops yet">
          Set up one of the ways below, or make a <Link to="/tokens">token</Link> with which agents send check-ins.
        </Nothing>
      ) : (
        <ul className="card flush lines" aria-label="Sources">
          {connectors.map((one) => (
            <ConnectorRow
              key={one.source}
              connector={one}
              isOpen={open === one.source}
              onOpen={(isOpen) => setSearch({ source: isOpen ? one.source : null })}
            />
          ))}
        </ul>
      )}
      {offered.length > 0 && <Offered offered={offered} />}
    </div>
  )
}

// ── One source ─────────────────────────────────────────────────────────────────────────────────────────────

const states: Record<Connector['state'], { word: string; tone: string; meaning: string }> = {
  ok: { word: 'ok', tone: 'good', meaning: '' },
  never: { word: 'nothing yet', tone: '', meaning: 'Nothing has come from it so far.' },
  behind: {
    word: 'behind',
    tone: 'check',
    meaning: 'Its last sync did not become whole. It is asked again by itself.',
  },
  refused: {
    word: 'refused',
    tone: 'check',
    meaning: 'It does not take the credentials: check them at the vendor and in the environment, then start again.',
  },
  failing: {
    word: 'failing',
    tone: 'check',
    meaning: 'No sync has become whole for too long. It is asked again by itself, less and less often.',
  },
  silent: {
    word: 'silent',
    tone: 'check',
    meaning:
      'None of its laptops is heard of any more, for longer than ever. Look at the vendor, or at what sends the check-ins.',
  },
}

interface ConnectorRowProps {
  connector: Connector
  isOpen: boolean
  onOpen(isOpen: boolean): void
}

function ConnectorRow({ connector, isOpen, onOpen }: ConnectorRowProps) {
  const { source, title, kind, unread } = connector
  const state = states[connector.state]
  return (
    <li aria-label={source}>
      <div className="row apart top">
        <div className="grow">
          <p className="row">
            <span className={`tag ${state.tone}`}>{state.word}</span>
            <span className="strong">{title}</span>
            {title !== source && <span className="soft small">{source}</span>}
            {unread > 0 && (
              <span className="tag check">
                {unread} {unread === 1 ? 'record' : 'records'} could not be read
              </span>
            )}
          </p>
          <p className="small soft">
            <Facts connector={connector} />
          </p>
          {connector.problem !== null && <p className="check small anywhere">{connector.problem}</p>}
          <Trouble connector={connector} />
        </div>
        {kind === 'asked' && <Asking source={source} />}
        {connector.state === 'silent' && <Dismiss source={source} />}
      </div>
      <button type="button" className="link small" aria-expanded={isOpen} onClick={() => onOpen(!isOpen)}>
        {isOpen ? 'hide' : 'show'} {kind === 'asked' ? 'syncs and failures' : 'failures'}
        <span className="visually-hidden"> of {source}</span>
      </button>
      {isOpen && (
        <div className="stack tight">
          {kind === 'asked' && <SyncList source={source} />}
          <UnreadList source={source} />
        </div>
      )}
    </li>
  )
}

function Facts({ connector }: { connector: Connector }) {
  const { kind, lastSuccessAt, nextAt, syncingSince, heardAt, devicesToday, devicesWeek } = connector
  const now = useNow()
  return (
    <>
      {kind === 'asked' ? (
        <>
          {lastSuccessAt === null ? 'no whole sync yet' : <>last whole sync {<Time at={lastSuccessAt} isStop />}</>}
          {' · '}
          {syncingSince !== null ? (
            <>
              syncing since <Time at={syncingSince} as="clock" />
            </>
          ) : (
            nextAt !== null && <>asked again {Date.parse(nextAt) > now ? <Time at={nextAt} /> : 'within a minute'}</>
          )}
          {' · '}
        </>
      ) : (
        <>speaks by itself · </>
      )}
      {heardAt === null ? (
        'no laptop heard of yet'
      ) : (
        <>
          lag {spanText(Math.max(0, now - Date.parse(heardAt)))}: newest report <Time at={heardAt} as="short" isStop />
        </>
      )}
      {' · '}
      {devicesToday} {devicesToday === 1 ? 'laptop' : 'laptops'} today, {devicesWeek} in a week
    </>
  )
}

const excused: Connector['state'][] = ['refused', 'failing', 'silent']

function Trouble({ connector: { state, failingSince } }: { connector: Connector }) {
  const { meaning } = states[state]
  if (meaning === '') return null
  return (
    <p className="small">
      {meaning}
      {failingSince !== null && (
        <span className="soft">
          {' '}
          So since <Time at={failingSince} isStop />.
          {excused.includes(state) && ' Meanwhile no laptop counts as silent because of it.'}
        </span>
      )}
    </p>
  )
}

/** For a source that was given up: its laptops count as silent again where nobody else hears of them. */
function Dismiss({ source }: { source: string }) {
  const { may, why } = useMay('admin')
  const [isAsked, setAsked] = useState(false)
  const dismiss = useMutation(
    trpc.connectors.dismiss.mutationOptions({
      ...quietly,
      onSuccess: () => showDone(`${source} is waited for no more.`),
    }),
  )
  return (
    <>
      <Button variant="default" disabled={!may} title={why} loading={dismiss.isPending} onClick={() => setAsked(true)}>
        Wait no more…<span className="visually-hidden"> for {source}</span>
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={`Wait no more for ${source}?`}
        confirm="Wait no more"
        asked={dismiss}
        onConfirm={() => dismiss.mutate({ source }, { onSuccess: () => setAsked(false) })}
      >
        <p>
          Laptops that no other source hears of count as silent from then on. Heard of again, it is a source as before.
        </p>
      </ConfirmDialog>
    </>
  )
}

/** A test of its settings, with the answer beside it, and a sync at once. */
function Asking({ source }: { source: string }) {
  const { may, why } = useMay('admin')
  const test = useMutation(trpc.connectors.test.mutationOptions())
  const sync = useMutation(
    trpc.connectors.sync.mutationOptions({ onSuccess: () => showDone('It is being asked now.') }),
  )
  return (
    <div className="stack tight asking">
      <div className="row">
        <Button
          variant="default"
          disabled={!may}
          title={why}
          loading={test.isPending}
          onClick={() => test.mutate({ source })}
        >
          Test<span className="visually-hidden"> {source}</span>
        </Button>
        <Button
          variant="default"
          disabled={!may}
          title={why}
          loading={sync.isPending}
          onClick={() => sync.mutate({ source })}
        >
          Sync now<span className="visually-hidden"> {source}</span>
        </Button>
      </div>
      <p className={`small ${test.data?.works === false ? 'check' : 'good'}`} role="status">
        {test.data && `${test.data.works ? 'It works' : 'It does not work'}: ${test.data.said}`}
      </p>
    </div>
  )
}

// ── What could be set up ───────────────────────────────────────────────────────────────────────────────────

function Offered({ offered }: { offered: Whole['offered'] }) {
  return (
    <section className="card" aria-label="Not set up">
      <header>
        <h2>Not set up</h2>
      </header>
      <p className="soft small" style={{ marginBottom: '0.6rem' }}>
        Set these variables where the service is started, and start it again. Secrets never stand on a page.
      </p>
      <ul className="stack tight">
        {offered.map(({ title, variables }) => (
          <li key={title} className="row">
            <span>{title}</span>
            <span className="mono small soft">{variables.join(', ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
