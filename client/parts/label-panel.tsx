// A parcel's label: rates with their prices, buying at the price one saw, printing, voiding, and what is not settled.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { asksAgain } from './asks-again.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Copyable } from './copyable.tsx'
import { ErrorNote } from './error-note.tsx'
import { LabelRates } from './label-rates.tsx'
import { useMay } from './me.ts'
import { moneyText } from './money.ts'
import { ParcelForm } from './parcel-form.tsx'
import { isStillHere } from './parcel-place.ts'
import { Loaded } from './states.tsx'
import { Time } from './time.tsx'
import './lines.css'

type LabelsView = Outputs['labels']['get']
type LabelView = NonNullable<LabelsView['label']>
type ShipmentView = Pick<Outputs['shipments']['get'], 'id' | 'status' | 'held' | 'direction'>

/** A lost answer is asked after so often while somebody looks. */
const LOOK_MS = 15_000

export function LabelPanel({ shipment }: { shipment: ShipmentView }) {
  const labels = useQuery({
    ...trpc.labels.get.queryOptions({ shipmentId: shipment.id }),
    refetchInterval: (query) => (isOpen(query.state.data?.label?.state) ? LOOK_MS : false),
  })
  if (labels.data !== undefined && !labels.data.buysHere) return null
  return (
    <section className="card" aria-labelledby="label" id="label-panel">
      <header>
        <h2 id="label">Label</h2>
        {labels.data?.carrier?.mode === 'test' && <span className="tag">test key: no real money</span>}
      </header>
      <Loaded query={labels}>{(data) => <LabelStep shipment={shipment} data={data} />}</Loaded>
    </section>
  )
}

const isOpen = (state: string | undefined) => state === 'buying' || state === 'quoting'

function LabelStep({ shipment, data }: { shipment: ShipmentView; data: LabelsView }) {
  const { label } = data
  const isHere = isStillHere(shipment.status)
  const isBought = label !== null && (label.state === 'bought' || label.state === 'refund refused')
  if (isBought) return <BoughtLabel shipment={shipment} data={data} label={label} />
  if (label?.state === 'buying') return <OpenPurchase shipmentId={shipment.id} label={label} />
  const isBeingVoided = label?.state === 'refund asked' && !label.isVoided
  return (
    <div className="stack">
      {label?.state === 'refund asked' && <VoidedNote label={label} isOver={label.isVoided} />}
      {label?.state === 'refunded' && <VoidedNote label={label} isOver />}
      {shipment.held && (
        <p className="check">It is held: no label is bought or printed until a second person releases it.</p>
      )}
      {!isHere && <p className="soft">It has left; no label is bought for it here.</p>}
      {isHere && !shipment.held && !isBeingVoided && <Asking shipment={shipment} data={data} />}
      <Earlier data={data} />
    </div>
  )
}

/** No label yet: the parcel's size, then rates. */
function Asking({ shipment, data }: { shipment: ShipmentView; data: LabelsView }) {
  const buying = useMay('admin', 'provisioner')
  const { label } = data
  if (data.carrier === null)
    return (
      <p className="soft">
        No carrier’s service is set up, so no label can be bought here. An admin adds its key under{' '}
        <Link to="/settings">Settings</Link>; or mark it shipped with the number that the carrier gave you.
      </p>
    )
  if (!data.hasStockroom)
    return (
      <p className="soft">
        Nobody has said yet where parcels leave from: an admin sets the stockroom under{' '}
        <Link to="/settings">Settings</Link>.
      </p>
    )
  return (
    <div className="stack">
      {label?.error && (
        <p className="check" role="status">
          {label.error}
        </p>
      )}
      {label?.state === 'quoted' && <LabelRates shipmentId={shipment.id} label={label} />}
      <ParcelForm
        key={label?.id ?? 'first'}
        shipmentId={shipment.id}
        parcel={label?.parcel ?? null}
        isAgain={label?.state === 'quoted'}
        may={buying}
      />
    </div>
  )
}

/** The answer was lost: nothing else can be bought until it is known. */
function OpenPurchase({ shipmentId, label }: { shipmentId: string; label: LabelView }) {
  const settling = useMay('admin', 'provisioner')
  const settle = useMutation(trpc.labels.settle.mutationOptions(asksAgain))
  return (
    <div className="stack" role="status">
      <p className="check strong">Nobody knows yet whether this label was bought.</p>
      <p>
        {label.carrier} {label.service}
        {label.amount && label.currency && `, ${moneyText(label.amount, label.currency)}`}, asked for{' '}
        {label.buyingSince && <Time at={label.buyingSince} />}.
      </p>
      <p className="soft">
        {label.error ?? 'The carrier’s service has not answered.'} It is looked up by itself every minute; you need not
        buy it again.
      </p>
      <div className="row">
        <Button
          variant="default"
          disabled={!settling.may}
          title={settling.why}
          loading={settle.isPending}
          onClick={() => settle.mutate({ shipmentId })}
        >
          Look it up now
        </Button>
      </div>
      {settle.error && <ErrorNote error={settle.error} />}
    </div>
  )
}

function BoughtLabel({ shipment, data, label }: { shipment: ShipmentView; data: LabelsView; label: LabelView }) {
  const printing = useMay('admin', 'provisioner')
  const isHere = isStillHere(shipment.status)
  const mayPrint = printing.may && !shipment.held
  return (
    <div className="stack">
      {label.error && <p className="check">{label.error}</p>}
      <dl className="facts">
        <dt>Service</dt>
        <dd>
          {label.carrier} {label.service}
        </dd>
        <dt>Price</dt>
        <dd className="strong">{label.amount && label.currency && moneyText(label.amount, label.currency)}</dd>
        <dt>Tracking</dt>
        <dd>{label.trackingCode && <Copyable text={label.trackingCode} />}</dd>
        <dt>Bought</dt>
        <dd>
          {label.boughtAt && <Time at={label.boughtAt} />} by {label.boughtBy ?? 'somebody'}
        </dd>
        <dt>Printed</dt>
        <dd>{label.printedAt ? <Time at={label.printedAt} /> : <span className="faint">not yet</span>}</dd>
      </dl>
      {!data.isScanned && (
        <p className="soft small">
          A label is no hand-over: the parcel is with the carrier from its first scan, which has not come yet.
        </p>
      )}
      {shipment.held && <p className="check">It is held: nothing is printed until a second person releases it.</p>}
      {isHere && (
        <div className="row">
          {mayPrint && label.hasPicture && (
            <Button component="a" href={`/documents/labels/${label.id}.pdf`} target="_blank" rel="noreferrer">
              Print the label
            </Button>
          )}
          {mayPrint && shipment.direction === 'out' && (
            <Button
              component="a"
              variant="default"
              href={`/documents/slips/${shipment.id}.pdf`}
              target="_blank"
              rel="noreferrer"
            >
              Print the packing slip
            </Button>
          )}
          {!data.isScanned && label.state === 'bought' && <VoidLabel label={label} />}
        </div>
      )}
      {isHere && !printing.may && <p className="soft small">{printing.why}</p>}
      <Earlier data={data} />
    </div>
  )
}

function VoidLabel({ label }: { label: LabelView }) {
  const voiding = useMay('admin', 'provisioner')
  const [isAsking, setAsking] = useState(false)
  const refund = useMutation(
    trpc.labels.refund.mutationOptions({
      ...asksAgain,
      onSuccess() {
        showDone('Voided; the money is asked for.')
        setAsking(false)
      },
    }),
  )
  return (
    <>
      <Button variant="default" disabled={!voiding.may} title={voiding.why} onClick={() => setAsking(true)}>
        Void it…
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title={`Void the label ${label.trackingCode ?? ''}?`}
        confirm="Void it and ask for the money"
        asked={refund}
        onConfirm={() => refund.mutate({ labelId: label.id })}
      >
        <p className="soft small">
          Destroy the printed label first: a voided one that is used all the same is charged later. Carriers take up to
          a few weeks to pay back.
        </p>
      </ConfirmDialog>
    </>
  )
}

function VoidedNote({ label, isOver }: { label: LabelView; isOver: boolean }) {
  const price = label.amount && label.currency ? moneyText(label.amount, label.currency) : ''
  return (
    <p className="soft">
      {label.state === 'refunded'
        ? `The label ${label.trackingCode ?? ''} was voided and ${price} paid back.`
        : isOver
          ? `The label ${label.trackingCode ?? ''} is voided; ${price} is asked back. Another can be bought.`
          : `The label ${label.trackingCode ?? ''} is being voided. ${label.error ?? 'The carrier’s service has not answered yet.'}`}
    </p>
  )
}

function Earlier({ data: { earlier } }: { data: LabelsView }) {
  if (earlier.length === 0) return null
  return (
    <p className="faint small">
      Earlier: {earlier.map((one) => `${one.carrier} ${one.trackingCode} (${one.state})`).join(', ')}
    </p>
  )
}
