// Public links to a hand-over: 256 bits of which only the hash is kept, for three days, spent by a POST and by nothing else.
import type { Selectable } from 'kysely'
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'
import { hashOf, newSecret } from '../lib/secret.ts'
import type { HandoverLinksTable, HandoversTable } from '../lib/tables.ts'
import { DAY, plus } from '../lib/time.ts'

export type Handover = Selectable<HandoversTable>
export type Link = Selectable<HandoverLinksTable>
export type Purpose = Link['purpose']
export const purposes = ['address', 'acceptance', 'read-back'] as const satisfies readonly Purpose[]

/** A public link stands so long (DESIGN 11). */
export const LINK_MS = 3 * DAY
/** So many wrong answers to what the parcel's address is; then the link only takes another one. */
export const ADDRESS_TRIES = 5

/** Whoever acts through a link: somebody who can read the mailbox, and no more than that. */
export const linkActor: Actor = { type: 'source', name: 'link' }

/** Why a held parcel passes on to nobody. */
export const heldBack = () =>
  new AppError('conflict', 'This shipment is held: it cannot be handed over until a second person releases it.')

export type LinkState = 'open' | 'used' | 'expired' | 'withdrawn' | 'replaced'

/** Whether a link still works, or why not. `newest` is the last link of its purpose. */
export function linkState(link: Link, handover: Handover, newest: Link, now: Date): LinkState {
  if (link.spent_at !== null) return 'used'
  if (handover.status === 'withdrawn') return 'withdrawn'
  if (newest.id !== link.id) return 'replaced'
  if (link.withdrawn_at !== null) return 'withdrawn'
  if (handover.status !== 'open') return 'used'
  return link.expires_at <= now ? 'expired' : 'open'
}

const over: Record<Exclude<LinkState, 'open'>, string> = {
  used: 'This link was used already: there is nothing left to do.',
  expired: 'This link has expired.',
  withdrawn: 'This link was withdrawn. Ask whoever sent it to you.',
  replaced: 'A newer link was sent: use that one.',
}

/** Why a link works no more, in words for its receiver. */
export const overText = (state: Exclude<LinkState, 'open'>): string => over[state]

export interface OpenedLink {
  link: Link
  handover: Handover
  state: LinkState
  /** The last link of the same purpose; this one, as a rule. */
  newest: Link
}

/** Looks a link up by its secret and changes nothing: mail scanners open links. Throws 'not_found'. */
export async function findLink(db: Db | Tx, now: Date, secret: string): Promise<OpenedLink> {
  const link = await db.selectFrom('handover_links').selectAll().where('hash', '=', hashOf(secret)).executeTakeFirst()
  if (link === undefined)
    throw new AppError('not_found', 'This link is not known here. Open it from the message once more, whole.')
  const handover = await db
    .selectFrom('handovers')
    .selectAll()
    .where('id', '=', link.handover_id)
    .executeTakeFirstOrThrow()
  const newest = await newestLink(db, link)
  const state = (await isErased(db, handover)) ? 'withdrawn' : linkState(link, handover, newest, now)
  return { link, handover, newest, state }
}

/** Whether whoever it was for was erased: then no name or address of theirs may come back through it. */
export async function isErased(db: Db | Tx, handover: Handover): Promise<boolean> {
  const person = await db
    .selectFrom('people')
    .select('erased_at')
    .where('id', '=', handover.person_id)
    .executeTakeFirstOrThrow()
  return person.erased_at !== null
}

const newestLink = (db: Db | Tx, link: Link): Promise<Link> =>
  db
    .selectFrom('handover_links')
    .selectAll()
    .where('handover_id', '=', link.handover_id)
    .where('purpose', '=', link.purpose)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()

/** Takes a link up to act on it: its hand-over is locked, so that two tabs cannot both spend it. Throws 'conflict' when it is over. */
export async function takeLink(tx: Tx, now: Date, secret: string, purpose: Purpose): Promise<OpenedLink> {
  const { handover_id } = (await findLink(tx, now, secret)).link
  await lockHandover(tx, handover_id)
  const opened = await findLink(tx, now, secret)
  if (opened.state !== 'open') throw new AppError('conflict', over[opened.state])
  if (opened.link.purpose !== purpose) throw new AppError('conflict', 'This link is for something else.')
  return opened
}

export async function lockHandover(tx: Tx, handoverId: string): Promise<Handover> {
  const row = await tx.selectFrom('handovers').selectAll().where('id', '=', handoverId).forUpdate().executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such hand-over.')
  return row
}

export async function spendLink(tx: Tx, now: Date, linkId: string): Promise<void> {
  await tx.updateTable('handover_links').set({ spent_at: now }).where('id', '=', linkId).execute()
}

/** Who and what an event of a hand-over is about: the device only where it is the only one. */
export function aboutHandover(act: Act, handover: Handover, deviceIds: string[]) {
  return {
    personId: handover.person_id,
    shipmentId: handover.shipment_id,
    caseId: handover.case_id,
    deviceId: deviceIds.length === 1 ? deviceIds[0]! : null,
    occurredAt: act.now,
    actor: act.actor,
  }
}

/** The first word of a name: all that a public page or a mail says of anybody. */
export const firstName = (name: string | null): string => name?.trim().split(/\s+/)[0] ?? ''

/** The devices of a hand-over, in the order of their ids. */
export async function itemsOf(db: Db | Tx, handoverId: string) {
  return db
    .selectFrom('handover_items')
    .selectAll()
    .where('handover_id', '=', handoverId)
    .orderBy('device_id')
    .execute()
}

async function requirePurpose(tx: Tx, handover: Handover, purpose: Purpose): Promise<void> {
  const isReadBack = handover.kind === 'read-back'
  if (isReadBack !== (purpose === 'read-back'))
    throw new AppError('conflict', `A hand-over of the kind “${handover.kind}” has no link for that.`)
  const parcel =
    handover.shipment_id === null
      ? undefined
      : await tx
          .selectFrom('shipments')
          .select(['status', 'address_version_id', 'held_at'])
          .where('id', '=', handover.shipment_id)
          .executeTakeFirst()
  if (purpose === 'acceptance' && parcel?.held_at) throw heldBack()
  if (purpose !== 'address') return
  if (handover.address_answer !== null) throw new AppError('conflict', 'They have answered about the address already.')
  if (!parcel?.address_version_id) throw new AppError('conflict', 'There is no parcel with an address to ask about.')
  if (parcel.status !== 'ordered' && parcel.status !== 'packed')
    throw new AppError('conflict', 'The parcel has left: its address can no longer be confirmed.')
  await tx
    .updateTable('handovers')
    .set({ address_version_id: parcel.address_version_id })
    .where('id', '=', handover.id)
    .execute()
}

/**
 * Makes a link of one purpose and withdraws earlier ones of it. `byHand`: its maker will see it, so that it proves
 * nothing of a mailbox. The secret is in what is returned and nowhere else.
 */
export async function makeLink(
  tx: Tx,
  act: Act,
  input: { handoverId: string; purpose: Purpose; url: string; byHand: boolean },
): Promise<{ id: string; link: string; expiresAt: Date }> {
  const handover = await lockHandover(tx, input.handoverId)
  if (handover.status !== 'open')
    throw new AppError('conflict', `This hand-over is ${handover.status}: open a new one.`)
  await requirePurpose(tx, handover, input.purpose)
  await tx
    .updateTable('handover_links')
    .set({ withdrawn_at: act.now })
    .where('handover_id', '=', handover.id)
    .where('purpose', '=', input.purpose)
    .where('spent_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .execute()
  const id = newId('lnk')
  const secret = newSecret()
  const expiresAt = plus(act.now, LINK_MS)
  await tx
    .insertInto('handover_links')
    .values({
      id,
      hash: hashOf(secret),
      handover_id: handover.id,
      purpose: input.purpose,
      created_by: JSON.stringify(act.actor),
      created_at: act.now,
      expires_at: expiresAt,
      by_hand: input.byHand,
    })
    .execute()
  const items = await itemsOf(tx, handover.id)
  await record(tx, act.now, [
    {
      ...aboutHandover(
        act,
        handover,
        items.map((item) => item.device_id),
      ),
      kind: 'handover.link_made',
      payload: {
        handoverId: handover.id,
        linkId: id,
        purpose: input.purpose,
        expiresAt: expiresAt.toISOString(),
      },
    },
  ])
  return { id, link: `${input.url}/h/${secret}`, expiresAt }
}

/** Whether the receiver of a link that ran out may ask for another one, to the mailbox on file and nowhere else. */
export const mayAskAnew = ({ handover, newest }: OpenedLink, now: Date): boolean =>
  newest.withdrawn_at === null && newest.spent_at === null && newest.expires_at <= now && handover.status === 'open'

/** A new link in the place of one that ran out, asked for by its receiver; so there is one in three days at most. */
export async function renewLink(tx: Tx, act: Act, input: { secret: string; url: string }) {
  const found = await findLink(tx, act.now, input.secret)
  await lockHandover(tx, found.handover.id)
  const opened = await findLink(tx, act.now, input.secret)
  if (opened.state === 'open') throw new AppError('conflict', 'This link still works: reload the page.')
  if (!mayAskAnew(opened, act.now)) throw new AppError('conflict', over[opened.state])
  const { purpose } = opened.link
  const made = await makeLink(tx, act, { handoverId: opened.handover.id, purpose, url: input.url, byHand: false })
  return { ...made, purpose, handover: opened.handover }
}

/** Takes one link back; the hand-over stays open. */
export async function withdrawLink(tx: Tx, act: Act, input: { linkId: string }): Promise<void> {
  const found = await tx
    .selectFrom('handover_links')
    .select('handover_id')
    .where('id', '=', input.linkId)
    .executeTakeFirst()
  if (found === undefined) throw new AppError('not_found', 'There is no such link.')
  const handover = await lockHandover(tx, found.handover_id)
  const withdrawn = await tx
    .updateTable('handover_links')
    .set({ withdrawn_at: act.now })
    .where('id', '=', input.linkId)
    .where('spent_at', 'is', null)
    .where('withdrawn_at', 'is', null)
    .returning('id')
    .executeTakeFirst()
  if (withdrawn === undefined) throw new AppError('conflict', 'This link is over already.')
  const items = await itemsOf(tx, handover.id)
  const deviceIds = items.map((item) => item.device_id)
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.link_withdrawn',
      payload: { handoverId: handover.id, linkId: input.linkId },
    },
  ])
}
