// How far a check-in proves that the laptop is the one issued: a word, and what it means.

export const proofWords = {
  attested: 'its own hardware signed for it',
  assigned: 'the reseller’s programme enrolled it as the company’s',
  enrolled: 'the MDM answers for it',
  claimed: 'a report says so, and nothing backs it',
  doubtful: 'something speaks against its being this laptop',
} as const
export type Proof = keyof typeof proofWords

const toneOf = (proof: Proof) => (proof === 'attested' ? 'good' : proof === 'doubtful' ? 'check' : '')

/** `isLong` says beside the word what it means; else it is said on hover, and to who hears the page. */
export function ProofWord({ of, isLong = false }: { of: Proof | null; isLong?: boolean }) {
  if (of === null) return <span className="faint">no check-in yet</span>
  if (isLong)
    return (
      <>
        <span className={toneOf(of)}>{of}</span>: <span className="soft">{proofWords[of]}</span>
      </>
    )
  return (
    <span className={toneOf(of)} title={proofWords[of]}>
      {of}
    </span>
  )
}
