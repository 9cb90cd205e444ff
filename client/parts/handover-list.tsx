// The hand-overs of a person, a device or a parcel: what each came to, and a way to its page.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { type Inputs, type Outputs, trpc } from '../api.ts'
import { Loaded } from './states.tsx'
import { Time } from './time.tsx'

export type HandoverSummary = Outputs['handovers']['of'][number]

export const kindWords: Record<HandoverSummary['kind'], string> = {
  delivery: 'Delivery',
  counter: 'At the counter',
  return: 'Return',
  transfer: 'Passed on',
  'read-back': 'Serial number asked for',
}

/** What it came to so far, in a few words. */
export function outcomeOf(handover: HandoverSummary): string {
  const { kind, status, accepted, declined, readBacks, addressAnswer } = handover
  if (status === 'withdrawn') return 'withdrawn'
  const read = readBacks.includes('different')
    ? 'another number read'
    : readBacks.includes('cannot')
      ? 'could not be read'
      : readBacks.length > 0
        ? 'number read back'
        : null
  if (kind === 'read-back') return read ?? 'waits for an answer'
  const address =
    addressAnswer === 'confirmed' ? 'address confirmed' : addressAnswer === 'other' ? 'another address given' : null
  if (status === 'open')
    return [address, kind === 'return' ? 'not signed yet' : 'not accepted yet'].filter(Boolean).join(' · ')
  if (kind === 'return') return declined > 0 ? 'something was wrong' : 'given back'
  const answers = [accepted > 0 && `${accepted} accepted`, declined > 0 && `${declined} declined`].filter(Boolean)
  return [...answers, readBacks.includes('different') && read].filter(Boolean).join(' · ')
}

interface HandoverListProps {
  about: Inputs['handovers']['of']
  /** Its serial number, where several devices are on the page. */
  ofDevice?: string | null
  /** What can be done here. */
  children?: ReactNode
}

export function HandoverList({ about, ofDevice = null, children }: HandoverListProps) {
  const query = useQuery(trpc.handovers.of.queryOptions(about))
  if (query.data?.length === 0 && !children) return null
  return (
    <section className="card" aria-label={ofDevice === null ? 'Hand-overs' : `Hand-overs of ${ofDevice}`}>
      <header>
        <h2>Hand-overs</h2>
        {ofDevice !== null && <span className="mono small faint">{ofDevice}</span>}
      </header>
      <Loaded query={query} lines={2}>
        {(handovers) => (
          <ul className="stack tight">
            {handovers.map((one) => (
              <li key={one.id}>
                <Link to={`/handovers/${one.id}`}>{kindWords[one.kind]}</Link>{' '}
                {one.needsLook && <span className="tag check">needs a look</span>}
                <div className="soft small">
                  {outcomeOf(one)} · <Time at={one.createdAt} />
                </div>
              </li>
            ))}
            {handovers.length === 0 && <li className="soft">None yet.</li>}
          </ul>
        )}
      </Loaded>
      {children}
    </section>
  )
}
