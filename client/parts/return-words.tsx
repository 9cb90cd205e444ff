// The words of returns: why something is asked back, where that stands, and what became of it.
import type { Outputs } from '../api.ts'

type Return = Outputs['returns']['list']['returns'][number]
export type Outcome = NonNullable<Return['outcome']>

export const reasonWords: Record<Return['reason'], string> = {
  leaving: 'they leave',
  exchange: 'exchange',
  repair: 'repair',
  asked: 'asked for',
}

export const outcomeWords: Record<Outcome, { label: string; says: string }> = {
  stock: { label: 'Back in stock', says: 'It was wiped and can go to somebody else.' },
  repair: { label: 'To repair', says: 'It goes to a workshop.' },
  quarantine: { label: 'Quarantine', says: 'It stays here untouched, for example as evidence.' },
  disposed: { label: 'Disposed of', says: 'It is destroyed or recycled.' },
  kept: { label: 'Kept by the person', says: 'It is theirs from now on, and no longer ours.' },
  lost: { label: 'Lost', says: 'Nobody knows where it is.' },
  withdrawn: { label: 'Not asked back any more', says: 'It stays in use where it is.' },
}

/** Where it stands, with what needs a look. */
export function ReturnTags({ of }: { of: Return }) {
  return (
    <>
      <span className={of.state === 'overdue' ? 'tag check' : of.state === 'received' ? 'tag good' : 'tag'}>
        {of.state}
      </span>{' '}
      {of.outcome && <span className="soft small">{outcomeWords[of.outcome].label.toLowerCase()}</span>}
      {of.serialRead === 'different' && of.receivedAt === null && (
        <div className="check small">another laptop came back</div>
      )}
      {of.serialRead === 'unread' && of.closedAt === null && <div className="check small">serial number not read</div>}
      {of.isUndecided && <div className="check small">leaving date taken away: decide</div>}
      {of.lastReminderSent === false && of.receivedAt === null && of.closedAt === null && (
        <div className="check small">reminder not sent: tell them by hand</div>
      )}
    </>
  )
}
