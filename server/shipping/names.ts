// Whether two names are one person's, said as a result only. Surnames alone prove nothing, and no name is judged for what it is.
import type { World } from '../custody/act.ts'
import { foldCase } from '../lib/plain.ts'
import type { NameMatch } from '../ports.ts'

const titles = new Set(
  'mr mrs ms miss mx dr prof professor sir madam mme mlle herr hr frau fr sr sra srta jr snr jnr ii iii iv phd md esq'.split(
    ' ',
  ),
)
const companies = /\b(?:inc|llc|ltd|limited|gmbh|corp|corporation|company|plc|bv|oy|ab|pty)\b/
/** A place or a role that signs for everybody in a building. */
const desks =
  /\b(?:(?:front|help|service|info)?desks?|(?:front|leasing|main)office|reception(?:ist)?|mail ?room|post ?room|office|management|manager|concierge|door ?man|lobby|(?:loading )?docks?|receiving|warehouse|stockroom|(?:package|parcel) ?(?:room|lockers?|cent(?:er|re))|security|gate ?house|guard ?(?:house|shack|post)|staff|clerk|building|bldg|agent|postal ?annex)\b/
/** These are surnames too, so they count only where nothing stands beside them. */
const deskAlone = /^(?:guard|porter|locker|gate)$/
/** Nobody's name: what a driver enters where nobody signs. */
const nobody =
  /\b(?:sig(?:nature)?|sign) (?:on file|release\w*|not req\w*|waived|exempt)|\b(?:driver|shipper|customer) release\w*|\bon file\b|\bnot required\b|\bno (?:sig\w*|one)\b|\bleft (?:at|on|by|with|in)\b|\b(?:front|back|side|garage|rear) ?(?:door|porch)\b|\b(?:porch|mailbox|doorstep|patio)\b|\b(?:resident|occupant|customer|recipient|receiver|consignee|addressee|neighbou?r|unknown|refused|self|none|na|test)\b/
/** Drivers signed for people while nobody was to touch their pens: C19, CV-19, COVID. */
const covid = /\b(?:covid|corona)|\b(?:c|cv|cov|covid) ?-? ?19\b|\b19 ?c\b/

/** Names told apart from what stands in their place. */
type Written = { is: 'name'; words: string[]; surname: string | null } | { is: 'desk' | 'nobody' }

function readName(text: string | null): Written {
  const folded = foldCase((text ?? '').slice(0, 200)).replace(/['’`´]/g, '')
  const plain = folded.replace(/[^\p{L}\p{N}]+/gu, ' ').trim()
  if (covid.test(plain)) return { is: 'nobody' }
  if (desks.test(plain) || deskAlone.test(plain)) return { is: 'desk' }
  if (nobody.test(plain)) return { is: 'nobody' }
  const words = wordsOf(folded)
  // "Doe, Jane" puts the surname first, everything else last.
  const beforeComma = folded.includes(',') ? wordsOf(folded.slice(0, folded.indexOf(','))) : []
  const surname = (beforeComma.length > 0 && beforeComma.length < words.length ? beforeComma : words).at(-1) ?? null
  return words.some((word) => word.length > 1) ? { is: 'name', words, surname } : { is: 'nobody' }
}

function wordsOf(folded: string): string[] {
  const words = folded
    .replace(/\p{N}+/gu, ' ')
    .split(/[^\p{L}]+/u)
    .filter(Boolean)
  const named = words.filter((word) => !titles.has(word))
  return (named.length > 0 ? named : words).map(oneSpelling)
}

/** `Müller`, `Mueller` and `Muller` are one name, as are `Søren` and `Soeren`. */
const oneSpelling = (word: string) => word.replace(/(?<=[aou])e(?!$)/g, '').replace(/aa/g, 'a')

const isLatin = (words: string[]) => words.every((word) => /^\p{Script=Latin}+$/u.test(word))
const isFull = (word: string) => word.length > 1

/**
 * How a name, as a carrier or an ordering system wrote it, compares with a person's. Order, case, accents, titles and
 * middle names do not matter; an initial counts as its name only beside the same surname. 'different' needs two names in one
 * script that share nothing; everything between is 'cannot tell'. Names without a person in them are 'desk or agent' or
 * 'cannot tell'. After wire-formats 2.4, rule 5, and DESIGN 8, "Fair".
 */
export function compareNames(name: string | null, other: string | null): NameMatch {
  const [one, two] = [readName(name), readName(other)]
  if (one.is === 'desk') return 'desk or agent'
  if (one.is !== 'name' || two.is !== 'name') return 'cannot tell'
  if (isSameName(one, two)) return 'same'
  if (!isLatin([...one.words, ...two.words])) return 'cannot tell'
  const full = one.words.filter(isFull)
  const isMute = full.every((word) => word.length < 3) && one.words.length === 1
  if (isMute || isNear(full, two.words.filter(isFull))) return 'cannot tell'
  return companies.test(one.words.join(' ')) || companies.test(two.words.join(' ')) ? 'cannot tell' : 'different'
}

type Name = Extract<Written, { is: 'name' }>

function isSameName(written: Name, known: Name): boolean {
  const isShorter = written.words.filter(isFull).length <= known.words.filter(isFull).length
  const [short, long] = isShorter ? [written, known] : [known, written]
  if (long.words.length < 2) return false
  if (isWrittenTogether(short, long)) return true
  const shared = long.words.filter((word) => isFull(word) && short.words.includes(word))
  const left = (words: string[]) => words.filter((word) => !shared.includes(word))
  const [leftShort, leftLong] = [left(short.words), left(long.words)]
  if (shared.length === 0) return false
  if (leftShort.length === 0 && leftLong.length === 0) return true
  // What the shorter one has beside the shared words must fit a word of the longer one.
  if (!leftShort.every((word) => leftLong.some((its) => isInitialOf(word, its)))) return false
  const given = known.words.find((word) => word !== known.surname) ?? ''
  const hasGiven = shared.includes(given) || leftShort.some((word) => isInitialOf(word, given))
  return hasGiven && known.surname !== null && shared.includes(known.surname)
}

const isInitialOf = (a: string, b: string) => (a.length === 1 || b.length === 1) && a[0] === b[0]

/** "JDOE", "JANEDOE", "DOEJANE". */
function isWrittenTogether(short: Name, long: Name): boolean {
  const [first] = long.words
  if (short.words.length !== 1 || first === undefined || long.surname === null) return false
  const given = long.words.filter((word) => word !== long.surname)
  const together = [long.words.join(''), long.surname + given.join(''), given.join('') + long.surname]
  return [...together, `${given[0]?.[0] ?? ''}${long.surname}`].includes(short.words[0]!)
}

/** Whether any two words are one, cut short, or one letter apart. */
const isNear = (a: string[], b: string[]) =>
  a.some((word) =>
    b.some(
      (other) =>
        word === other ||
        (word.length > 3 && other.startsWith(word)) ||
        (other.length > 3 && word.startsWith(other)) ||
        (Math.min(word.length, other.length) > 3 && isOneLetterApart(word, other)) ||
        (word.length > 5 && other.length > 2 && word.includes(other)),
    ),
  )

function isOneLetterApart(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a]
  if (long.length - short.length > 1) return false
  let at = 0
  while (at < short.length && short[at] === long[at]) at += 1
  return short.slice(long.length === short.length ? at + 1 : at) === long.slice(at + 1)
}

/**
 * A signer as a keyed hash: equal for one name however it is written, so that one signer of several parcels shows. Desks,
 * and names of one word, are another signer for every parcel: equal surnames never mean one person.
 */
export function signerHash(world: World, name: string, shipmentId: string): string {
  const read = readName(name)
  const isWhole = read.is === 'name' && read.words.length > 1
  return world.pseudonym(
    isWhole ? `signer ${read.words.toSorted().join(' ')}` : `signer of ${shipmentId} ${foldCase(name).trim()}`,
  )
}
