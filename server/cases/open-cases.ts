// Which subjects of a batch have an open case: read once, so that most judgements need not ask for one.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'
import type { CaseSubject } from './cases.ts'

export interface OpenCases {
  has(subject: CaseSubject): boolean
  /** Whether a site that the person belongs to has one. */
  hasSiteOf(personId: string): boolean
  /** Notes one that the batch has opened itself. */
  opened(subject: CaseSubject, people?: readonly string[]): void
}

const keyOf = (kind: CaseSubject['kind'] | 'site of', id: string) => `${kind}\n${id}`

/** One statement. What others open meanwhile meets the index that keeps a subject's open case single. */
export async function loadOpenCases(
  tx: Tx,
  { deviceIds, personIds }: { deviceIds: string[]; personIds: string[] },
): Promise<OpenCases> {
  const { rows } = await sql<{ kind: CaseSubject['kind'] | 'site of'; id: string }>`
    select subject_kind as kind, subject_id as id from cases
    where status <> 'closed' and subject_kind = 'person' and subject_id = any (${personIds}::text[])
    union all
    select subject_kind, subject_id from cases
    where status <> 'closed' and subject_kind = 'device' and subject_id = any (${deviceIds}::text[])
    union all
    select 'site of', sp.person_id from site_people sp
      join cases c on c.subject_kind = 'site' and c.subject_id = sp.site_id and c.status <> 'closed'
    where sp.person_id = any (${personIds}::text[])`.execute(tx)
  const known = new Set(rows.map((row) => keyOf(row.kind, row.id)))
  return {
    has: ({ kind, id }) => known.has(keyOf(kind, id)),
    hasSiteOf: (personId) => known.has(keyOf('site of', personId)),
    opened({ kind, id }, people = []) {
      known.add(keyOf(kind, id))
      for (const personId of people) known.add(keyOf('site of', personId))
    },
  }
}
