// Each kind of event in a person's words: what a timeline says of it, and how much it weighs on the eye.
import { checkTitle } from '../cases/checklists.ts'
import { isOnePlace } from '../custody/destinations.ts'
import type { LedgerEvent } from '../custody/events.ts'
import { tidyPlace } from '../detection/measure.ts'
import { ruleById } from '../detection/rules/index.ts'
import type { NameMatch, Reading } from '../ports.ts'
import { weighs } from '../shipping/confirm.ts'

/** How an entry weighs on the eye: a plain step, a good one, one that needs a look, or talk. */
export type Tone = 'plain' | 'good' | 'check' | 'talk'

/** What is said outside the ledger about its events, by id: read once for a page of them. */
export interface Words {
  scans: Map<string, { message: string | null; carrier: string; confirmed_at: Date | null }>
  notes: Map<string, string | null>
  users: Map<string, string>
  tokens: Map<string, string>
  contradictions: Map<number, string>
}

export interface Said {
  title: string
  detail?: string | null
  /** The carrier's own words, or a person's. */
  quote?: string | null
  tone?: Tone
  /** From → to, where something changed. */
  changes?: { field: string; from: string | null; to: string | null }[]
}

const cityOf = (place: { city: string | null; region: string | null; country: string | null }) => {
  const { city, region, country } = tidyPlace(place)
  return [city, region, country].filter(Boolean).join(', ') || null
}

/** What weighs stays marked until the provider, asked for itself, has said the same. */
const claimOf = (scan: { scanId: string; reading: Reading; confirmed: boolean }, words: Words) =>
  !weighs(scan.reading) || scan.confirmed || words.scans.get(scan.scanId)?.confirmed_at ? [] : ['not confirmed']

const userName = (id: string | null, words: Words) => id && (words.users.get(id) ?? 'a former user')

/** Each kind in words. Erased payloads keep their kind, time and source. */
export function sayEvent(event: LedgerEvent, words: Words): Said {
  if (event.payload === null) return { title: `${event.kind.replace(/[._]/g, ' ')} (erased)`, tone: 'talk' }
  switch (event.kind) {
    case 'ledger.opened':
      return { title: event.payload.demo ? 'Demo ledger opened' : 'Ledger opened' }
    case 'payload.erased':
      return { title: `${event.payload.seqs.length} payloads erased`, detail: event.payload.reason }
    case 'presence.sealed':
      return { title: `Presence of ${event.payload.day} sealed`, detail: `${event.payload.rows} rows` }
    case 'person.registered':
      return { title: 'Person on file' }
    case 'person.changed':
      return { title: 'Person changed', detail: event.payload.fields.join(', ') }
    case 'person.withdrawn':
      return { title: 'Person withdrawn with an import' }
    case 'person.erased':
      return { title: 'Person erased', detail: event.payload.reason }
    case 'address.added':
      return {
        title:
          event.payload.replaces === null
            ? `${usageOf(event.payload.use)} address on file`
            : `${usageOf(event.payload.use)} address changed`,
        detail: `${event.payload.approved ? 'approved' : 'not approved'} · from ${event.payload.source}`,
        tone: event.payload.approved ? 'plain' : 'check',
      }
    case 'address.classified':
      return {
        title: `Address read anew: ${event.payload.kind}`,
        detail: 'the list of places has changed',
        tone: event.payload.confidence >= 0.4 ? 'check' : 'plain',
      }
    case 'address.keyed':
      return { title: 'Address read anew', detail: 'addresses are read better now' }
    case 'address.approved':
      return { title: 'Address approved', tone: 'good' }
    case 'address.refused':
      return { title: 'Address refused', tone: 'check' }
    case 'address.revealed':
      return { title: 'Address looked at', tone: 'talk' }
    case 'address.asked':
      return { title: `Asked about the address by ${event.payload.by}`, tone: 'talk' }
    case 'address.verified':
      return {
        title:
          event.payload.result === 'deliverable'
            ? 'Address found by the carriers'
            : event.payload.result === 'undeliverable'
              ? 'Address not found by the carriers'
              : 'Address could not be checked',
        detail: event.payload.codes.join(', ') || null,
        tone: event.payload.result === 'undeliverable' ? 'check' : 'plain',
      }
    case 'device.registered':
      return {
        title: event.payload.origin === 'import' ? 'Device registered' : `First heard of in a ${event.payload.origin}`,
        tone: event.payload.origin === 'import' ? 'plain' : 'check',
      }
    case 'device.changed':
      return {
        title: 'Device changed',
        changes: event.payload.changes.map((change) => ({
          field: change.field,
          from: text(change.from),
          to: text(change.to),
        })),
      }
    case 'device.withdrawn':
      return { title: 'Device withdrawn with an import' }
    case 'device.status_reported':
      return {
        title: `Reported ${event.payload.status.replace('_', ' ')}`,
        tone: event.payload.status === 'lost' ? 'check' : 'plain',
      }
    case 'device.accepted':
      return { title: 'Accepted', detail: `by the assignee (${event.payload.proof})`, tone: 'good' }
    case 'device.received':
      return event.payload.serial === 'different'
        ? { title: 'Received back with another serial number', tone: 'check' }
        : { title: 'Received back', tone: 'good' }
    case 'device.transferred':
      return { title: 'Passed on to another person' }
    case 'device.read_back':
      return {
        same: { title: 'Serial number read back', detail: 'the same', tone: 'good' },
        different: { title: 'Serial number read back', detail: 'another one', tone: 'check' },
        cannot: { title: 'Serial number could not be read', detail: 'said so themselves', tone: 'talk' },
      }[event.payload.result] as Said
    case 'device.checked_in':
      return { title: 'Check-in', detail: event.payload.proof, tone: 'good' }
    case 'shipment.ordered':
      return { title: event.payload.direction === 'out' ? 'Ordered' : 'Return ordered' }
    case 'shipment.changed':
      return {
        title: 'Shipment changed',
        detail: event.payload.fields.join(', ').replaceAll('_id', '').replaceAll('_', ' '),
      }
    case 'shipment.prepared':
      return { title: 'Prepared', detail: `${event.payload.tier} delivery policy` }
    case 'shipment.label_bought':
      return {
        title: 'Label bought',
        detail: `${event.payload.carrier} ${event.payload.service}, ${event.payload.amount} ${event.payload.currency}`,
      }
    case 'shipment.label_refunded':
      return {
        title: {
          submitted: 'Refund of the label asked for',
          refunded: 'Label refunded',
          rejected: 'Refund of the label refused',
        }[event.payload.state],
      }
    case 'shipment.label_printed':
      return { title: event.payload.what === 'label' ? 'Label printed' : 'Packing slip printed' }
    case 'shipment.task_added':
      return { title: 'Task', detail: event.payload.task, tone: 'check' }
    case 'shipment.task_done':
      return { title: 'Task done', tone: 'good' }
    case 'case.escalated':
      return { title: event.payload.escalated ? 'Case escalated' : 'No longer escalated', tone: 'talk' }
    case 'case.checked':
      return {
        title: `Checklist: ${checkTitle(event.payload.item)}`,
        tone: 'talk',
        changes: [{ field: 'answer', from: event.payload.from, to: event.payload.to }],
      }
    case 'case.acknowledged':
      return {
        title: `Acknowledged: ${checkTitle(event.payload.item)}`,
        detail: event.payload.at.slice(0, 16).replace('T', ' '),
        tone: 'good',
      }
    case 'case.split':
      return { title: 'Taken out of the site’s case', tone: 'talk' }
    case 'shipment.reread':
      return { title: 'Scan read anew', detail: readingInWords(event.payload.reading), tone: 'talk' }
    case 'shipment.scan_confirmed':
      return { title: 'Scan confirmed by the carrier' }
    case 'shipment.addressee_compared':
      return {
        title: 'Name on the parcel',
        detail: nameText(event.payload.result),
        tone: toneOfName(event.payload.result),
      }
    case 'shipment.signed':
      return { title: 'Signed for', detail: nameText(event.payload.result), tone: toneOfName(event.payload.result) }
    case 'wording.classified':
      return { title: 'Wording of a carrier classified', detail: readingInWords(event.payload.reading), tone: 'talk' }
    case 'policy.set':
      return {
        title: 'Delivery policy set',
        detail: [event.payload.tier, event.payload.country].filter(Boolean).join(', '),
      }
    case 'setting.changed':
      return { title: `Setting ${event.payload.how}`, detail: event.payload.setting }
    case 'terms.set':
      return { title: `Terms of ${event.payload.kind}, version ${event.payload.version}` }
    case 'handover.opened':
      return { title: event.payload.kind === 'read-back' ? 'Serial number asked for' : 'Hand-over opened' }
    case 'handover.link_made':
      return {
        title: {
          address: 'Link made to confirm the address',
          acceptance: 'Link made to accept',
          'read-back': 'Link made to read the serial number back',
        }[event.payload.purpose],
        detail: `until ${event.payload.expiresAt.slice(0, 16).replace('T', ' ')}`,
      }
    case 'handover.link_withdrawn':
      return { title: 'Link withdrawn', tone: 'talk' }
    case 'handover.withdrawn':
      return { title: 'Hand-over withdrawn', tone: 'talk' }
    case 'handover.dealt_with':
      return { title: 'Hand-over dealt with', tone: 'talk' }
    case 'handover.address_answered':
      return event.payload.answer === 'confirmed'
        ? { title: 'Address confirmed by the receiver', tone: 'good' }
        : { title: 'Another address given by the receiver', tone: 'check' }
    case 'handover.item_answered':
      return event.payload.answer === 'accepted'
        ? { title: 'Hand-over accepted', tone: 'good' }
        : { title: 'Hand-over declined', detail: event.payload.reason, tone: 'check' }
    case 'handover.signed':
      return {
        title: 'Hand-over signed',
        detail: `${event.payload.how}, ${event.payload.at === 'counter' ? 'at the counter' : 'by link'}`,
        tone: 'good',
      }
    case 'return.opened':
      return { title: 'Return asked for', detail: `due on ${event.payload.dueOn}` }
    case 'return.due_changed':
      return { title: 'Return due on another day', detail: event.payload.dueOn }
    case 'return.reminded':
      return {
        title: event.payload.sent ? 'Reminder sent' : 'Reminder could not be sent',
        tone: event.payload.sent ? 'plain' : 'check',
      }
    case 'return.acknowledged':
      return { title: `Return acknowledged by the ${event.payload.by}`, tone: 'good' }
    case 'return.closed':
      return {
        title:
          event.payload.outcome === 'withdrawn' ? 'Not asked back any more' : `Return closed: ${event.payload.outcome}`,
        tone: event.payload.outcome === 'lost' ? 'check' : 'good',
      }
    case 'shipment.packed':
      return {
        title: 'Packed',
        detail: event.payload.deviceId ? 'its serial number was scanned' : 'by hand, without a scan',
      }
    case 'shipment.shipped':
      return { title: 'Shipped' }
    case 'shipment.withdrawn':
      return event.payload.importId === undefined
        ? { title: 'Shipment cancelled', tone: 'talk' }
        : { title: 'Shipment withdrawn with an import' }
    case 'shipment.scanned':
      return {
        title: readingInWords(event.payload.reading),
        detail: [cityOf(event.payload.place), ...claimOf(event.payload, words)].filter(Boolean).join(' · ') || null,
        quote: words.scans.get(event.payload.scanId)?.message ?? null,
        tone: toneOf(event.payload.reading),
      }
    case 'shipment.destination_changed':
      if (isOnePlace(event.payload.from, event.payload.to))
        return { title: 'Destination not changed after all', detail: cityOf(event.payload.to), tone: 'talk' }
      return {
        title: 'Destination changed by the carrier',
        tone: 'check',
        changes: [{ field: 'destination', from: cityOf(event.payload.from), to: cityOf(event.payload.to) }],
      }
    case 'shipment.held':
      return {
        title: event.payload.by === 'rule' ? 'Held by a rule' : 'Held',
        detail: event.actor.type === 'rule' ? (ruleById(event.actor.id)?.title ?? event.actor.id) : null,
        tone: 'check',
      }
    case 'shipment.released':
      return { title: event.payload.alone ? 'Released, alone' : 'Released by a second person', tone: 'good' }
    case 'checkin.changed':
      return sayFacet(event.payload)
    case 'device.merged':
      return { title: 'Two records were one device', detail: `known by its ${event.payload.by}`, tone: 'talk' }
    case 'device.unmerged':
      return { title: 'Records taken apart again', tone: 'talk' }
    case 'device.match_undone':
      return {
        title: `Reports of ${event.payload.source} were another machine’s`,
        detail: `since ${event.payload.since.slice(0, 16).replace('T', ' ')}, matched by ${event.payload.matchedBy}`,
        tone: 'talk',
      }
    case 'device.identity_doubted':
      return {
        title: `Needs a check: ${event.payload.doubt}`,
        detail: `told by ${event.payload.source}`,
        tone: 'check',
      }
    case 'mismatch.opened':
      return {
        title: `Does not match: ${fieldText(event.payload.field)}`,
        detail: `with ${event.payload.source}`,
        tone: 'talk',
      }
    case 'mismatch.gone':
      return {
        title: `Matches again: ${fieldText(event.payload.field)}`,
        detail: `with ${event.payload.source}`,
        tone: 'good',
      }
    case 'mismatch.settled':
      return {
        title: `Settled: ${fieldText(event.payload.field)}`,
        detail: decisionText[event.payload.decision],
        tone: 'talk',
      }
    case 'connector.failing':
      return { title: `${event.payload.source} fails`, detail: event.payload.why, tone: 'check' }
    case 'connector.recovered':
      return { title: `${event.payload.source} works again`, tone: 'good' }
    case 'agent.enrolled':
      return { title: event.payload.again ? 'Agent enrolled again' : 'Agent enrolled', detail: event.payload.source }
    case 'agent.invalidated':
      return { title: 'Agent’s key taken back', detail: event.payload.source, tone: 'talk' }
    case 'places.changed':
      return {
        title: `Places are told by other data: ${event.payload.dataset}`,
        detail: event.payload.builtOn,
        tone: 'talk',
      }
    case 'place.set':
      return {
        title: `Known place ${event.payload.change}`,
        detail: [event.payload.placeId, event.payload.alone ? 'alone' : null].filter(Boolean).join(', '),
        tone: 'talk',
      }
    case 'place.asked':
      return { title: `Known place: asked to ${event.payload.change}`, detail: event.payload.placeId, tone: 'talk' }
    case 'place.refused':
      return { title: 'Change of a known place refused', detail: event.payload.placeId, tone: 'talk' }
    case 'declaration.made':
      return {
        title: `Declared: ${event.payload.kind.replace('_', ' ')}`,
        detail: `from ${event.payload.startsOn}${event.payload.endsOn ? ` to ${event.payload.endsOn}` : ''}`,
      }
    case 'declaration.ended':
      return { title: 'Declaration ended' }
    case 'approval.proposed':
      return {
        title: `Most of the fleet has it: ${event.payload.value}`,
        detail: `${event.payload.people} of ${event.payload.of} people`,
        tone: 'talk',
      }
    case 'approval.asked':
      return { title: `Approval asked: ${event.payload.value}`, tone: 'talk' }
    case 'approval.granted':
      return {
        title: `Approved: ${event.payload.value}`,
        detail: event.payload.endsOn === null ? null : `until ${event.payload.endsOn}`,
        tone: 'talk',
      }
    case 'approval.refused':
      return { title: `Not approved: ${event.payload.value}`, tone: 'talk' }
    case 'approval.ended':
      return { title: `Approval ended: ${event.payload.value}`, tone: 'talk' }
    case 'catalog.imported':
      return {
        title: `Catalogue extended: ${event.payload.origin}`,
        detail: `${event.payload.created} new, ${event.payload.updated} changed`,
        tone: 'talk',
      }
    case 'finding.raised':
      return {
        title: `Raised: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: `+${event.payload.weight} dB`,
        tone: 'check',
      }
    case 'finding.changed':
      return {
        title: `Changed: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: `now ${event.payload.weight} dB`,
        tone: 'talk',
      }
    case 'finding.cleared':
      return {
        title: `No longer holds: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: event.payload.lateData ? 'cleared by late data' : null,
        tone: 'talk',
      }
    case 'finding.decided':
      return {
        title: `Decided: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: event.payload.outcome.replace('_', ' '),
        tone: 'talk',
      }
    case 'finding.suppressed':
      return { title: `Kept quiet: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`, tone: 'talk' }
    case 'rule.set':
      return {
        title: `Rule set: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: `ladder ${event.payload.ladder}${event.payload.isWeaker ? ', leads to less than before' : ''}`,
        tone: 'talk',
      }
    case 'suppression.made':
      return {
        title: `Suppressed: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        detail: `until ${event.payload.endsAt.slice(0, 10)}`,
        tone: 'talk',
      }
    case 'suppression.ended':
      return {
        title: `No longer suppressed: ${ruleById(event.payload.rule)?.title ?? event.payload.rule}`,
        tone: 'talk',
      }
    case 'change.proposed':
      return { title: `Waits for a second person: ${changeText(event.payload)}`, tone: 'talk' }
    case 'change.decided':
      return {
        title: `${event.payload.decision === 'approved' ? 'Approved' : 'Refused'}: ${changeText(event.payload)}`,
        detail: event.payload.alone ? 'alone: there was nobody else' : null,
        tone: 'talk',
      }
    case 'case.opened':
      return {
        title: `Case C-${event.payload.number} opened`,
        detail: `${event.payload.severity}, ${event.payload.score} dB`,
        tone: 'check',
      }
    case 'case.changed':
      return { title: 'Case moved', detail: `${event.payload.severity}, ${event.payload.score} dB`, tone: 'talk' }
    case 'case.assigned':
      return {
        title:
          event.payload.to === null
            ? 'Case given back'
            : `Case taken by ${words.users.get(event.payload.to) ?? 'somebody'}`,
        tone: 'talk',
        changes: [{ field: 'owner', from: userName(event.payload.from, words), to: userName(event.payload.to, words) }],
      }
    case 'case.commented':
      return { title: 'Comment', tone: 'talk' }
    case 'case.status_set':
      return {
        title: `Case ${event.payload.to}`,
        detail: event.payload.until ? `until ${event.payload.until.slice(0, 16).replace('T', ' ')}` : null,
        tone: 'talk',
        changes: [{ field: 'status', from: event.payload.from, to: event.payload.to }],
      }
    case 'case.closed':
      return { title: `Case closed: ${event.payload.outcome.replace('_', ' ')}`, tone: 'talk' }
    case 'case.reopened':
      return { title: 'Case reopened', tone: 'talk' }
    case 'case.task_added':
      return { title: 'Task', detail: event.payload.task, tone: 'check' }
    case 'case.task_done':
      return { title: 'Task done', tone: 'good' }
    case 'case.taken_in':
      return { title: 'Goes on with the case of a place', tone: 'talk' }
    case 'site.found':
      return {
        title: 'Place found where laptops of several people are',
        detail: event.payload.kinds.join(', '),
        tone: 'check',
      }
    case 'site.grown':
      return {
        title: 'More is known of a place',
        detail: [...event.payload.kinds, ...event.payload.personIds.map(() => 'one more person')].join(', '),
        tone: 'talk',
      }
    case 'site.merged':
      return { title: 'Two places proved to be one', tone: 'talk' }
    case 'user.invited':
      return { title: 'User invited', detail: event.payload.role }
    case 'user.joined':
      return { title: 'User joined', detail: event.payload.role }
    case 'user.disabled':
      return { title: 'User disabled' }
    case 'user.enabled':
      return { title: 'User enabled' }
    case 'user.role_set':
      return { title: 'Role set', changes: [{ field: 'role', from: event.payload.from, to: event.payload.to }] }
    case 'token.created':
      return { title: 'Token made', detail: event.payload.scopes.join(', ') }
    case 'token.revoked':
      return { title: 'Token revoked' }
    case 'token.distrusted':
      return { title: 'Token distrusted', detail: `since ${event.payload.since}` }
    case 'import.applied':
      return {
        title: `Import of ${event.payload.what}`,
        detail: `${event.payload.created} created, ${event.payload.updated} updated`,
      }
    case 'import.undone':
      return { title: 'Import undone', detail: `${event.payload.undone} taken back` }
    default:
      return event satisfies never
  }
}

const fieldText = (field: string) => field.replaceAll('_', ' ')

const decisionText = {
  ours: 'ours was kept',
  theirs: 'theirs was taken',
  neither: 'both were wrong',
  explained: 'explained, and left as it is',
} as const

export const nameText = (result: NameMatch) =>
  ({
    same: 'the assignee',
    different: 'another name than the assignee’s',
    'desk or agent': 'a desk or an agent',
    delegate: 'somebody declared for them',
    'cannot tell': 'cannot tell whose',
  })[result]

const toneOfName = (result: NameMatch): Tone => (result === 'different' ? 'check' : 'plain')

const usageOf = (use: 'home' | 'identity' | 'ship_to') =>
  ({ home: 'Home', identity: 'Identity-document', ship_to: 'Ship-to' })[use]

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : typeof value === 'object' ? JSON.stringify(value) : String(value)

/** A reading in a person's words. */
export function readingInWords(reading: Reading): string {
  switch (reading.is) {
    case 'created':
      return 'Label made'
    case 'accepted':
      return 'Handed to the carrier'
    case 'moving':
      return 'On its way'
    case 'out':
      return 'Out for delivery'
    case 'attempted':
      return 'Delivery attempted'
    case 'returned':
      return 'Going back to the sender'
    case 'lost':
      return 'Lost by the carrier'
    case 'damaged':
      return 'Damaged'
    case 'customs':
      return 'At customs'
    case 'address corrected':
      return 'Address corrected by the carrier'
    case 'forwarded':
      return 'Forwarded to another address'
    case 'held':
      return reading.at === 'carrier' ? 'Held by the carrier' : `Waiting at a ${reading.at}`
    case 'delivered':
      return {
        address: 'Delivered',
        person: 'Delivered to a person',
        desk: 'Delivered to a desk',
        agent: 'Delivered to an agent',
        neighbour: 'Delivered to a neighbour',
        locker: 'Put in a locker',
        counter: 'Delivered to a counter',
        sender: 'Back at the sender',
      }[reading.to]
    case 'delivery change': {
      const by = reading.by === 'unknown' ? '' : ` by the ${reading.by}`
      const to =
        reading.to === 'unknown'
          ? ''
          : reading.to === 'back'
            ? ', back to the sender'
            : ` to ${reading.to === 'address' ? 'another address' : reading.to === 'other day' ? 'another day' : `a ${reading.to}`}`
      return {
        requested: `Delivery change asked for${by}${to}`,
        done: `Redirected${by}${to}`,
        refused: `Delivery change${by} refused`,
      }[reading.stage]
    }
    case 'cannot tell':
      return 'Cannot tell what this means'
    default:
      return reading satisfies never
  }
}

export function toneOf(reading: Reading): Tone {
  if (reading.is === 'delivered')
    return reading.to === 'address' || reading.to === 'person' || reading.to === 'desk' ? 'good' : 'check'
  if (reading.is === 'delivery change') return reading.stage === 'refused' ? 'plain' : 'check'
  return ['forwarded', 'returned', 'lost', 'damaged', 'address corrected', 'held'].includes(reading.is)
    ? 'check'
    : 'plain'
}

type FacetPayload = NonNullable<Extract<LedgerEvent, { kind: 'checkin.changed' }>['payload']>
type Item = {
  member: string
  value: unknown
  place?: { city: string | null; region: string | null; country: string | null } | null
}

/** What changed in a facet, most telling first. */
function sayFacet(payload: FacetPayload): Said {
  const added = payload.added as Item[]
  const removed = payload.removed as Item[]
  const changes = [
    ...added.map((item) => ({ field: item.member, from: null, to: itemText(item) })),
    ...removed.map((item) => ({ field: item.member, from: itemText(item), to: null })),
  ]
  const place = added.find((item) => item.member === 'publicIp')?.place
  const names = (items: Item[]) =>
    items
      .filter((item) => item.member === 'software')
      .map((item) => itemText(item))
      .slice(0, 4)
      .join(', ')
  const title = {
    network: place ? `Seen in ${cityOf(place) ?? 'an unknown place'}` : 'Network changed',
    software: payload.first
      ? `Software inventory: ${added.length} entries`
      : names(added)
        ? `Software added: ${names(added)}`
        : names(removed)
          ? `Software removed: ${names(removed)}`
          : 'Software changed',
    hardware:
      added.some((item) => item.member === 'usbDevices' || item.member === 'displays') && !payload.first
        ? 'Hardware attached'
        : 'Hardware reported',
    identity: payload.first ? 'Identity reported' : 'Identity changed',
    posture: payload.first ? 'Posture reported' : 'Posture changed',
    clock: payload.first ? 'Time zone reported' : 'Time zone changed',
  }[payload.facet]
  const marks = [
    payload.proof,
    ...(payload.late ? ['late, never current'] : []),
    ...(payload.capped ? ['its clock was ahead'] : []),
  ]
  return { title, detail: marks.join(' · '), changes: changes.slice(0, 200), tone: 'plain' }
}

function itemText(item: Item): string {
  if (typeof item.value !== 'object' || item.value === null) return String(item.value)
  const value = item.value as Record<string, unknown>
  const name = value['name'] ?? value['product'] ?? value['process'] ?? value['manufacturer']
  return typeof name === 'string' ? [name, value['version']].filter(Boolean).join(' ') : JSON.stringify(value)
}

function changeText({ what, about }: { what: 'rule' | 'suppression' | 'declaration'; about: string }): string {
  const title = ruleById(about)?.title ?? about.replace('_', ' ')
  return { rule: `the rule “${title}”`, suppression: `suppressing “${title}”`, declaration: `declaring: ${title}` }[
    what
  ]
}
