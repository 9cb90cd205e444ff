// Who did something, in words.
import { type Actor, actorSchema } from '../custody/events.ts'
import type { Db } from '../lib/database.ts'

/** Reads the names of these actors, as rows keep them (null: nobody yet), and gives what says who one of them is. */
export async function namesOf(db: Db, kept: unknown[]): Promise<(actor: unknown) => string> {
  const ids = kept.flatMap((value) => {
    if (value === null) return []
    const actor = actorSchema.parse(value)
    return actor.type === 'user' ? [actor.id] : []
  })
  const rows =
    ids.length === 0 ? [] : await db.selectFrom('auth.user').select(['id', 'name']).where('id', 'in', ids).execute()
  const users = new Map(rows.map((row) => [row.id, row.name]))
  return (value) => inWords(actorSchema.parse(value), users)
}

function inWords(actor: Actor, users: Map<string, string>): string {
  switch (actor.type) {
    case 'user':
      return users.get(actor.id) ?? 'a former user'
    case 'source':
      return actor.name === 'link' ? 'the receiver' : actor.name
    case 'token':
      return 'a token'
    case 'rule':
      return 'a rule'
    case 'system':
      return actor.part
    default:
      return actor satisfies never
  }
}
