// Reads wording about a change of delivery: how far it got, who asked for it, and where the parcel goes instead.
import type { Reading } from '../../../ports.ts'

type Change = Extract<Reading, { is: 'delivery change' }>

/** Wording that speaks of changing a delivery, done or not. From wire-formats 2.2 (UPS, FedEx, USPS, DHL texts). */
const speaksOfChange = [
  /\bdelivery (?:\w+ ){0,2}chang/,
  /\baddress chang/,
  /\bchange (?:\w+ ){0,2}request|\brequest\w* (?:a |the )?change/,
  /\bchang\w* (?:of |to |in |the |your |its )*(?:deliver|address)/,
  /\bdelivery (?:option|instruction)/,
  /\bredirect|\bre-?rout|\bintercept/,
  /\b(?:alternat\w+|new|different|another) (?:\w+ )?(?:address|access point|delivery location|pick-?up (?:point|location))/,
  /\b(?:modif|updat)\w* (?:the |your |its )*(?:delivery |shipping )?address/,
  /\baddress (?:\w+ ){0,2}(?:updated|modified|chang)/,
  /\bhold\b.*\brequest|\brequest.*\bhold\b|\basked\b.*\bhold\b/,
  /\breschedul|\bfuture (?:delivery|date)|\bredelivery/,
  /\barranged to (?:pick|collect)/,
  /\bnew tracking number\b.*\bassigned|\btracking number (?:has been |was )?changed/,
  /\breturn (?:to (?:the )?(?:sender|shipper) )?(?:was |has been |is )?requested|\brequest\w* (?:a |the )?return\b/,
]

const outcome =
  '(?:be |been |able to |able to be )*(?:complet|process|possible|accept|approv|hono|fulfil|allow|permit|made|done|appl|redirect|re-?rout|chang|updat|successful|carried|intercept|grant)\\w*'
const no = `(?:not ${outcome}|not requested|unable to ${outcome}|cancel\\w*|declin\\w*|denied|reject\\w*|refus\\w*|fail\\w*|unsuccessful\\w*|expired|withdrawn|revers\\w*|revoked|undone|stopped|removed|void\\w*|no longer)`
const filler =
  'request|requested|for|to|of|the|this|your|a|an|new|package|parcel|shipment|delivery|address|location|date|hold|at|by|recipient|receiver|customer|sender|shipper|was|were|is|has|have|had|been|be|could|can|will|would|did'

/** The change, or the wish for it, came to nothing. Tied to the change itself: "customer not available" is no refusal. */
const refusals = [
  new RegExp(
    `\\b(?:change|request|redirect|redirection|reroute|rerouting|option|intercept|hold|instructions?|redelivery)[:;,]? (?:(?:${filler})[:;,]? ){0,10}${no}`,
  ),
  /\b(?:not|never|without|unable to|failed to|no|cancel(?:l?ed)?|declined|rejected|refused|denied)(?: (?:be|been|being|the|your|this|a|to|complete|process|fulfill?|honou?r|make|accept|apply|requested|package|delivery|address|customer|recipient|receiver|(?:customer|recipient|receiver)'s)){0,8} (?:redirect|re-?rout|chang|intercept|modif|reschedul|option|hold request|request(?!ed))/,
]

/** Finished beyond doubt, even where the sentence still mentions the request. */
const finished = [
  /(?<!\b(?:be|once|when|until|if|yet) )\b(?:completed?|processed|in effect|approved|confirmed)\b/,
  /\bas requested\b/,
  /^(?:(?:your |the )?(?:item|package|parcel|shipment) )?(?:redirected|re-?routed|rescheduled)\b/,
  /\b(?:was|were|been|has|have) (?:redirected|re-?routed|changed|updated|modified|rescheduled|intercepted)\b/,
]
const notYet = /\bnot yet\b/
const underWay =
  /\b(?:will|to|should|must|can|may|would) be\b|\bin progress\b|\bpending\b|\b(?:ask|request)\w*(?: \w+){0,3} (?:to|that)\b/
const past =
  /\b(?:redirect(?:ed|ing)|re-?rout(?:ed|ing)|changed|updated|modified|rescheduled|intercepted|scheduled|assigned)\b|\bnew (?:delivery )?address\b|\bheld for\b/
const asks = /\brequest|\basked\b|\barranged\b/

const verbs = '(?:request|ask|chang|chose|select|redirect|re-?rout|reschedul|arrang|instruct|modif|cancel)'
const nouns =
  '(?:request(?:ed)?|asked|instruct\\w*|changed?|initiated|arranged|made|selected|redirected|re-?routed|rescheduled|cancell?ed)'

function asking(who: string): RegExp[] {
  return [
    new RegExp(`\\b${who}(?:'s|s')?(?:,? (?:has|have|had))?[ -]${verbs}`),
    new RegExp(`\\b${nouns} (?:of|by|from) (?:the |our )?${who}\\b`),
  ]
}
const askedByReceiver = asking('(?:receiver|recipient|consignee|addressee|customer)')
const askedBySender = asking('(?<!\\bto )(?<!\\bto the )(?:sender|shipper|merchant|seller)')
const doneByCarrier =
  /\b(?:ups|fedex|usps|dhl|we)(?:'ve|'re)?(?: has| have| is| are| had to)? (?:redirect|re-?rout|chang|updat|reschedul)/
// FedEx Delivery Manager is the receiver's own service, and its scans speak of a "delivery option" (wire-formats 2.2).
const receiverService = /\bdelivery (?:option|manager)\b/

/** Whether the text speaks of a change of delivery at all. `text` is normalised wording. */
export function mentionsChange(text: string): boolean {
  return speaksOfChange.some((pattern) => pattern.test(text))
}

/** Who wanted the change, where the words say so; `unknown` otherwise and where they name both sides. */
export function changeAskedBy(text: string, carrier: string): Change['by'] {
  const receiver =
    askedByReceiver.some((pattern) => pattern.test(text)) || (carrier === 'fedex' && receiverService.test(text))
  const sender = askedBySender.some((pattern) => pattern.test(text))
  if (receiver && sender) return 'unknown'
  if (receiver) return 'receiver'
  if (sender) return 'sender'
  return doneByCarrier.test(text) ? 'carrier' : 'unknown'
}

/** A text about a change as a reading. A refusal or a negation outweighs every word of success in it. */
export function readChange(text: string, carrier: string): Change {
  return {
    is: 'delivery change',
    stage: stageOf(expandNot(text)),
    by: changeAskedBy(text, carrier),
    to: boundFor(text),
  }
}

// "couldn't" and "cannot" as "not", so that the refusals know one negation.
function expandNot(text: string): string {
  return text.replace(/n't\b/g, ' not').replaceAll('cannot', 'can not')
}

function stageOf(text: string): Change['stage'] {
  if (refusals.some((pattern) => pattern.test(text))) return 'refused'
  if (notYet.test(text)) return 'requested'
  if (finished.some((pattern) => pattern.test(text))) return 'done'
  if (underWay.test(text)) return 'requested'
  if (past.test(text)) return asks.test(text) && !/[;,.:]/.test(text) ? 'requested' : 'done'
  return 'requested'
}

const targets: [RegExp, Change['to']][] = [
  [/\breturn|\bback to\b|\brecall/, 'back'],
  [/\b(?:alternat\w+|new|different|another) (?:\w+ )?address/, 'address'],
  [/\bneighbo/, 'neighbour'],
  [/\blocker|\bpackstation/, 'locker'],
  [
    /\baccess point|\bpick-?(?:ed )?(?:-| )?up|\bcollect|\bpost office|\bfedex (?:office|onsite|location)|\bh[oe]ld\b(?! for (?:a )?(?:future|later))|\bservice point|\bparcel ?shop|\bfiliale|\bcustomer cent/,
    'counter',
  ],
  [/\breschedul|\bfuture\b|\bredelivery|\bdate\b|\banother day|\blater\b|\bevening|\bappointment/, 'other day'],
  [/\baddress\b/, 'address'],
]

function boundFor(text: string): Change['to'] {
  return targets.find(([pattern]) => pattern.test(text))?.[1] ?? 'unknown'
}
