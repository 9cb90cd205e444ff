// One return: who has the laptop, by when it is due, how it travels, what was read at receipt, and what became of it.
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { CloseReturnDialog } from '../parts/close-return-dialog.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { PagedTimeline } from '../parts/paged-timeline.tsx'
import { isStillHere } from '../parts/parcel-place.ts'
import { ReasonDialog } from '../parts/reason-dialog.tsx'
import { ReceiveDialog } from '../parts/receive-dialog.tsx'
import { outcomeWords, ReturnTags, reasonWords } from '../parts/return-words.tsx'
import { Time, useNow } from '../parts/time.tsx'
import '../parts/lines.css'

type Whole = Outputs['returns']['get']

const up = { to: '/returns', label: 'Returns' }

export function Return() {
  const { id } = useParams({ strict: false }) as { id: string }
  const query = useQuery(trpc.returns.get.queryOptions({ id }))
  return (
    <PageLoaded query={query} up={up} title="Return">
      {(data) => <ReturnPage key={id} of={data} />}
    </PageLoaded>
  )
}

function ReturnPage({ of }: { of: Whole }) {
  const name = of.device.serialNumber ?? of.device.model ?? 'a laptop'
  return (
    <>
      <PageHeader
        title={`Return of ${name}`}
        up={{ ...up, here: name }}
        tags={<ReturnTags of={of} />}
        actions={<Actions of={of} />}
      />
      <div className="split">
        <div className="stack">
          {of.serialRead === 'different' && of.receivedAt === null && <Swapped of={of} />}
          <Way of={of} />
          <PagedTimeline of="devices" id={of.device.id} />
        </div>
        <aside className="stack" aria-label="About this return">
          <Facts of={of} />
          <Acknowledged of={of} />
        </aside>
      </div>
    </>
  )
}

function Actions({ of }: { of: Whole }) {
  const { may, why } = useMay('admin', 'provisioner')
  const [asked, setAsked] = useState<'receive' | 'close' | 'due' | null>(null)
  if (of.closedAt !== null) return null
  if (!may) return <p className="small faint">{why}</p>
  const close = () => setAsked(null)
  const isReadable = of.receivedAt === null || of.serialRead === 'unread'
  return (
    <>
      {of.receivedAt === null && (
        <Button variant="default" onClick={() => setAsked('due')}>
          Another day…
        </Button>
      )}
      <Button variant={of.receivedAt === null ? 'default' : 'filled'} onClick={() => setAsked('close')}>
        Close…
      </Button>
      {isReadable && (
        <Button onClick={() => setAsked('receive')}>{of.receivedAt === null ? 'Receive…' : 'Read its serial…'}</Button>
      )}
      <ReceiveDialog isOpen={asked === 'receive'} onClose={close} returnId={of.id} />
      <CloseReturnDialog
        isOpen={asked === 'close'}
        onClose={close}
        returnId={of.id}
        isReceived={of.receivedAt !== null}
      />
      <DueDialog isOpen={asked === 'due'} onClose={close} of={of} />
    </>
  )
}

function DueDialog({ isOpen, onClose, of }: { isOpen: boolean; onClose(): void; of: Whole }) {
  const today = new Date(useNow()).toISOString().slice(0, 10)
  const [dueOn, setDueOn] = useState(of.dueOn < today ? today : of.dueOn)
  const setDue = useMutation(trpc.returns.setDue.mutationOptions(quietly))
  return (
    <ReasonDialog
      isOpen={isOpen}
      onClose={onClose}
      title="Due on another day"
      confirm="Move the day"
      draft={`due ${of.id}`}
      isReady={dueOn >= today}
      onSubmit={async (note) => {
        await setDue.mutateAsync({ returnId: of.id, dueOn, note })
        showDone('Moved. Reminders go by the new day.')
      }}
    >
      <TextInput
        label="Due on"
        type="date"
        required
        min={today}
        value={dueOn}
        onChange={(event) => setDueOn(event.currentTarget.value)}
        data-autofocus
      />
    </ReasonDialog>
  )
}

/** Another laptop lay in the box. */
function Swapped({ of }: { of: Whole }) {
  return (
    <section className="card held" aria-labelledby="return-swapped">
      <header>
        <h2 id="return-swapped" className="check">
          Another laptop came back
        </h2>
      </header>
      <p>
        Expected <span className="mono">{of.device.serialNumber ?? 'one without a serial number'}</span>, read{' '}
        {of.otherDeviceId ? (
          <Link to={`/devices/${of.otherDeviceId}`} className="mono">
            {of.otherSerial}
          </Link>
        ) : (
          <span className="mono">{of.otherSerial}</span>
        )}
        {of.otherDeviceId ? ', which is ours: its own page says where it stands now.' : ', which is no laptop on file.'}
      </p>
      <p className="soft small">
        Ask the person, by a number on file, where the one expected is. This return stays open until it comes.
      </p>
    </section>
  )
}

/** The parcel that brings it, with its label, and the mail that says how. */
function Way({ of }: { of: Whole }) {
  const { may, why } = useMay('admin', 'provisioner')
  const navigate = useNavigate()
  const prepare = useMutation(
    trpc.returns.prepareParcel.mutationOptions({
      onSuccess: ({ shipmentId }) => void navigate({ to: `/shipments/${shipmentId}` }),
    }),
  )
  const remind = useMutation(
    trpc.returns.remind.mutationOptions({
      onSuccess: ({ sent }) =>
        showDone(sent ? 'The mail is on its way.' : 'The mail could not be sent: tell them by hand.'),
    }),
  )
  const isWith = of.receivedAt === null && of.closedAt === null
  const whyNoMail = !of.mailIsSetUp
    ? 'Mail is not set up here: tell them by hand.'
    : of.hasEmail
      ? why
      : 'There is no e-mail of theirs on file: tell them by hand.'
  return (
    <section className="card" aria-labelledby="return-way">
      <header>
        <h2 id="return-way">The way back</h2>
        <span className="small faint">
          {of.reminders === 0 ? 'no reminder yet' : of.reminders === 1 ? '1 reminder' : `${of.reminders} reminders`}
          {of.nextReminderAt !== null && (
            <>
              {' · next '}
              <Time at={of.nextReminderAt} />
            </>
          )}
        </span>
      </header>
      {of.parcel ? (
        <p>
          In parcel{' '}
          <Link to={`/shipments/${of.parcel.id}`}>
            {of.parcel.reference ?? of.parcel.trackingCode ?? 'without a number'}
          </Link>
          : {of.parcel.status}
          {of.parcel.carrier && `, ${of.parcel.carrier}`}.{' '}
          {!of.parcel.hasLabel && of.parcel.trackingCode === null && 'It has no label yet: buy one on its page.'}
        </p>
      ) : (
        <p className="soft">No parcel is made for it. It may also be brought to the office.</p>
      )}
      {isWith && (of.parcel === null || isStillHere(of.parcel.status)) && (
        <div className="row" style={{ marginTop: '0.6rem' }}>
          {!of.parcel && (
            <Button
              variant="default"
              disabled={!may || of.person === null}
              title={of.person === null ? 'Nobody is named who could send it.' : why}
              loading={prepare.isPending}
              onClick={() => prepare.mutate({ returnId: of.id })}
            >
              Make a parcel for it
            </Button>
          )}
          <Button
            variant="default"
            disabled={!may || !of.mailIsSetUp || !of.hasEmail}
            title={whyNoMail}
            loading={remind.isPending}
            onClick={() => remind.mutate({ returnId: of.id })}
          >
            {of.parcel?.hasLabel ? 'Mail them the label' : 'Remind them now'}
          </Button>
          {whyNoMail !== undefined && <span className="small soft">{whyNoMail}</span>}
        </div>
      )}
    </section>
  )
}

function Facts({ of }: { of: Whole }) {
  return (
    <section className="card" aria-labelledby="return-facts">
      <header>
        <h2 id="return-facts">Return</h2>
      </header>
      <dl className="facts">
        <dt>Laptop</dt>
        <dd>
          <Link to={`/devices/${of.device.id}`}>{of.device.model ?? 'the laptop'}</Link>
          {of.device.serialNumber !== null && (
            <div>
              <Copyable text={of.device.serialNumber} />
            </div>
          )}
        </dd>
        <dt>From</dt>
        <dd>
          {of.person ? (
            <Link to={`/people/${of.person.id}`}>{of.person.name ?? 'erased'}</Link>
          ) : (
            <span className="faint">nobody named</span>
          )}
        </dd>
        <dt>Why</dt>
        <dd>{reasonWords[of.reason]}</dd>
        <dt>Due</dt>
        <dd>
          <Time at={of.dueOn} as="date" />
        </dd>
        <dt>Asked</dt>
        <dd>
          <Time at={of.openedAt} isStop />
        </dd>
        {of.serialRead !== null && (
          <>
            <dt>Serial read</dt>
            <dd className={of.serialRead === 'same' ? 'good' : 'check'}>{serialWords[of.serialRead]}</dd>
          </>
        )}
        {of.outcome !== null && (
          <>
            <dt>Outcome</dt>
            <dd>{outcomeWords[of.outcome].label}</dd>
          </>
        )}
      </dl>
      {of.note !== null && <q style={{ whiteSpace: 'pre-line' }}>{of.note}</q>}
    </section>
  )
}

const serialWords = { same: 'the one expected', different: 'another one', unread: 'not read' } as const

function Acknowledged({ of }: { of: Whole }) {
  const { may, why } = useMay('admin', 'provisioner')
  const navigate = useNavigate()
  const ask = useMutation(
    trpc.returns.askToSign.mutationOptions({
      onSuccess: ({ handoverId }) => void navigate({ to: `/handovers/${handoverId}` }),
    }),
  )
  const canSign = of.personAcknowledgedAt === null && of.person !== null && of.outcome !== 'lost'
  return (
    <section className="card" aria-labelledby="return-acknowledged">
      <header>
        <h2 id="return-acknowledged">Acknowledged</h2>
      </header>
      <dl className="facts">
        <dt>Person</dt>
        <dd>
          {of.personAcknowledgedAt === null ? (
            <span className="faint">not yet</span>
          ) : (
            <Time at={of.personAcknowledgedAt} isStop />
          )}
        </dd>
        <dt>Stockroom</dt>
        <dd>
          {of.stockAcknowledgedAt === null ? (
            <span className="faint">not yet</span>
          ) : (
            <Time at={of.stockAcknowledgedAt} isStop />
          )}
        </dd>
      </dl>
      {canSign && (
        <Button
          variant="default"
          size="xs"
          mt="xs"
          disabled={!may}
          title={why}
          loading={ask.isPending}
          onClick={() => ask.mutate({ returnId: of.id })}
        >
          Ask them to sign…
        </Button>
      )}
    </section>
  )
}
