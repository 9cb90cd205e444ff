// Wording that carriers have in common, and the words by which a change of delivery may be hiding in wording nobody knows.
import type { Reading } from '../../../ports.ts'
import { changeAskedBy, mentionsChange, readChange } from './change.ts'
import { type CarrierTable, change, common, deliveredTo, heldAt, is, notes, recorded, type WordRow } from './row.ts'

const waiting = /\bawaiting (?:\w+ )?(?:pick-?up|collection)|\b(?:available|ready) for (?:\w+ )?(?:pick-?up|collection)/

const delivered: WordRow[] = [
  {
    says: (t) => waiting.test(t) && /locker|packstation/.test(t),
    reading: heldAt('locker'),
    source: notes,
    example: 'Delivered to a locker, ready for pickup',
  },
  {
    says: waiting,
    reading: heldAt('counter'),
    source: notes,
    example: 'Delivered to UPS Access Point™, awaiting customer pickup',
  },
  {
    says: /\bto (?:the )?(?:original )?(?:sender|shipper)\b|^returned\b/,
    reading: deliveredTo('sender'),
    source: notes,
    example: 'Delivered, To Original Sender',
  },
  { says: /\bagent\b/, reading: deliveredTo('agent'), source: notes, example: 'Delivered, To Agent' },
  { says: /\bneighbo/, reading: deliveredTo('neighbour'), source: notes, example: 'Delivered, Neighbor as Requested' },
  {
    says: /\blocker|\bpackstation|\bp\.?o\.? box\b/,
    reading: deliveredTo('locker'),
    source: notes,
    example: 'Delivered, Parcel Locker',
  },
  {
    // Fetched at a counter: somebody has it, and nothing waits there any more.
    says: /\bpicked up\b|\bcollected\b/,
    reading: deliveredTo('person'),
    source: notes,
    example: 'Delivered, Individual Picked Up at Post Office',
  },
  {
    says: /\baccess point|\bpost(?:al)? (?:office|facility)|\bfedex (?:onsite|office)|\bservice point|\bparcel ?shop|\bfiliale/,
    reading: deliveredTo('counter'),
    source: notes,
    example: 'Delivered to FedEx OnSite',
  },
  {
    says: /\bfront desk|\breception|\bmail ?room|\bconcierge|\bloading dock|\breceiving\b|\bleasing office|\bdoorman|\bguard/,
    reading: deliveredTo('desk'),
    source: notes,
    example: 'Delivered, Front Desk/Reception/Mail Room',
  },
  {
    says: /\bleft with (?:an )?individual|\bmet (?:the )?customer|\bhanded (?:directly )?to (?:a |the )?(?:resident|individual|recipient|customer|consignee)/,
    reading: deliveredTo('person'),
    source: notes,
    example: 'Delivered, Left with Individual',
  },
  {
    says: /^(?:(?:your |the )?(?:item|package|parcel|shipment) (?:was |has been )?)?delivered[.!]?$|\b(?:front|side|back|rear) (?:door|porch)|\bporch\b|\bmail ?box|\bgarage|\bcarport|\bpatio|\bat (?:the )?door\b|\bsigned for by\b/,
    reading: deliveredTo('address'),
    source: recorded,
    example: 'Left at front door. Signature Service not requested.',
  },
]

const words: WordRow[] = [
  // The carrier waits for the sender's parcel: "ready for pickup" is not yet about the receiver.
  {
    status: 'pre_transit',
    says: /\bpick-?up\b/,
    reading: is('created'),
    source: common,
    example: 'Ready for pickup by the driver',
  },

  // Forwarded, moved, address wanting: above the changes, since these texts name new addresses that nobody asked for.
  {
    says: /\bforward(?:ing)? (?:order )?(?:has )?expired/,
    reading: heldAt('carrier'),
    source: notes,
    example: 'Forward Expired',
  },
  {
    says: /^(?:(?:your |the )?(?:item|package|parcel|shipment|mail) )?(?:(?:was|has been|is being) )?forwarded(?:$| to (?:a |the )?(?:new|different|another) )|\bforward processed\b/,
    reading: is('forwarded'),
    source: notes,
    example: 'Forward Processed',
  },
  {
    says: /\b(?:receiver|recipient|addressee|consignee|customer) (?:has |have )?moved\b.*\b(?:deliver|forward)\w* to (?:the |a |their )?new/,
    reading: is('forwarded'),
    source: notes,
    example: 'The receiver has moved. The package will be delivered to the new address.',
  },
  {
    says: /\b(?:receiver|recipient|addressee|consignee|customer) (?:has |have )?moved\b|^moved\b|\baddressee (?:not known|unknown)|\battempting to (?:obtain|verify|correct|update)\b/,
    reading: heldAt('carrier'),
    source: notes,
    example: 'Moved, Left no Address',
  },
  {
    says: /\baddress (?:\w+ ){0,2}corrected|\bcorrected (?:the )?(?:\w+ )?(?:address|street|postal code|zip)|\baddress correction (?:complete|made)/,
    reading: is('address corrected'),
    source: notes,
    example: 'Address corrected',
  },
  {
    says: /\b(?:ups|fedex|usps|dhl|we)(?:'ve| has| have)? (?:updated|changed) the (?:delivery )?address/,
    reading: correctedUnlessAskedFor,
    source: 'wire-formats 2.2, UPS 028: decide by who asked',
    example: 'UPS has updated the address for the package.',
    comesTo: is('address corrected'),
  },
  {
    says: /\b(?:incorrect|insufficient|incomplete|invalid|bad|wrong) (?:\w+ )?address|\b(?:address|street \w+|suite|apartment number|postal code|zip code) (?:\w+ ){0,3}(?:incorrect|incomplete|insufficient|invalid|missing|wrong|required)|\bno such number|\bundeliverable as addressed/,
    reading: heldAt('carrier'),
    source: notes,
    example: 'Insufficient Address',
  },

  // Changes of delivery.
  {
    says: /\b(?:not available|attempted)\b.*\bwill (?:be )?(?:deliver\w*|taken|brought|sent|available|held)\b.*\b(?:access point|post office|pick-? ?up)/,
    reading: change('done', 'carrier', 'counter'),
    source: 'wire-formats 2.2, UPS 5R: after a failed attempt',
    example: 'The customer was not available; the package will be taken to a nearby Access Point',
  },
  {
    says: (t) => /\bmissort|\bmis-?rout|\bmissent/.test(t) && !/\brequest|\baddress/.test(t),
    reading: is('moving'),
    source: common,
    example: 'Missorted, rerouted to correct facility',
  },
  {
    says: mentionsChange,
    reading: readChange,
    source: notes,
    example: 'A delivery change for this package is in progress.',
    comesTo: change('requested', 'unknown', 'unknown'),
  },

  // Back, lost, broken.
  {
    says: /\breturn(?:ed|ing|s)? (?:\w+ ){0,2}to (?:the )?(?:original )?(?:sender|shipper)|\breturning (?:package|shipment)|\bprocessed for return|\breturn(?:ed|ing)? to sender/,
    reading: is('returned'),
    source: notes,
    example: 'Returning package to shipper',
  },
  { says: /\brefused\b/, reading: is('returned'), source: notes, example: 'The receiver refused the package' },
  {
    says: /\bpackage (?:is |was )?lost\b|^lost\b|\bunable to locate|\bmissing package/,
    reading: is('lost'),
    source: common,
    example: 'We are unable to locate the item',
  },
  { says: /\bdamaged?\b/, reading: is('damaged'), source: common, example: 'The package was damaged in transit' },

  {
    says: /\bcustoms\b|\bclearance\b|\binternational shipment release/,
    reading: is('customs'),
    source: common,
    example: 'Clearance event',
  },

  // Waits for somebody.
  {
    says: (t) =>
      /\blocker|\bpackstation/.test(t) && /\b(?:available|ready|await\w*|held|deposited|placed|arrived)\b/.test(t),
    reading: heldAt('locker'),
    source: notes,
    example: 'Shipment is ready for collection at Packstation',
  },
  { says: waiting, reading: heldAt('counter'), source: notes, example: 'Ready for recipient pickup' },
  {
    says: /\b(?:held|hold|holding) (?:\w+ ){0,5}(?:for (?:\w+ )?pick-?up|post office|location|access point|service point|parcel ?shop)|\bheld\b.*\b(?:customer|recipient)(?:'s)? request|\bheld (?:\w+ ){0,5}for (?:customer|recipient|receiver) (?:pick|collection)/,
    reading: heldAt('counter'),
    source: notes,
    example: 'Held for Customer Pickup',
  },
  {
    says: /\barrived at (?:\w+ )?pick-?up (?:point|location)|\b(?:at|to) (?:a |the )?(?:ups )?access point|\btendered at fedex office|\bat (?:a |the )?(?:\w+ )?(?:service point|parcel ?shop|filiale)/,
    reading: heldAt('counter'),
    source: notes,
    example: 'Tendered at FedEx Office',
  },
  { says: /\bheld\b|\bon hold\b/, reading: heldAt('carrier'), source: notes, example: 'Held in warehouse' },

  {
    says: /\bdelivery attempt|\battempted (?:to deliver|delivery)|\bnotice left|\b(?:customer|recipient|receiver) (?:was |is )?not available|\bbusiness (?:is |was )?closed|\bnot home\b|\bno access\b|\bunable to deliver|\bcould not be delivered/,
    reading: is('attempted'),
    source: common,
    example: 'Notice Left (No Authorized Recipient Available)',
  },

  // Plain transport that says who has it.
  {
    says: /\blabel (?:has been |was )?created|\bcreated a (?:shipping )?label|\bshipment information (?:sent|received)|\bpre-shipment info|\bbilling information received|\border processed|\bawaiting item\b/,
    reading: is('created'),
    source: recorded,
    example: 'Shipping Label Created, USPS Awaiting Item',
  },
  {
    says: /^out for delivery\b|\bon (?:\w+ )?vehicle for delivery|\bloaded on (?:\w+ )?vehicle|\bwith (?:the )?(?:delivery )?courier\b/,
    reading: is('out'),
    source: recorded,
    example: 'On FedEx vehicle for delivery',
  },
  {
    status: 'in_transit',
    says: /^(?:package |shipment |item )?(?:was |has been )?picked up$|^picked up by (?:\w+ )?(?:driver|courier|carrier|fedex|ups|usps|dhl)|\baccept(?:ed|ance)\b|^pick-?up scan|^origin scan|\bin possession of item|^we have your package|^(?:package |shipment |item )?(?:was |has been )?dropped off\b/,
    reading: is('accepted'),
    source: recorded,
    example: 'Origin Scan',
  },
]

export const generic: CarrierTable = { delivered, words, codes: [] }

const start = '^(?:(?:your |the )?(?:item|package|parcel|shipment) (?:(?:has|was|is|being) ){0,2})?'
const transport = (says: string, example: string): WordRow => ({
  says: new RegExp(`${start}(?:${says})\\b`),
  reading: is('moving'),
  source: recorded,
  example,
})

/** Texts that are plain transport from their start on, also where the status says nothing: tried after the codes. */
export const plainTransport: WordRow[] = [
  transport('on the way|on its way|in transit|enroute|en route', 'In Transit to Next Facility'),
  transport('arriv(?:ed|al|ing)', 'Arrived at FedEx location'),
  transport('depart(?:ed|ure|ing)|left', 'Departure Scan'),
  transport('sort(?:ing|ed)?|process(?:ed|ing)', 'Processed through facility'),
  transport('destination scan|at (?:local|destination|the|a|fedex|ups|usps|dhl)', 'At local FedEx facility'),
  transport('transferred to (?:the )?(?:local )?post office', 'Transferred to Local Post Office'),
  transport('(?:operational|weather) delay', 'Weather delay'),
  transport('scheduled delivery', 'Scheduled delivery'),
]

/** Words by which a change of delivery may be hiding in wording that no row knows; some of other languages among them. */
export const changeLike =
  /chang|redirect|re-?rout|divert|hold|held|forward|pick-?(?: ?)up|collect|adress|address|return|intercept|option|instruct|neighbo|locker|access point|altern|instead|resched|umgel|umleit|nachsend|packstation|filiale|abhol|zurück|réexp|adresse|desvi|redirig|direcci|devuel/

function correctedUnlessAskedFor(text: string, carrier: string): Reading {
  const by = changeAskedBy(text, carrier)
  return by === 'receiver' || by === 'sender' ? readChange(text, carrier) : is('address corrected')
}
