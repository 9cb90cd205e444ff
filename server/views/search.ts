// Search: paste a serial number, tag, tracking number, reference, e-mail, name or case, and be there.
import { normaliseSerial } from '../devices/identity.ts'
import type { Db } from '../lib/database.ts'

export interface Hit {
  kind: 'device' | 'shipment' | 'person' | 'case'
  id: string
  /** What its page is addressed by: the case's number, else the id. */
  ref: string
  label: string
  hint: string
  /** The text is exactly this thing's own: the page may be opened at once. */
  exact: boolean
}

const PER_KIND = 8

/** Exact hits first. Serials, tracking numbers and e-mails go by an index; a part of a name reads through the people. */
export async function search(db: Db, text: string): Promise<Hit[]> {
  const asked = text.trim()
  if (asked.length < 2) return []
  const prefix = `${asked.replace(/[\\%_]/g, '\\$&')}%`
  const [devices, shipments, people, cases] = await Promise.all([
    db
      .selectFrom('devices')
      .select(['id', 'serial_number', 'asset_tag', 'model', 'life_cycle'])
      .where('withdrawn_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb('serial_number', 'like', prefix.toUpperCase()),
          eb(eb.fn('lower', ['asset_tag']), 'like', prefix.toLowerCase()),
          eb('hardware_uuid', '=', asked.toUpperCase()),
          eb('id', '=', asked),
        ]),
      )
      .limit(PER_KIND)
      .execute(),
    db
      .selectFrom('shipments')
      .select(['id', 'reference', 'tracking_code', 'carrier', 'status'])
      .where('withdrawn_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb(eb.fn('upper', ['tracking_code']), 'like', prefix.toUpperCase()),
          eb('reference', 'like', prefix),
          eb('id', '=', asked),
        ]),
      )
      .limit(PER_KIND)
      .execute(),
    db
      .selectFrom('people')
      .select(['id', 'name', 'email', 'external_id', 'kind'])
      .where('withdrawn_at', 'is', null)
      .where((eb) =>
        eb.or([
          eb(eb.fn('lower', ['email']), 'like', prefix.toLowerCase()),
          eb(eb.fn('lower', ['name']), 'like', `%${prefix.toLowerCase()}`),
          eb('external_id', '=', asked),
          eb('id', '=', asked),
        ]),
      )
      .limit(PER_KIND)
      .execute(),
    searchCases(db, asked),
  ])
  const is = (...values: (string | null)[]) =>
    values.some((value) => value !== null && value.toLowerCase() === asked.toLowerCase())
  const serial = normaliseSerial(asked)
  return [
    ...cases,
    ...devices.map(
      (row): Hit => ({
        kind: 'device',
        id: row.id,
        ref: row.id,
        label: row.serial_number ?? row.asset_tag ?? row.id,
        hint: [row.model, row.life_cycle].filter(Boolean).join(' · '),
        exact: row.serial_number === serial || is(row.asset_tag, row.id),
      }),
    ),
    ...shipments.map(
      (row): Hit => ({
        kind: 'shipment',
        id: row.id,
        ref: row.id,
        label: row.tracking_code ?? row.reference ?? row.id,
        hint: [row.carrier, row.status].filter(Boolean).join(' · '),
        exact: is(row.tracking_code, row.reference, row.id),
      }),
    ),
    ...people.map(
      (row): Hit => ({
        kind: 'person',
        id: row.id,
        ref: row.id,
        label: row.name ?? 'erased',
        hint: [row.email, row.kind].filter(Boolean).join(' · '),
        exact: is(row.email, row.external_id, row.id),
      }),
    ),
  ].sort((a, b) => Number(b.exact) - Number(a.exact))
}

async function searchCases(db: Db, asked: string): Promise<Hit[]> {
  const number = /^(?:c-?)?(\d{1,9})$/i.exec(asked)?.[1]
  const rows = await db
    .selectFrom('cases')
    .select(['id', 'number', 'title', 'status'])
    .where((eb) => eb.or([eb('id', '=', asked), ...(number === undefined ? [] : [eb('number', '=', Number(number))])]))
    .limit(PER_KIND)
    .execute()
  return rows.map((row) => ({
    kind: 'case',
    id: row.id,
    ref: String(row.number),
    label: `C-${row.number}`,
    hint: `${row.title} · ${row.status}`,
    exact: row.id === asked || /^c-?/i.test(asked),
  }))
}
