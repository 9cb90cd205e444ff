// Writes the names of streets in one spelling, so that the same street always comes out the same.
import { isEnglish, isGerman, isNordic } from './orders.ts'
import {
  canadianWords,
  directionWords,
  frenchDirections,
  nameWords,
  spanishWords,
  suffixWords,
  tensWords,
  wordsAbroad,
} from './words.ts'

/** Whether the last word, or the one before a direction, is a street's. */
export function endsAsStreet(tokens: string[]): boolean {
  const last = tokens.at(-1) ?? ''
  if (directionWords.has(last)) return suffixWords.has(tokens.at(-2) ?? '')
  return tokens.length > 1 && suffixWords.has(last)
}

/** Standard spelling of every word of a street's name; the same street always comes out the same. */
export function streetName(tokens: string[], country: string): string {
  const words = tokens.filter((token) => token !== '#').flatMap((token) => token.split(/[-/]/))
  if (isGerman(country)) return germanStreet(words)
  if (country === 'CA') return canadianStreet(words)
  return isEnglish(country) ? englishStreet(words, country) : streetAbroad(words, country)
}

const spelled = (word: string) =>
  directionWords.get(word) ?? suffixWords.get(word) ?? nameWords.get(word) ?? ordinal(word)

const SPANISH_TYPES = new Set('calle cll avenida paseo camino carretera pasaje'.split(' '))

function englishStreet(words: string[], country: string): string {
  const text = withOrdinals(words)
    .map((word) =>
      country === 'US' && SPANISH_TYPES.has(words[0]!) ? (spanishWords.get(word) ?? spelled(word)) : spelled(word),
    )
    .join(' ')
    .replace(/(?<= |^)([ns]) ([ew])(?= |$)/g, '$1$2')
    // 42 St is 42nd St; but Route 42 Rd stays.
    .replace(
      /^((?:[nsew]{1,2} )?)(\d{1,3})(?= (?:st|ave|pl|ct|ter|blvd|dr|ln|way|rd|cir)(?: |$))/,
      (_, way: string, at: string) => way + ordinal(`${at}th`),
    )
  return /\d/.test(text) ? numberedRoad(text) : text
}

/** Numbered highways have one name each (USPS Publication 28, appendix F); Route 9 and Highway 9 are one. */
const HIGHWAYS: [RegExp, string][] = [
  [/(?<= |^)(?:co|cnty) (?:rd|rte|hwy|trunk hwy)(?: no)?(?= \d)|(?<= |^)(?:cr|cth)(?= \d)/, 'co rd'],
  [/(?<= |^)(?:us|united states)(?: (?:hwy|rte|rd))?(?: no)?(?= \d)/, 'us hwy'],
  [/(?<= |^)(?:interstate|ih|i)(?: hwy)?(?: no)?(?= \d)/, 'interstate'],
  [/(?<= |^)(?:farm to market|farm to mkt|fm)(?: rd)?(?= \d)/, 'fm'],
  [/(?<= |^)(?:state|st) (?:rd|rte|hwy)(?: no)?(?= \d)|(?<= |^)(?:sr|sh|sth)(?= \d)/, 'state rte'],
  [/(?<= |^)(?:hwy|rte)(?: no)?(?= \d)/, 'hwy'],
]

function numberedRoad(text: string): string {
  const found = HIGHWAYS.find(([spelling]) => spelling.test(text))
  return found ? text.replace(found[0], found[1]) : text
}

/** Twenty-first as one word; `21th` as 21st. */
function withOrdinals(words: string[]): string[] {
  const at = words.findIndex(
    (word, i) => tensWords.has(word) && /^[1-9](?:st|nd|rd|th)$/.test(nameWords.get(words[i + 1] ?? '') ?? ''),
  )
  if (at < 0) return words
  return [...words.slice(0, at), `${tensWords.get(words[at]!)}${nameWords.get(words[at + 1]!)}`, ...words.slice(at + 2)]
}

function ordinal(word: string): string {
  const number = /^(\d{1,3})(?:st|nd|rd|th)$/.exec(word)?.[1]
  if (number === undefined) return word
  const isTeen = /1[123]$/.test(number)
  return number + (isTeen ? 'th' : (({ 1: 'st', 2: 'nd', 3: 'rd' } as Record<string, string>)[number.at(-1)!] ?? 'th'))
}

/** `rue Sherbrooke Ouest` is Sherbrooke St W, `chemin de la Côte` Côte Ch. */
function canadianStreet(words: string[]): string {
  const type = canadianWords.get(words[0] ?? '')
  const isEnglishToo = endsAsStreet(words.slice(1)) && !frenchDirections.has(words.at(-1)!)
  if (!type || words.length < 2 || isEnglishToo) {
    const last = canadianWords.get(words.at(-1) ?? '')
    return englishStreet(last && words.length > 1 ? [...words.slice(0, -1), last] : words, 'CA')
  }
  const direction = words.length > 2 ? frenchDirections.get(words.at(-1)!) : undefined
  const name = words.slice(1, direction ? -1 : undefined)
  while (name.length > 1 && /^(?:de|du|des|d|la|le|les|l)$/.test(name[0]!)) name.shift()
  return [englishStreet(name, 'CA'), type, direction].filter(Boolean).join(' ')
}

/** Umlauts are read the same as `ae`, `oe`, `ue` and as bare vowels; `Haupt Str.` is `hauptstr`. */
export function germanVowels(text: string): string {
  return text.replace(/(?<![aeiouq])([aou])e/g, '$1')
}

function germanStreet(words: string[]): string {
  return germanVowels(words.join(' '))
    .replace(/(?:stra?ss?e|str)(?= |$)/g, 'str')
    .replace(/ str(?= |$)/g, 'str')
    .replace(/(?<= |^)pl(?= |$)/g, 'platz')
    .replace(/(?<= |^)(?:sankt|skt)(?= )/g, 'st')
    .replace(/(?<=\p{L})pl(?= |$)/gu, 'platz')
}

/** Other languages: short forms written out alike, Nordic vowels as bare ones, the Polish word for street left out. */
function streetAbroad(words: string[], country: string): string {
  const isStreetWord = /^(?:ul|ulica|vul|vulytsia|vulitsia)$/.test(words[0] ?? '') && words.length > 1
  const name = words
    .slice(isStreetWord ? 1 : 0)
    .map((word) => (wordsAbroad.get(word) ?? word).replace(/(?<=\p{L}{2})straat$/u, 'str'))
    .join(' ')
  return isNordic(country) ? name.replace(/aa/g, 'a').replace(/oe/g, 'o') : name
}
