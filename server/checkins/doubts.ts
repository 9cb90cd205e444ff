// Doubts about who reports: what a check-in carries of another machine, told once for each pair and source.
import type { Act } from '../custody/act.ts'
import { type IdentityDoubt, type NewEvent, type Payload, payloads } from '../custody/events.ts'
import type { Claim } from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import { isWeaker, proofOf } from './proof.ts'
import type { Sighted } from './sighted.ts'

export const doubtOf: Record<Claim['by'], IdentityDoubt> = {
  'hardware UUID': 'UUID of another machine',
  'id in the source': 'enrolment of another machine',
}

/** What was doubted of each device. */
export type Doubts = Map<string, Payload<'device.identity_doubted'>[]>

/** The doubts on record about some devices. */
export async function loadDoubts(tx: Tx, deviceIds: string[]): Promise<Doubts> {
  if (deviceIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('ledger')
    .select(['device_id', 'payload'])
    .where((eb) => eb('device_id', '=', eb.fn.any(eb.val(deviceIds))))
    .where('kind', '=', 'device.identity_doubted')
    .where('payload', 'is not', null)
    .execute()
  const doubts: Doubts = new Map()
  for (const row of rows) keep(doubts, row.device_id!, payloads['device.identity_doubted'].parse(row.payload))
  return doubts
}

const keep = (doubts: Doubts, deviceId: string, said: Payload<'device.identity_doubted'>) =>
  doubts.set(deviceId, [...(doubts.get(deviceId) ?? []), said])

/**
 * What a check-in's claims come to: a doubt on its own record, and on the other's, unless the report is of less weight
 * than what the other one has proven: a mere claim raises nothing about an honest laptop. `known` takes them up.
 */
export function doubtsOf(act: Act, one: Sighted, known: Doubts): NewEvent[] {
  return one.claims.flatMap(({ by, other }) => {
    const said = { doubt: doubtOf[by], source: one.source, otherDeviceId: other.id }
    const isTold = (known.get(one.device.id) ?? []).some(
      ({ doubt, source, otherDeviceId }) =>
        doubt === said.doubt && source === said.source && otherDeviceId === said.otherDeviceId,
    )
    if (isTold) return []
    keep(known, one.device.id, said)
    const about = { kind: 'device.identity_doubted' as const, occurredAt: one.at, actor: act.actor }
    const own: NewEvent = { ...about, deviceId: one.device.id, payload: said }
    if (isWeaker(proofOf(one.vouches, one.checkIn.enrollment), other.proof)) return [own]
    return [own, { ...about, deviceId: other.id, payload: { ...said, otherDeviceId: one.device.id } }]
  })
}
