// Tells one typing slip in a word from another word.
import { distance } from 'fastest-levenshtein'
import { directionWords, nameWords, suffixWords, wordsAbroad } from './words.ts'

/** Shorter words lie too near each other: Oak, Oaks and Elm, Elk are streets of one town. */
const LETTERS_MIN = 4

/** From so many letters on two real names rarely lie one letter apart. */
const LONG = 6

/** One letter added, lost or changed, or two neighbours swapped. */
export function isOneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  return distance(a, b) === 1 || isSwap(a, b)
}

function isSwap(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}

/**
 * How two names of several words may be one: 'long' when surely enough, 'short' when the word with the slip is so short
 * that more must agree; null for different names. Numbers, directions and street words never slip.
 */
export function slipBetween(a: string, b: string): 'long' | 'short' | null {
  const [wordsA, wordsB] = [a.split(' '), b.split(' ')]
  if (wordsA.length !== wordsB.length) return isJoined(wordsA, wordsB) || isJoined(wordsB, wordsA) ? 'long' : null
  if (Math.abs(a.length - b.length) > 1) return null
  const at = wordsA.findIndex((word, i) => word !== wordsB[i])
  if (at < 0 || wordsA.some((word, i) => i > at && word !== wordsB[i])) return null
  const [wordA, wordB] = [wordsA[at]!, wordsB[at]!]
  const length = Math.min(wordA.length, wordB.length)
  if (length < LETTERS_MIN || /\d/.test(wordA + wordB) || (isFixed(wordA) && isFixed(wordB))) return null
  if (!isOneSlip(wordA, wordB)) return null
  return length >= LONG ? 'long' : 'short'
}

/** Willow Brook is Willowbrook. */
function isJoined(parted: string[], whole: string[]): boolean {
  if (parted.length !== whole.length + 1) return false
  const at = whole.findIndex((word, i) => word !== parted[i])
  const joined = whole[at] ?? ''
  if (at < 0 || /\d/.test(joined) || joined.length < LONG) return false
  return `${parted[at]}${parted[at + 1]}` === joined && parted.slice(at + 2).join(' ') === whole.slice(at + 1).join(' ')
}

const isFixed = (word: string) =>
  suffixWords.has(word) || directionWords.has(word) || nameWords.has(word) || wordsAbroad.has(word)
