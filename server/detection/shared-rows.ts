// Reads who shares what with the laptops that are judged together: one statement, and one more where anybody does.
import type { Db, Tx } from '../lib/database.ts'
import type { Facts } from './facts.ts'
import { aboutHolders, CROWDED, holdersOf, type LinkRow, type Value } from './link-rows.ts'
import { deviceLinks } from './links.ts'

/** So many values of a laptop are looked at, the newest: who travels has hundreds. */
const VALUES = 60

/**
 * Puts into each laptop's facts who else has or had what it and its people have. `isReplayed`: they will be looked at as of
 * earlier numbers too, when what is crowded now was not yet.
 */
export async function loadShared(
  db: Db | Tx,
  all: Facts[],
  { maxSeq, isReplayed }: { maxSeq: number; isReplayed: boolean },
): Promise<void> {
  const valuesOf = new Map(all.map((facts) => [facts, valuesIn(facts)]))
  const values = [...new Map([...valuesOf.values()].flat().map((one) => [keyOf(one), one])).values()]
  const personIds = [...new Set(all.flatMap((facts) => facts.people.map((one) => one.id)))]
  if (values.length + personIds.length === 0) return
  const links = await holdersOf(db, { values, personIds, maxSeq })
  const byKey = Map.groupBy(links, keyOf)
  const own = new Map(
    all.map((facts) => {
      const people = new Set(facts.people.map((one) => one.id))
      const phones = links.filter((row) => row.kind === 'phone' && people.has(row.personId))
      const keys = new Set([...valuesOf.get(facts)!, ...phones].map(keyOf))
      const rows = [...keys].flatMap((key) => byKey.get(key) ?? [])
      return [facts, { rows, others: rows.filter((row) => !people.has(row.personId) || isAnothers(row, facts)) }]
    }),
  )
  const crowded = new Set(isReplayed ? [] : [...byKey].flatMap(([key, rows]) => (isCrowded(rows) ? [key] : [])))
  const others = [...own.values()].flatMap((one) => one.others.filter((row) => !crowded.has(keyOf(row))))
  const beside =
    others.length === 0
      ? { networks: [], tools: [], addresses: [], confirmed: [] }
      : await aboutHolders(db, {
          // The people themselves too: what was decided of all of them at once is no news of one to another.
          personIds: [...new Set([...others.map((row) => row.personId), ...personIds])],
          deviceIds: [...new Set(others.flatMap((row) => row.deviceId ?? []))],
          maxSeq,
        })
  for (const [facts, { rows }] of own) {
    const people = new Set([...rows.map((row) => row.personId), ...facts.people.map((one) => one.id)])
    const devices = new Set(rows.flatMap((row) => row.deviceId ?? []))
    facts.shared = {
      links: rows,
      networks: beside.networks.filter((row) => devices.has(row.deviceId ?? '') && row.deviceId !== facts.device.id),
      tools: beside.tools.filter((row) => people.has(row.personId)),
      addresses: beside.addresses.filter((row) => people.has(row.personId)),
      confirmed: beside.confirmed.filter((row) => people.has(row.personId)),
    }
  }
}

const isCrowded = (rows: LinkRow[]) => new Set(rows.map((row) => row.personId)).size > CROWDED

const keyOf = ({ kind, value }: Value) => `${kind}\n${value}`

/** Somebody who had this laptop before has another one now. */
const isAnothers = (row: LinkRow, { device }: Facts) => row.deviceId !== null && row.deviceId !== device.id

/** What the laptop showed at any time, and where its people live and had parcels sent. */
function valuesIn({ events, addresses }: Facts): Value[] {
  const shown = deviceLinks(events).toReversed()
  const newest = [...new Map(shown.map((link) => [keyOf(link), { kind: link.kind, value: link.value }])).values()]
  const doors = addresses.flatMap(({ doorKey, buildingKey, isSomebodys }): Value[] => {
    if (!isSomebodys || buildingKey === null) return []
    const building = [
      { kind: 'building' as const, value: buildingKey },
      { kind: 'unit code' as const, value: buildingKey },
    ]
    return doorKey === null ? building : [{ kind: 'door', value: doorKey }, ...building]
  })
  return [...newest.slice(0, VALUES), ...doors]
}
