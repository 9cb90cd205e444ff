// Doubts about who reports: what a check-in carries of another machine, told once for each pair and source.
import type { Act } from '../custody/act.ts'
import { type IdentityDoubt, type NewEvent, type Payload, payloads } from '../custody/events.ts'
import { addAlias, aliasSource, type Claim } from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import { isWeaker, proofOf } from './proof.ts'
import type { Sighted } from './sighted.ts'

const doubtOf: Record<Claim['by'], IdentityDoubt> = {
  'hardware UUID': 'UUID of another machine',
  'id in the source': 'enrolment of another machine',
}

/** A UUID that so many machines have is a maker's for all of them, and identifies none. */
const SHARED_UUID_MACHINES = 4

/**
 * What a check-in's claims come to: a doubt on its own record, and on the other's, unless the report is of less weight
 * than what the other one has proven: a mere claim raises nothing about an honest laptop. `told` holds those of this batch.
 */
export async function doubtsOf(tx: Tx, act: Act, one: Sighted, told: Set<string>): Promise<NewEvent[]> {
  const events: NewEvent[] = []
  for (const claim of one.claims) {
    const { other } = claim
    const doubt = doubtOf[claim.by]
    const key = `${one.device.id}\n${other.id}\n${one.source}\n${doubt}`
    if (told.has(key)) continue
    told.add(key)
    const known = await doubtsOn(tx, one.device.id)
    const isTold = (said: Payload<'device.identity_doubted'>) =>
      said.doubt === doubt && said.source === one.source && said.otherDeviceId === other.id
    if (known.some(isTold)) continue
    if (claim.by === 'hardware UUID' && (await giveUpUuid(tx, one, claim))) continue
    const about = { kind: 'device.identity_doubted' as const, occurredAt: one.at, actor: act.actor }
    const said = { doubt, source: one.source }
    events.push({ ...about, deviceId: one.device.id, payload: { ...said, otherDeviceId: other.id } })
    if (!isWeaker(proofOf(one.vouches, one.checkIn.enrollment), other.proof))
      events.push({ ...about, deviceId: other.id, payload: { ...said, otherDeviceId: one.device.id } })
  }
  return events
}

async function doubtsOn(tx: Tx, deviceId: string): Promise<Payload<'device.identity_doubted'>[]> {
  const rows = await tx
    .selectFrom('ledger')
    .select('payload')
    .where('device_id', '=', deviceId)
    .where('kind', '=', 'device.identity_doubted')
    .where('payload', 'is not', null)
    .execute()
  return rows.map((row) => payloads['device.identity_doubted'].parse(row.payload))
}

/** Gives a UUID up once it is told under too many serial numbers: they are known by those. */
async function giveUpUuid(tx: Tx, one: Sighted, { other }: Claim): Promise<boolean> {
  const others = (await doubtsOn(tx, other.id)).filter((said) => said.doubt === 'UUID of another machine')
  const machines = new Set([other.id, one.device.id, ...others.map((said) => said.otherDeviceId)])
  if (machines.size < SHARED_UUID_MACHINES || one.identity.hardwareUuid === null) return false
  await addAlias(tx, aliasSource.sharedUuid, one.identity.hardwareUuid, other.id)
  return true
}
