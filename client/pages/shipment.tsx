// One parcel: where it stands, whether it is held and why, what can be done with it, and its way in the carrier's words.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { AddressCard } from '../parts/address-card.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { DeviceList } from '../parts/device-list.tsx'
import { FivePlaces } from '../parts/five-places.tsx'
import { LabelPanel } from '../parts/label-panel.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { PagedTimeline } from '../parts/paged-timeline.tsx'
import { isStillHere } from '../parts/parcel-place.ts'
import { PrepareOrder } from '../parts/prepare-order.tsx'
import { PreparedPolicy } from '../parts/prepared-policy.tsx'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { ReturnCard } from '../parts/return-card.tsx'
import { Scans } from '../parts/scans.tsx'
import { ShipDialog } from '../parts/ship-dialog.tsx'
import { ShipmentHandover } from '../parts/shipment-handover.tsx'
import { ShipmentSteps } from '../parts/shipment-steps.tsx'
import { ShipmentTasks } from '../parts/shipment-tasks.tsx'
import { StopShipment } from '../parts/stop-shipment.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'

type ShipmentView = Outputs['shipments']['get']

const up = { to: '/shipments', label: 'Shipments' }

export function Shipment() {
  const { id } = useParams({ strict: false }) as { id: string }
  const shipment = useQuery(trpc.shipments.get.queryOptions({ id }))
  return (
    <PageLoaded query={shipment} up={up} title="Shipment">
      {(data) => <ShipmentPage key={id} shipment={data} />}
    </PageLoaded>
  )
}

function ShipmentPage({ shipment }: { shipment: ShipmentView }) {
  const title = titleOf(shipment)
  return (
    <>
      <PageHeader
        title={shipment.reference === null && shipment.direction === 'return' ? title : `Shipment ${title}`}
        up={{ ...up, here: title }}
        tags={
          <>
            <span className="tag">{shipment.status}</span>
            {shipment.direction === 'return' && <span className="tag">return</span>}
            {shipment.held && <span className="tag check">held</span>}
          </>
        }
        actions={<Actions shipment={shipment} />}
      />
      <div className="split">
        <div className="stack">
          {shipment.held && <HeldBanner shipment={shipment} held={shipment.held} />}
          <section className="card" aria-labelledby="shipment-stands">
            <header>
              <h2 id="shipment-stands">Where it stands</h2>
              {shipment.signed && <span className="soft small">a name was given at the door</span>}
            </header>
            <ShipmentSteps shipment={shipment} />
          </section>
          <ShipmentTasks shipmentId={shipment.id} />
          {shipment.direction === 'out' && shipment.devices[0] && (
            <FivePlaces deviceId={shipment.devices[0].id} shipmentId={shipment.id} />
          )}
          {shipment.obstacles && <PrepareOrder shipment={shipment} obstacles={shipment.obstacles} />}
          <LabelPanel shipment={shipment} />
          <Scans shipmentId={shipment.id} />
          {shipment.contradictions.length > 0 && <Contradictions shipment={shipment} />}
          <PagedTimeline of="shipments" id={shipment.id} />
        </div>
        <div className="stack">
          <Parcel shipment={shipment} />
          <Destination shipment={shipment} />
          <PreparedPolicy shipmentId={shipment.id} />
          <DeviceList devices={shipment.devices} none="None is named in it." />
          {shipment.direction === 'return' && shipment.devices.map(({ id }) => <ReturnCard key={id} deviceId={id} />)}
          <ShipmentHandover shipment={shipment} />
        </div>
      </div>
    </>
  )
}

/** By its own name; a parcel that brings a laptop back has none, and is called by that. */
function titleOf({ reference, trackingCode, direction, devices, id }: ShipmentView): string {
  if (reference !== null) return reference
  const serials = devices.flatMap(({ serialNumber }) => serialNumber ?? [])
  if (direction === 'return' && serials.length > 0) return `Return parcel of ${serials.join(', ')}`
  return trackingCode ?? id
}

function Actions({ shipment }: { shipment: ShipmentView }) {
  const handling = useMay('admin', 'provisioner')
  const holding = useMay('admin', 'provisioner', 'analyst')
  const [asked, setAsked] = useState<'ship' | 'hold' | 'cancel' | null>(null)
  const pack = useMutation(trpc.shipments.pack.mutationOptions({ onSuccess: () => showDone('Packed.') }))
  const hold = useMutation(trpc.shipments.hold.mutationOptions(quietly))
  const cancel = useMutation(trpc.shipments.cancel.mutationOptions(quietly))
  const navigate = useNavigate()
  if (!isStillHere(shipment.status)) return <StopShipment shipment={shipment} />
  const close = () => setAsked(null)
  const heldWhy = shipment.held ? 'It is held: a second person has to release it first.' : handling.why
  return (
    <>
      {!shipment.held && (
        <Button variant="default" disabled={!holding.may} title={holding.why} onClick={() => setAsked('hold')}>
          Hold…
        </Button>
      )}
      {shipment.direction === 'out' && handling.may && (
        <Button variant="default" onClick={() => setAsked('cancel')}>
          Cancel it…
        </Button>
      )}
      {shipment.direction === 'out' && handling.may && shipment.held === null && (
        <Button
          variant={shipment.status === 'ordered' ? 'filled' : 'default'}
          component={Link}
          to="/scan"
          search={{ job: 'pack', shipment: shipment.id } as never}
        >
          Pack by scan
        </Button>
      )}
      {shipment.status === 'ordered' && shipment.direction === 'out' && (
        <Button
          variant="default"
          disabled={!handling.may || shipment.held !== null}
          title={heldWhy}
          loading={pack.isPending}
          onClick={() => pack.mutate({ shipmentId: shipment.id })}
        >
          Mark packed by hand
        </Button>
      )}
      <Button
        variant={shipment.status === 'ordered' ? 'default' : 'filled'}
        disabled={!handling.may || shipment.held !== null}
        title={heldWhy}
        onClick={() => setAsked('ship')}
      >
        Mark shipped…
      </Button>
      <ShipDialog isOpen={asked === 'ship'} onClose={close} shipment={shipment} />
      <ReasonDialog
        isOpen={asked === 'cancel'}
        onClose={close}
        title={`Cancel shipment ${shipment.reference ?? shipment.id}?`}
        confirm="Cancel it"
        draft={`cancel ${shipment.id}`}
        onSubmit={async (reason) => {
          await cancel.mutateAsync({ shipmentId: shipment.id, reason })
          showDone('Cancelled. Its laptops are free again.')
          await navigate({ to: '/shipments' })
        }}
      >
        <p className="soft small">
          For one that was prepared by mistake: it goes from every list, links to its receiver stop working, and its
          laptops are back where they were. A label has to be voided first, and a held one takes a second person.
        </p>
      </ReasonDialog>
      <ReasonDialog
        isOpen={asked === 'hold'}
        onClose={close}
        title={`Hold shipment ${shipment.reference ?? shipment.id}?`}
        confirm="Hold it"
        draft={`hold ${shipment.id}`}
        onSubmit={async (reason) => {
          await hold.mutateAsync({ shipmentId: shipment.id, reason })
          showDone('Held.')
        }}
      >
        <p className="soft small">
          No label is bought or printed, and it cannot be packed or marked shipped, until somebody who neither prepared
          nor edited it releases it.
        </p>
      </ReasonDialog>
    </>
  )
}

interface HeldBannerProps {
  shipment: ShipmentView
  held: NonNullable<ShipmentView['held']>
}

function HeldBanner({ shipment, held }: HeldBannerProps) {
  const releasing = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const release = useMutation(trpc.shipments.release.mutationOptions(quietly))
  return (
    <section className="card held" aria-labelledby="shipment-held">
      <header>
        <h2 id="shipment-held" className="check">
          Held {held.by === 'rule' ? 'by a rule' : 'by a person'}
        </h2>
        <span className="soft small">
          <Time at={held.at} />
        </span>
      </header>
      {held.reason !== null && <q>{held.reason}</q>}
      {held.reason === null && <p>{held.summary ?? 'No reason was kept.'}</p>}
      <p className="row small">
        {held.rule !== null && <Link to={`/rules/${held.rule}`}>the rule</Link>}
        {held.caseNumber !== null && <Link to={`/cases/${held.caseNumber}`}>case C-{held.caseNumber}</Link>}
        {shipment.address && !shipment.address.approved && shipment.person && (
          <Link to={`/people/${shipment.person.id}`}>review the address</Link>
        )}
      </p>
      <div className="row" style={{ marginTop: '0.5rem' }}>
        <Button disabled={!releasing.may} title={releasing.why} onClick={() => setAsking(true)}>
          Release…
        </Button>
        <span className="faint small">by somebody who neither prepared nor edited it</span>
      </div>
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Release shipment ${shipment.reference ?? shipment.id}?`}
        label="What was checked?"
        confirm="Release it"
        draft={`release ${shipment.id}`}
        onSubmit={async (reason) => {
          await release.mutateAsync({ shipmentId: shipment.id, reason })
          showDone('Released.')
        }}
      >
        <p className="soft small">
          Ask the person by a number that was on file before the order. Your name and words stay in the timeline.
        </p>
      </ReasonDialog>
    </section>
  )
}

function Contradictions({ shipment }: { shipment: ShipmentView }) {
  return (
    <section className="card" aria-labelledby="shipment-contradictions">
      <header>
        <h2 id="shipment-contradictions">Reports that do not fit</h2>
        <span className="faint small">kept as they came</span>
      </header>
      <ul className="dots">
        {shipment.contradictions.map((one) => (
          <li key={one.seq}>
            {one.why} <a href={`#e-${one.seq}`}>#{one.seq}</a>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Parcel({ shipment }: { shipment: ShipmentView }) {
  return (
    <section className="card" aria-labelledby="shipment-parcel">
      <header>
        <h2 id="shipment-parcel">Parcel</h2>
      </header>
      <dl className="facts">
        <dt>Reference</dt>
        <dd>
          {shipment.reference === null ? <span className="faint">none</span> : <Copyable text={shipment.reference} />}
        </dd>
        <dt>Carrier</dt>
        <dd>{shipment.carrier ?? <span className="faint">not known</span>}</dd>
        <dt>Tracking</dt>
        <dd>
          {shipment.trackingCode === null ? (
            <span className="faint">none yet</span>
          ) : (
            <Copyable text={shipment.trackingCode} />
          )}
        </dd>
        <dt>Person</dt>
        <dd>
          {shipment.person ? (
            <Link to={`/people/${shipment.person.id}`}>{shipment.person.name ?? 'erased'}</Link>
          ) : (
            <span className="faint">{shipment.waitsForPerson ? 'not on file yet: tied when they are' : 'nobody'}</span>
          )}
        </dd>
        {Object.entries((shipment.notes ?? {}) as Record<string, unknown>).map(([note, value]) => (
          <div key={note} style={{ display: 'contents' }}>
            <dt>{note.replaceAll('_', ' ')}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Destination({ shipment }: { shipment: ShipmentView }) {
  return (
    <section className="card" aria-labelledby="shipment-to">
      <header>
        <h2 id="shipment-to">{shipment.address?.isFrom ? 'Comes from' : 'Goes to'}</h2>
      </header>
      {shipment.address ? (
        <AddressCard address={shipment.address} isOurs={shipment.direction === 'return' && !shipment.address.isFrom}>
          {!shipment.held && !shipment.address.approved && shipment.direction === 'out' && shipment.person && (
            <Link to={`/people/${shipment.person.id}`}>review it on the person’s page</Link>
          )}
        </AddressCard>
      ) : (
        <p className="soft">No address came with it.</p>
      )}
    </section>
  )
}
