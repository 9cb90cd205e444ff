// Finds which entry a name belongs to: exact text, or a stem that ends at a word's end. Maps only, no patterns.
import { AppError } from '../../lib/errors.ts'

/** Traces of one sort, each pointing to its owner. Built with `addTrace`, asked with `findTrace`. */
export interface TraceIndex<T> {
  exact: Map<string, T>
  stems: Map<string, T>
  /** Distinct lengths of the stems, longest first. */
  stemLengths: number[]
}

export function createTraceIndex<T>(): TraceIndex<T> {
  return { exact: new Map(), stems: new Map(), stemLengths: [] }
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
  if (isStem) index.stemLengths = [...new Set([...index.stemLengths, key.length])].sort((a, b) => b - a)
}

/** The owner of folded text: exact first, then the longest stem. */
export function findTrace<T>(index: TraceIndex<T>, folded: string): T | null {
  return index.exact.get(folded) ?? findStem(index, folded)
}

function findStem<T>(index: TraceIndex<T>, folded: string): T | null {
  for (const length of index.stemLengths) {
    const owner = index.stems.get(folded.slice(0, length))
    if (owner !== undefined && endsWord(folded, length)) return owner
  }
  return null
}

/** Whether `text` starts with `stem` and the stem ends where a word does. Both folded. */
export function startsWithWords(text: string, stem: string): boolean {
  return text.startsWith(stem) && endsWord(text, stem.length)
}

function endsWord(text: string, end: number): boolean {
  return end >= text.length || !/[\p{L}\p{N}]/u.test(text.charAt(end))
}

/** Text as it is compared: one case, one form of each letter, single blanks, no marks of trade. */
export function foldText(text: string): string {
  return text.replace(/[®™©]/g, '').normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim()
}

const architectures = ['x64', 'x86', 'x86_64', 'amd64', 'arm64', 'aarch64', 'universal', 'bit']
const editions = ['version', 'edition', 'msi', 'wrapper', 'user', 'machine', 'beta', 'preview', 'stable', 'free']
const editionWords = new Set([...architectures, ...editions])

/** A folded program name without the words that change between releases: versions, architectures, editions. */
export function withoutEdition(folded: string): string {
  const [first = '', ...rest] = folded.split(' ')
  return [first, ...rest.filter((word) => !isEdition(word))].join(' ')
}

function isEdition(word: string): boolean {
  const bare = word.replace(/[()[\],-]/g, '')
  return bare === '' || /^v?\d/.test(bare) || editionWords.has(bare)
}
