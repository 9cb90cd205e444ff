// One address: the city at first, the whole of it for a reason that is recorded, until the page is left.
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'
import './address.css'

export type MaskedAddress = Outputs['people']['get']['addresses'][number]

const useWords = { home: 'Home', identity: 'Identity document', ship_to: 'Given for one shipment' }

interface AddressCardProps {
  address: MaskedAddress
  /** Over the address, where two stand side by side. */
  heading?: string
  /** The one that counts now, among older ones. */
  isCurrent?: boolean
  /** The stockroom's: nobody has to approve it. */
  isOurs?: boolean
  /** What can be done with it. */
  children?: ReactNode
}

/** The city, what kind of address it is and how far it is settled. */
export function AddressCard({ address, heading, isCurrent = false, isOurs = false, children }: AddressCardProps) {
  const { kind, why, confidence } = address.class
  return (
    <div className="address">
      <p className="row">
        {heading && <span className="faint small">{heading}</span>}
        <span className="soft">{useWords[address.use]}</span>
        {!address.erased && !isOurs && <AddressState address={address} />}
        {isCurrent && !address.erased && <span className="tag">current</span>}
        {address.erased && <span className="tag">erased</span>}
      </p>
      <RevealedAddress address={address} />
      <p className="soft small">
        {kind !== 'unknown' && (
          <>
            {kindText(kind, why)}
            {confidence < 0.7 && ', not sure'} ·{' '}
          </>
        )}
        {address.class.isOfNoCensusArea && 'a postal code that no Census area has · '}
        {address.class.customerCode && 'with a customer code · '}from {address.source} · since{' '}
        <Time at={address.validFrom} as="date" />
      </p>
      {children && <div className="row">{children}</div>}
    </div>
  )
}

/** Approved, refused or waiting, by a mark and a word. */
function AddressState({ address }: { address: Pick<MaskedAddress, 'approved' | 'refused'> }) {
  if (address.refused) return <span className="tag">× refused</span>
  return address.approved ? (
    <span className="tag good">✓ approved</span>
  ) : (
    <span className="tag check">not approved</span>
  )
}

/** What kind of place, and by what one sees it where that says more. */
function kindText(kind: string, why: string): string {
  const said = why.replace(/\.$/, '')
  if (said.toLowerCase() === kind) return said
  return said === '' ? kind : `${kind} (${said})`
}

const cityOf = ({ city, region, country }: MaskedAddress) =>
  [city, region, country].filter(Boolean).join(', ') || 'no city on file'

/** The city with the way to the whole address. */
function RevealedAddress({ address }: { address: MaskedAddress }) {
  const revealing = useMay('admin', 'provisioner', 'analyst')
  const [isAsking, setAsking] = useState(false)
  const reveal = useMutation(trpc.people.revealAddress.mutationOptions({ meta: { showsErrors: true } }))
  const whole = reveal.data
  if (whole)
    return (
      <address className="whole" aria-live="polite">
        {[
          whole.line1,
          whole.line2,
          [whole.city, whole.region, whole.postalCode].filter(Boolean).join(' '),
          whole.country,
        ]
          .filter(Boolean)
          .map((line) => (
            <div key={line}>{line}</div>
          ))}
        <button type="button" className="link small" onClick={() => reveal.reset()}>
          hide
        </button>
      </address>
    )
  return (
    <p>
      <span className="strong">{cityOf(address)}</span>{' '}
      {!address.erased && (
        <>
          <span className="faint" aria-hidden="true">
            ••••••
          </span>{' '}
          <button
            type="button"
            className="link small"
            disabled={!revealing.may}
            title={revealing.why}
            onClick={() => setAsking(true)}
          >
            show<span className="visually-hidden"> the whole address in {address.city}</span>
          </button>
        </>
      )}
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Show the whole address?"
        label="Why do you need it?"
        description="Recorded with your name; whoever reads the timeline sees that you looked."
        confirm="Show it"
        draft={`reveal ${address.id}`}
        onSubmit={(reason) => reveal.mutateAsync({ addressId: address.id, reason })}
      />
    </p>
  )
}
