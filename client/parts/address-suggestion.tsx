// The address on file beside the way the carriers write it, for a reason that is recorded.
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { trpc } from '../api.ts'
import { useMay } from './me.ts'
import { ReasonDialog } from './reason-dialog.tsx'
import './lines.css'

interface Written {
  line1: string
  line2: string
  city: string
  region: string
  postalCode: string
  country: string
}

export function AddressSuggestion({ addressId }: { addressId: string }) {
  const { may, why } = useMay('admin', 'provisioner')
  const [isAsking, setAsking] = useState(false)
  const reveal = useMutation(trpc.shipments.revealSuggestion.mutationOptions({ meta: { showsErrors: true } }))
  if (reveal.data)
    return (
      <div className="pair" aria-live="polite">
        <Side title="On file" address={reveal.data.onFile} />
        {reveal.data.suggested && <Side title="As the carriers write it" address={reveal.data.suggested} />}
      </div>
    )
  return (
    <>
      <button type="button" className="link small" disabled={!may} title={why} onClick={() => setAsking(true)}>
        see both
      </button>
      <ReasonDialog
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        title="Show both addresses?"
        label="Why do you need them?"
        description="Recorded with your name; whoever reads the timeline sees that you looked."
        confirm="Show them"
        draft={`suggestion ${addressId}`}
        onSubmit={(reason) => reveal.mutateAsync({ addressId, reason })}
      />
    </>
  )
}

function Side({ title, address }: { title: string; address: Written }) {
  const { line1, line2, city, region, postalCode, country } = address
  return (
    <div>
      <p className="faint small">{title}</p>
      <address className="whole">
        {[line1, line2, [city, region, postalCode].filter(Boolean).join(' '), country].filter(Boolean).map((line) => (
          <div key={line}>{line}</div>
        ))}
      </address>
    </div>
  )
}
