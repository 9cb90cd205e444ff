// The words of an address that was pasted as one line.
import { plainText } from '../lib/plain.ts'

/** Longer lines are no addresses; the rest is not read. */
const LINE_MAX = 400

/** One word of the line, and whether a comma or a line break follows it. */
export interface Word {
  text: string
  ends: boolean
}

/** The words of a line, cut at commas and line breaks. */
export function wordsOf(text: string): Word[] {
  return text
    .slice(0, LINE_MAX)
    .replace(/[–—]/g, '-')
    .replace(/["“”]/g, ' ')
    .split(/[,;\r\n|•]+/)
    .flatMap((part) => {
      const words = part.split(/\s+/).filter((word) => /[\p{L}\p{N}#&]/u.test(word))
      return words.map((word, i) => ({ text: word, ends: i === words.length - 1 }))
    })
}

/** The words as a line again. */
export function textOf(words: Word[]): string {
  return words.map(({ text, ends }, i) => text + (i === words.length - 1 ? '' : ends ? ', ' : ' ')).join('')
}

export const plainOf = (words: Word[]) => plainText(textOf(words))

export const hasDigit = (words: Word[]) => words.some(({ text }) => /\d/.test(text))
