// Prepares a parcel: person, laptops, a checked address and the delivery policy it is locked to.

import type { Address } from '../addresses/parse.ts'
import { type AddressVersion, addressOf, revealAddress, versionsOf } from '../addresses/versions.ts'
import type { Act } from '../custody/act.ts'
import type { DeliveryPolicy, Tier } from '../custody/events.ts'
import { lockSubjects, record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError, type Fault } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import type { AddressVerdict, Carrier, PostalAddress } from '../ports.ts'
import { type Check, checksOf, type Verification } from './address-checks.ts'
import { policyFor, tierOf } from './delivery-policy.ts'

export interface Answer {
  /** The check's id. */
  check: string
  answer: 'yes' | 'no'
}

export interface PrepareInput {
  personId: string
  deviceIds: string[]
  addressId: string
  answers: Answer[]
  reference?: string | null
}

/** What is known before anything is prepared: the questions to answer, and the policy that will hold. */
export interface Outlook {
  checks: Check[]
  tier: Tier
  /** Why it is not the standard tier. */
  reasons: string[]
  policyId: string | null
  policy: DeliveryPolicy
  /** Why a default policy is as it is; null where somebody here set it. */
  why: string | null
  /** Of the address; the policy is that country's. */
  country: string | null
}

/** The questions and the policy for one address of one person. Throws 'not_found', and 'invalid' as `prepareShipment` does. */
export async function outlookOf(tx: Tx, now: Date, input: { personId: string; addressId: string }): Promise<Outlook> {
  const person = await personToSendTo(tx, input.personId)
  const versions = await versionsOf(tx, person.id)
  const address = addressToSendTo(versions, input.addressId)
  const { tier, reasons } = await tierOf(tx, now, { person, address })
  const inForce = await policyFor(tx, { tier, country: address.country })
  return { checks: await checksOf(tx, now, { address, versions }), tier, reasons, country: address.country, ...inForce }
}

/**
 * Orders and prepares an outgoing parcel, locked to this version of the address: what changes on file later moves it
 * nowhere. Throws 'not_found' or 'invalid' with every reason why it cannot be.
 */
export async function prepareShipment(tx: Tx, act: Act, input: PrepareInput): Promise<{ shipmentId: string }> {
  const deviceIds = [...new Set(input.deviceIds)]
  const person = await personToSendTo(tx, input.personId)
  await lockSubjects(tx, { deviceIds })
  const reference = input.reference?.trim() || null
  const outlook = await outlookOf(tx, act.now, input)
  refuse([
    ...(await faultsOfDevices(tx, deviceIds)),
    ...(await faultsOfReference(tx, reference)),
    ...faultsOfAnswers(outlook.checks, input.answers),
  ])
  const id = newId('shp')
  await tx
    .insertInto('shipments')
    .values({
      id,
      reference,
      direction: 'out',
      person_id: person.id,
      address_version_id: input.addressId,
      addressee: person.name,
      ordered_at: act.now,
      prepared_by: JSON.stringify(act.actor),
      policy: policyKept(outlook),
      created_at: act.now,
    })
    .execute()
  await tx
    .insertInto('shipment_devices')
    .values(deviceIds.map((device_id) => ({ shipment_id: id, device_id })))
    .execute()
  const about = { shipmentId: id, personId: person.id, occurredAt: act.now, actor: act.actor }
  await record(tx, act.now, [
    {
      ...about,
      kind: 'shipment.ordered',
      payload: { direction: 'out', personId: person.id, addressId: input.addressId, deviceIds },
    },
    { ...about, ...preparedBy(outlook, input) },
  ])
  return { shipmentId: id }
}

/** Throws 'invalid' with every reason at once, if there is one. */
export function refuse(faults: Fault[]): void {
  if (faults.length === 0) return
  const why = faults.map((fault) => fault.problem).join('; ')
  throw new AppError('invalid', `This cannot be prepared: ${why}.`, faults)
}

/** The policy in force, as it is kept with a parcel. */
export const policyKept = ({ tier, policyId, policy }: Outlook) => JSON.stringify({ tier, policyId, ...policy })

/** What the ledger says of a preparation: every question has its answer by then. */
export function preparedBy(outlook: Outlook, input: { addressId: string; answers: Answer[] }) {
  const { policyId, tier, country, policy, checks } = outlook
  const answers = checks.map(({ id, question }) => ({
    question,
    answer: input.answers.find((one) => one.check === id)?.answer ?? ('no' as const),
  }))
  return {
    kind: 'shipment.prepared' as const,
    payload: { policyId, tier, country, policy, addressId: input.addressId, answers },
  }
}

async function personToSendTo(tx: Tx, personId: string) {
  const person = await tx
    .selectFrom('people')
    .selectAll()
    .where('id', '=', personId)
    .where('withdrawn_at', 'is', null)
    .forShare()
    .executeTakeFirst()
  if (person === undefined) throw new AppError('not_found', 'There is no such person.')
  if (person.erased_at !== null || person.name === null)
    throw new AppError('invalid', 'This person was erased: nothing can be sent to them.', [
      { path: 'personId', problem: 'was erased' },
    ])
  return person
}

function addressToSendTo(versions: AddressVersion[], addressId: string): AddressVersion {
  const fault = (problem: string, what: string) =>
    new AppError('invalid', `${what} Choose another address of theirs.`, [{ path: 'addressId', problem }])
  const address = versions.find((version) => version.id === addressId)
  if (address === undefined) throw fault('is not this person’s', 'This address is not this person’s.')
  if (address.refused_at !== null) throw fault('was refused', 'This address was refused.')
  if (address.line1 === null) throw fault('was erased', 'This address was erased.')
  return address
}

/** Parcels in these are on their way somewhere, or about to be. */
const openStatuses = ['ordered', 'packed', 'shipped', 'at the counter', 'returning']

/** Why these laptops cannot go out; `orderId` is the order that they may be in already. */
export async function faultsOfDevices(tx: Db, deviceIds: string[], orderId: string | null = null): Promise<Fault[]> {
  if (deviceIds.length === 0) return [{ path: 'deviceIds', problem: 'choose at least one laptop' }]
  const devices = await tx
    .selectFrom('devices')
    .select(['id', 'serial_number', 'life_cycle'])
    .where('id', 'in', deviceIds)
    .where('withdrawn_at', 'is', null)
    .execute()
  const inParcels = await tx
    .selectFrom('shipment_devices')
    .innerJoin('shipments', 'shipments.id', 'shipment_devices.shipment_id')
    .select(['device_id', 'reference'])
    .where('device_id', 'in', deviceIds)
    .where('shipments.withdrawn_at', 'is', null)
    .where('shipments.status', 'in', openStatuses)
    .where('shipments.id', 'is distinct from', orderId)
    .execute()
  return deviceIds.flatMap((id, index): Fault[] => {
    const path = `deviceIds.${index}`
    const device = devices.find((one) => one.id === id)
    if (device === undefined) return [{ path, problem: 'there is no such laptop' }]
    const name = device.serial_number ?? 'the laptop without a serial number'
    const parcel = inParcels.find((one) => one.device_id === id)
    if (parcel)
      return [{ path, problem: `${name} is in an open shipment already (${parcel.reference ?? 'no reference'})` }]
    if (device.life_cycle !== 'stock' && !(orderId !== null && device.life_cycle === 'ordered'))
      return [{ path, problem: `${name} cannot be ordered: it is ${device.life_cycle}, not in stock` }]
    return []
  })
}

async function faultsOfReference(tx: Tx, reference: string | null): Promise<Fault[]> {
  if (reference === null) return []
  const taken = await tx
    .selectFrom('shipments')
    .select('id')
    .where('reference', '=', reference)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return taken ? [{ path: 'reference', problem: `the reference ${reference} is another shipment’s` }] : []
}

/** Every question wants a yes. */
export const faultsOfAnswers = (checks: Check[], answers: Answer[]): Fault[] =>
  checks.flatMap(({ id, question }) => {
    const answer = answers.find((one) => one.check === id)?.answer
    if (answer === 'yes') return []
    const path = `answers.${id}`
    if (answer === undefined) return [{ path, problem: `not answered: “${question}”` }]
    return [{ path, problem: `answered no: “${question}” Choose or correct the address first` }]
  })

// ── What the carriers say of an address ────────────────────────────────────────────────────────────────────

/** An address of a person as a carrier is given it. */
export function postalOf(
  address: Address,
  person: { name: string | null; phone: string | null; email: string | null } | undefined,
): PostalAddress {
  return { ...address, name: person?.name ?? '', company: '', phone: person?.phone ?? '', email: person?.email ?? '' }
}

interface VerifyDesk {
  run<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  carrier: Carrier
}

/** Asks the carrier's provider about an address, outside any transaction, and records what it says. */
export async function verifyAddress(desk: VerifyDesk, act: Act, input: { addressId: string }): Promise<Verification> {
  const asked = await desk.run((tx) => addressAsked(tx, input.addressId))
  const said: AddressVerdict = await desk.carrier.verifyAddress(postalOf(addressOf(asked.version), asked.person))
  const verdict: Verification = { ...said, provider: desk.carrier.name }
  const { result, codes, residential, provider } = verdict
  await desk.run(async (tx) => {
    // Erased meanwhile: the suggestion is a street, and must not come back.
    const { version } = await addressAsked(tx, input.addressId)
    await tx
      .updateTable('address_versions')
      .set({ verification: JSON.stringify(verdict), verified_at: act.now })
      .where('id', '=', version.id)
      .execute()
    await record(tx, act.now, [
      {
        kind: 'address.verified',
        personId: version.person_id,
        occurredAt: act.now,
        actor: act.actor,
        payload: { addressId: version.id, provider, result, codes, residential },
      },
    ])
  })
  return verdict
}

async function addressAsked(tx: Tx, addressId: string) {
  const version = await tx
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', addressId)
    .where('withdrawn_at', 'is', null)
    .forUpdate()
    .executeTakeFirst()
  if (version === undefined || version.line1 === null) throw new AppError('not_found', 'There is no such address.')
  const person =
    version.person_id === null
      ? undefined
      : await tx
          .selectFrom('people')
          .select(['name', 'phone', 'email'])
          .where('id', '=', version.person_id)
          .executeTakeFirst()
  return { version, person }
}

/** The address on file beside the carriers' writing of it, for a reason that is recorded. */
export async function revealSuggestion(
  tx: Tx,
  act: Act,
  input: { addressId: string; reason: string },
): Promise<{ onFile: Address; suggested: Address | null }> {
  const onFile = await revealAddress(tx, act, input)
  const { version } = await addressAsked(tx, input.addressId)
  const said = (version.verification as Verification | null)?.suggestion ?? null
  if (said === null) return { onFile, suggested: null }
  const { line1, line2, city, region, postalCode, country } = said
  return { onFile, suggested: { line1, line2, city, region, postalCode, country } }
}
