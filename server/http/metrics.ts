// Numbers for an operator's monitoring, in Prometheus' format.
import { type Selectable, sql } from 'kysely'
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { House } from '../house.ts'
import type { ConnectorsTable } from '../lib/tables.ts'

export function metricsOf(house: House): { contentType: string; text(): Promise<string> } {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        this.set(await read())
      },
    })
  const count = async (query: ReturnType<typeof sql<{ n: number }>>) => (await query.execute(house.db)).rows[0]?.n ?? 0
  gauge('telltale_ledger_events', 'Facts in the ledger', () =>
    count(sql`select coalesce(max(seq), 0) as n from ledger`),
  )
  gauge('telltale_detector_behind', 'Facts not judged yet', () =>
    count(
      sql`select coalesce((select max(seq) from ledger), 0) - coalesce((select seq from cursors where name = 'detect'), 0) as n`,
    ),
  )
  gauge('telltale_inbox_waiting', 'Deliveries not read yet', () =>
    count(sql`select count(*) as n from inbox where status = 'waiting' and next_attempt_at is not null`),
  )
  gauge('telltale_inbox_failed', 'Deliveries that could not be read', () =>
    count(sql`select count(*) as n from inbox where status = 'failed'`),
  )
  gauge('telltale_outbox_waiting', 'Messages not delivered yet', () =>
    count(sql`select count(*) as n from outbox where status = 'waiting'`),
  )
  gauge('telltale_cases_open', 'Open cases', () => count(sql`select count(*) as n from cases where status <> 'closed'`))
  const bySource = (name: string, help: string, read: (row: Selectable<ConnectorsTable>) => number | null) =>
    new Gauge({
      name,
      help,
      labelNames: ['source'],
      registers: [registry],
      async collect() {
        this.reset()
        for (const row of await house.db.selectFrom('connectors').selectAll().execute()) {
          const value = read(row)
          if (value !== null) this.set({ source: row.source }, value)
        }
      },
    })
  const ageOf = (at: Date | null) => (at === null ? null : (house.clock().getTime() - at.getTime()) / 1000)
  bySource('telltale_connector_success_age_seconds', 'Since the last whole sync of a source that is asked', (row) =>
    ageOf(row.last_success_at),
  )
  bySource('telltale_connector_heard_age_seconds', 'Since a source was last heard of, as of the last look', (row) =>
    ageOf(row.heard_at),
  )
  bySource('telltale_connector_failing', '1 while a source fails or is silent as a whole', (row) =>
    row.failing_why === null ? 0 : 1,
  )
  return { contentType: registry.contentType, text: () => registry.metrics() }
}
