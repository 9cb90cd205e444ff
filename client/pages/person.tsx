// One person: addresses (masked), what is meant for them, what the company vouches for, and everything that happened.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { AddressCard, type MaskedAddress } from '../parts/address-card.tsx'
import { AddressDecision, AddressReview } from '../parts/address-review.tsx'
import { AskBackDialog } from '../parts/ask-back-dialog.tsx'
import { CaseList } from '../parts/case-list.tsx'
import { Copyable } from '../parts/copyable.tsx'
import { PersonDeclarations } from '../parts/declarations.tsx'
import { DeclareDialog } from '../parts/declare-dialog.tsx'
import { DeviceList } from '../parts/device-list.tsx'
import { ErasePerson } from '../parts/erase-person.tsx'
import { HandoverList } from '../parts/handover-list.tsx'
import { Masked } from '../parts/masked.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { PagedTimeline } from '../parts/paged-timeline.tsx'
import { ShipmentList } from '../parts/shipment-list.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'

type PersonView = Outputs['people']['get']

const up = { to: '/people', label: 'People' }

export function Person() {
  const { id } = useParams({ strict: false }) as { id: string }
  const person = useQuery(trpc.people.get.queryOptions({ id }))
  return (
    <PageLoaded query={person} up={up} title="Person">
      {(data) => <PersonPage key={id} person={data} />}
    </PageLoaded>
  )
}

function PersonPage({ person }: { person: PersonView }) {
  const declaring = useMay('admin', 'provisioner', 'analyst')
  const erasing = useMay('admin')
  const [isDeclaring, setDeclaring] = useState(false)
  const [isErasing, setErasing] = useState(false)
  const asking = useMay('admin', 'provisioner')
  const sending = asking
  const [isAsking, setAsking] = useState(false)
  const hasSomething = person.devices.some((device) => device.lifeCycle !== 'ordered' && device.lifeCycle !== 'packed')
  const name = person.name ?? person.externalId ?? (person.erasedAt === null ? 'Somebody' : 'Erased person')
  const waiting = person.addresses.find(isWaiting)
  const approved = person.addresses.find((one) => one.use === 'home' && one.approved) ?? null
  const others = person.addresses.filter((one) => one !== waiting && one !== (waiting ? approved : null))
  const { email } = person
  const whyNotDeclare =
    email === null ? 'They have no e-mail on file, by which a declaration names them.' : declaring.why
  return (
    <>
      <PageHeader
        title={name}
        up={{ ...up, here: person.externalId ?? person.id }}
        tags={
          <>
            <span className="tag">{person.kind}</span>
            {person.erasedAt !== null && <span className="tag">erased</span>}
            {person.leavesOn !== null && (
              <span className="soft small">
                leaves <Time at={person.leavesOn} as="date" />
              </span>
            )}
          </>
        }
        actions={
          person.erasedAt === null && (
            <>
              {sending.may && (
                <Button variant="default" component={Link} to="/shipments/new" search={{ person: person.id } as never}>
                  Send a laptop
                </Button>
              )}
              {hasSomething && (
                <Button variant="default" disabled={!asking.may} title={asking.why} onClick={() => setAsking(true)}>
                  Ask for all of it back…
                </Button>
              )}
              <Button
                variant="default"
                disabled={!declaring.may || email === null}
                title={whyNotDeclare}
                onClick={() => setDeclaring(true)}
              >
                Declare…
              </Button>
              {erasing.may && (
                <Button variant="default" onClick={() => setErasing(true)}>
                  Erase…
                </Button>
              )}
            </>
          )
        }
      />
      <div className="split">
        <div className="stack">
          {waiting && <AddressReview next={waiting} current={approved} name={name} />}
          <Addresses addresses={others} current={approved} name={name} isRest={waiting !== undefined} />
          <PagedTimeline of="people" id={person.id} hasGaps={false} />
        </div>
        <div className="stack">
          <Facts person={person} />
          <CaseList title="Cases" cases={person.cases} />
          <DeviceList devices={person.devices} none="None is meant for them." />
          <ShipmentList shipments={person.shipments} none="None yet." />
          <HandoverList about={{ personId: person.id }} />
          <PersonDeclarations declarations={person.declarations} name={name} />
        </div>
      </div>
      <DeclareDialog isOpen={isDeclaring} onClose={() => setDeclaring(false)} personId={person.id} />
      <AskBackDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        of={{ personId: person.id }}
        title={`Ask for everything back that ${name} has`}
      />
      <ErasePerson isOpen={isErasing} onClose={() => setErasing(false)} person={{ id: person.id, name }} />
    </>
  )
}

/** A home or ship-to address that nobody has decided about. The one of an identity document is only compared. */
const isWaiting = (address: MaskedAddress) =>
  address.use !== 'identity' && !address.approved && !address.refused && !address.erased

interface AddressesProps {
  addresses: MaskedAddress[]
  /** The newest approved home. */
  current: MaskedAddress | null
  name: string
  /** The others stand above, side by side. */
  isRest: boolean
}

function Addresses({ addresses, current, name, isRest }: AddressesProps) {
  if (addresses.length === 0 && isRest) return null
  return (
    <section className="card" aria-labelledby="addresses">
      <header>
        <h2 id="addresses">{isRest ? 'Other addresses' : 'Addresses'}</h2>
        <span className="faint small">newest first; streets are shown for a reason</span>
      </header>
      {addresses.length === 0 && (
        <p className="soft">No address is on file: nothing can be shipped until one is imported.</p>
      )}
      <ul className="stack">
        {addresses.map((address) => (
          <li key={address.id}>
            <AddressCard address={address} isCurrent={address === current}>
              {isWaiting(address) && <AddressDecision address={address} name={name} />}
            </AddressCard>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Facts({ person }: { person: PersonView }) {
  return (
    <section className="card" aria-labelledby="person-facts">
      <header>
        <h2 id="person-facts">Person</h2>
      </header>
      <dl className="facts">
        <dt>Number</dt>
        <dd>
          {person.externalId === null ? <span className="faint">none</span> : <Copyable text={person.externalId} />}
        </dd>
        <dt>E-mail</dt>
        <dd>
          {person.email === null ? (
            <span className="faint">none</span>
          ) : (
            <Masked what="the e-mail">
              <Copyable text={person.email} />
            </Masked>
          )}
        </dd>
        <dt>Phone</dt>
        <dd>{person.phoneOnFile ? 'on file' : <span className="faint">none on file</span>}</dd>
        <dt>Manager</dt>
        <dd>{person.managerEmail ?? <span className="faint">not on file</span>}</dd>
        <dt>Starts</dt>
        <dd>
          {person.startsOn === null ? (
            <span className="faint">not on file</span>
          ) : (
            <Time at={person.startsOn} as="date" />
          )}
        </dd>
        {person.leavesOn !== null && (
          <>
            <dt>Leaves</dt>
            <dd>
              <Time at={person.leavesOn} as="date" />
            </dd>
          </>
        )}
        {Object.entries((person.notes ?? {}) as Record<string, unknown>).map(([note, value]) => (
          <NoteFact key={note} name={note} value={String(value)} />
        ))}
      </dl>
    </section>
  )
}

function NoteFact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name.replaceAll('_', ' ')}</dt>
      <dd>{value}</dd>
    </>
  )
}
