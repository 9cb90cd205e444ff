// Changes that wait for a second person, and what became of the last ones.
import { actorSchema } from '../custody/events.ts'
import { companyDeclarationSchema } from '../detection/company-declarations.ts'
import { ruleChangeSchema } from '../detection/rule-versions.ts'
import { ruleById } from '../detection/rules/index.ts'
import { loadRules } from '../detection/settings.ts'
import { suppressionSchema } from '../detection/suppressions.ts'
import type { ChangeKind, WaitingChange } from '../detection/waiting-changes.ts'
import type { Db } from '../lib/database.ts'
import { namesOf } from './actors.ts'
import { changesOf } from './rule-changes.ts'
import { scopeWords } from './suppressions.ts'

/** So many are shown; there are never many at once. */
const SHOWN = 200

/** What waits, oldest first. */
export async function listChanges(db: Db, input: { what?: ChangeKind; about?: string }) {
  const rows = await db
    .selectFrom('waiting_changes')
    .leftJoin('notes', 'notes.id', 'waiting_changes.note_id')
    .selectAll('waiting_changes')
    .select('notes.text as note')
    .where('decided_at', 'is', null)
    .$if(input.what !== undefined, (qb) => qb.where('what', '=', input.what!))
    .$if(input.about !== undefined, (qb) => qb.where('about', '=', input.about!))
    .orderBy('proposed_at')
    .limit(SHOWN)
    .execute()
  if (rows.length === 0) return []
  const nameOf = await namesOf(
    db,
    rows.map((row) => row.proposed_by),
  )
  const set = new Map((await loadRules(db)).map((one) => [one.rule.id, one]))
  const scopeOf = await scopeWords(
    db,
    rows.flatMap((row) => (row.what === 'suppression' ? [suppressionSchema.parse(row.asked)] : [])),
  )
  const detailsOf = (row: WaitingChange): { field: string; from: string | null; to: string }[] => {
    switch (row.what) {
      case 'rule': {
        const now = set.get(row.about)
        const asked = ruleChangeSchema.parse(row.asked)
        const params = now?.rule.params.safeParse(asked.params)
        return now === undefined
          ? []
          : changesOf(now, { ...asked, params: params?.success ? params.data : asked.params })
      }
      case 'suppression': {
        const asked = suppressionSchema.parse(row.asked)
        return [
          { field: 'of', from: null, to: scopeOf(asked) },
          { field: 'until', from: null, to: asked.endsAt.slice(0, 10) },
        ]
      }
      case 'declaration': {
        const asked = companyDeclarationSchema.parse(row.asked)
        return [
          { field: 'value', from: null, to: asked.value },
          { field: 'from', from: null, to: asked.startsOn },
          { field: 'until', from: null, to: asked.endsOn },
        ]
      }
      default:
        return row.what satisfies never
    }
  }
  return rows.map((row) => {
    const actor = actorSchema.parse(row.proposed_by)
    return {
      id: row.id,
      what: row.what,
      about: row.about,
      title: ruleById(row.about)?.title ?? null,
      by: nameOf(row.proposed_by),
      byId: actor.type === 'user' ? actor.id : null,
      at: row.proposed_at.toISOString(),
      note: row.note,
      details: detailsOf(row),
    }
  })
}
