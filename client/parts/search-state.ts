// A page's filters live in its address, in plain words, so that Back, reload and sharing work.
import { useNavigate, useSearch } from '@tanstack/react-router'

export type Search = Record<string, string | undefined>
export type SearchPatch = Record<string, string | string[] | null | undefined>

/** The address's search as plain strings, and a way to change parts of it; null takes one out. */
export function useSearchState(): [Search, (patch: SearchPatch) => void] {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  return [
    search,
    (patch) =>
      void navigate({
        to: '.',
        search: (before: Search) => ({ ...before, ...patch }),
        replace: true,
        resetScroll: false,
      }),
  ]
}

/** `new,waiting` as those of the allowed words it names; none named: the fallback. */
export function wordsOf<Word extends string>(
  text: string | undefined,
  allowed: readonly Word[],
  fallback: Word[] = [],
): Word[] {
  if (text === undefined) return fallback
  const named = text.split(',')
  return allowed.filter((word) => named.includes(word))
}

/** One of the allowed words, else null. */
export function wordOf<Word extends string>(text: string | undefined, allowed: readonly Word[]): Word | null {
  return allowed.find((word) => word === text) ?? null
}

/** How the router reads an address: every value is text. */
export const parseSearch = (text: string): Search => Object.fromEntries(new URLSearchParams(text))

/** How it writes one: lists with commas, nothing for what is empty. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs = Object.entries(search).flatMap(([key, value]): [string, string][] => {
    const text = Array.isArray(value) ? value.join(',') : value === null || value === undefined ? '' : String(value)
    return text === '' ? [] : [[key, text]]
  })
  const text = new URLSearchParams(pairs).toString().replaceAll('%2C', ',')
  return text === '' ? '' : `?${text}`
}
