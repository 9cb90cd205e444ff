// What is kept quiet: which suppression, if any, a finding falls under, and until when.
import type { Selectable } from 'kysely'
import type { Db, Tx } from '../lib/database.ts'
import type { SuppressionsTable } from '../lib/tables.ts'
import type { Dossier, RuleFinding } from './rule.ts'
import { earliest } from './spans.ts'

type Row = Selectable<SuppressionsTable>
export type Suppression = Pick<
  Row,
  'id' | 'rule' | 'person_id' | 'device_id' | 'fact' | 'fact_value' | 'starts_at' | 'ends_at'
>

/** Those that nobody ended, by the order in which they were made. Whether one is in force is a matter of the time. */
export async function loadSuppressions(db: Db | Tx): Promise<Suppression[]> {
  return db
    .selectFrom('suppressions')
    .select(['id', 'rule', 'person_id', 'device_id', 'fact', 'fact_value', 'starts_at', 'ends_at'])
    .where('ended_at', 'is', null)
    .orderBy('id')
    .execute()
}

/** The suppression that a finding falls under at a time: the one that ends last; null where it speaks. */
export function suppressionOf(
  suppressions: readonly Suppression[] | undefined,
  dossier: Pick<Dossier, 'device' | 'person'>,
  finding: Pick<RuleFinding, 'facts'>,
  now: Date,
): Suppression | null {
  const these = (suppressions ?? []).filter(
    (one) =>
      one.starts_at <= now &&
      now < one.ends_at &&
      (one.person_id === null || one.person_id === dossier.person?.id) &&
      (one.device_id === null || one.device_id === dossier.device.id) &&
      (one.fact === null || String(finding.facts[one.fact]) === one.fact_value),
  )
  return these.toSorted((a, b) => b.ends_at.getTime() - a.ends_at.getTime() || (a.id < b.id ? -1 : 1))[0] ?? null
}

/** When the first of these findings that are kept quiet may speak again; null where none is. */
export function quietUntil(
  suppressions: readonly Suppression[] | undefined,
  dossier: Pick<Dossier, 'device' | 'person'>,
  findings: readonly RuleFinding[],
  now: Date,
): Date | null {
  if (suppressions === undefined || suppressions.length === 0) return null
  return earliest(findings.flatMap((finding) => suppressionOf(suppressions, dossier, finding, now)?.ends_at ?? []))
}
