// What the page of delivery policies shows: one row per tier and country, with who set it and what it was before.
import { deliveryPolicySchema, type Tier, tiers } from '../custody/events.ts'
import type { Db } from '../lib/database.ts'
import { defaultPolicies } from '../shipping/delivery-policy.ts'
import { namesOf } from './actors.ts'

/** The policies in force, each tier's general one first, and every older version with its reason. */
export async function listPolicies(db: Db) {
  const rows = await db.selectFrom('delivery_policies').selectAll().orderBy('set_at', 'desc').execute()
  const nameOf = await namesOf(
    db,
    rows.map((row) => row.set_by),
  )
  const notes = await db
    .selectFrom('ledger')
    .innerJoin('notes', (join) =>
      join.on((eb) => eb('notes.id', '=', eb.fn<string>('jsonb_extract_path_text', ['payload', eb.val('noteId')]))),
    )
    .select(['payload', 'notes.text'])
    .where('kind', '=', 'policy.set')
    .execute()
  const said = new Map(notes.map((note) => [(note.payload as { policyId: string }).policyId, note.text]))
  const versions = rows.map((row) => ({
    id: row.id,
    tier: row.tier as Tier,
    country: row.country,
    version: row.version,
    policy: deliveryPolicySchema.parse(row.policy),
    setAt: row.set_at.toISOString(),
    setBy: nameOf(row.set_by),
    retiredAt: row.retired_at?.toISOString() ?? null,
    reason: said.get(row.id) ?? null,
  }))
  const current = versions.filter((version) => version.retiredAt === null)
  const inForce = tiers.flatMap((tier) => {
    const own = current.find((version) => version.tier === tier && version.country === null)
    const general = own ?? {
      id: null,
      tier,
      country: null,
      version: 0,
      ...defaultPolicies[tier],
      setAt: null,
      setBy: null,
      retiredAt: null,
      reason: null,
    }
    const countries = current
      .filter((version) => version.tier === tier && version.country !== null)
      .sort((a, b) => a.country!.localeCompare(b.country!))
    return [general, ...countries].map((one) => ({ why: null, ...one }))
  })
  return { inForce, history: versions }
}
