// One case: why it is one, where the device went, what happened, and what a person does about it.
import { skipToken, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { Fragment, useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { CaseActions } from '../parts/case-actions.tsx'
import { CaseChecklist } from '../parts/case-checklist.tsx'
import { CaseClaim } from '../parts/case-claim.tsx'
import { CaseList } from '../parts/case-list.tsx'
import { CaseLog } from '../parts/case-log.tsx'
import { CaseMessages } from '../parts/case-messages.tsx'
import { CaseParts, PartOf } from '../parts/case-parts.tsx'
import { CaseTasks } from '../parts/case-tasks.tsx'
import { CaseWhy } from '../parts/case-why.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { DeclareDialog } from '../parts/declare-dialog.tsx'
import { Due } from '../parts/due.tsx'
import { FivePlaces } from '../parts/five-places.tsx'
import { HandoverList } from '../parts/handover-list.tsx'
import { LifeCycleStrip, type Step } from '../parts/life-cycle.tsx'
import { AskSerial } from '../parts/link-once.tsx'
import { Masked } from '../parts/masked.tsx'
import { useMay, useMe } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { SeverityMark } from '../parts/severity.tsx'
import { Loaded, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import { Timeline } from '../parts/timeline.tsx'

type Whole = Outputs['cases']['get']

export function Case() {
  const { number: text } = useParams({ strict: false }) as { number: string }
  const number = /^(?:c-)?(\d{1,9})$/i.exec(text)?.[1]
  const query = useQuery(trpc.cases.get.queryOptions(number === undefined ? skipToken : { number: Number(number) }))
  if (number === undefined)
    return <Nothing title={`“${text}” is no case number`}>Case numbers look like C-12. Search with Ctrl K.</Nothing>
  return (
    <PageLoaded query={query} up={{ to: '/cases', label: 'Cases' }} title={`C-${number}`}>
      {(whole) => <Known whole={whole} />}
    </PageLoaded>
  )
}

function Known({ whole }: { whole: Whole }) {
  const deviceIds = whole.devices.map(({ id }) => id).slice(0, 20)
  const timeline = useQuery(trpc.cases.timeline.queryOptions({ caseId: whole.id, deviceIds }))
  const known = new Set(timeline.data?.map(({ seq }) => seq))
  return (
    <>
      <PageHeader
        up={{ to: '/cases', label: 'Cases', here: `C-${whole.number}` }}
        mark={<SeverityMark of={whole.severity} isPill />}
        title={whole.title}
        tags={<Tags whole={whole} />}
        actions={<CaseActions whole={whole} />}
      />
      <CaseClaim whole={whole} />
      <div className="split">
        <div className="stack">
          <PartOf whole={whole} />
          {whole.subject.kind === 'site' && (
            <p>
              It is about everybody of <Link to={`/sites/${whole.subject.id}`}>this site</Link>, where they are together
              and by what.
            </p>
          )}
          <CaseParts whole={whole} />
          <CaseWhy whole={whole} seqsShown={known} />
          {whole.devices.map((device) => (
            <FivePlaces
              key={device.id}
              deviceId={device.id}
              name={whole.devices.length > 1 ? (device.serialNumber ?? device.id) : null}
            />
          ))}
          <Loaded query={timeline} lines={10}>
            {(entries) => (
              <Timeline entries={entries} hasGaps={whole.devices.length <= 1}>
                <CaseLog number={whole.number} entries={entries} />
              </Timeline>
            )}
          </Loaded>
        </div>
        <aside className="stack" aria-label="About this case">
          {whole.devices.length > 1 && <CaseChecklist whole={whole} />}
          {whole.devices.map((device) => (
            <Fragment key={device.id}>
              <DeviceCard device={device} whole={whole} />
              <HandoverList
                about={{ deviceId: device.id }}
                {...(whole.devices.length > 1 ? { ofDevice: device.serialNumber } : {})}
              >
                {device.serialNumber && (whole.person ?? device.assigneeId) && (
                  <div style={{ marginTop: '0.6rem' }}>
                    <AskSerial deviceId={device.id} caseId={whole.id} />
                  </div>
                )}
              </HandoverList>
            </Fragment>
          ))}
          {whole.devices.length <= 1 && <CaseChecklist whole={whole} />}
          <CaseTasks whole={whole} />
          <Harmless whole={whole} />
          <CaseList title={`Also about this ${whole.subject.kind}`} cases={whole.others} />
          <CaseMessages messages={whole.messages} />
        </aside>
      </div>
    </>
  )
}

function Tags({ whole }: { whole: Whole }) {
  const me = useMe()
  const { data: colleagues = [] } = useQuery(trpc.access.colleagues.queryOptions())
  const owner =
    whole.assigneeId === null
      ? 'unassigned'
      : whole.assigneeId === me.userId
        ? 'yours'
        : (colleagues.find(({ id }) => id === whole.assigneeId)?.name ?? 'a former user’s')
  return (
    <>
      <span className="tag">
        {whole.status}
        {whole.status === 'closed' && whole.outcome && `: ${whole.outcome.replace('_', ' ')}`}
        {whole.waitingOn && ` on ${whole.waitingOn}`}
        {whole.snoozedUntil && (
          <>
            , back <Time at={whole.snoozedUntil} />
          </>
        )}
      </span>
      <span className="tag">{owner}</span>
      {whole.dueAt && whole.status !== 'closed' && (
        <span className="tag">
          due <Due at={whole.dueAt} pausedAt={whole.duePausedAt} />
        </span>
      )}
      {whole.escalatedAt && <span className="tag check">escalated</span>}
    </>
  )
}

const afterDelivery = ['delivered', 'accepted', 'checked in', 'in service']

/** The step that a finding about custody speaks of. */
function wrongStepOf(whole: Whole, device: Whole['devices'][number]): Step | undefined {
  const isAboutParcel = whole.findings.some(
    (finding) => finding.deviceId === device.id && finding.layer === 'custody' && finding.counted > 0,
  )
  if (!isAboutParcel) return undefined
  return afterDelivery.includes(device.lifeCycle) ? 'delivered' : 'shipped'
}

function DeviceCard({ device, whole }: { device: Whole['devices'][number]; whole: Whole }) {
  const wasSkipped =
    device.holder === 'unaccepted' && (device.lifeCycle === 'checked in' || device.lifeCycle === 'in service')
  const shipments = whole.shipments.filter((shipment) => shipment.deviceIds.includes(device.id))
  return (
    <section className="card life-cycle-box" aria-label="Device">
      <header>
        <h2>Device</h2>
        <Link to={`/devices/${device.id}`} className="small">
          open
        </Link>
      </header>
      <div className="stack">
        <dl className="facts">
          <dt>Serial</dt>
          <dd>{device.serialNumber ? <Copyable text={device.serialNumber} /> : 'none that identifies it'}</dd>
          <dt>Model</dt>
          <dd>{device.model ?? 'unknown'}</dd>
          <dt>Holder</dt>
          <dd className={device.holder === 'unaccepted' ? 'check strong' : ''}>{device.holder}</dd>
          {whole.person && (
            <>
              <dt>Person</dt>
              <dd>
                {whole.person.erased ? (
                  <Link to={`/people/${whole.person.id}`}>erased</Link>
                ) : (
                  <Masked what="the person">
                    <Link to={`/people/${whole.person.id}`}>{whole.person.name}</Link>
                  </Masked>
                )}
              </dd>
            </>
          )}
          {shipments.map((shipment) => (
            <div key={shipment.id} style={{ display: 'contents' }}>
              <dt>{shipment.direction === 'out' ? 'Parcel' : 'Return'}</dt>
              <dd>
                <Link to={`/shipments/${shipment.id}`}>{shipment.reference ?? 'without a reference'}</Link>{' '}
                <span className={shipment.held ? 'tag check' : 'tag'}>{shipment.held ? 'held' : shipment.status}</span>
              </dd>
            </div>
          ))}
        </dl>
        <LifeCycleStrip
          at={device.lifeCycle}
          wrong={wrongStepOf(whole, device)}
          skipped={wasSkipped ? ['accepted'] : []}
        />
      </div>
    </section>
  )
}

function Harmless({ whole }: { whole: Whole }) {
  const { may, why } = useMay('analyst', 'provisioner', 'admin')
  const [isDeclaring, setDeclaring] = useState(false)
  const personId = whole.person?.id ?? whole.devices[0]?.assigneeId ?? null
  return (
    <section className="card" aria-label="If it is harmless">
      <h2>If it is harmless</h2>
      <p>
        A second home, travel, an approved delegate:{' '}
        {personId === null ? (
          'declared on the page of a person'
        ) : (
          <button type="button" className="link" disabled={!may} title={why} onClick={() => setDeclaring(true)}>
            declare it
          </button>
        )}{' '}
        with an end date, and this stays quiet.
      </p>
      {personId !== null && (
        <DeclareDialog isOpen={isDeclaring} onClose={() => setDeclaring(false)} personId={personId} />
      )}
    </section>
  )
}
