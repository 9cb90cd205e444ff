// What judging costs per changed check-in, in a company of many laptops against one of few.
import { recordCheckIns } from '../../../server/checkins/record-checkins.ts'
import { systemActor } from '../../../server/custody/events.ts'
import { detect } from '../../../server/detection/engine.ts'
import type { Connection } from '../../../server/lib/database.ts'
import { DAY } from '../../../server/lib/time.ts'
import { type CheckIn, checkInSchema } from '../../../server/ports.ts'
import { createFleet, type Fleet } from '../bodies.ts'
import { seedDevices } from '../seed.ts'
import { median, type Row } from '../table.ts'
import type { Server } from './database.ts'
import { detectionOf, world } from './world.ts'

/** So many laptops of each company report; the others are there. */
const REPORTING = 400
const ROUNDS = 9
const BATCH = 100

interface Company {
  devices: number
  connection: Connection
  fleet: Fleet
  round: number
}

export async function judgingCost(server: Server, sizes: { few: number; many: number }): Promise<Row> {
  const companies = [await openCompany(server, sizes.few), await openCompany(server, sizes.many)]
  const costs: number[][] = [[], []]
  for (const company of companies) await report(company, false)
  // In turns, so that both meet the same weather; the first of each only warms up.
  for (let round = 0; round <= ROUNDS; round++)
    for (const [index, company] of companies.entries()) {
      const cost = await report(company, true)
      if (round > 0) costs[index]!.push(cost)
    }
  for (const { connection } of companies) await connection.pool.end()
  const [few, many] = costs.map(median) as [number, number]
  return {
    figure: `cost of the rules per changed check-in, ${sizes.many} devices ÷ ${sizes.few}`,
    ours: `${many.toFixed(0)} µs`,
    baseline: `${few.toFixed(0)} µs`,
    reached: (many / few).toFixed(2),
    must: '≤ 1.2',
    holds: many / few <= 1.2,
  }
}

async function openCompany(server: Server, devices: number): Promise<Company> {
  const connection = await server.open(`company_${devices}`)
  await seedDevices(connection.pool, devices)
  await connection.pool.query('vacuum analyze')
  const start = new Date(Date.now() - 20 * DAY - (Date.now() % DAY))
  return { devices, connection, fleet: createFleet({ seed: 1, start }), round: 0 }
}

/** Has laptops from all over the company report once, and judges that. Microseconds of judging per check-in. */
async function report(company: Company, isChanged: boolean): Promise<number> {
  const { connection, fleet, devices } = company
  const round = company.round++
  const every = Math.floor(devices / REPORTING)
  const checkIns = Array.from({ length: REPORTING }, (_, index) =>
    changed(fleet, { device: index * every, index, round, isChanged }),
  )
  const now = new Date()
  const act = { now, actor: systemActor('bench'), world }
  for (let at = 0; at < checkIns.length; at += BATCH) {
    const items = checkIns.slice(at, at + BATCH).map((checkIn) => ({
      checkIn,
      source: 'agent',
      vouches: 'enrolment' as const,
      tokenId: null,
    }))
    await connection.db.transaction().execute((tx) => recordCheckIns(tx, act, items))
  }
  const began = performance.now()
  await detect(
    detectionOf(
      connection.db,
      () => now,
      (message) => process.stderr.write(`${message}\n`),
    ),
  )
  return ((performance.now() - began) * 1000) / REPORTING
}

/** One in so many changes is of a tool that matters; the others are of the network, as most that wake rules are. */
const TOOL_EVERY = 10

function changed(
  fleet: Fleet,
  { device, index, round, isChanged }: { device: number; index: number; round: number; isChanged: boolean },
): CheckIn {
  const isTool = isChanged && index % TOOL_EVERY === 0
  const body = JSON.parse(fleet.body(device, round, isTool ? 'fact' : 'unchanged'))
  if (!isChanged || isTool) return checkInSchema.parse(body)
  // Another for each laptop and round, whatever the company's size: what laptops share costs more to judge.
  const publicIp = `72.${200 + (index % 20)}.${(Math.floor(index / 20) + round * 20) % 250}.7`
  return checkInSchema.parse({ ...body, publicIp })
}
