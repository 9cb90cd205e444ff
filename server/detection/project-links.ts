// Keeps `links` up to date with the ledger: what a batch of events begins and ends, and whole histories anew where that is odd.
import { sql } from 'kysely'
import type { World } from '../custody/act.ts'
import type { LedgerEvent } from '../custody/events.ts'
import { eventColumns, toEvent } from '../custody/ledger.ts'
import { deviceKinds } from '../custody/state.ts'
import { oneOf, type Tx } from '../lib/database.ts'
import { logText } from '../lib/errors.ts'
import { devicesSharing, type Link, type OpenRow, openLinksOf, type Value, valuesOf, writeLinks } from './link-rows.ts'
import { historyOf, linksIn, personOf, toolsIn } from './links.ts'
import { oneByOne } from './one-by-one.ts'
import { mergedIn } from './one-machine.ts'
import { personLinks } from './person-links.ts'

type Changed = Extract<LedgerEvent, { kind: 'checkin.changed' }>

interface Linking {
  world: World
  log: { error(message: string): void }
}

/** Whose links cannot be made keeps those from before, and stops nobody else's. */
const unlinked = (log: Linking['log']) => (id: string, error: unknown) =>
  log.error(`what ${id} shares could not be read: ${logText(error)}`)

/** What a batch touches. */
interface Touched {
  /** Reports in their order, of laptops whose links they change. */
  told: Changed[]
  /** Laptops that may have come to somebody else. */
  moved: Set<string>
  /** Laptops of which more than the newest report is another. */
  odd: Set<string>
  people: Set<string>
  /** Of whom something is known that makes what they share weigh otherwise. */
  known: Set<string>
}

const noLinks = (event: Changed) => {
  if (event.payload === null || !['network', 'hardware', 'software'].includes(event.payload.facet)) return true
  if (toolsIn(event.payload).length > 0) return false
  if (event.payload.facet === 'software') return true
  const { begun, ended, replaced } = linksIn(event.payload)
  return begun.length + ended.length + replaced.length === 0
}

const handKinds = new Set<string>(
  deviceKinds.filter((kind) => kind !== 'checkin.changed' && kind !== 'device.checked_in'),
)

/** Projects events, in the order of the ledger, and gives the laptops that now share what they did not, or share it otherwise. */
export async function projectLinks(
  tx: Tx,
  { world, log }: Linking,
  events: LedgerEvent[],
  behind: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const touched = touchedBy(events, behind)
  const values: Value[] = []
  values.push(...(await projectDevices(tx, log, touched)))
  const rebuild = async (ids: string[]) => [await rebuildPeople(tx, world, ids)]
  const people = await oneByOne(tx, [...touched.people], rebuild, unlinked(log))
  values.push(...people.flatMap((one) => one.now))
  if (touched.known.size > 0) values.push(...(await valuesOf(tx, touched.known)))
  const gone = people.flatMap((one) => one.gone)
  return [...(await devicesSharing(tx, values)), ...(await devicesSharing(tx, gone, 1))]
}

/** `behind`: the laptops that the batch wakes; those of parcels and tokens are among them. */
function touchedBy(events: LedgerEvent[], behind: ReadonlyMap<string, unknown>): Touched {
  const touched: Touched = { told: [], moved: new Set(), odd: new Set(), people: new Set(), known: new Set() }
  let isOddForAll = false
  for (const event of events) {
    if (event.kind === 'checkin.changed') {
      if (event.deviceId === null || noLinks(event)) continue
      if (event.payload?.late) touched.odd.add(event.deviceId)
      else touched.told.push(event)
    } else if (event.kind === 'token.distrusted') isOddForAll = true
    else if (handKinds.has(event.kind)) {
      if (event.deviceId !== null) touched.moved.add(event.deviceId)
      if (event.shipmentId !== null) for (const deviceId of behind.keys()) touched.moved.add(deviceId)
    }
    if (event.kind === 'device.merged' || event.kind === 'device.unmerged' || event.kind === 'device.match_undone') {
      if (event.deviceId !== null) touched.odd.add(event.deviceId)
      if (event.kind !== 'device.match_undone' && event.payload) touched.odd.add(event.payload.fromDeviceId)
    }
    if (event.personId === null) continue
    if (personKinds.has(event.kind)) touched.people.add(event.personId)
    if (event.kind === 'address.approved' || event.kind === 'address.refused') touched.known.add(event.personId)
    if (event.kind === 'declaration.made' || event.kind === 'declaration.ended') touched.known.add(event.personId)
    if (event.kind === 'finding.decided' && ['confirmed', 'policy_breach'].includes(event.payload?.outcome ?? ''))
      touched.known.add(event.personId)
  }
  if (isOddForAll) for (const deviceId of behind.keys()) touched.odd.add(deviceId)
  return touched
}

const personKinds = new Set<string>([
  'person.registered',
  'person.changed',
  'person.withdrawn',
  'person.erased',
  'address.added',
  'address.refused',
  'address.approved',
  'address.keyed',
  'address.classified',
  'shipment.ordered',
  'shipment.changed',
  'shipment.withdrawn',
])

async function projectDevices(tx: Tx, log: Linking['log'], touched: Touched): Promise<Value[]> {
  const deviceIds = new Set([
    ...touched.told.flatMap((event) => event.deviceId ?? []),
    ...touched.moved,
    ...touched.odd,
  ])
  if (deviceIds.size === 0) return []
  const byDevice = Map.groupBy(await openLinksOf(tx, deviceIds), (row) => row.deviceId)
  const odd = [...byDevice].flatMap(([id, rows]) => (touched.odd.has(id) || hasMoved(rows) ? [id] : []))
  const begun: Link[] = []
  const ended: { id: number; toSeq: number; to: Date }[] = []
  for (const [deviceId, events] of Map.groupBy(touched.told, (event) => event.deviceId!)) {
    const rows = byDevice.get(deviceId)
    if (rows === undefined || odd.includes(deviceId)) continue
    const came = follow(rows, events)
    begun.push(...came.begun)
    ended.push(...came.ended)
  }
  await writeLinks(tx, { begun, ended })
  const values: Value[] = begun.filter((link) => link.toSeq === null && link.personId !== null)
  values.push(...(await rebuildDevices(tx, log, odd)))
  return values
}

/** What is open was another's: the laptop has changed hands since. */
const hasMoved = (rows: OpenRow[]) =>
  rows.some((row) => row.linkId !== null && (row.personId !== personOf(row) || row.mergedInto !== null))

/** The links of one laptop after its newest reports. */
function follow(rows: OpenRow[], events: Changed[]) {
  const [device] = rows
  const personId = personOf(device!)
  const ended: { id: number; toSeq: number; to: Date }[] = []
  const begun: Link[] = []
  const open = new Map<string, Value & { origin: string; id: number | null; link: Link | null }>()
  const keyOf = (origin: string, { kind, value }: Value) => `${origin}\n${kind}\n${value}`
  for (const row of rows) {
    if (row.linkId === null) continue
    const one = { kind: row.kind!, value: row.value!, origin: row.origin!, id: row.linkId, link: null }
    open.set(keyOf(one.origin, one), one)
  }
  for (const { seq, occurredAt, payload } of events) {
    if (payload === null) continue
    for (const value of toolsIn(payload)) {
      const of = { deviceId: device!.deviceId, personId, origin: payload.source }
      begun.push({ ...of, kind: 'tool', value, fromSeq: seq, toSeq: seq, from: occurredAt, to: occurredAt })
    }
    if (payload.facet === 'software') continue
    const come = linksIn(payload)
    const stays = new Set(come.begun.map((link) => keyOf(payload.source, link)))
    const gone = new Set(come.ended.map((link) => keyOf(payload.source, link)))
    for (const [key, one] of open) {
      const isReplaced = one.origin === payload.source && come.replaced.includes(one.kind)
      if (stays.has(key) || !(gone.has(key) || isReplaced)) continue
      if (one.id !== null) ended.push({ id: one.id, toSeq: seq, to: occurredAt })
      else if (one.link) Object.assign(one.link, { toSeq: seq, to: occurredAt })
      open.delete(key)
    }
    for (const value of come.begun) {
      const key = keyOf(payload.source, value)
      if (open.has(key)) continue
      const of = { deviceId: device!.deviceId, personId, origin: payload.source }
      const link: Link = { ...value, ...of, fromSeq: seq, toSeq: null, from: occurredAt, to: null }
      begun.push(link)
      open.set(key, { ...value, origin: payload.source, id: null, link })
    }
  }
  return { begun, ended }
}

/** The kinds that a laptop's links are made of. */
const chainKinds = [...new Set([...deviceKinds, 'checkin.changed'])]

/** Replays a laptop's links from the ledger. Gives the values that it has now. */
export async function rebuildDevice(tx: Tx, deviceId: string): Promise<Value[]> {
  const records = sql<string>`any (array(select id from devices where id = ${deviceId} or merged_into = ${deviceId}))`
  const parcels = sql<string>`any (array(select sd.shipment_id from shipment_devices sd
    join shipments s on s.id = sd.shipment_id where sd.device_id = ${deviceId} and s.withdrawn_at is null))`
  const rows = await tx
    .selectFrom('ledger')
    .select(eventColumns)
    .where((eb) =>
      eb.or([
        eb.and([
          eb.or([eb('device_id', '=', records), eb('shipment_id', '=', parcels)]),
          eb('kind', '=', oneOf(chainKinds)),
        ]),
        // Literal, so that the index of these few is seen to hold them all.
        sql<boolean>`kind = 'token.distrusted'`,
      ]),
    )
    .orderBy('seq')
    .execute()
  const events = rows.map(toEvent)
  const history = historyOf({ device: { id: deviceId, serialNumber: null }, events }, mergedIn(events))
  const mergedAt = await mergedAtOf(tx, deviceId)
  const begun = history.map((link): Link => {
    const { source, ...rest } = link
    const one = { ...rest, deviceId, origin: source }
    // A record that proved to be another's: from then on its links are that one's.
    return mergedAt === null || (one.toSeq !== null && one.toSeq < mergedAt)
      ? one
      : { ...one, toSeq: mergedAt, to: new Date(one.from.getTime() - 1) }
  })
  await tx.deleteFrom('links').where('device_id', '=', deviceId).execute()
  await writeLinks(tx, { begun, ended: [] })
  return begun.filter(
    (link) => link.personId !== null && (link.toSeq === null || link.from.getTime() === link.to?.getTime()),
  )
}

async function rebuildDevices(tx: Tx, log: Linking['log'], deviceIds: string[]): Promise<Value[]> {
  const values: Value[] = []
  for (const id of deviceIds) values.push(...(await oneByOne(tx, [id], () => rebuildDevice(tx, id), unlinked(log))))
  return values
}

async function mergedAtOf(tx: Tx, deviceId: string): Promise<number | null> {
  const row = await tx
    .selectFrom('devices')
    .innerJoin('ledger', 'ledger.device_id', 'devices.merged_into')
    .select((eb) => eb.fn.max<number>('ledger.seq').as('seq'))
    .where('devices.id', '=', deviceId)
    .where('ledger.kind', '=', 'device.merged')
    .where(sql<string>`ledger.payload->>'fromDeviceId'`, '=', deviceId)
    .executeTakeFirst()
  return row?.seq ?? null
}

/**
 * Replays people's doors, buildings and phones from the ledger and what it refers to. Gives the values that they have
 * now, and those that they prove never to have had: an import that was undone, a phone that was corrected.
 */
export async function rebuildPeople(
  tx: Tx,
  world: World,
  personIds: string[],
): Promise<{ now: Value[]; gone: Value[] }> {
  if (personIds.length === 0) return { now: [], gone: [] }
  const begun = await personLinks(tx, world, personIds)
  const before = await tx
    .deleteFrom('links')
    .where('person_id', '=', oneOf(personIds))
    .where('device_id', 'is', null)
    .returning(['kind', 'value', 'person_id as personId'])
    .execute()
  await writeLinks(tx, { begun, ended: [] })
  const keyOf = (link: Value & { personId: string | null }) => `${link.personId}\n${link.kind}\n${link.value}`
  const kept = new Set(begun.map(keyOf))
  return { now: begun.filter((link) => link.toSeq === null), gone: before.filter((link) => !kept.has(keyOf(link))) }
}

/** So many numbers of the ledger are looked through at a time for laptops and people whose links were never made. */
const WINDOW = 20_000
/** So many of them are made in one step. */
const AT_ONCE = 50

/**
 * Makes the links of what was recorded before there were any, from `from` downwards, a step at a time, so that judging
 * never waits for it. Gives the laptops that share something, or null when nothing is left.
 */
export async function fillLinks(tx: Tx, { world, log }: Linking, from: number): Promise<string[] | null> {
  await tx
    .insertInto('cursors')
    .values({ name: FILLING, seq: from })
    .onConflict((oc) => oc.doNothing())
    .execute()
  const cursor = await tx.selectFrom('cursors').select('seq').where('name', '=', FILLING).executeTakeFirstOrThrow()
  if (cursor.seq === 0) return null
  const floor = Math.max(0, cursor.seq - WINDOW)
  const rows = await tx
    .selectFrom('ledger')
    .select(['seq', 'kind', 'device_id', 'person_id'])
    .where('seq', '<=', cursor.seq)
    .where('seq', '>', floor)
    .where('kind', 'in', ['device.registered', 'person.registered'])
    .orderBy('seq', 'desc')
    .limit(AT_ONCE)
    .execute()
  const values = await rebuildDevices(tx, log, [...new Set(rows.flatMap((row) => row.device_id ?? []))])
  const personIds = [...new Set(rows.flatMap((row) => row.person_id ?? []))]
  const rebuild = async (ids: string[]) => (await rebuildPeople(tx, world, ids)).now
  values.push(...(await oneByOne(tx, personIds, rebuild, unlinked(log))))
  const next = rows.length < AT_ONCE ? floor : rows.at(-1)!.seq - 1
  await tx.updateTable('cursors').set({ seq: next }).where('name', '=', FILLING).execute()
  return devicesSharing(tx, values)
}

const FILLING = 'links'
