// One device: where it is in its life, who has it, everything that was heard of it, and what people do with it in their hands.
import { Button, Menu } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { AskBackDialog } from '../parts/ask-back-dialog.tsx'
import { CaseList } from '../parts/case-list.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { Endpoint } from '../parts/endpoint.tsx'
import { FacetHistory } from '../parts/facet-history.tsx'
import { HandoverList } from '../parts/handover-list.tsx'
import { LifeCycleStrip } from '../parts/life-cycle.tsx'
import { AskSerial } from '../parts/link-once.tsx'
import { Masked } from '../parts/masked.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { PagedTimeline } from '../parts/paged-timeline.tsx'
import { PresenceDays } from '../parts/presence-days.tsx'
import { PresenceStrip } from '../parts/presence-strip.tsx'
import { ProofWord } from '../parts/proof.tsx'
import { ReturnCard } from '../parts/return-card.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { ShipmentList } from '../parts/shipment-list.tsx'
import { Tabs } from '../parts/tabs.tsx'
import { Time } from '../parts/time.tsx'
import { TransferDialog } from '../parts/transfer-dialog.tsx'

type Whole = Outputs['devices']['get']

export function Device() {
  const { id } = useParams({ strict: false }) as { id: string }
  const query = useQuery(trpc.devices.get.queryOptions({ id }))
  return (
    <PageLoaded query={query} up={{ to: '/devices', label: 'Devices' }} title="Device">
      {(device) => <Known device={device} />}
    </PageLoaded>
  )
}

const tabs = [
  { key: 'chain', label: 'Chain' },
  { key: 'endpoint', label: 'Endpoint' },
  { key: 'history', label: 'History' },
  { key: 'presence', label: 'Presence' },
] as const

function Known({ device }: { device: Whole }) {
  const [search] = useSearchState()
  const tab =
    wordOf(
      search['tab'],
      tabs.map(({ key }) => key),
    ) ?? 'chain'
  const name = device.serialNumber ?? device.assetTag ?? device.hardwareUuid ?? 'Device without a serial number'
  return (
    <>
      <PageHeader
        up={{ to: '/devices', label: 'Devices', here: name }}
        title={name}
        tags={
          <>
            <span className="tag">{device.lifeCycle}</span>
            {device.proof !== null && <span className="tag">{device.proof}</span>}
            {!device.known && <span className="tag check">heard of only, not on file</span>}
            {device.cases
              .filter((one) => one.status !== 'closed')
              .map((one) => (
                <Link key={one.number} to={`/cases/${one.number}`}>
                  <SeverityMark of={one.severity} isPill /> C-{one.number}
                </Link>
              ))}
          </>
        }
        actions={device.mergedInto === null && <Actions device={device} />}
      />
      {device.mergedInto !== null && (
        <p className="card held" role="note">
          This record proved to be <Link to={`/devices/${device.mergedInto}`}>another laptop’s</Link>: what is heard of
          it counts there, and so does what is done with it. It can be taken out again under{' '}
          <Link to={`/devices/${device.mergedInto}`} search={{ tab: 'endpoint' } as never}>
            “Endpoint” there
          </Link>
          .
        </p>
      )}
      <Tabs label={`Parts of ${name}`} tabs={tabs} active={tab} />
      {tab === 'chain' && <Chain device={device} />}
      {tab === 'endpoint' && <Endpoint deviceId={device.id} merged={device.mergedFrom} />}
      {tab === 'history' && <FacetHistory deviceId={device.id} />}
      {tab === 'presence' && <PresenceDays deviceId={device.id} />}
    </>
  )
}

/** What happened with it, and who has it. */
function Chain({ device }: { device: Whole }) {
  return (
    <div className="split">
      <div className="stack">
        <section className="card life-cycle-box" aria-label="Where it stands">
          <LifeCycleStrip at={device.lifeCycle} skipped={skippedOf(device)} />
        </section>
        {device.findings.length > 0 && <Findings device={device} />}
        <PagedTimeline of="devices" id={device.id} />
      </div>
      <aside className="stack" aria-label="About this device">
        <About device={device} />
        <ReturnCard deviceId={device.id} />
        <ShipmentList
          shipments={device.shipments}
          none="None yet. It is sent with a shipment that names its serial number."
        />
        <HandoverList about={{ deviceId: device.id }}>
          {(device.holder.person ?? device.assignee) && device.serialNumber && (
            <div style={{ marginTop: '0.6rem' }}>
              <AskSerial deviceId={device.id} />
            </div>
          )}
        </HandoverList>
        <CaseList title="Cases" cases={device.cases} />
        <PresenceStrip days={device.presence} />
      </aside>
    </div>
  )
}

/** Seen in use, and never accepted by anybody. */
function skippedOf({ lifeCycle, state }: Whole): 'accepted'[] {
  return (lifeCycle === 'checked in' || lifeCycle === 'in service') && state.acceptedAt === null ? ['accepted'] : []
}

function Findings({ device }: { device: Whole }) {
  return (
    <section className="card" aria-label="What needs a check">
      <header>
        <h2>What needs a check</h2>
        {device.lookAgainAt && (
          <span className="small faint">
            looked at again <Time at={device.lookAgainAt} />
          </span>
        )}
      </header>
      <ul className="stack">
        {device.findings.map((finding) => (
          <li key={finding.id} className="row apart">
            <span>
              <SeverityMark of={finding.severity} /> {finding.summary}{' '}
              {finding.status === 'suppressed' && <span className="tag">kept quiet</span>}
            </span>
            <span className="small">
              <Link to={`/rules/${finding.rule}`}>{finding.rule}</Link>{' '}
              <span className="strong">+{finding.weight} dB</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function About({ device }: { device: Whole }) {
  const { holder, assignee } = device
  return (
    <section className="card" aria-label="Device">
      <header>
        <h2>Device</h2>
        {device.chain.bad !== null ? (
          <span className="tag check">ledger does not verify at {device.chain.bad}</span>
        ) : (
          <span className="small good">{device.chain.events} events verified ✓</span>
        )}
      </header>
      <dl className="facts">
        <dt>Serial</dt>
        <dd>
          {device.serialNumber ? (
            <Copyable text={device.serialNumber} />
          ) : (
            <span className="check">none that identifies it</span>
          )}
        </dd>
        <dt>Tag</dt>
        <dd>{device.assetTag ?? '–'}</dd>
        <dt>Model</dt>
        <dd>{[device.manufacturer, device.model].filter(Boolean).join(' ') || 'unknown'}</dd>
        <dt>Holder</dt>
        <dd>
          {holder.person ? (
            <Masked what="the holder">
              <Link to={`/people/${holder.person.id}`}>{holder.person.name ?? 'erased'}</Link>
            </Masked>
          ) : (
            <span className={holder.kind === 'unaccepted' ? 'check strong' : ''}>{holder.kind}</span>
          )}
        </dd>
        <dt>Assignee</dt>
        <dd>
          {assignee ? (
            <Masked what="the assignee">
              <Link to={`/people/${assignee.id}`}>{assignee.name ?? 'erased'}</Link>
            </Masked>
          ) : (
            'nobody'
          )}
        </dd>
        <dt>Proof</dt>
        <dd>
          <ProofWord of={device.proof} isLong />
        </dd>
        <dt>Last seen</dt>
        <dd>
          {device.lastSeen.map(({ source, at, proof }) => (
            <div key={source}>
              <Time at={at} isStop />, {source}, <ProofWord of={proof} />
            </div>
          ))}
          {device.lastSeen.length === 0 && 'never'}
        </dd>
        <dt>Host name</dt>
        <dd>{device.hostname ?? '–'}</dd>
        <dt>Hardware</dt>
        <dd className="small">{device.hardwareUuid ? <Copyable text={device.hardwareUuid} /> : '–'}</dd>
        {Object.entries((device.notes ?? {}) as Record<string, unknown>).map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{String(value)}</dd>
          </div>
        ))}
        {device.aliases
          .filter(({ alias }) => alias !== device.hardwareUuid)
          .map(({ source, alias }) => (
            <div key={source + alias} style={{ display: 'contents' }}>
              <dt>Id, {source.replaceAll('_', ' ')}</dt>
              <dd className="small">
                <Copyable text={alias} />
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}

const proofs = {
  confirmation: 'They confirmed it',
  signature: 'They signed for it',
  counter: 'They fetched it here',
} as const
const statuses = { stock: 'In stock', repair: 'In repair', retired: 'Retired', lost: 'Lost' } as const

const inHand = ['delivered', 'accepted', 'checked in', 'in service']
const isWithSomebody = ({ lifeCycle }: Whole) => inHand.includes(lifeCycle)

function Actions({ device }: { device: Whole }) {
  const { may, why } = useMay('provisioner', 'admin')
  const accept = useMutation(trpc.devices.accept.mutationOptions({ onSuccess: () => showDone('Accepted') }))
  const receive = useMutation(trpc.devices.receive.mutationOptions({ onSuccess: () => showDone('Received') }))
  const setStatus = useMutation(trpc.devices.setStatus.mutationOptions({ onSuccess: () => showDone('Reported') }))
  const [asked, setAsked] = useState<'back' | 'transfer' | null>(null)
  const deviceId = device.id
  const name = device.serialNumber ?? device.model ?? 'this laptop'
  if (!may) return <p className="small faint">{why}</p>
  return (
    <>
      {device.lifeCycle === 'stock' && (
        <Button component={Link} to="/shipments/new" search={{ devices: deviceId } as never}>
          Send it to somebody
        </Button>
      )}
      {(device.lifeCycle === 'delivered' || device.lifeCycle === 'checked in') && (
        <Menu>
          <Menu.Target>
            <Button variant="default" loading={accept.isPending}>
              Accepted…
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>How do we know that its assignee has it?</Menu.Label>
            {(['confirmation', 'signature', 'counter'] as const).map((proof) => (
              <Menu.Item key={proof} onClick={() => accept.mutate({ deviceId, proof })}>
                {proofs[proof]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {isWithSomebody(device) && (
        <>
          <Button variant="default" onClick={() => setAsked('transfer')}>
            Pass on…
          </Button>
          <Button variant="default" onClick={() => setAsked('back')}>
            Ask back…
          </Button>
        </>
      )}
      <AskBackDialog
        isOpen={asked === 'back'}
        onClose={() => setAsked(null)}
        of={{ deviceId }}
        title={`Ask for ${name} back`}
      />
      <TransferDialog isOpen={asked === 'transfer'} onClose={() => setAsked(null)} device={{ id: deviceId, name }} />
      {device.lifeCycle === 'returning' && (
        <Menu>
          <Menu.Target>
            <Button variant="default" loading={receive.isPending}>
              Received back…
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to="/scan?job=receive">
              Scan its serial number
            </Menu.Item>
            <Menu.Item onClick={() => receive.mutate({ deviceId })}>Its serial number cannot be read</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
      {device.mayBecome.length > 0 && (
        <Menu>
          <Menu.Target>
            <Button variant="default" loading={setStatus.isPending}>
              Report…
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>What has become of it?</Menu.Label>
            {device.mayBecome.map((status) => (
              <Menu.Item key={status} onClick={() => setStatus.mutate({ deviceId, status })}>
                {statuses[status]}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  )
}
