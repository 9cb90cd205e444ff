// What there is to ask about an address before anything is sent to it. Each check is a question, never a verdict.
import { sql } from 'kysely'
import { HINT_MAX } from '../addresses/classify.ts'
import { compareAddresses } from '../addresses/compare.ts'
import { type AddressVersion, addressOf, currentHome, isSameAddress, isWrittenAlike } from '../addresses/versions.ts'
import type { Actor, LedgerEvent } from '../custody/events.ts'
import { toEvent } from '../custody/ledger.ts'
import type { Tx } from '../lib/database.ts'
import { DAY, dayOf } from '../lib/time.ts'
import type { AddressVerdict } from '../ports.ts'

/** One question. `question` names nobody and no street, since it is kept with the answer; yes is always to go on. */
export interface Check {
  id:
    | 'class'
    | 'not approved'
    | 'changed'
    | 'verdict'
    | 'unit'
    | 'suggestion'
    | 'others'
    | 'home'
    | 'identity'
    | 'addressee'
  question: string
}

/** What a provider's check said, as it is kept with the version. */
export type Verification = AddressVerdict & { provider: string }

/** A change this recent is asked about. */
const CHANGED_WITHIN_MS = 30 * DAY
/** As near as this is no difference. Source: DESIGN 9. */
const NEAR_KM = 25

const kindWords: Record<string, string> = {
  office: 'an office',
  'po box': 'a PO box',
  'mail drop': 'a mailbox service',
  'virtual office': 'a virtual office',
  'registered agent': 'the address of a registered agent',
  'freight forwarder': 'a freight forwarder',
  'locker or counter': 'a parcel shop or locker',
  hotel: 'a hotel',
  'self-storage': 'a self-storage site',
  military: 'a military or diplomatic post address',
}

/** Every question about one version of a person's address; `versions` are all of that person's. */
export async function checksOf(
  tx: Tx,
  now: Date,
  input: { address: AddressVersion; versions: AddressVersion[] },
): Promise<Check[]> {
  const { address, versions } = input
  const others = await othersAt(tx, now, address)
  const added = await addedAs(tx, address)
  const { kind, confidence, customerCode } = address.class as {
    kind: string
    confidence: number
    customerCode: boolean
  }
  const words = kindWords[kind]
  const checks: (Check | false | null | undefined)[] = [
    words !== undefined &&
      confidence >= HINT_MAX && {
        id: 'class',
        question: `This is ${words}${customerCode ? ', with a customer’s code' : ''}. Is that intended?`,
      },
    address.approved_at === null && {
      id: 'not approved',
      question: 'Nobody has approved this address. Has the person confirmed it by a contact known before?',
    },
    changedCheck(now, added),
    ...verdictChecks(address),
    others > 0 && {
      id: 'others',
      question: `${others === 1 ? 'One other person on file lives' : `${others} other people on file live`} at this door. Is that expected?`,
    },
    differs(address, homeBeside(address, versions), 'home', 'their home address on file'),
    differs(
      address,
      versions.findLast((one) => one.use === 'identity'),
      'identity',
      'the address on their identity document',
    ),
    /\bc\/?o\b/i.test(`${address.line1} ${address.line2}`) && {
      id: 'addressee',
      question: 'The address names somebody else to receive it (“c/o”). Is that intended?',
    },
  ]
  return checks.filter((check) => !!check)
}

/** How many other people have that door on file, but for those declared to share a household. */
async function othersAt(tx: Tx, now: Date, address: AddressVersion): Promise<number> {
  if (address.door_key === null) return 0
  const rows = await sql<{ count: number }>`
    select count(distinct a.person_id) as count from address_versions a
    where a.door_key = ${address.door_key} and a.use in ('home', 'ship_to')
      and a.person_id is not null and a.person_id is distinct from ${address.person_id}
      and a.refused_at is null and a.withdrawn_at is null
      and not exists (select from declarations d
        where d.kind = 'household' and d.ended_at is null and d.ends_on >= ${dayOf(now)} and d.starts_on <= ${dayOf(now)}
          and (d.person_id, d.other_person_id) in ((a.person_id, ${address.person_id}), (${address.person_id}, a.person_id)))`.execute(
    tx,
  )
  return rows.rows[0]?.count ?? 0
}

type Added = Extract<LedgerEvent, { kind: 'address.added' }>

async function addedAs(tx: Tx, address: AddressVersion): Promise<Added | undefined> {
  const row = await tx
    .selectFrom('ledger')
    .selectAll()
    .where('kind', '=', 'address.added')
    .where('person_id', '=', address.person_id)
    .where(sql<boolean>`payload->>'addressId' = ${address.id}`)
    .executeTakeFirst()
  return row && (toEvent(row) as Added)
}

function changedCheck(now: Date, added: Added | undefined): Check | null {
  const replaced = added?.payload?.changedAt ?? (added?.payload?.replaces ? added.occurredAt.toISOString() : null)
  if (added === undefined || replaced === null || replaced === undefined) return null
  const age = now.getTime() - Date.parse(replaced)
  if (age > CHANGED_WITHIN_MS) return null
  const days = Math.max(0, Math.floor(age / DAY))
  const when = days === 0 ? 'today' : days === 1 ? 'yesterday' : `${days} days ago`
  return {
    id: 'changed',
    question: `This address replaced another ${when}, ${byWhom(added.actor)}. Is that known to be right?`,
  }
}

function byWhom(actor: Actor): string {
  switch (actor.type) {
    case 'user':
      return 'by a user here'
    case 'token':
    case 'source':
      return 'through a connected system'
    case 'rule':
    case 'system':
      return 'by an import'
    default:
      return actor satisfies never
  }
}

function verdictChecks(address: AddressVersion): Check[] {
  const verdict = address.verification as Verification | null
  if (verdict === null) return []
  const checks: Check[] = []
  if (verdict.result === 'undeliverable')
    checks.push({ id: 'verdict', question: 'The carriers do not find this address. Is it right all the same?' })
  else if (verdict.codes.some((code) => /SECONDARY/i.test(code)))
    checks.push({ id: 'unit', question: 'The carriers miss a unit, or do not know this one. Is the address whole?' })
  if (verdict.suggestion !== null && !isWrittenAlike(address, verdict.suggestion))
    checks.push({
      id: 'suggestion',
      question: 'The carriers write this address another way. Is what is on file right?',
    })
  return checks
}

/** The home that a ship-to is compared with; none for a home that is current itself. */
function homeBeside(address: AddressVersion, versions: AddressVersion[]): AddressVersion | undefined {
  const home = currentHome(versions)
  return home?.id === address.id ? undefined : home
}

function differs(
  address: AddressVersion,
  other: AddressVersion | undefined,
  id: 'home' | 'identity',
  words: string,
): Check | null {
  if (other === undefined || other.line1 === null) return null
  const { relation, km } = compareAddresses(placed(address), placed(other))
  if (relation === 'same door' || isSameAddress(address, addressOf(other))) return null
  // A document is seldom changed for a move within a town.
  if (id === 'identity' && ((km !== null && km <= NEAR_KM) || relation === 'same city' || relation === 'same building'))
    return null
  const where =
    km !== null && km > NEAR_KM
      ? `${Math.round(km)} km from`
      : relation === 'cannot tell'
        ? 'not the same as'
        : relation === 'elsewhere'
          ? 'in another country than'
          : `in the ${relation} as, but not at,`
  return { id, question: `This address is ${where} ${words}. Is that intended?` }
}

const placed = (version: AddressVersion) => ({
  address: addressOf(version),
  circle:
    version.latitude === null || version.longitude === null
      ? null
      : { latitude: version.latitude, longitude: version.longitude, radiusKm: version.radius_km ?? 0 },
})
