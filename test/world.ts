// A small company for one test file: a private database, places of our own, and a verb for each thing that can happen.
import { createHmac } from 'node:crypto'
import { sql } from 'kysely'
import type pg from 'pg'
import { classifyAddress } from '../server/addresses/classify.ts'
import { knownPlaces } from '../server/addresses/known-places.ts'
import type { AlertType, Outside } from '../server/cases/alerts.ts'
import { type CheckInResult, recordCheckIns } from '../server/checkins/record-checkins.ts'
import type { Act, World } from '../server/custody/act.ts'
import { type Actor, type EventKind, type LedgerEvent, systemActor } from '../server/custody/events.ts'
import { eventColumns, toEvent } from '../server/custody/ledger.ts'
import type { DeviceState, ShipmentState } from '../server/custody/state.ts'
import { type Detection, detect } from '../server/detection/engine.ts'
import { sweep } from '../server/detection/sweep.ts'
import { compareRecords } from '../server/devices/comparing.ts'
import type { ImportKind } from '../server/imports/columns.ts'
import { type ImportSummary, importRows } from '../server/imports/import.ts'
import { countryCode } from '../server/lib/countries.ts'
import type { Tx } from '../server/lib/database.ts'
import { plus } from '../server/lib/time.ts'
import { checkInSchema, type Places, type Reading, type TrackerReport, type Vouches } from '../server/ports.ts'
import { recordTracker, type TrackerOutcome } from '../server/shipping/scans.ts'
import { testDatabase } from './database.ts'

/** City: region, country, latitude, longitude, zone. */
export const cities = {
  Boston: ['MA', 'US', 42.36, -71.06, 'America/New_York'],
  Columbus: ['OH', 'US', 39.96, -83, 'America/New_York'],
  Denver: ['CO', 'US', 39.74, -104.98, 'America/Denver'],
  Phoenix: ['AZ', 'US', 33.45, -112.07, 'America/Phoenix'],
  Miami: ['FL', 'US', 25.77, -80.19, 'America/New_York'],
  Lisbon: ['', 'PT', 38.72, -9.14, 'Europe/Lisbon'],
} as const
export type City = keyof typeof cities

/** An address from the documentation range that our places put in that city. */
export const ipIn = (city: City): string => `198.51.100.${Object.keys(cities).indexOf(city) + 1}`

const found = (name: string | null) =>
  Object.entries(cities).find(([city]) => city.toLowerCase() === name?.trim().toLowerCase())

/** Places as the port has them, from the table above. */
export const places: Places = {
  locateIp(ip) {
    const city = Object.keys(cities)[Number(ip.split('.')[3]) - 1] as City | undefined
    if (city === undefined || !ip.startsWith('198.51.100.')) return null
    const [region, country, latitude, longitude] = cities[city]
    return { country, region, city, circle: { latitude, longitude, radiusKm: 100 }, operator: null, network: 'unknown' }
  },
  locateCity({ city, country }) {
    const [, place] = found(city) ?? []
    if (place === undefined || (country !== null && country !== place[1])) return null
    return { latitude: place[2], longitude: place[3], radiusKm: 25 }
  },
  timeZoneAt: ({ latitude }) => Object.values(cities).find((city) => city[2] === latitude)?.[4] ?? null,
  countryCode,
}

const world: World = {
  places,
  pseudonym: (value) => createHmac('sha256', 'a key of the tests').update(value).digest('base64url'),
  classify: (address) => classifyAddress(address, knownPlaces),
}

export const outside: Outside = { sinks: ['webhook'], url: 'https://telltale.example' }

/** A day means its noon. */
export const time = (text: string): Date => new Date(text.length === 10 ? `${text}T12:00:00Z` : text)

export const user = (id: string): Actor => ({ type: 'user', id })

/** One scan as a carrier's aggregator tells it. */
export interface ScanTold {
  at: string
  in?: City | null
  is: Reading | 'created' | 'accepted' | 'moving' | 'out' | 'returned' | 'lost'
  message?: string
  /** Wording that no row of the carriers' tables knows. */
  unknown?: string
}

export interface TrackerTold extends Partial<Omit<TrackerReport, 'scans'>> {
  scans: ScanTold[]
}

/** A tracker of parcel `1Z1` in the true shape of the port. */
export function tracker({ scans, ...report }: TrackerTold): TrackerReport {
  return {
    kind: 'tracker',
    trackerId: `trk_${report.trackingCode ?? '1Z1'}`,
    trackingCode: '1Z1',
    carrier: 'UPS',
    mode: 'production',
    updatedAt: null,
    isReturn: false,
    signedBy: null,
    destination: null,
    ...report,
    scans: scans.map(({ at, in: city = null, is, message, unknown }) => {
      const reading = (typeof is === 'string' ? { is } : is) as Reading
      const place = { city, region: city && cities[city][0], postalCode: null, country: city && cities[city][1] }
      const status = reading.is === 'delivered' ? 'delivered' : 'in_transit'
      const words = message ?? unknown ?? reading.is
      const scan = { at, status, statusDetail: null, message: words, carrierCode: null, place, reading }
      return unknown === undefined ? scan : { ...scan, unknownWording: unknown }
    }),
  }
}

export interface CheckInTold {
  source?: string
  vouches?: Vouches
  tokenId?: string | null
  /** When we hear of it; its own time by default. */
  told?: string
}

export type TestWorld = Awaited<ReturnType<typeof openWorld>>

/** Opens an empty company. Close it in `afterAll`. */
export async function openWorld() {
  const { db, pool, url, drop } = await testDatabase()
  const act = (now: string | Date, actor: Actor = systemActor('test')): Act => ({
    now: typeof now === 'string' ? time(now) : now,
    actor,
    world,
  })
  const run = <T>(work: (tx: Tx) => Promise<T>) => db.transaction().execute(work)
  const errors: string[] = []
  const detection = (now: string): Detection => ({
    db,
    clock: () => time(now),
    world,
    outside,
    carrier: () => null,
    log: { error: (message) => errors.push(message) },
  })
  const bring = (kind: ImportKind) => (now: string, rows: object[], actor?: Actor) =>
    importRows(db, act(now, actor), {
      kind,
      rows: rows.map((cells, index) => ({ line: index + 2, cells })),
      fileName: null,
      source: 'hr',
      dryRun: false,
      undoable: true,
    })
  const self = {
    db,
    pool,
    url,
    world,
    act,
    run,
    detection,
    /** What detection wrote to its log. */
    errors,
    close: drop,
    importPeople: bring('people'),
    importDevices: bring('devices'),
    importShipments: bring('shipments'),
    importDeclarations: bring('declarations'),
    /** An account of better-auth's, and the invitation it came by. */
    /** A token of the source `agent` that may send check-ins and vouches for nothing. */
    async addToken(id: string, by: Actor): Promise<void> {
      await db
        .insertInto('tokens')
        .values({
          id,
          name: 'agent',
          source: 'agent',
          scopes: ['checkins:write'],
          vouches: 'nothing',
          hash: Buffer.from(id),
          rate_per_minute: null,
          created_at: time('2026-01-01'),
          created_by: JSON.stringify(by),
        })
        .execute()
    },
    async addUser(id: string, invited?: { by: Actor; at: string }): Promise<Actor> {
      await sql`insert into auth."user" (id, name, email, "emailVerified", "updatedAt", role)
        values (${id}, ${id}, ${`${id}@house.example`}, true, now(), 'admin')`.execute(db)
      if (invited)
        await db
          .insertInto('invitations')
          .values({
            id: `inv_${id}`,
            hash: Buffer.from(id),
            role: 'admin',
            invited_by: JSON.stringify(invited.by),
            created_at: time(invited.at),
            expires_at: plus(time(invited.at), 1),
            used_at: time(invited.at),
            user_id: id,
          })
          .execute()
      return user(id)
    },
    /** A carrier's report, heard of at `now`. */
    scan: (now: string, told: TrackerTold): Promise<TrackerOutcome> =>
      run((tx) => recordTracker(tx, act(now), tracker(told))),
    /** One check-in, and what came of it. */
    async checkIn(at: string, body: object, told: CheckInTold = {}): Promise<CheckInResult> {
      const [result] = await self.checkInMany(told.told ?? at, [{ reportedAt: time(at).toISOString(), ...body }], told)
      return result!
    },
    checkInMany(now: string, bodies: object[], told: CheckInTold = {}): Promise<CheckInResult[]> {
      const { source = 'mdm', vouches = 'enrolment', tokenId = null } = told
      const items = bodies.map((body) => ({ checkIn: checkInSchema.parse(body), source, vouches, tokenId }))
      return run((tx) => recordCheckIns(tx, act(now), items))
    },
    detect: (now: string) => detect(detection(now)),
    compare: (now: string) => compareRecords(detection(now)),
    sweep: (at: string, automatic = false) => sweep(detection(at), { at: time(at), automatic }),
    async device(serialNumber: string) {
      const row = await db
        .selectFrom('devices')
        .selectAll()
        .where('serial_number', '=', serialNumber)
        .executeTakeFirstOrThrow()
      return { ...row, state: row.state as DeviceState }
    },
    async shipment(reference: string) {
      const row = await db
        .selectFrom('shipments')
        .selectAll()
        .where('reference', '=', reference)
        .executeTakeFirstOrThrow()
      return { ...row, state: row.state as ShipmentState }
    },
    person: (email: string) => db.selectFrom('people').selectAll().where('email', '=', email).executeTakeFirstOrThrow(),
    findings: () => db.selectFrom('findings').selectAll().orderBy('id').execute(),
    cases: () => db.selectFrom('cases').selectAll().orderBy('number').execute(),
    /** The ledger, or its events of one kind. */
    async events<K extends EventKind>(kind?: K): Promise<Extract<LedgerEvent, { kind: K }>[]> {
      const query = db.selectFrom('ledger').select(eventColumns).orderBy('seq')
      const rows = await (kind ? query.where('kind', '=', kind) : query).execute()
      return rows.map(toEvent) as Extract<LedgerEvent, { kind: K }>[]
    },
    /** What outside was told, in order. */
    async alerts() {
      const rows = await db.selectFrom('outbox').selectAll().orderBy('position').execute()
      return rows.map((row) => ({
        key: row.ordering_key,
        type: row.type as AlertType,
        data: JSON.parse(row.body).data,
        body: row.body,
      }))
    },
    /** Every row of every table as text, bytes as what they spell. */
    dump: () => dump(pool),
    /** Empties the company, the ledger too, for the next story. */
    async reset(): Promise<void> {
      const tables = await sql<{ name: string }>`
        select format('%I.%I', schemaname, tablename) as name from pg_tables
        where schemaname in ('public', 'auth') and tablename not like 'kysely_%'`.execute(db)
      // Deleting from small tables is far quicker than truncating them; no trigger and no reference stands in its way.
      const deletes = tables.rows.map((row) => `delete from ${row.name};`).join(' ')
      await sql
        .raw(
          `begin; set local session_replication_role = replica; ${deletes} commit; alter sequence case_numbers restart`,
        )
        .execute(db)
      errors.length = 0
    },
  }
  return self
}

async function dump(pool: pg.Pool): Promise<string> {
  const tables = await pool.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')`,
  )
  const lines: string[] = []
  for (const { name } of tables.rows) {
    const { rows } = await pool.query<Record<string, unknown>>(`select * from ${name}`)
    for (const row of rows) {
      const cells = Object.entries(row).map(
        ([column, value]) => `${column}=${Buffer.isBuffer(value) ? value.toString('utf8') : JSON.stringify(value)}`,
      )
      lines.push(`${name} ${cells.join(' ')}`)
    }
  }
  return lines.join('\n')
}

/** Fern of Boston, with an approved home; what most stories begin with. */
export const fern = {
  external_id: 'E-100',
  name: 'Fern Hollis',
  email: 'fern@example.com',
  line1: '12 Maple Street',
  line2: '',
  city: 'Boston',
  region: 'MA',
  postal_code: '02118',
  country: 'US',
  address_verified: 'yes',
}

/** Her laptop's parcel, to where she lives. */
export const parcel = {
  reference: 'PO-1',
  direction: 'out',
  carrier: 'UPS',
  tracking_code: '1Z1',
  serial_number: 'C02TALE001',
  person_email: 'fern@example.com',
  ordered_at: '2026-03-01T12:00:00Z',
}

/** Imports Fern, and her laptop's parcel. */
export async function order(
  world: TestWorld,
  over: { person?: object; parcel?: object } = {},
): Promise<{ people: ImportSummary; shipments: ImportSummary }> {
  const people = await world.importPeople('2026-02-01', [{ ...fern, ...over.person }])
  const shipments = await world.importShipments('2026-03-01T12:00:00Z', [{ ...parcel, ...over.parcel }])
  return { people, shipments }
}
