// Addresses that wait for a second person: old and new side by side, how each came, who else is there, and what hangs on it.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, queryClient, showDone, trpc } from '../api.ts'
import { AddressCard } from '../parts/address-card.tsx'
import { AddressDecision } from '../parts/address-review.tsx'
import { countText } from '../parts/count-text.ts'
import { useMay } from '../parts/me.ts'
import { More } from '../parts/more.tsx'
import { PageHeader } from '../parts/page-header.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { useSearchState } from '../parts/search-state.ts'
import { Failure, Nothing, Waiting } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { usePages } from '../parts/use-pages.ts'
import { verdictWords } from '../parts/verdict-words.ts'
import '../parts/address.css'

type Proposal = Outputs['addresses']['proposals']['proposals'][number]

export function Addresses() {
  const [search, setSearch] = useSearchState()
  const personId = search['person'] ?? null
  const pages = usePages({
    key: ['address proposals', personId],
    read: (after: { recordedAt: string; id: string } | null) =>
      queryClient.fetchQuery({ ...trpc.addresses.proposals.queryOptions({ personId, after }), staleTime: 0 }),
    nextOf: (page) => page.next,
  })
  const proposals = pages.data?.pages.flatMap((page) => page.proposals)
  return (
    <>
      <PageHeader
        title="Address review"
        tags={
          <span className="soft small" role="status">
            {countText(pages.data?.pages[0]?.total, 'address waits', 'addresses wait')}
          </span>
        }
      />
      {personId !== null && (
        <p className="small">
          Of one person only.{' '}
          <button type="button" className="link" onClick={() => setSearch({ person: null })}>
            Show all
          </button>
        </p>
      )}
      {proposals === undefined && pages.error && <Failure error={pages.error} retry={() => pages.refetch()} />}
      {proposals === undefined && !pages.error && <Waiting lines={8} />}
      {proposals?.length === 0 && (
        <Nothing title="No address waits.">
          New ones come by import, with an order, or from a receiver who was asked by a link.
        </Nothing>
      )}
      <div className="stack">
        {proposals?.map((one) => (
          <ProposalCard key={one.next.id} proposal={one} />
        ))}
      </div>
      <More query={pages} />
    </>
  )
}

function ProposalCard({ proposal }: { proposal: Proposal }) {
  const { person, next, old } = proposal
  const name = person.name ?? person.externalId ?? 'somebody'
  const heading = `proposal-${next.id}`
  return (
    <section className="card review" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>
          <Link to={`/people/${person.id}`}>{name}</Link>
        </h2>
        <span className="soft small">
          came <Time at={next.recordedAt} isStop />, from {next.source}
        </span>
      </header>
      <div className="beside">
        {old ? (
          <AddressCard address={old} heading="Old:" />
        ) : (
          <p className="soft">There is no address it would replace.</p>
        )}
        <AddressCard address={next} heading="New:" />
      </div>
      <Signs proposal={proposal} />
      <div className="row" style={{ marginTop: '0.7rem' }}>
        <AddressDecision address={next} name={name} />
        <Asking proposal={proposal} name={name} />
      </div>
    </section>
  )
}

/** What speaks for or against it, each as a plain fact. */
function Signs({ proposal }: { proposal: Proposal }) {
  const { relation, km, order, bound, atDoor, inBuilding, verdict } = proposal
  return (
    <dl className="facts" style={{ marginTop: '0.6rem' }}>
      {relation !== null && (
        <>
          <dt>Apart</dt>
          <dd>
            {relation}
            {km !== null && `, about ${km.toLocaleString('en')} km`}
          </dd>
        </>
      )}
      <dt>Order</dt>
      <dd>
        {order === null ? (
          'none before it'
        ) : (
          <>
            it came {spanOf(order.hoursBefore)} after{' '}
            <Link to={`/shipments/${order.id}`}>{order.reference ?? 'the newest order'}</Link>
          </>
        )}
      </dd>
      <dt>Parcels</dt>
      <dd>
        {bound.length === 0 && 'none is bound for it'}
        {bound.map((parcel) => (
          <span key={parcel.id} className="row">
            <Link to={`/shipments/${parcel.id}`}>{parcel.reference ?? 'a parcel'}</Link>
            <span className={parcel.held ? 'tag check' : 'tag'}>{parcel.held ? 'held' : parcel.status}</span>
          </span>
        ))}
      </dd>
      <dt>Others there</dt>
      <dd>
        <Others at={atDoor} where="at this door" />
        {inBuilding.count > atDoor.count && (
          <>
            , <Others at={inBuilding} where="in this building" />
          </>
        )}
      </dd>
      <dt>Carriers</dt>
      <dd>
        {verdict === null ? (
          'not asked about it'
        ) : (
          <>
            {verdictWords[verdict.result] ?? verdict.result}
            {verdict.residential === false && ', not residential'}
            {verdict.codes.length > 0 && <span className="soft small"> ({verdict.codes.join(', ')})</span>}
          </>
        )}
      </dd>
    </dl>
  )
}

const spanOf = (hours: number) => (hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`)

function Others({ at, where }: { at: Proposal['atDoor']; where: string }) {
  if (at.count === 0) return <>nobody else {where}</>
  return (
    <>
      {at.count >= 200 ? '200 and more' : at.count} {where}:{' '}
      {at.people.map((person, index) => (
        <span key={person.id}>
          {index > 0 && ', '}
          <Link to={`/people/${person.id}`}>{person.name ?? 'erased'}</Link>
        </span>
      ))}
      {at.count > at.people.length && ' …'}
    </>
  )
}

const byWords = { phone: 'phone', mail: 'e-mail' }

/** Asks the person by what was on file before; what came later is named, and cannot be used. */
function Asking({ proposal, name }: { proposal: Proposal; name: string }) {
  const { may, why } = useMay('admin', 'provisioner', 'analyst')
  const [by, setBy] = useState<'mail' | 'phone' | null>(null)
  const ask = useMutation(trpc.addresses.ask.mutationOptions({ meta: { showsErrors: true } }))
  const late = proposal.contacts.filter((contact) => !contact.isOlder)
  return (
    <>
      {proposal.contacts
        .filter((contact) => contact.isOlder)
        .map((contact) => (
          <Button key={contact.by} variant="default" disabled={!may} title={why} onClick={() => setBy(contact.by)}>
            Ask by {byWords[contact.by]}…
          </Button>
        ))}
      {proposal.contacts.length === 0 && <span className="soft small">no phone or e-mail is on file</span>}
      {late.length > 0 && (
        <span className="check small">
          {late.map((contact) => byWords[contact.by]).join(' and ')} came with the address or after it: ask another way,
          such as through their manager
        </span>
      )}
      {ask.data && (
        <span role="status">
          Ask {name}:{' '}
          <a href={`${ask.variables?.by === 'phone' ? 'tel' : 'mailto'}:${ask.data.value}`}>{ask.data.value}</a>
        </span>
      )}
      <ReasonDialog
        isOpen={by !== null}
        onClose={() => setBy(null)}
        title={`Ask ${name} by ${by === null ? '' : byWords[by]}?`}
        label="Note (if there is something to say)"
        description="Recorded with your name, and shown in their timeline."
        confirm="Show how to reach them"
        draft={`ask ${proposal.next.id}`}
        isOptional
        onSubmit={async (note) => {
          await ask.mutateAsync({ addressId: proposal.next.id, by: by!, note: note || null })
          showDone('It is on record that you ask.')
        }}
      >
        <p className="soft small">
          Ask open questions: “Where do you live now?”, not “Is it this one?”. Then approve or refuse with what was
          said.
        </p>
      </ReasonDialog>
    </>
  )
}
