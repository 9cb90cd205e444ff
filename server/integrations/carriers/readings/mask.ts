// Wording with what is of one parcel or one person taken out, so that one wording counts as one and names nobody.

const MASK = '#'

// What carriers call people and things in capitals within a sentence; anything else written so may be a name.
const terms = new Set(
  'ups fedex usps dhl post office access point service parcel shop locker front desk mail room reception signature delivery package shipment item customer receiver recipient sender shipper agent facility center centre hub street address manager onsite option packstation filiale express ground international us usa'.split(
    ' ',
  ),
)
const street =
  'st|street|ave|avenue|rd|road|blvd|boulevard|ln|lane|dr|drive|ct|court|pl|place|way|pkwy|parkway|hwy|highway|sq|square|ter|terrace|cir|circle'
const streets = new RegExp(`# (?:[\\p{L}'.-]+ ){1,3}(?:${street})(?![\\p{L}])\\.?`, 'gu')
const germanStreets = /(?<!\p{L})\p{L}{2,30}(?:stra(?:ß|ss)e|str\.|weg|platz|allee) #/gu

const roles =
  'a|an|the|his|her|their|agent|receiver|recipient|customer|consignee|addressee|resident|individual|person|somebody|someone|neighbou?rs?|front|desk|reception|mail|mailroom|security|concierge|driver|courier|sender|shipper|carrier|local|post|access|office|locker|hand|door|signature|employee|colleague|family|household'
/** Words after which carriers put a name. */
const named = new RegExp(
  `(?<!\\p{L})((?:signed(?: for)? by|received by|accepted by|collected by|picked up by|left with|handed (?:over )?to|given to|released to|signature of|attn|c/o|contact|mrs?|ms|dr|herrn?|frau)[:.]?) (?!(?:${roles})(?!\\p{L}))[\\p{L}'.-]+(?: (?!(?:at|on|in|for|and|as|was|is|will|by|to|from)(?!\\p{L}))[\\p{L}'.-]+){0,2}`,
  'gu',
)

/** Masks wording. `raw` is as the carrier wrote it, whose capitals tell names; `normalise` makes it comparable. At most 200 characters. */
export function maskWording(raw: string, normalise: (text: string) => string): string {
  return normalise(maskCapitals(raw.slice(0, 1000)))
    .split(' ')
    .map((word) => (/[\p{N}@]/u.test(word) ? MASK : word))
    .join(' ')
    .replace(streets, MASK)
    .replace(germanStreets, MASK)
    .replace(named, `$1 ${MASK}`)
    .replace(/#(?:[ ,;/-]*#)+/g, MASK)
    .slice(0, 200)
    .trim()
}

/** Two and more capitalised words in the middle of a sentence that is else in lower case. */
function maskCapitals(raw: string): string {
  const words = raw.split(/(\s+)/)
  const letters = words.filter((word) => /^\p{L}/u.test(word))
  const lower = letters.filter((word) => /^\p{Ll}/u.test(word))
  if (lower.length * 2 < letters.length) return raw
  const isName = (index: number) => {
    const word = words[index]
    return (
      word !== undefined &&
      index > 0 &&
      /^\p{Lu}/u.test(word) &&
      !/[.!?]\s*$/.test(words[index - 2] ?? '.') &&
      !terms.has(word.replace(/[^\p{L}]/gu, '').toLowerCase())
    )
  }
  return words.map((word, index) => (isName(index) && (isName(index - 2) || isName(index + 2)) ? MASK : word)).join('')
}
