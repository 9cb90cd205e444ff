// What a declaration keeps quiet: the findings that would stand without it, found by judging again with and without.
import { headSeq } from '../custody/ledger.ts'
import type { Db } from '../lib/database.ts'
import { refreshCatalog } from './catalog/company.ts'
import { assembleDossier } from './dossier.ts'
import { type Facts, loadManyFacts } from './facts.ts'
import { evaluateRules } from './judge.ts'
import { loadRules, type SetRule } from './settings.ts'

export interface KeptQuiet {
  declarationId: string
  /** Findings that would stand without it, or weigh more; by rule. */
  findings: { rule: string; deviceId: string }[]
  /** How many laptops were looked at, and whether these are all that it may concern. */
  devices: number
  isAll: boolean
}

/** What concerns everybody is tried on so many laptops at most: the ones that came last. */
const TRIED = 200

/** Judges the laptops that these declarations concern as they are now, with and without each. Reads only. */
export async function keptQuietBy(db: Db, input: { declarationIds: string[]; now: Date }): Promise<KeptQuiet[]> {
  const rows = await db
    .selectFrom('declarations')
    .select(['id', 'person_id', 'other_person_id'])
    .where('id', 'in', input.declarationIds)
    .execute()
  const people = [...new Set(rows.flatMap((row) => [row.person_id, row.other_person_id]).filter((id) => id !== null))]
  const theirs = people.length === 0 ? [] : await devicesOf(db, people)
  const anybodys = rows.some((row) => row.person_id === null) ? await newestDevices(db) : { ids: [], isAll: true }
  await refreshCatalog(db)
  const seq = await headSeq(db)
  const facts = await loadManyFacts(db, [...new Set([...theirs.map((one) => one.id), ...anybodys.ids])], seq)
  const rules = (await loadRules(db)).filter((set) => set.ladder !== 'off')
  return rows.map((row) => {
    const mine = [row.person_id, row.other_person_id]
    const ids =
      row.person_id === null ? anybodys.ids : theirs.filter((one) => mine.includes(one.of)).map((one) => one.id)
    const found = ids.flatMap((id) => facts.get(id) ?? [])
    return {
      declarationId: row.id,
      findings: found.flatMap((one) => quietOn(one, row.id, { seq, now: input.now, rules })),
      devices: found.length,
      isAll: row.person_id === null ? anybodys.isAll : true,
    }
  })
}

function quietOn(
  facts: Facts,
  declarationId: string,
  { seq, now, rules }: { seq: number; now: Date; rules: SetRule[] },
): KeptQuiet['findings'] {
  const weights = (these: Facts) =>
    new Map(
      evaluateRules(assembleDossier(these, { seq, now }), rules, new Set(['all'])).evaluated.flatMap(
        ({ set, findings }) =>
          findings.map((one) => [`${set.rule.id}\n${one.key}`, one.weight ?? set.rule.weight] as const),
      ),
    )
  const withIt = weights(facts)
  const without = weights({ ...facts, declarations: facts.declarations.filter((one) => one.id !== declarationId) })
  return [...without]
    .filter(([key, weight]) => weight > (withIt.get(key) ?? 0))
    .map(([key]) => ({ rule: key.split('\n')[0]!, deviceId: facts.device.id }))
}

async function devicesOf(db: Db, people: string[]): Promise<{ id: string; of: string | null }[]> {
  return db
    .selectFrom('devices')
    .select(['id', 'assignee_id as of'])
    .where('assignee_id', 'in', people)
    .where('withdrawn_at', 'is', null)
    .execute()
}

async function newestDevices(db: Db): Promise<{ ids: string[]; isAll: boolean }> {
  const rows = await db
    .selectFrom('devices')
    .select('id')
    .where('withdrawn_at', 'is', null)
    .where('assignee_id', 'is not', null)
    .orderBy('id', 'desc')
    .limit(TRIED + 1)
    .execute()
  return { ids: rows.slice(0, TRIED).map((row) => row.id), isAll: rows.length <= TRIED }
}
