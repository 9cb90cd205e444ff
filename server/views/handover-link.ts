// What a public link shows: a first name, what a laptop is called, the terms. No serial number, no street, no company.
import { addressOf } from '../addresses/versions.ts'
import { laptopName } from '../devices/handovers.ts'
import { ADDRESS_TRIES, findLink, firstName, type Handover, mayAskAnew, overText } from '../devices/links.ts'
import { hasEnd, READ_BACK_TRIES } from '../devices/serial-end.ts'
import type { Db } from '../lib/database.ts'

/** The first letter of each word, the rest as dots; numbers go whole. */
export const maskedStreet = (line: string): string =>
  line
    .split(/\s+/)
    .filter(Boolean)
    .map((word) => (/\d/.test(word) ? '••' : `${[...word][0]}${'•'.repeat(Math.min(6, [...word].length - 1))}`))
    .join(' ')

/** A link as its receiver sees it. Reads only. Throws 'not_found' for one that nobody made. */
export async function readLink(db: Db, now: Date, input: { secret: string; hasMail: boolean }) {
  const opened = await findLink(db, now, input.secret)
  const { link, handover, state } = opened
  const person = await db
    .selectFrom('people')
    .select(['name', 'email'])
    .where('id', '=', handover.person_id)
    .executeTakeFirstOrThrow()
  if (state !== 'open')
    return {
      isOpen: false as const,
      why: state,
      text: overText(state),
      /** Whether a new one can be sent to the mailbox on file. */
      canSend: input.hasMail && person.email !== null && mayAskAnew(opened, now),
    }
  return {
    isOpen: true as const,
    purpose: link.purpose,
    /** They give back what is in it. */
    isReturn: handover.kind === 'return',
    firstName: firstName(person.name),
    expiresAt: link.expires_at.toISOString(),
    laptops: await laptopsOf(db, handover),
    terms: link.purpose === 'acceptance' ? await termsOf(db, handover) : null,
    address: link.purpose === 'address' ? await placeOf(db, handover, ADDRESS_TRIES - link.attempts) : null,
  }
}

async function laptopsOf(db: Db, handover: Handover) {
  const rows = await db
    .selectFrom('handover_items')
    .innerJoin('devices', 'devices.id', 'handover_items.device_id')
    .select(['device_id', 'manufacturer', 'model', 'serial_number', 'life_cycle', 'read_back', 'attempts'])
    .where('handover_id', '=', handover.id)
    .orderBy('device_id')
    .execute()
  return rows.map((row) => ({
    deviceId: row.device_id,
    name: laptopName(row),
    /** Whether there is a number to compare with, and no answer to it yet. */
    asksEnd: hasEnd(row.serial_number) && row.read_back === null && handover.kind !== 'return',
    triesLeft: READ_BACK_TRIES - row.attempts,
    isOnItsWay: ['ordered', 'packed', 'shipped'].includes(row.life_cycle),
  }))
}

async function termsOf(db: Db, handover: Handover) {
  if (handover.terms_id === null) return null
  return db
    .selectFrom('terms')
    .select(['id', 'version', 'title', 'body'])
    .where('id', '=', handover.terms_id)
    .executeTakeFirstOrThrow()
}

/** The city and the shape of the street: enough to know one's own address, too little to learn somebody's. */
async function placeOf(db: Db, handover: Handover, triesLeft: number) {
  const version = await db
    .selectFrom('address_versions')
    .selectAll()
    .where('id', '=', handover.address_version_id ?? '')
    .executeTakeFirstOrThrow()
  const { line1, city, region, country } = addressOf(version)
  return { street: maskedStreet(line1), city, region, country, triesLeft: Math.max(0, triesLeft) }
}
