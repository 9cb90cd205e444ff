// The way to the next page of a list, whose rows stay.
import { Button } from '@mantine/core'

interface Pages {
  hasNextPage: boolean
  isFetchingNextPage: boolean
  fetchNextPage(): unknown
}

export function More({ query, children = 'Show more' }: { query: Pages; children?: string }) {
  if (!query.hasNextPage) return null
  return (
    <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
      {children}
    </Button>
  )
}
