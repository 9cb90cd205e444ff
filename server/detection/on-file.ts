// The findings on file of a batch of laptops and their people: changed in memory, and written together.
import { type Selectable, sql } from 'kysely'
import { oneOf, type Tx, timeOf } from '../lib/database.ts'
import type { FindingsTable } from '../lib/tables.ts'

export type Finding = Selectable<FindingsTable>

export interface OnFile {
  /** Of a laptop: active, suppressed and decided ones. */
  ofDevice(deviceId: string): Finding[]
  /** Active ones about somebody, or about a laptop of nobody, that lead to more than watching. */
  standingOf(subject: { kind: 'person' | 'device'; id: string }): Finding[]
  /** A new one, or one as it stands from here on. */
  put(row: Finding): void
  /** A suppression kept one quiet. */
  silenced(suppressionId: string): void
  /** Writes what was put: at the end, and before anybody reads findings from the database. */
  flush(): Promise<void>
}

/** Reads them in two statements. Call it with those devices' rows locked. */
export async function loadOnFile(
  tx: Tx,
  { deviceIds, personIds }: { deviceIds: string[]; personIds: string[] },
): Promise<OnFile> {
  const these = oneOf(deviceIds)
  const own = await tx
    .selectFrom('findings')
    .selectAll()
    .where('device_id', '=', these)
    .where('status', 'in', ['active', 'suppressed', 'decided'])
    .forUpdate()
    .execute()
  const beside = await tx
    .selectFrom('findings')
    .selectAll()
    .where('person_id', '=', oneOf(personIds))
    .where('status', '=', 'active')
    .where((eb) => eb.not(eb('device_id', '=', these)))
    .execute()
  const rows = new Map([...own, ...beside].map((row) => [row.id, row]))
  const put = new Map<string, Finding>()
  const counts = new Map<string, number>()
  return {
    ofDevice: (deviceId) => [...rows.values()].filter((row) => row.device_id === deviceId),
    standingOf: ({ kind, id }) =>
      [...rows.values()].filter(
        (row) =>
          row.status === 'active' &&
          (kind === 'person' ? row.person_id === id : row.device_id === id && row.person_id === null) &&
          row.response !== 'off' &&
          row.response !== 'watch',
      ),
    put(row) {
      rows.set(row.id, row)
      put.set(row.id, row)
    },
    silenced: (id) => counts.set(id, (counts.get(id) ?? 0) + 1),
    async flush() {
      const changed = [...put.values()]
      put.clear()
      if (changed.length > 0) await save(tx, changed)
      for (const [id, count] of counts) await countSilenced(tx, id, count)
      counts.clear()
    },
  }
}

const timed = ({ since, raised_at, changed_at, cleared_at, ...row }: Finding) => ({
  ...row,
  since: since.getTime(),
  raised_at: raised_at.getTime(),
  changed_at: changed_at.getTime(),
  cleared_at: cleared_at?.getTime() ?? null,
})

/** Whose case it is in is not ours to write: cases take findings in by themselves. */
async function save(tx: Tx, rows: Finding[]): Promise<void> {
  await sql`
    insert into findings (id, rule, key, device_id, person_id, status, severity, weight, exceptional, summary, facts, params,
      evidence, response, since, raised_at, changed_at, cleared_at, late_data, rule_version, suppressed_by)
    select id, rule, key, device_id, person_id, status, severity, weight, exceptional, summary, facts, params,
      evidence, response, ${timeOf('since')}, ${timeOf('raised_at')}, ${timeOf('changed_at')}, ${timeOf('cleared_at')}, late_data,
      rule_version, suppressed_by
    from jsonb_to_recordset(${JSON.stringify(rows.map(timed))}::jsonb) as put (
      id text, rule text, key text, device_id text, person_id text, status text, severity text, weight double precision,
      exceptional boolean, summary text, facts jsonb, params jsonb, evidence jsonb, response text, since bigint,
      raised_at bigint, changed_at bigint, cleared_at bigint, late_data boolean, rule_version int,
      suppressed_by text)
    on conflict (id) do update set
      person_id = excluded.person_id, status = excluded.status, severity = excluded.severity, weight = excluded.weight,
      exceptional = excluded.exceptional, summary = excluded.summary, facts = excluded.facts, params = excluded.params,
      evidence = excluded.evidence, response = excluded.response, since = excluded.since, changed_at = excluded.changed_at,
      cleared_at = excluded.cleared_at, late_data = excluded.late_data, rule_version = excluded.rule_version,
      suppressed_by = excluded.suppressed_by`.execute(tx)
}

async function countSilenced(tx: Tx, suppressionId: string, count: number): Promise<void> {
  await tx
    .updateTable('suppressions')
    .set((eb) => ({ silenced: eb('silenced', '+', count) }))
    .where('id', '=', suppressionId)
    .execute()
}
