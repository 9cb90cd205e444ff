// Lists that grow by keyset: each page asks for what comes after the last row of the one before.
import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'

interface PagesInput<Page, After> {
  /** Names the list with its filter. */
  key: readonly unknown[]
  read(after: After | null): Promise<Page>
  /** What the next page begins after; null: this is the last one. */
  nextOf(page: Page): After | null
  /** Asks again by itself so often: for what changes without an event in the ledger. */
  refreshMs?: number
}

/** The pages read so far. Rows stay on screen while another filter is asked for. */
export function usePages<Page, After>({ key, read, nextOf, refreshMs }: PagesInput<Page, After>) {
  return useInfiniteQuery<Page, Error, InfiniteData<Page>, readonly unknown[], After | null>({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam as After | null),
    initialPageParam: null,
    getNextPageParam: nextOf,
    placeholderData: keepPreviousData,
    refetchInterval: refreshMs ?? false,
  })
}
