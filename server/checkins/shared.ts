// Names that too many machines have: a maker's one UUID, a source's one id for its whole fleet. They are given up.
import { sql } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { NewEvent } from '../custody/events.ts'
import { addAlias, aliasSource, type Claim, sharedIdOf } from '../devices/identity.ts'
import type { Tx } from '../lib/database.ts'
import { doubtOf, loadDoubts } from './doubts.ts'
import { isWeaker, proofOf } from './proof.ts'
import type { CheckInItem, Tie } from './sighted.ts'

/** A name that so many machines have is nobody's. */
const SHARED_MACHINES = 4

/** A name that devices tell though it is another's, and all that have it. */
interface Shared {
  by: Claim['by']
  source: string
  name: string
  ownerId: string
  machines: Set<string>
}

/** Gives up the names that this batch, with what is on file, shows to be too many machines'. Null where there is none. */
export async function giveUpShared(
  tx: Tx,
  _: Act,
  { items, ties }: { items: CheckInItem[]; ties: (Tie | null)[] },
): Promise<NewEvent[] | null> {
  const claimed = claimedIn(items, ties)
  if (claimed.length === 0) return null
  await addKnown(tx, claimed)
  const shared = claimed.filter(({ machines }) => machines.size >= SHARED_MACHINES)
  for (const { by, source, name, ownerId } of shared)
    if (by === 'hardware UUID') await addAlias(tx, aliasSource.sharedUuid, name, ownerId)
    else await addAlias(tx, aliasSource.sharedId, sharedIdOf(source, name), ownerId)
  return shared.length === 0 ? null : []
}

function claimedIn(items: CheckInItem[], ties: (Tie | null)[]): Shared[] {
  const claimed = new Map<string, Shared>()
  for (const [index, tie] of ties.entries())
    for (const { by, other, isSame } of tie?.claims ?? []) {
      const { device, identity } = tie!
      const { vouches, checkIn } = items[index]!
      const name = by === 'hardware UUID' ? identity.hardwareUuid : identity.sourceDeviceId
      if (name === null || isSame) continue
      // A mere claim takes no board from whom an MDM knows; an id is its source's own word.
      if (by === 'hardware UUID' && isWeaker(proofOf(vouches, checkIn.enrollment), other.proof)) continue
      const key = by === 'hardware UUID' ? name : sharedIdOf(identity.source, name)
      const one = claimed.get(key) ?? { by, source: identity.source, name, ownerId: other.id, machines: new Set() }
      claimed.set(key, { ...one, machines: one.machines.add(other.id).add(device.id) })
    }
  return [...claimed.values()]
}

/** Adds the machines that are known to have told the names before. */
async function addKnown(tx: Tx, claimed: Shared[]): Promise<void> {
  const boards = claimed.filter(({ by }) => by === 'hardware UUID')
  const doubts = await loadDoubts(
    tx,
    boards.map(({ ownerId }) => ownerId),
  )
  for (const { ownerId, machines } of boards)
    for (const said of doubts.get(ownerId) ?? [])
      if (said.doubt === doubtOf['hardware UUID'] && said.otherDeviceId !== null) machines.add(said.otherDeviceId)
  const ids = claimed.filter(({ by }) => by === 'id in the source')
  if (ids.length === 0) return
  const rows = await sql<{ source: string; name: string; device_id: string }>`
    select m.source, m.source_device_id as name, m.device_id
    from device_matches m join devices d on d.id = m.device_id and d.withdrawn_at is null
    where (m.source, m.source_device_id) in (
      select * from unnest(${ids.map((one) => one.source)}::text[], ${ids.map((one) => one.name)}::text[]))`.execute(tx)
  for (const row of rows.rows)
    ids.find((one) => one.source === row.source && one.name === row.name)?.machines.add(row.device_id)
}
