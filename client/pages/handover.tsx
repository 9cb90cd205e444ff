// One hand-over: what was said of each laptop, under which terms, signed how, by which links; and its receipt on paper.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { kindWords, outcomeOf } from '../parts/handover-list.tsx'
import { SendLink } from '../parts/link-once.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { isStillHere } from '../parts/parcel-place.ts'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { DrawnSignature } from '../parts/signature-pad.tsx'
import { TermsText } from '../parts/terms-text.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'
import './handover.css'

type Whole = Outputs['handovers']['get']

const up = { to: '/handovers', label: 'Hand-overs' }

export function Handover() {
  const { id } = useParams({ strict: false }) as { id: string }
  const query = useQuery(trpc.handovers.get.queryOptions({ id }))
  return (
    <PageLoaded query={query} up={up} title="Hand-over">
      {(handover) => <Known key={id} handover={handover} />}
    </PageLoaded>
  )
}

function Known({ handover }: { handover: Whole }) {
  const title = `${kindWords[handover.kind]}: ${handover.person.name ?? 'erased person'}`
  return (
    <div className="handover">
      <PageHeader
        title={title}
        up={{ ...up, here: handover.shipment?.reference ?? kindWords[handover.kind] }}
        tags={
          <>
            <span className="tag">{handover.status}</span>
            {handover.needsLook && <span className="tag check">needs a look</span>}
          </>
        }
        actions={<Actions handover={handover} />}
      />
      <div className="split">
        <div className="stack">
          <Items handover={handover} />
          {handover.addressAnswer !== null && <AddressAnswer handover={handover} />}
          {handover.signed && <Signed signed={handover.signed} />}
          {handover.terms && (
            <section className="card" aria-label="Terms">
              <header>
                <h2>{handover.signed ? 'Terms as signed' : 'Terms it is under'}</h2>
              </header>
              <TermsText terms={handover.terms} />
              <p className="faint small anywhere">SHA-256 {handover.terms.hash}</p>
            </section>
          )}
        </div>
        <aside className="stack" aria-label="About this hand-over">
          <About handover={handover} />
          <Links handover={handover} />
        </aside>
      </div>
    </div>
  )
}

function Actions({ handover }: { handover: Whole }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const counter = useMay('admin', 'provisioner')
  const [isAsking, setAsking] = useState(false)
  const withdraw = useMutation(trpc.handovers.withdraw.mutationOptions({ meta: { showsErrors: true } }))
  const isOpen = handover.status === 'open'
  return (
    <>
      <Button variant="default" onClick={() => window.print()}>
        Print
      </Button>
      {isOpen && (
        <Button variant="default" disabled={!may} title={why} onClick={() => setAsking(true)}>
          Withdraw…
        </Button>
      )}
      {isOpen && handover.kind !== 'read-back' && counter.may && (
        <Button component={Link} to="/counter" search={{ handover: handover.id } as never}>
          Sign here
        </Button>
      )}
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Withdraw this hand-over?"
        confirm="Withdraw it"
        draft={`withdraw ${handover.id}`}
        onSubmit={async (reason) => {
          await withdraw.mutateAsync({ handoverId: handover.id, reason })
          showDone('Withdrawn.')
        }}
      >
        <p className="soft small">Its links stop working. What is in it stays where it is.</p>
      </ReasonDialog>
    </>
  )
}

const readBackWords = {
  same: 'serial number read back: the same',
  different: 'serial number read back: another one',
  cannot: 'could not read the serial number',
} as const

function Items({ handover }: { handover: Whole }) {
  return (
    <section className="card" aria-labelledby="handover-items">
      <header>
        <h2 id="handover-items">{handover.items.length === 1 ? 'Laptop' : `${handover.items.length} laptops`}</h2>
        <span className="soft small">{outcomeOf(handover)}</span>
      </header>
      <ul className="stack">
        {handover.items.map((item) => (
          <li key={item.deviceId}>
            <p className="row">
              <Link to={`/devices/${item.deviceId}`} className="mono">
                {item.serialNumber ?? item.assetTag ?? 'no serial'}
              </Link>
              <span>{item.name}</span>
              {item.answer === 'accepted' && item.readBack !== 'different' && (
                <span className="tag good">✓ accepted</span>
              )}
              {item.answer === 'accepted' && item.readBack === 'different' && (
                <span className="tag check">received, but another laptop</span>
              )}
              {item.answer === 'declined' && <span className="tag check">× declined: {item.reason}</span>}
              {item.answer === null && <span className="tag">no answer yet</span>}
            </p>
            <p className="soft small">
              {item.readBack && (
                <span className={item.readBack === 'different' ? 'check' : ''}>{readBackWords[item.readBack]} · </span>
              )}
              {item.readBack === null && item.attempts > 0 && `${item.attempts} wrong tries at its serial number · `}
              now {item.lifeCycle}, holder: {item.holder}
            </p>
            {item.note && <q>{item.note}</q>}
          </li>
        ))}
      </ul>
      {handover.unsettled && <DealWith handoverId={handover.id} />}
    </section>
  )
}

/** What needs a look stays in the list until somebody says what came of it. */
function DealWith({ handoverId }: { handoverId: string }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const deal = useMutation(trpc.handovers.dealWith.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <div className="stack" style={{ marginTop: '0.6rem' }}>
      <p className="small">
        Ask the person by a number on file before deciding anything; most of these are a mix-up or a carrier’s damage.
      </p>
      <p>
        <Button size="xs" variant="default" disabled={!may} title={why} onClick={() => setAsking(true)}>
          Dealt with…
        </Button>
      </p>
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Has this been dealt with?"
        label="What came of it?"
        confirm="Dealt with"
        draft={`deal with ${handoverId}`}
        onSubmit={async (reason) => {
          await deal.mutateAsync({ handoverId, reason })
          showDone('It no longer waits for a look.')
        }}
      >
        <p className="soft small">
          It leaves the list. Your name and words stay in the timeline; custody stays where it is.
        </p>
      </ReasonDialog>
    </div>
  )
}

function AddressAnswer({ handover }: { handover: Whole }) {
  return (
    <section className="card" aria-label="Address">
      <header>
        <h2>Address</h2>
        {handover.addressAnsweredAt && (
          <span className="soft small">
            <Time at={handover.addressAnsweredAt} />
          </span>
        )}
      </header>
      {handover.addressAnswer === 'confirmed' ? (
        <p>The receiver knows the address and wants it there. That proves their mailbox, and verifies nothing more.</p>
      ) : (
        <p>
          The receiver gave another address.{' '}
          <Link to="/addresses" search={{ person: handover.person.id } as never}>
            Review it
          </Link>
          ; the parcel stays bound where it was.
        </p>
      )}
    </section>
  )
}

function Signed({ signed }: { signed: NonNullable<Whole['signed']> }) {
  return (
    <section className="card" aria-labelledby="handover-signed">
      <header>
        <h2 id="handover-signed">Signed</h2>
        <span className="soft small">
          <Exactly at={signed.at} />
        </span>
      </header>
      {!signed.isShown && <p className="soft">The signature is shown to those who hand over and those who audit.</p>}
      {signed.isShown && signed.name === null && <p className="soft">Erased with the person.</p>}
      {signed.path !== null && <DrawnSignature path={signed.path} name={signed.name} />}
      {signed.name !== null && (
        <p>
          <span className="strong">{signed.name}</span> <span className="soft">{signed.how}</span>
        </p>
      )}
      <p className="soft small">
        {signed.operator !== null ? `on the screen of ${signed.operator}` : 'by link'}
        {signed.from !== null && (
          <>
            , from <span className="mono">{signed.from}</span>
          </>
        )}
      </p>
    </section>
  )
}

/** As it is to stand on paper, where nothing can be hovered. */
const Exactly = ({ at }: { at: string }) => (
  <>
    <Time at={at} as="date" /> <Time at={at} as="clock" isStop /> UTC
  </>
)

function About({ handover }: { handover: Whole }) {
  return (
    <section className="card" aria-label="Hand-over">
      <dl className="facts">
        <dt>Person</dt>
        <dd>
          <Link to={`/people/${handover.person.id}`}>{handover.person.name ?? 'erased'}</Link>
        </dd>
        {handover.shipment && (
          <>
            <dt>Shipment</dt>
            <dd>
              <Link to={`/shipments/${handover.shipment.id}`}>
                {handover.shipment.reference ?? 'without a reference'}
              </Link>{' '}
              <span className={handover.shipment.held ? 'tag check' : 'tag'}>
                {handover.shipment.held ? 'held' : handover.shipment.status}
              </span>
            </dd>
          </>
        )}
        {handover.caseNumber !== null && (
          <>
            <dt>Case</dt>
            <dd>
              <Link to={`/cases/${handover.caseNumber}`}>C-{handover.caseNumber}</Link>
            </dd>
          </>
        )}
        <dt>Number</dt>
        <dd className="mono small anywhere">{handover.id}</dd>
        <dt>Opened</dt>
        <dd>
          <Exactly at={handover.createdAt} /> by {handover.createdBy}
        </dd>
        {handover.closedAt && (
          <>
            <dt>Closed</dt>
            <dd>
              <Exactly at={handover.closedAt} />
            </dd>
          </>
        )}
      </dl>
    </section>
  )
}

const purposeWords = {
  address: 'About the address',
  acceptance: 'To accept or sign',
  'read-back': 'For the serial number',
}

function Links({ handover }: { handover: Whole }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const withdraw = useMutation(trpc.handovers.withdrawLink.mutationOptions({ onSuccess: () => showDone('Withdrawn.') }))
  const isOpen = handover.status === 'open'
  const purposes = purposesFor(handover)
  if (handover.links.length === 0 && purposes.length === 0) return null
  return (
    <section className="card no-print" aria-labelledby="handover-links">
      <header>
        <h2 id="handover-links">Links</h2>
      </header>
      <ul className="stack tight">
        {handover.links.map((link) => (
          <li key={link.id}>
            {purposeWords[link.purpose]}{' '}
            <span className={link.state === 'open' ? 'tag good' : 'tag'}>{link.state}</span>
            <div className="soft small">
              made <Time at={link.createdAt} /> by {link.createdBy} ·{' '}
              {link.byHand ? (
                'given by hand'
              ) : link.sentAt ? (
                <>
                  mailed <Time at={link.sentAt} />
                </>
              ) : (
                'not mailed'
              )}
            </div>
            {link.sendError && <div className="check small">{link.sendError}</div>}
            {link.state === 'open' && (
              <button
                type="button"
                className="link small"
                disabled={!may || withdraw.isPending}
                title={why}
                onClick={() => withdraw.mutate({ linkId: link.id })}
              >
                withdraw it
              </button>
            )}
          </li>
        ))}
      </ul>
      {isOpen && (
        <div className="row" style={{ marginTop: '0.6rem' }}>
          {purposes.map((purpose) => (
            <SendLink key={purpose} purpose={purpose} handoverId={async () => handover.id}>
              {handover.links.some((link) => link.purpose === purpose) ? 'Send again: ' : 'Send: '}
              {purposeWords[purpose].toLowerCase()}
            </SendLink>
          ))}
        </div>
      )}
      {isOpen && !handover.hasMail && (
        <p className="soft small">No e-mail is on file: a link is shown to you instead.</p>
      )}
    </section>
  )
}

function purposesFor({ kind, status, addressAnswer, shipment }: Whole): ('address' | 'acceptance' | 'read-back')[] {
  if (status !== 'open') return []
  if (kind === 'read-back') return ['read-back']
  return isStillHere(shipment?.status) ? (addressAnswer === null ? ['address'] : []) : ['acceptance']
}
