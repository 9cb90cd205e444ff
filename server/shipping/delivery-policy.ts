// Delivery policies: what a parcel's delivery has to be like, by how risky it is taken to be and where it goes.
import { type Selectable, sql } from 'kysely'
import { HINT_MAX } from '../addresses/classify.ts'
import type { AddressVersion } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import { type DeliveryPolicy, deliveryPolicySchema, type Tier } from '../custody/events.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { PeopleTable } from '../lib/tables.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import type { Rate } from '../ports.ts'

/** What holds where nobody has set another policy, and why. */
export const defaultPolicies: Record<Tier, { policy: DeliveryPolicy; why: string }> = {
  standard: {
    policy: { carriers: {}, signature: 'signature', holdForPickup: false, forbidRedirect: false, secondPerson: false },
    why: 'A laptop left at a door belongs to whoever comes by: somebody has to sign for it.',
  },
  elevated: {
    policy: {
      carriers: {},
      signature: 'adult signature',
      holdForPickup: false,
      forbidRedirect: true,
      secondPerson: false,
    },
    why: 'Contractors, people in their first month and places that are no home: an adult signs, and nobody sends it elsewhere on its way.',
  },
  high: {
    policy: {
      carriers: {},
      signature: 'adult signature',
      holdForPickup: false,
      forbidRedirect: true,
      secondPerson: true,
    },
    why: 'There is an open case about this person: a second person decides whether anything leaves at all.',
  },
}

/** Somebody counts as new for so long after their first day. Source: threat notes, diversions cluster in the first weeks. */
const NEW_FOR_MS = 30 * DAY
/** Kinds of address where somebody of ours receives. */
const ordinaryKinds = ['home', 'office', 'unknown']

/** How risky a delivery is taken to be, and why. Nothing here looks at a name. */
export async function tierOf(
  tx: Tx,
  now: Date,
  input: { person: Pick<Selectable<PeopleTable>, 'id' | 'kind' | 'starts_on'>; address: AddressVersion },
): Promise<{ tier: Tier; reasons: string[] }> {
  const { person, address } = input
  const open = await tx
    .selectFrom('cases')
    .select('number')
    .where('subject_kind', '=', 'person')
    .where('subject_id', '=', person.id)
    .where('status', '<>', 'closed')
    .where('severity', 'in', ['high', 'critical'])
    .executeTakeFirst()
  if (open) return { tier: 'high', reasons: [`case C-${open.number} about this person is open`] }
  const { kind, confidence } = address.class as { kind: string; confidence: number }
  const reasons = [
    person.kind === 'contractor' && 'a contractor',
    person.starts_on !== null && person.starts_on > dayOf(plus(now, -NEW_FOR_MS)) && 'new within the last 30 days',
    confidence >= HINT_MAX && !ordinaryKinds.includes(kind) && `the address is no home (${kind})`,
  ].filter((reason) => reason !== false)
  return { tier: reasons.length > 0 ? 'elevated' : 'standard', reasons }
}

/** The policy in force for a tier and a country (two letters): the country's own before the general one before the default. */
export async function policyFor(
  tx: Tx,
  input: { tier: Tier; country: string | null },
): Promise<{ policyId: string | null; policy: DeliveryPolicy; why: string | null }> {
  const rows = await tx
    .selectFrom('delivery_policies')
    .select(['id', 'country', 'policy'])
    .where('tier', '=', input.tier)
    .where('retired_at', 'is', null)
    .where((eb) => eb.or([eb('country', 'is', null), eb('country', '=', input.country)]))
    .execute()
  const row = rows.find((one) => one.country !== null) ?? rows[0]
  if (row === undefined) return { policyId: null, ...defaultPolicies[input.tier] }
  return { policyId: row.id, policy: deliveryPolicySchema.parse(row.policy), why: null }
}

/** Sets the policy of a tier, for one country or (null) all others; the one before stays as a retired version. */
export async function setPolicy(
  tx: Tx,
  act: Act,
  input: { tier: Tier; country: string | null; policy: DeliveryPolicy; reason: string },
): Promise<{ id: string; version: number }> {
  const country = input.country === null ? null : act.world.places.countryCode(input.country)
  if (input.country !== null && country === null)
    throw new AppError('invalid', 'There is no such country.', [
      { path: 'country', problem: `“${input.country}” is no country: write its name or its two letters` },
    ])
  const of = { tier: input.tier, country: country ?? '' }
  await sql`select pg_advisory_xact_lock(7355612, hashtext(${`${of.tier} ${of.country}`}))`.execute(tx)
  const versions = await tx
    .selectFrom('delivery_policies')
    .select(['id', 'version', 'retired_at'])
    .where('tier', '=', of.tier)
    .where(sql<boolean>`coalesce(country, '') = ${of.country}`)
    .execute()
  await tx
    .updateTable('delivery_policies')
    .set({ retired_at: act.now })
    .where('tier', '=', of.tier)
    .where(sql<boolean>`coalesce(country, '') = ${of.country}`)
    .where('retired_at', 'is', null)
    .execute()
  const id = newId('pol')
  const version = Math.max(0, ...versions.map((one) => one.version)) + 1
  await tx
    .insertInto('delivery_policies')
    .values({
      id,
      tier: input.tier,
      country,
      version,
      policy: JSON.stringify(input.policy),
      set_by: JSON.stringify(act.actor),
      set_at: act.now,
    })
    .execute()
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'policy.set',
      occurredAt: act.now,
      actor: act.actor,
      payload: { policyId: id, tier: input.tier, country, noteId },
    },
  ])
  return { id, version }
}

/** Why a policy does not take a rate, or null where it does. */
export function refusalOf(policy: DeliveryPolicy, rate: Pick<Rate, 'carrier' | 'service'>): string | null {
  if (Object.keys(policy.carriers).length === 0) return null
  const services = policy.carriers[rate.carrier]
  if (services === undefined) return `the delivery policy does not allow ${rate.carrier}`
  if (services.length === 0 || services.includes(rate.service)) return null
  return `the delivery policy does not allow ${rate.carrier} ${rate.service}`
}
