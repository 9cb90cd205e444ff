// The table from carriers' words to readings: first row that fits wins, so what is particular stands above what is plain.
import type { Reading } from '../../../ports.ts'
import { changeAskedBy, mentionsChange, readChange } from './change.ts'

/** The carriers whose words we know; every other one is read by the rows of `any`. */
export type CarrierName = 'ups' | 'fedex' | 'usps' | 'dhl'

export interface Row {
  carrier: CarrierName | 'any'
  /** Tried on normalised text: lower case, single spaces, no ™ ® ©, no mark-up. */
  says: RegExp | ((text: string) => boolean)
  /** Only scans of this status. */
  status?: string
  reading: Reading | ((text: string, carrier: string) => Reading)
  source: string
}

const notes = 'wire-formats 2.2'
const recorded = 'recorded EasyPost trackers'
const common = 'common wording, from memory'

const waiting = /\bawaiting (?:\w+ )?(?:pick-?up|collection)|\b(?:available|ready) for (?:\w+ )?(?:pick-?up|collection)/

/** Read first, and only where status or words say that the parcel was delivered. */
export const deliveredRows: Row[] = [
  {
    carrier: 'any',
    says: (t) => waiting.test(t) && /locker|packstation/.test(t),
    reading: { is: 'held', at: 'locker' },
    source: notes,
  },
  { carrier: 'any', says: waiting, reading: { is: 'held', at: 'counter' }, source: notes },
  {
    carrier: 'any',
    says: /\bto (?:the )?(?:original )?(?:sender|shipper)\b|^returned\b/,
    reading: { is: 'delivered', to: 'sender' },
    source: notes,
  },
  { carrier: 'usps', says: /to recipient by agent/, reading: { is: 'delivered', to: 'person' }, source: notes },
  { carrier: 'any', says: /\bagent\b/, reading: { is: 'delivered', to: 'agent' }, source: notes },
  { carrier: 'any', says: /\bneighbo/, reading: { is: 'delivered', to: 'neighbour' }, source: notes },
  {
    carrier: 'any',
    says: /\blocker|\bpackstation|\bp\.?o\.? box\b/,
    reading: { is: 'delivered', to: 'locker' },
    source: notes,
  },
  {
    carrier: 'ups',
    says: /^delivered to (?:a |the )?(?:ups )?access point/,
    reading: { is: 'held', at: 'counter' },
    source: notes,
  },
  {
    carrier: 'any',
    // Fetched at a counter: somebody has it, and nothing waits there any more.
    says: /\bpicked up\b|\bcollected\b/,
    reading: { is: 'delivered', to: 'person' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\baccess point|\bpost(?:al)? (?:office|facility)|\bfedex (?:onsite|office)|\bservice point|\bparcel ?shop|\bfiliale/,
    reading: { is: 'delivered', to: 'counter' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\bfront desk|\breception|\bmail ?room|\bconcierge|\bloading dock|\breceiving\b|\bleasing office|\bdoorman|\bguard/,
    reading: { is: 'delivered', to: 'desk' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\bleft with (?:an )?individual|\bmet (?:the )?customer|\bhanded (?:directly )?to (?:a |the )?(?:resident|individual|recipient|customer|consignee)/,
    reading: { is: 'delivered', to: 'person' },
    source: notes,
  },
]

export const wordingRows: Row[] = [
  // The carrier waits for the sender's parcel: "ready for pickup" is not yet about the receiver.
  { carrier: 'any', status: 'pre_transit', says: /\bpick-?up\b/, reading: { is: 'created' }, source: common },

  // Forwarded, moved, address wanting: above the changes, since these texts name new addresses that nobody asked for.
  {
    carrier: 'any',
    says: /\bforward(?:ing)? (?:order )?(?:has )?expired/,
    reading: { is: 'held', at: 'carrier' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /^(?:(?:your |the )?(?:item|package|parcel|shipment|mail) )?(?:(?:was|has been|is being) )?forwarded(?:$| to (?:a |the )?(?:new|different|another) )|\bforward processed\b/,
    reading: { is: 'forwarded' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\b(?:receiver|recipient|addressee|consignee|customer) (?:has |have )?moved\b.*\b(?:deliver|forward)\w* to (?:the |a |their )?new/,
    reading: { is: 'forwarded' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\b(?:receiver|recipient|addressee|consignee|customer) (?:has |have )?moved\b|^moved\b|\baddressee (?:not known|unknown)|\battempting to (?:obtain|verify|correct|update)\b/,
    reading: { is: 'held', at: 'carrier' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\baddress (?:\w+ ){0,2}corrected|\bcorrected (?:the )?(?:\w+ )?(?:address|street|postal code|zip)|\baddress correction (?:complete|made)/,
    reading: { is: 'address corrected' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\b(?:ups|fedex|usps|dhl|we)(?:'ve| has| have)? (?:updated|changed) the (?:delivery )?address/,
    reading: correctedUnlessAskedFor,
    source: 'wire-formats 2.2, UPS 028: decide by who asked',
  },
  {
    carrier: 'any',
    says: /\b(?:incorrect|insufficient|incomplete|invalid|bad|wrong) (?:\w+ )?address|\b(?:address|street \w+|suite|apartment number|postal code|zip code) (?:\w+ ){0,3}(?:incorrect|incomplete|insufficient|invalid|missing|wrong|required)|\bno such number|\bundeliverable as addressed/,
    reading: { is: 'held', at: 'carrier' },
    source: notes,
  },

  // Changes of delivery.
  {
    carrier: 'any',
    says: /\b(?:not available|attempted)\b.*\bwill (?:be )?(?:deliver\w*|taken|brought|sent|available|held)\b.*\b(?:access point|post office|pick-? ?up)/,
    reading: { is: 'delivery change', stage: 'done', by: 'carrier', to: 'counter' },
    source: 'wire-formats 2.2, UPS 5R: after a failed attempt',
  },
  {
    carrier: 'usps',
    says: /\bcustomer recall/,
    reading: { is: 'delivery change', stage: 'requested', by: 'sender', to: 'back' },
    source: 'wire-formats 2.2, USPS 44: the mailer calls it back',
  },
  {
    carrier: 'any',
    says: (t) => /\bmissort|\bmis-?rout|\bmissent/.test(t) && !/\brequest|\baddress/.test(t),
    reading: { is: 'moving' },
    source: common,
  },
  { carrier: 'any', says: mentionsChange, reading: readChange, source: notes },

  // Back, lost, broken.
  {
    carrier: 'any',
    says: /\breturn(?:ed|ing|s)? (?:\w+ ){0,2}to (?:the )?(?:original )?(?:sender|shipper)|\breturning (?:package|shipment)|\bprocessed for return|\breturn(?:ed|ing)? to sender/,
    reading: { is: 'returned' },
    source: notes,
  },
  { carrier: 'any', says: /\brefused\b/, reading: { is: 'returned' }, source: notes },
  {
    carrier: 'any',
    says: /\bpackage (?:is |was )?lost\b|^lost\b|\bunable to locate|\bmissing package/,
    reading: { is: 'lost' },
    source: common,
  },
  { carrier: 'any', says: /\bdamaged?\b/, reading: { is: 'damaged' }, source: common },

  {
    carrier: 'any',
    says: /\bcustoms\b|\bclearance\b|\binternational shipment release/,
    reading: { is: 'customs' },
    source: common,
  },

  // Waits for somebody.
  {
    carrier: 'any',
    says: (t) =>
      /\blocker|\bpackstation/.test(t) && /\b(?:available|ready|await\w*|held|deposited|placed|arrived)\b/.test(t),
    reading: { is: 'held', at: 'locker' },
    source: notes,
  },
  { carrier: 'any', says: waiting, reading: { is: 'held', at: 'counter' }, source: notes },
  {
    carrier: 'any',
    says: /\b(?:held|hold|holding) (?:\w+ ){0,5}(?:for (?:\w+ )?pick-?up|post office|location|access point|service point|parcel ?shop)|\bheld\b.*\b(?:customer|recipient)(?:'s)? request|\bheld (?:\w+ ){0,5}for (?:customer|recipient|receiver) (?:pick|collection)/,
    reading: { is: 'held', at: 'counter' },
    source: notes,
  },
  {
    carrier: 'any',
    says: /\barrived at (?:\w+ )?pick-?up (?:point|location)|\b(?:at|to) (?:a |the )?(?:ups )?access point|\btendered at fedex office|\bat (?:a |the )?(?:\w+ )?(?:service point|parcel ?shop|filiale)/,
    reading: { is: 'held', at: 'counter' },
    source: notes,
  },
  { carrier: 'any', says: /\bheld\b|\bon hold\b/, reading: { is: 'held', at: 'carrier' }, source: notes },

  {
    carrier: 'any',
    says: /\bdelivery attempt|\battempted (?:to deliver|delivery)|\bnotice left|\b(?:customer|recipient|receiver) (?:was |is )?not available|\bbusiness (?:is |was )?closed|\bnot home\b|\bno access\b|\bunable to deliver|\bcould not be delivered/,
    reading: { is: 'attempted' },
    source: common,
  },

  // Plain transport.
  {
    carrier: 'any',
    says: /\blabel (?:has been |was )?created|\bcreated a (?:shipping )?label|\bshipment information (?:sent|received)|\bpre-shipment info|\bbilling information received|\border processed|\bawaiting item\b/,
    reading: { is: 'created' },
    source: recorded,
  },
  {
    carrier: 'any',
    says: /^out for delivery\b|\bon (?:\w+ )?vehicle for delivery|\bloaded on (?:\w+ )?vehicle|\bwith (?:the )?(?:delivery )?courier\b/,
    reading: { is: 'out' },
    source: recorded,
  },
  {
    carrier: 'any',
    status: 'in_transit',
    says: /^(?:package |shipment |item )?(?:was |has been )?picked up$|^picked up by (?:\w+ )?(?:driver|courier|carrier|fedex|ups|usps|dhl)|\baccept(?:ed|ance)\b|^pick-?up scan|^origin scan|\bin possession of item|^we have your package|^(?:package |shipment |item )?(?:was |has been )?dropped off\b/,
    reading: { is: 'accepted' },
    source: recorded,
  },
]

/** Whole texts that are plain transport even where the status detail says nothing. Each must fit from its start. */
export const plainTransport =
  /^(?:(?:your |the )?(?:item|package|parcel|shipment) (?:(?:has|was|is|being) ){0,2})?(?:on the way|on its way|in transit|arriv(?:ed|al|ing)|depart(?:ed|ure|ing)|left|sort(?:ing|ed)?|process(?:ed|ing)|destination scan|at (?:local|destination|the|a|fedex|ups|usps|dhl)|enroute|en route|transferred to (?:the )?(?:local )?post office|(?:operational|weather) delay|scheduled delivery)\b/

/** Words by which a change of delivery may be hiding in wording that no row knows; some of other languages among them. */
export const changeLike =
  /chang|redirect|re-?rout|divert|hold|held|forward|pick-?(?: ?)up|collect|adress|address|return|intercept|option|instruct|neighbo|locker|access point|altern|instead|resched|umgel|umleit|nachsend|packstation|filiale|abhol|zurück|réexp|adresse|desvi|redirig|direcci|devuel/

function correctedUnlessAskedFor(text: string, carrier: string): Reading {
  const by = changeAskedBy(text, carrier)
  return by === 'receiver' || by === 'sender' ? readChange(text, carrier) : { is: 'address corrected' }
}
