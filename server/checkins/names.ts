// What a person recognises a device by, and how far its newest check-in proves anything: columns of the device, for lists.
import { sql } from 'kysely'
import type { Tx } from '../lib/database.ts'
import { proofLevels } from '../ports.ts'
import { isWeaker } from './proof.ts'
import type { Sighted } from './sighted.ts'

export interface Names {
  hostname: string | null
  platform: string | null
  model: string | null
  proof: string | null
}

/** A source that was not heard of for longer than this does not stand for the device any more. */
const FRESH_DAYS = 7

/**
 * Takes on what a report says. Host name and platform are the sources' own word (each change is in its facets), but never
 * a weaker one's than the device's own proof; a model only where there is none. Who owns which field: `devices/mismatches.ts`.
 */
export function noteNames(one: Sighted, names: Map<string, Names>): void {
  const { hostname, platform, model } = one.checkIn
  const { device } = one
  const isLesser = isWeaker(one.proof, device.proof)
  const pick = (told: string | undefined, own: string | null) => (isLesser ? (own ?? (told || null)) : told || own)
  const said: Names = {
    hostname: pick(hostname, device.hostname),
    platform: pick(platform, device.platform),
    model: device.model ?? (model || null),
    proof: one.proof,
  }
  const isSame =
    said.hostname === device.hostname &&
    said.platform === device.platform &&
    said.model === device.model &&
    said.proof === device.proof
  if (isSame) return
  names.set(device.id, said)
  const proof = isLesser ? device.proof : said.proof
  Object.assign(device, { hostname: said.hostname, platform: said.platform, model: said.model, proof })
}

/**
 * Writes what `noteNames` took on, in one statement. A device's proof is that of the newest report of the most trusted
 * source among those heard of in its last seven days: the strongest of their newest.
 */
export async function saveNames(tx: Tx, names: Map<string, Names>): Promise<void> {
  if (names.size === 0) return
  const all = [...names.values()]
  await sql`
    update devices as d set hostname = n.hostname, platform = n.platform, model = n.model,
      proof = coalesce(
        (select newest.proof from (
          select distinct on (p.source) p.proof from presence p
          where p.device_id = d.id
            and p.day >= (select max(day) from presence where device_id = d.id) - ${FRESH_DAYS}::int order by p.source, p.day desc) as newest
        order by array_position(${[...proofLevels]}::text[], newest.proof) limit 1), n.proof)
    from unnest(
      ${[...names.keys()]}::text[], ${all.map((one) => one.hostname)}::text[], ${all.map((one) => one.platform)}::text[],
      ${all.map((one) => one.model)}::text[], ${all.map((one) => one.proof)}::text[]
    ) as n (id, hostname, platform, model, proof)
    where d.id = n.id`.execute(tx)
}
