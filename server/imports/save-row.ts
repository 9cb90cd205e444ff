// One row of a kind to the domain verb that saves it: what files, endpoints and the browser all go through.
import type { Act } from '../custody/act.ts'
import type { Saved } from '../custody/saved.ts'
import { saveDevice } from '../devices/devices.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { saveDeclaration } from '../people/declarations.ts'
import { findPersonByEmail, savePerson } from '../people/people.ts'
import { saveShipment, tieShipments } from '../shipping/shipments.ts'
import { addressOfRow, type ImportKind, type Row } from './columns.ts'

export interface RowInput<K extends ImportKind> {
  row: Row<K>
  notes: Record<string, string>
  /** What an address version will say it came from. */
  source: string
}

export const savers: { [K in ImportKind]: (tx: Tx, act: Act, input: RowInput<K>) => Promise<Saved> } = {
  people: savePersonRow,
  devices: saveDeviceRow,
  shipments: saveShipmentRow,
  declarations: saveDeclarationRow,
}

async function savePersonRow(tx: Tx, act: Act, { row, notes, source }: RowInput<'people'>): Promise<Saved> {
  const saved = await savePerson(tx, act, {
    externalId: row.external_id ?? undefined,
    name: row.name ?? undefined,
    email: row.email,
    phone: row.phone,
    kind: row.kind ?? undefined,
    managerEmail: row.manager_email,
    startsOn: row.starts_on,
    leavesOn: row.leaves_on,
    home: addressOfRow(row),
    homeApproved: row.address_verified ?? false,
    homeChangedAt: row.address_changed_at,
    identity: addressOfRow({
      line1: row.identity_line1,
      line2: row.identity_line2,
      city: row.identity_city,
      region: row.identity_region,
      postal_code: row.identity_postal_code,
      country: row.identity_country,
    }),
    notes,
    source,
  })
  const emailMoved = saved.result === 'created' || saved.changes.some((change) => change.field === 'email')
  if (row.email && emailMoved)
    saved.events.push(...(await tieShipments(tx, act, { personId: saved.id, email: row.email })))
  return saved
}

async function saveDeviceRow(tx: Tx, act: Act, { row, notes }: RowInput<'devices'>): Promise<Saved> {
  const holder = row.holder_email ? await findPersonByEmail(tx, row.holder_email) : undefined
  if (row.holder_email && holder === undefined)
    throw new AppError('invalid', 'Nobody has this e-mail.', [
      { path: 'holder_email', problem: `nobody on file has the e-mail ${row.holder_email}; import the person first` },
    ])
  return saveDevice(tx, act, {
    serialNumber: row.serial_number,
    assetTag: row.asset_tag,
    manufacturer: row.manufacturer,
    model: row.model,
    hardwareUuid: row.hardware_uuid,
    purchasedOn: row.purchased_on,
    status: row.status ?? undefined,
    holderId: holder?.id,
    notes,
  })
}

async function saveShipmentRow(tx: Tx, act: Act, { row, notes }: RowInput<'shipments'>): Promise<Saved> {
  return saveShipment(tx, act, {
    reference: row.reference ?? '',
    direction: row.direction ?? undefined,
    carrier: row.carrier,
    trackingCode: row.tracking_code,
    serialNumber: row.serial_number,
    personEmail: row.person_email,
    to: addressOfRow(row),
    orderedAt: row.ordered_at,
    shippedAt: row.shipped_at,
    addressee: row.addressee,
    notes,
  })
}

async function saveDeclarationRow(tx: Tx, act: Act, { row }: RowInput<'declarations'>): Promise<Saved> {
  return saveDeclaration(tx, act, {
    kind: row.kind!,
    personEmail: row.person_email ?? null,
    otherEmail: row.other_email ?? null,
    value: row.value ?? null,
    startsOn: row.starts_on!,
    endsOn: row.ends_on ?? null,
    reason: row.reason ?? null,
  })
}
