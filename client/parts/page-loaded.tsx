// A page about one thing: drawn once it is known; until then, and if it is not, under a head of its own.
import type { ReactNode } from 'react'
import { PageHeader } from './page-header.tsx'
import { Loaded } from './states.tsx'

interface PageLoadedProps<T> {
  query: Parameters<typeof Loaded<T>>[0]['query']
  /** The list it belongs to, and what it is called before its name is known. */
  up: { to: string; label: string }
  title: string
  children(data: T): ReactNode
}

export function PageLoaded<T>({ query, up, title, children }: PageLoadedProps<T>) {
  if (query.data !== undefined) return children(query.data)
  return (
    <>
      <PageHeader up={{ ...up, here: title }} title={title} />
      <Loaded query={query} lines={10}>
        {children}
      </Loaded>
    </>
  )
}
