// Finds which entry a name belongs to: exact text, or a stem that ends at a word's end. Maps only, no patterns.
import { AppError } from '../../lib/errors.ts'

/** Traces of one sort, each pointing to its owner. Built with `addTrace`, asked with `findTrace`. */
export interface TraceIndex<T> {
  exact: Map<string, T>
  stems: Map<string, T>
  longestStem: number
}

export function createTraceIndex<T>(): TraceIndex<T> {
  return { exact: new Map(), stems: new Map(), longestStem: 0 }
}

/**
 * Adds a trace; one that ends in `*` also stands for whatever follows its last word ("AnyDesk*": "AnyDesk 8.1", never "AnyDeskX").
 * Throws AppError 'conflict' where the trace already points to another owner.
 */
export function addTrace<T>(index: TraceIndex<T>, trace: string, owner: T): void {
  const isStem = trace.endsWith('*')
  const key = foldText(isStem ? trace.slice(0, -1) : trace)
  const map = isStem ? index.stems : index.exact
  const taken = index.exact.get(key) ?? index.stems.get(key)
  if (taken !== undefined && taken !== owner) throw new AppError('conflict', `trace "${trace}" belongs to two entries`)
  map.set(key, owner)
  if (isStem) index.longestStem = Math.max(index.longestStem, key.length)
}

/** The owner of folded text: exact first, then the longest stem. */
export function findTrace<T>(index: TraceIndex<T>, folded: string): T | null {
  return index.exact.get(folded) ?? findStem(index, folded)
}

/** A text has few words and the catalogue has many stems, so each end of a word is asked, the last one first. */
function findStem<T>(index: TraceIndex<T>, folded: string): T | null {
  for (let end = Math.min(folded.length, index.longestStem); end > 0; end -= 1) {
    const owner = endsWord(folded, end) ? index.stems.get(folded.slice(0, end)) : undefined
    if (owner !== undefined) return owner
  }
  return null
}

/** Whether `text` starts with `stem` and the stem ends where a word does. Both folded. */
export function startsWithWords(text: string, stem: string): boolean {
  return text.startsWith(stem) && endsWord(text, stem.length)
}

function endsWord(text: string, end: number): boolean {
  return end >= text.length || !isWord(text, end)
}

/** Whether the character there is a letter or a digit. What is beyond ASCII is rare, and so is the slow way. */
function isWord(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 128) return (code > 96 && code < 123) || (code > 47 && code < 58) || (code > 64 && code < 91)
  return /[\p{L}\p{N}]/u.test(text.charAt(at))
}

/** Text as it is compared: one case, one form of each letter, single blanks, no marks of trade. */
export function foldText(text: string): string {
  return text.replace(/[®™©]/g, '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

/** Letters and digits only, so that "Any Desk" and "any-desk" are one declaration. */
export function squeeze(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]/gu, '')
}

const architectures = ['x64', 'x86', 'x86_64', 'amd64', 'arm64', 'aarch64', 'universal', 'bit']
const editions = ['version', 'edition', 'msi', 'wrapper', 'user', 'machine', 'beta', 'preview', 'stable', 'free']
const editionWords = new Set([...architectures, ...editions])

/** A folded program name without the words that change between releases: versions, architectures, editions. */
export function withoutEdition(folded: string): string {
  const [first = '', ...rest] = folded.split(' ')
  return [first, ...rest.filter((word) => !isEdition(word))].join(' ')
}

/** A folded name without what stands in brackets at its end: a language, a customer, a build. */
export function withoutNote(folded: string): string {
  const start = folded.endsWith(')') ? folded.lastIndexOf('(') : -1
  return start > 0 ? folded.slice(0, start).trimEnd() : folded
}

function isEdition(word: string): boolean {
  const bare = word.replace(/[()[\],-]/g, '')
  return bare === '' || /^v?\d/.test(bare) || editionWords.has(bare)
}
