// Large histories, written straight into the tables outside the clock. Only the bench does so: such a ledger does not verify.
import type pg from 'pg'

/** People with a laptop in service each, as an import would leave them: `BNCH0000000` and on. */
export async function seedDevices(pool: pg.Pool, count: number, from = 0): Promise<void> {
  await pool.query(
    `insert into people (id, name, email, kind, created_at)
     select 'per_bench' || lpad(n::text, 20, '0'), 'Person ' || n, 'user' || n || '@example.com', 'employee', now() - interval '90 days'
     from generate_series($1::int, $2::int) n`,
    [from, from + count - 1],
  )
  const held = `jsonb_build_object(
    'lifeCycle', 'in service', 'holder', jsonb_build_object('kind', 'person', 'personId', p.id), 'assigneeId', p.id,
    'assignedAt', '2025-01-01T00:00:00.000Z', 'shipmentId', null, 'isReturn', false, 'shippedAt', null, 'firstScanAt', null,
    'deliveredAt', null, 'acceptedAt', '2025-01-01T00:00:00.000Z', 'firstCheckInAt', '2025-01-01T00:00:00.000Z', 'contradictions', '[]'::jsonb)`
  await pool.query(
    `insert into devices (id, serial_number, known, life_cycle, holder_kind, holder_id, assignee_id, state, created_at)
     select 'dev_bench' || lpad(n::text, 20, '0'), 'BNCH' || lpad(n::text, 7, '0'), true, 'in service', 'person', p.id, p.id, ${held}, now() - interval '90 days'
     from generate_series($1::int, $2::int) n join people p on p.id = 'per_bench' || lpad(n::text, 20, '0')`,
    [from, from + count - 1],
  )
  // The report that the state above is the fold of, so that a refold and a dossier come to the same.
  await seedLedger(
    pool,
    `select 'device.status_reported' as kind, d.id as device_id, timestamptz '2025-01-01T00:00:00Z' as at,
       jsonb_build_object('status', 'in_service', 'holderId', d.assignee_id) as payload
     from devices d where d.serial_number between 'BNCH' || lpad('${from}', 7, '0') and 'BNCH' || lpad('${from + count - 1}', 7, '0')`,
  )
  await pool.query('analyze')
}

/** More devices, up to so many, and so many events of changed facets among them. */
export async function seedHistory(
  pool: pg.Pool,
  input: { devices: number; events: number; from: number },
): Promise<void> {
  await seedDevices(pool, input.devices - input.from, input.from)
  await seedLedger(
    pool,
    `select 'checkin.changed' as kind, 'dev_bench' || lpad((n % ${input.devices})::text, 20, '0') as device_id,
       timestamptz '2025-01-02T00:00:00Z' + (n / ${input.devices}) * interval '1 hour' as at,
       jsonb_build_object('facet', 'posture', 'source', 'agent', 'proof', 'assigned', 'tokenId', null, 'late', false, 'first', false,
         'added', jsonb_build_array(jsonb_build_object('member', 'osVersion', 'value', '15.' || n % 9)), 'removed', '[]'::jsonb) as payload
     from generate_series(1, ${input.events}) n`,
  )
  await pool.query('vacuum analyze')
}

async function seedLedger(pool: pg.Pool, facts: string): Promise<void> {
  await pool.query(
    `insert into ledger (seq, kind, device_id, occurred_at, recorded_at, actor, payload, salt, commitment, prev_hash, hash)
     select (select coalesce(max(seq), 0) from ledger) + row_number() over (), kind, device_id, at, at, '{"type":"system","part":"bench"}',
       payload, '\\x00', '\\x00', '\\x00', decode(md5(random()::text) || md5(random()::text), 'hex')
     from (${facts}) f`,
  )
  await pool.query(
    `insert into cursors (name, seq) select name, (select max(seq) from ledger) from unnest('{detect,compare,device places,fleet use}'::text[]) as name
     on conflict (name) do update set seq = excluded.seq`,
  )
}
