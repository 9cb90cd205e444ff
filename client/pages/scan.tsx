// Scan mode: one job, full screen, with a scanner, the camera or by typing; nothing that was scanned is ever dropped.
import { useDocumentTitle, useLocalStorage } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import {
  type KeyboardEvent,
  lazy,
  type RefObject,
  Suspense,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import { readError, trpc } from '../api.ts'
import { useMay } from '../parts/me.ts'
import { ScanMark, type Shown } from '../parts/scan-mark.tsx'
import {
  createScanQueue,
  isProblem,
  type Scan as OneScan,
  type ScanJob,
  type ScanQueue,
  type SendFault,
} from '../parts/scan-queue.ts'
import { signal } from '../parts/scan-signal.ts'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'
import './scan.css'

const Camera = lazy(() => import('../parts/scan-camera.tsx').then(({ ScanCamera }) => ({ default: ScanCamera })))

const jobs = ['pack', 'receive'] as const
const jobWords: Record<ScanJob, { title: string; says: string; back: string; backLabel: string }> = {
  pack: {
    title: 'Pack parcels',
    says: 'Scan each laptop as it goes into its box. A laptop that belongs in another box is refused.',
    back: '/shipments',
    backLabel: 'Shipments',
  },
  receive: {
    title: 'Receive returns',
    says: 'Scan each laptop that came back. Its serial number is compared with the one expected.',
    back: '/returns',
    backLabel: 'Returns',
  },
}

/** An answer that does not come in so long is asked for again, under the same id. */
const PATIENCE_MS = 12_000
const LISTED = 50

export function Scan() {
  const [search] = useSearchState()
  const job = wordOf(search['job'], jobs)
  const { may, why } = useMay('admin', 'provisioner')
  useDocumentTitle(`${job === null ? 'Scan' : jobWords[job].title} · Telltale`)
  if (!may)
    return (
      <main className="scan">
        <h1>Scan</h1>
        <p>{why}</p>
        <Link to="/shipments">Back to the shipments</Link>
      </main>
    )
  return job === null ? <Jobs /> : <Scanning key={job} job={job} shipmentId={search['shipment'] ?? null} />
}

function Jobs() {
  return (
    <main className="scan">
      <header className="scan-head">
        <h1>What are you scanning for?</h1>
        <Link to="/shipments">Leave</Link>
      </header>
      <nav className="scan-jobs" aria-label="Jobs">
        {jobs.map((job) => (
          <Link key={job} to="/scan" search={{ job }}>
            <strong>{jobWords[job].title}</strong>
            <span className="soft">{jobWords[job].says}</span>
          </Link>
        ))}
      </nav>
    </main>
  )
}

/** The queue of this page, which sends what an earlier visit left behind. */
function useQueue(): ScanQueue {
  const options = { meta: { showsErrors: true } }
  const pack = useMutation(trpc.scan.pack.mutationOptions(options)).mutateAsync
  const receive = useMutation(trpc.scan.receive.mutationOptions(options)).mutateAsync
  const calls = useRef({ pack, receive })
  calls.current = { pack, receive }
  const [queue] = useState(() =>
    createScanQueue({
      storage: localStorage,
      now: () => new Date(),
      wait: pause,
      faultOf,
      async send({ id, job, text, shipmentId }) {
        const scan = { scanId: id, text }
        const call =
          job === 'receive'
            ? calls.current.receive(scan)
            : calls.current.pack({ ...scan, ...(shipmentId === null ? {} : { shipmentId }) })
        return (await Promise.race([call, late()])).results
      },
    }),
  )
  useEffect(() => queue.resume(), [queue])
  return queue
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

async function late(): Promise<never> {
  await pause(PATIENCE_MS)
  throw new Error('The service does not answer.')
}

/** Without an answer, and where the service is busy or failed, trying again helps. */
const passing = [null, 'INTERNAL_SERVER_ERROR', 'SERVICE_UNAVAILABLE', 'TOO_MANY_REQUESTS', 'TIMEOUT']

function faultOf(error: unknown): SendFault {
  const { code, message } = readError(error)
  return { isFinal: !passing.includes(code), why: message }
}

function Scanning({ job, shipmentId }: { job: ScanJob; shipmentId: string | null }) {
  const queue = useQueue()
  const scans = useSyncExternalStore(queue.subscribe, queue.list)
  const field = useRef<HTMLInputElement>(null)
  const [hasCamera, setCamera] = useState(false)
  const [sound, setSound] = useLocalStorage({ key: 'telltale-scan-sound', defaultValue: 'on' })
  const unsent = scans.filter((scan) => scan.state !== 'answered')
  const good = scans.flatMap((scan) => scan.answers).filter((answer) => answer.is === 'good').length
  useSignals(scans, sound === 'on')
  useField(field)
  const add = (text: string) => {
    if (text.trim() !== '') void queue.add({ job, shipmentId, text: text.trim() })
  }
  const words = jobWords[job]
  return (
    <main className="scan">
      <header className="scan-head">
        <h1>{words.title}</h1>
        <span className="row">
          <button type="button" className="link" onClick={() => setSound(sound === 'on' ? 'off' : 'on')}>
            Sound {sound === 'on' ? 'off' : 'on'}
          </button>
          <Link to="/scan">Another job</Link>
        </span>
      </header>
      {job === 'pack' && shipmentId !== null && <OneParcel id={shipmentId} />}
      <Entry field={field} onCode={add} />
      <Last scan={scans[0]} says={words.says} />
      <div className="row apart">
        <span className="row">
          <button type="button" className="scan-button" aria-pressed={hasCamera} onClick={() => setCamera(!hasCamera)}>
            {hasCamera ? 'Close the camera' : 'Use the camera'}
          </button>
          <Undo scans={scans} queue={queue} />
        </span>
        <span role="status" className="soft">
          {good} good, {unsent.length} not sent yet
        </span>
      </div>
      {hasCamera && (
        <Suspense fallback={<p className="soft">The camera starts …</p>}>
          <Camera onCode={add} />
        </Suspense>
      )}
      <Problems scans={scans} queue={queue} />
      <Listed scans={scans} />
      <footer className="row apart">
        {unsent.length === 0 ? (
          shipmentId === null ? (
            <Link to={words.back}>Done: to the {words.backLabel.toLowerCase()}</Link>
          ) : (
            <Link to={`/shipments/${shipmentId}`}>Done: back to the parcel</Link>
          )
        ) : (
          <span className="check">Stay here until everything is sent, or take it out of the list.</span>
        )}
      </footer>
    </main>
  )
}

function OneParcel({ id }: { id: string }) {
  const { data } = useQuery(trpc.shipments.get.queryOptions({ id }))
  return (
    <p>
      Only for parcel <Link to={`/shipments/${id}`}>{data?.reference ?? data?.trackingCode ?? id}</Link>.{' '}
      <Link to="/scan" search={{ job: 'pack' }}>
        Pack any parcel
      </Link>
    </p>
  )
}

interface EntryProps {
  field: RefObject<HTMLInputElement | null>
  onCode(text: string): void
}

/** Where a scanner types. Enter ends a code, and so does Tab, which some scanners send instead. */
function Entry({ field, onCode }: EntryProps) {
  const [text, setText] = useState('')
  const submit = () => {
    onCode(text)
    setText('')
    field.current?.focus()
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== 'Tab' || event.shiftKey || text.trim() === '') return
    event.preventDefault()
    submit()
  }
  return (
    <form
      className="scan-field"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <input
        ref={field}
        aria-label="Serial number"
        placeholder="Scan or type a serial number"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        enterKeyHint="go"
        maxLength={300}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={press}
      />
      <button type="submit" className="scan-button">
        Enter
      </button>
    </form>
  )
}

/** A scanner types wherever the focus is: what it types lands in the field, unless somebody is choosing something. */
function useField(field: RefObject<HTMLInputElement | null>): void {
  useEffect(() => {
    field.current?.focus()
    const press = (event: globalThis.KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1 || event.key === ' ') return
      if (event.target instanceof HTMLElement && event.target.closest('input, select, textarea')) return
      field.current?.focus()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [field])
}

/** Sounds and buzzes once for every answer that comes while this page is open. */
function useSignals(scans: readonly OneScan[], sound: boolean): void {
  const told = useRef(new Set(scans.filter((scan) => scan.state === 'answered').map((scan) => scan.id)))
  useEffect(() => {
    for (const scan of scans) {
      const shown = shownOf(scan)
      if (scan.state !== 'answered' || told.current.has(scan.id) || shown === 'sending' || shown === 'not sent')
        continue
      told.current.add(scan.id)
      signal(shown, { sound })
    }
  }, [scans, sound])
}

/** The worst of its answers: who scanned two codes at once must not miss the one that was refused. */
function shownOf(scan: OneScan): Shown {
  if (scan.state === 'not sent') return 'not sent'
  if (scan.state !== 'answered') return 'sending'
  const worst = (['wrong', 'unknown', 'duplicate'] as const).find((word) =>
    scan.answers.some((answer) => answer.is === word),
  )
  return worst ?? 'good'
}

function Last({ scan, says }: { scan: OneScan | undefined; says: string }) {
  return (
    <div aria-live="assertive">
      {scan === undefined ? (
        <div className="scan-mark">
          <p>{says}</p>
        </div>
      ) : (
        <ScanMark
          of={shownOf(scan)}
          serial={scan.answers.map((answer) => answer.serial).join(', ') || scan.text}
          says={scan.answers.map((answer) => answer.says).join(' ') || (scan.why ?? '')}
        />
      )}
    </div>
  )
}

/** Takes back the last scan while it has not reached the service; what is recorded stays, and can be looked at. */
function Undo({ scans, queue }: { scans: readonly OneScan[]; queue: ScanQueue }) {
  const [last] = scans
  if (last === undefined) return null
  const page = last.answers.find((answer) => answer.page !== null)?.page ?? null
  // Of what was refused nothing is recorded.
  if (last.state !== 'answered' || isProblem(last))
    return (
      <button type="button" className="scan-button" onClick={() => queue.remove(last.id)}>
        Undo the last
      </button>
    )
  return (
    <span className="small soft">
      The last one is recorded already{page !== null && <Link to={page}>: look at it</Link>}
    </span>
  )
}

function Problems({ scans, queue }: { scans: readonly OneScan[]; queue: ScanQueue }) {
  const problems = scans.filter((scan) => scan.state === 'not sent' || isProblem(scan))
  if (problems.length === 0) return null
  return (
    <section className="card" aria-labelledby="scan-problems">
      <header>
        <h2 id="scan-problems">Needs a look ({problems.length})</h2>
        <span className="small faint">kept in this browser until you take it out</span>
      </header>
      <ul className="stack">
        {problems.map((scan) => (
          <li key={scan.id}>
            <span className="mono strong">{scan.answers[0]?.serial ?? scan.text}</span> <ScanTag scan={scan} />
            <div className="soft">{scan.answers.map((answer) => answer.says).join(' ') || scan.why}</div>
            <div className="row small">
              {scan.state === 'not sent' && (
                <button type="button" className="link" onClick={() => void queue.resend(scan.id)}>
                  Send it again
                </button>
              )}
              {scan.answers.map(
                (answer) =>
                  answer.page !== null && (
                    <Link key={answer.serial} to={answer.page}>
                      Open {answer.serial}
                    </Link>
                  ),
              )}
              <button type="button" className="link" onClick={() => queue.remove(scan.id)}>
                Take it out
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  )
}

const ScanTag = ({ scan }: { scan: OneScan }) => <span className="tag">{tags[shownOf(scan)]}</span>

const tags: Record<Shown, string> = {
  good: '✓ good',
  duplicate: '= already',
  unknown: '◇ unknown',
  wrong: '✕ wrong',
  sending: '… sending',
  'not sent': '↛ not sent',
}

function Listed({ scans }: { scans: readonly OneScan[] }) {
  const listed = scans.filter((scan) => !isProblem(scan) && scan.state !== 'not sent').slice(0, LISTED)
  if (listed.length === 0) return null
  return (
    <section className="card" aria-labelledby="scan-list">
      <header>
        <h2 id="scan-list">Scanned ({listed.length})</h2>
      </header>
      <ol className="stack tight">
        {listed.map((scan) => (
          <li key={scan.id} className="row apart">
            <span>
              <span className="mono">{scan.answers.map((answer) => answer.serial).join(', ') || scan.text}</span>{' '}
              <ScanTag scan={scan} />
            </span>
            <span className="small faint">
              <Time at={scan.at} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
