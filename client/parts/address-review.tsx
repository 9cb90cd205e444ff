// An address that waits for a second person: old and new side by side, and the words of the one who decides.
import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { showDone, trpc } from '../api.ts'
import { AddressCard, type MaskedAddress } from './address-card.tsx'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import './address.css'

interface AddressReviewProps {
  next: MaskedAddress
  /** The approved one it would replace; null: it is the first. */
  current: MaskedAddress | null
  name: string
}

/** The card on top of a person's page while an address waits. */
export function AddressReview({ next, current, name }: AddressReviewProps) {
  return (
    <section className="card review" aria-labelledby="address-review">
      <header>
        <h2 id="address-review">An address waits for approval</h2>
        <span className="faint small">by somebody who did not enter it</span>
      </header>
      <div className="beside">
        {current ? (
          <AddressCard address={current} heading="On file:" />
        ) : (
          <p className="soft">No approved address is on file: this is the first.</p>
        )}
        <AddressCard address={next} heading="New:">
          <AddressDecision address={next} name={name} />
        </AddressCard>
      </div>
      {current && <p className="soft small">{differenceOf(current, next)}</p>}
    </section>
  )
}

/** Where the two part, as far as the city shows. */
function differenceOf(old: MaskedAddress, next: MaskedAddress): string {
  if (old.country !== next.country) return 'It is in another country.'
  if (old.region !== next.region) return 'It is in another region.'
  if (old.city !== next.city) return 'It is in another city of the same region.'
  return 'It is in the same city.'
}

/** Approve or refuse, each with a reason; what forbids it is said in the dialog. */
export function AddressDecision({ address, name }: { address: MaskedAddress; name: string }) {
  const deciding = useMay('admin', 'provisioner', 'analyst')
  const [asked, setAsked] = useState<'approve' | 'refuse' | null>(null)
  const options = { meta: { showsErrors: true } }
  const approve = useMutation(trpc.people.approveAddress.mutationOptions(options))
  const refuse = useMutation(trpc.people.refuseAddress.mutationOptions(options))
  const place = address.city ?? 'this place'
  const decide = async (reason: string) => {
    const verb = asked === 'approve' ? approve : refuse
    await verb.mutateAsync({ addressId: address.id, reason })
    showDone(asked === 'approve' ? 'The address is approved.' : 'The address is refused.')
  }
  return (
    <>
      {!address.approved && (
        <Button disabled={!deciding.may} title={deciding.why} onClick={() => setAsked('approve')}>
          Approve…
        </Button>
      )}
      {!address.refused && (
        <Button variant="default" disabled={!deciding.may} title={deciding.why} onClick={() => setAsked('refuse')}>
          Refuse…
        </Button>
      )}
      <ReasonDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={`${asked === 'refuse' ? 'Refuse' : 'Approve'} the address of ${name} in ${place}?`}
        label={asked === 'refuse' ? 'Why is it refused?' : 'How was it checked?'}
        confirm={asked === 'refuse' ? 'Refuse it' : 'Approve it'}
        draft={`${asked} ${address.id}`}
        onSubmit={decide}
      >
        <p className="soft small">
          {asked === 'refuse'
            ? 'It stays on file and is used for nothing. Parcels bound for it stay marked.'
            : 'Ask the person on a number or address that was on file before, not by the one that asked for the change.'}
        </p>
      </ReasonDialog>
    </>
  )
}
