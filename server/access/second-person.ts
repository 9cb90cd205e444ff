// The second person: another account, not made by the first, who neither prepared nor edited the object (DESIGN 11).
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { DAY } from '../lib/time.ts'

/** An account made by one of those involved is no second person for so long. */
export const NEW_ACCOUNT_MS = 7 * DAY
/** In a house with one user, that user may act alone after so long. */
export const ALONE_AFTER_MS = DAY

/**
 * Throws 'forbidden' with the reason unless the actor is a second person to `involved`. Returns whether they act alone,
 * which the event then says. `since` is when the object came to be as it is.
 */
export async function requireSecondPerson(
  tx: Tx,
  act: Act,
  input: { involved: Actor[]; since: Date },
): Promise<{ alone: boolean }> {
  if (act.actor.type !== 'user') throw new AppError('forbidden', 'This needs a second person, signed in.')
  const me = act.actor.id
  const involved = new Set(input.involved.flatMap((actor) => (actor.type === 'user' ? [actor.id] : [])))
  if (involved.has(me)) {
    const others = await tx
      .selectFrom('auth.user')
      .select('id')
      .where('id', '<>', me)
      .where((eb) => eb.or([eb('banned', 'is', null), eb('banned', '=', false)]))
      .limit(1)
      .execute()
    if (others.length > 0)
      throw new AppError('forbidden', 'You prepared or edited this yourself: somebody else has to do it.')
    if (act.now.getTime() - input.since.getTime() < ALONE_AFTER_MS)
      throw new AppError(
        'forbidden',
        'You are the only user here: you may do this yourself 24 hours after it was prepared.',
      )
    return { alone: true }
  }
  const invitation = await tx
    .selectFrom('invitations')
    .select(['invited_by', 'used_at'])
    .where('user_id', '=', me)
    .executeTakeFirst()
  const inviter = invitation?.invited_by as Actor | undefined
  const isNew = invitation?.used_at && act.now.getTime() - invitation.used_at.getTime() < NEW_ACCOUNT_MS
  if (isNew && inviter?.type === 'user' && involved.has(inviter.id))
    throw new AppError(
      'forbidden',
      'Your account was made within the last seven days by somebody who prepared or edited this: a third person has to do it.',
    )
  return { alone: false }
}
