// Whom an event wakes: the laptops that it concerns, and the rules that have to look at them again.
import { sql } from 'kysely'
import type { LedgerEvent } from '../custody/events.ts'
import type { Tx } from '../lib/database.ts'
import { matchDisplay, matchListener, matchNeighbour, matchSoftware, matchUsb } from './catalog/match.ts'
import { LATE_MS } from './judge.ts'
import { drivingPorts } from './stays.ts'

/** One event that concerns more devices than this is not judged within the detector's own step. */
const AT_ONCE = 500

/** By what a device is woken, and whether by something that came late. */
export interface Woken {
  wake: Set<string>
  late: boolean
}

/**
 * Which devices these events concern, and by what; more than can be judged at once go to `later`. The detector's own
 * events and people's work on cases wake nobody.
 */
export async function devicesWoken(tx: Tx, events: LedgerEvent[], later: Set<string>): Promise<Map<string, Woken>> {
  const woken = new Map<string, Woken>()
  const add = (deviceId: string, wake: string, event: LedgerEvent) => {
    const entry = woken.get(deviceId) ?? { wake: new Set(), late: false }
    entry.wake.add(wake)
    entry.late ||= event.recordedAt.getTime() - event.occurredAt.getTime() > LATE_MS
    woken.set(deviceId, entry)
  }
  for (const event of events) {
    const wake = wakeOf(event)
    if (wake === null) continue
    if (event.deviceId !== null) add(event.deviceId, wake, event)
    const behind = await devicesBehind(tx, event)
    if (behind.length > AT_ONCE) for (const deviceId of behind) later.add(deviceId)
    else for (const deviceId of behind) add(deviceId, wake, event)
  }
  return woken
}

/** What an event wakes: the rules that watch its kind or its facet, `all` of them, or null for none. */
export function wakeOf(event: LedgerEvent): string | null {
  if (event.kind === 'checkin.changed')
    return event.payload !== null && isNews(event.payload) ? event.payload.facet : null
  // Which reports are the device's at all has changed: every rule has to look.
  if (['device.merged', 'device.unmerged', 'device.match_undone', 'token.distrusted'].includes(event.kind)) return 'all'
  // A scan that was read anew, or that the provider stands by, is news to whoever watches scans.
  if (event.kind === 'shipment.reread' || event.kind === 'shipment.scan_confirmed') return 'shipment.scanned'
  // Where an address lies is known better: news to whoever watches addresses.
  if (event.kind === 'address.keyed') return 'address.added'
  const kind = event.kind.split('.')[0] ?? ''
  return ['device', 'shipment', 'return', 'address', 'person', 'declaration'].includes(kind) ? event.kind : null
}

type Item = { member: string; value: never }

/** Software and hardware wake rules only where the catalogue knows something that came or went; a new version of a system never. */
function isNews(payload: { facet: string; added: unknown[]; removed: unknown[] }): boolean {
  if (!['software', 'hardware', 'posture'].includes(payload.facet)) return true
  return ([...payload.added, ...payload.removed] as Item[]).some(({ member, value }) => {
    if (payload.facet === 'posture') return member === 'remoteLogin' || member === 'screenSharing'
    if (member === 'software') return matchSoftware(value, null) !== null
    if (member === 'listeningPorts')
      return drivingPorts.includes((value as { port: number }).port) || matchListener(value, null) !== null
    if (member === 'usbDevices') return matchUsb(value, null) !== null
    if (member === 'displays') return matchDisplay(value) !== null
    return (
      member === 'hardwareUuid' || member === 'model' || (member === 'neighbours' && matchNeighbour(value) !== null)
    )
  })
}

async function devicesBehind(tx: Tx, event: LedgerEvent): Promise<string[]> {
  if (event.shipmentId !== null) {
    const rows = await tx
      .selectFrom('shipment_devices')
      .select('device_id')
      .where('shipment_id', '=', event.shipmentId)
      .execute()
    const deviceIds = rows.map((row) => row.device_id)
    if (event.kind === 'shipment.signed' && event.payload)
      deviceIds.push(...(await devicesOfSigner(tx, event.payload.signer)))
    // What a person gets bears on what they have.
    if ((event.kind === 'shipment.ordered' || event.kind === 'shipment.changed') && event.personId !== null)
      deviceIds.push(...(await devicesOfPerson(tx, event.personId)))
    return [...new Set(deviceIds)]
  }
  if (event.kind === 'token.distrusted' && event.payload) return devicesOfToken(tx, event.payload.tokenId)
  if (event.kind === 'declaration.made' || event.kind === 'declaration.ended') {
    // What is declared for everybody can only silence: those with something active are looked at again.
    if (event.personId === null)
      return (
        await tx.selectFrom('findings').select('device_id').distinct().where('status', '=', 'active').execute()
      ).map((row) => row.device_id)
  }
  if (event.personId === null || event.deviceId !== null) return []
  const other = event.kind === 'declaration.made' ? (event.payload?.otherPersonId ?? null) : null
  return [...(await devicesOfPerson(tx, event.personId)), ...(other === null ? [] : await devicesOfPerson(tx, other))]
}

async function devicesOfPerson(tx: Tx, personId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('devices')
    .select('id')
    .where('assignee_id', '=', personId)
    .where('withdrawn_at', 'is', null)
    .execute()
  return rows.map((row) => row.id)
}

/** So many parcels of one signer are looked at again; who signs for more is a mailroom, or a name that many have. */
const SIGNED_AT_ONCE = 50

async function devicesOfSigner(tx: Tx, signer: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('ledger')
    .innerJoin('shipment_devices', 'shipment_devices.shipment_id', 'ledger.shipment_id')
    .select('shipment_devices.device_id')
    .where(sql<boolean>`kind = 'shipment.signed'`)
    .where(sql<string>`payload->>'signer'`, '=', signer)
    .orderBy('seq', 'desc')
    .limit(SIGNED_AT_ONCE)
    .execute()
  return rows.map((row) => row.device_id)
}

async function devicesOfToken(tx: Tx, tokenId: string): Promise<string[]> {
  const rows = await sql<{ device_id: string }>`
    select distinct p.device_id from presence p join tokens t on t.source = p.source where t.id = ${tokenId}`.execute(
    tx,
  )
  return rows.rows.map((row) => row.device_id)
}
