// What the hand-over pages show: what is not accepted yet, by age; one hand-over with its links, answers and signature.
import { type RawBuilder, sql } from 'kysely'
import type { Role } from '../access/auth.ts'
import { linkState } from '../devices/links.ts'
import type { Db } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { namesOf } from './actors.ts'
import { countSome, cutPage } from './page.ts'

export const handoverViews = ['waiting', 'open', 'needs a look', 'answered', 'withdrawn'] as const
export type HandoverView = (typeof handoverViews)[number]

export interface HandoverFilter {
  view: HandoverView
  personId: string | null
  deviceId: string | null
  shipmentId: string | null
  after: { createdAt: string; id: string } | null
  limit: number
}

// Declined, or with another serial number, until somebody has dealt with it.
const unsettled = sql`select i.handover_id from handover_items i
  where i.dealt_at is null and (i.answer = 'declined' or i.read_back = 'different')`
// With another address, until that is reviewed.
const withAddress = sql`select h.id from handovers h join address_versions a on a.id = h.proposed_address_id
  where a.approved_at is null and a.refused_at is null and a.withdrawn_at is null and a.line1 is not null and a.use <> 'identity' and a.person_id is not null`
const isUnsettled = sql<boolean>`handovers.status <> 'withdrawn' and handovers.id in (${unsettled})`
const needsLook = sql<boolean>`handovers.status <> 'withdrawn' and handovers.id in (${unsettled} union all ${withAddress})`
/** The ids of all that somebody has to do something about, not accepted yet or needing a look: few beside all there ever were. */
export const waitingHandovers = sql`(select o.id from handovers o where o.status = 'open'
  union select h.id from handovers h where h.status <> 'withdrawn' and h.id in (${unsettled} union all ${withAddress}))`

const viewed: Record<HandoverView, RawBuilder<boolean>> = {
  waiting: sql`handovers.id = any (array${waitingHandovers})`,
  open: sql`handovers.status = 'open'`,
  'needs a look': needsLook,
  answered: sql`handovers.status = 'answered'`,
  withdrawn: sql`handovers.status = 'withdrawn'`,
}

/** A page of hand-overs: what waits oldest first, since they wait; the others newest first. By keyset. */
export async function listHandovers(db: Db, filter: HandoverFilter) {
  const isOldestFirst = filter.view === 'open' || filter.view === 'waiting'
  const matching = db
    .selectFrom('handovers')
    .where(viewed[filter.view])
    .$if(filter.personId !== null, (qb) => qb.where('person_id', '=', filter.personId!))
    .$if(filter.shipmentId !== null, (qb) => qb.where('shipment_id', '=', filter.shipmentId!))
    .$if(filter.deviceId !== null, (qb) => qb.where('handovers.id', 'in', withDevice(db, filter.deviceId!)))
  const compare = isOldestFirst ? sql`>` : sql`<`
  const rows = await listed(matching)
    .$if(filter.after !== null, (qb) =>
      qb.where(
        sql<boolean>`(handovers.created_at, handovers.id) ${compare} (${new Date(filter.after!.createdAt)}, ${filter.after!.id})`,
      ),
    )
    .orderBy('handovers.created_at', isOldestFirst ? 'asc' : 'desc')
    .orderBy('handovers.id', isOldestFirst ? 'asc' : 'desc')
    .limit(filter.limit + 1)
    .execute()
  const { page, last } = cutPage(rows, filter.limit)
  return {
    total: await countSome(db, matching.select('handovers.id')),
    next: last && { createdAt: last.created_at.toISOString(), id: last.id },
    handovers: page.map(shown),
  }
}

/** The hand-overs of one person, device or parcel, newest first. */
export async function handoversOf(db: Db, about: { personId?: string; deviceId?: string; shipmentId?: string }) {
  const rows = await listed(
    db
      .selectFrom('handovers')
      .$if(about.personId !== undefined, (qb) => qb.where('person_id', '=', about.personId!))
      .$if(about.shipmentId !== undefined, (qb) => qb.where('shipment_id', '=', about.shipmentId!))
      .$if(about.deviceId !== undefined, (qb) => qb.where('handovers.id', 'in', withDevice(db, about.deviceId!))),
  )
    .orderBy('handovers.created_at', 'desc')
    .orderBy('handovers.id', 'desc')
    .limit(20)
    .execute()
  return rows.map(shown)
}

const withDevice = (db: Db, deviceId: string) =>
  db.selectFrom('handover_items').select('handover_id').where('device_id', '=', deviceId)

const base = (db: Db) => db.selectFrom('handovers')

function listed(query: ReturnType<typeof base>) {
  return query.innerJoin('people', 'people.id', 'handovers.person_id').select([
    'handovers.id',
    'handovers.kind',
    'handovers.status',
    'handovers.created_at',
    'handovers.closed_at',
    'handovers.shipment_id',
    'address_answer',
    'people.id as person_id',
    'people.name as person_name',
    needsLook.as('needs_look'),
    isUnsettled.as('is_unsettled'),
    sql<string[]>`(select array_agg(coalesce(d.serial_number, d.asset_tag, 'no serial') order by d.id)
        from handover_items i join devices d on d.id = i.device_id where i.handover_id = handovers.id)`.as('serials'),
    sql<
      string[]
    >`array(select i.answer from handover_items i where i.handover_id = handovers.id and i.answer is not null)`.as(
      'answers',
    ),
    sql<
      string[]
    >`array(select i.read_back from handover_items i where i.handover_id = handovers.id and i.read_back is not null)`.as(
      'read_backs',
    ),
    sql<Date | null>`(select max(l.expires_at) from handover_links l
        where l.handover_id = handovers.id and l.spent_at is null and l.withdrawn_at is null)`.as('link_until'),
  ])
}

type Listed = Awaited<ReturnType<ReturnType<typeof listed>['execute']>>[number]

const shown = (row: Listed) => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  createdAt: row.created_at.toISOString(),
  closedAt: row.closed_at?.toISOString() ?? null,
  shipmentId: row.shipment_id,
  person: { id: row.person_id, name: row.person_name },
  serials: row.serials ?? [],
  accepted: row.answers.filter((answer) => answer === 'accepted').length,
  declined: row.answers.filter((answer) => answer === 'declined').length,
  readBacks: row.read_backs as ('same' | 'different' | 'cannot')[],
  addressAnswer: row.address_answer,
  needsLook: row.needs_look,
  /** Something in it was declined, or is another laptop, and nobody has said what came of it. */
  unsettled: row.is_unsettled,
  /** Until when a link to it works; null without one. */
  linkUntil: row.link_until?.toISOString() ?? null,
})

/** Who may see a signature: those who hand over, and those who check that it was done. */
const seesSignature: Record<Role, boolean> = { admin: true, provisioner: true, auditor: true, analyst: false }

/** A hand-over whole, by id. */
export async function readHandover(db: Db, input: { id: string; now: Date; role: Role }) {
  const row = await db.selectFrom('handovers').selectAll().where('id', '=', input.id).executeTakeFirst()
  if (row === undefined) throw new AppError('not_found', 'There is no such hand-over.')
  const [summary] = await listed(db.selectFrom('handovers').where('handovers.id', '=', row.id)).execute()
  const items = await db
    .selectFrom('handover_items')
    .innerJoin('devices', 'devices.id', 'handover_items.device_id')
    .leftJoin('notes', 'notes.id', 'handover_items.note_id')
    .select(['device_id', 'serial_number', 'asset_tag', 'manufacturer', 'model', 'life_cycle', 'holder_kind'])
    .select(['answer', 'reason', 'notes.text as note', 'answered_at', 'read_back', 'read_back_at', 'attempts'])
    .where('handover_id', '=', row.id)
    .orderBy('device_id')
    .execute()
  const links = await db
    .selectFrom('handover_links')
    .selectAll()
    .where('handover_id', '=', row.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const person = await db
    .selectFrom('people')
    .select(['email', 'erased_at'])
    .where('id', '=', row.person_id)
    .executeTakeFirstOrThrow()
  const terms =
    row.terms_id === null
      ? undefined
      : await db.selectFrom('terms').selectAll().where('id', '=', row.terms_id).executeTakeFirst()
  const parcel =
    row.shipment_id === null
      ? undefined
      : await db
          .selectFrom('shipments')
          .select(['id', 'reference', 'status', 'held_at'])
          .where('id', '=', row.shipment_id)
          .executeTakeFirst()
  const theCase =
    row.case_id === null
      ? undefined
      : await db.selectFrom('cases').select('number').where('id', '=', row.case_id).executeTakeFirst()
  const nameOf = await namesOf(db, [row.created_by, row.operator, ...links.map((link) => link.created_by)])
  return {
    ...shown(summary!),
    hasMail: person.email !== null && person.erased_at === null,
    shipment: parcel
      ? { id: parcel.id, reference: parcel.reference, status: parcel.status, held: parcel.held_at !== null }
      : null,
    caseNumber: theCase?.number ?? null,
    createdBy: nameOf(row.created_by),
    proposedAddressId: row.proposed_address_id,
    addressAnsweredAt: row.address_answered_at?.toISOString() ?? null,
    items: items.map((item) => ({
      deviceId: item.device_id,
      serialNumber: item.serial_number,
      assetTag: item.asset_tag,
      name: [item.manufacturer, item.model].filter(Boolean).join(' ') || 'model unknown',
      lifeCycle: item.life_cycle,
      holder: item.holder_kind,
      answer: item.answer,
      reason: item.reason,
      note: item.note,
      answeredAt: item.answered_at?.toISOString() ?? null,
      readBack: item.read_back,
      readBackAt: item.read_back_at?.toISOString() ?? null,
      attempts: item.attempts,
    })),
    links: links.map((link) => ({
      id: link.id,
      purpose: link.purpose,
      state: linkState(link, row, links.find((one) => one.purpose === link.purpose)!, input.now),
      byHand: link.by_hand,
      createdBy: nameOf(link.created_by),
      createdAt: link.created_at.toISOString(),
      expiresAt: link.expires_at.toISOString(),
      sentAt: link.sent_at?.toISOString() ?? null,
      sendError: link.send_error,
      spentAt: link.spent_at?.toISOString() ?? null,
    })),
    terms: terms
      ? {
          id: terms.id,
          version: terms.version,
          title: terms.title,
          body: terms.body,
          hash: terms.hash.toString('hex'),
        }
      : null,
    signed:
      row.signed_at === null
        ? null
        : {
            at: row.signed_at.toISOString(),
            how: row.signed_how!,
            /** Null where it was erased with the person, or is not for this role. */
            name: seesSignature[input.role] ? row.signed_name : null,
            path:
              seesSignature[input.role] && row.signed_how === 'drawn'
                ? (row.signature?.toString('utf8') ?? null)
                : null,
            from: seesSignature[input.role] ? row.signed_from : null,
            operator: row.operator === null ? null : nameOf(row.operator),
            isShown: seesSignature[input.role],
          },
  }
}
