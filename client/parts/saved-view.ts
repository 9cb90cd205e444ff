// Which saved view a list shows, and whether it still shows what was saved.
import type { Outputs } from '../api.ts'
import type { Search } from './search-state.ts'

export type SavedView = Outputs['savedViews']['list'][number]

/** Parts of an address that say where in a list one is, and are no part of what is kept. */
const passing = ['view', 'page']

/** An address's search as a view keeps it. */
export const keptOf = (search: Search): Record<string, string> =>
  Object.fromEntries(
    Object.entries(search).flatMap(([key, value]): [string, string][] =>
      value === undefined || value === '' || passing.includes(key) ? [] : [[key, value]],
    ),
  )

/** Whether a list's address shows something else than the view that it names. */
export function differs(view: SavedView, search: Search): boolean {
  const now = keptOf(search)
  const keys = new Set([...Object.keys(now), ...Object.keys(view.search)])
  return [...keys].some((key) => now[key] !== view.search[key])
}

/** An address of every list's own that has all of it, even where another view is what the list opens with. */
export const ALL = 'all'
