// One's pinned views in the side bar, each with how many it shows now.
import { skipToken, useQuery } from '@tanstack/react-query'
import { Link, useLocation } from '@tanstack/react-router'
import { trpc } from '../api.ts'
import { caseFilterOf } from './case-filter.ts'
import { useMe } from './me.ts'
import type { SavedView } from './saved-view.ts'

export function PinnedViews() {
  const { data: views = [] } = useQuery(trpc.savedViews.list.queryOptions())
  const pinned = views.filter((view) => view.isPinned)
  if (pinned.length === 0) return null
  return (
    <ul className="goals" aria-label="Pinned views">
      {pinned.map((view) => (
        <Pinned key={view.id} view={view} />
      ))}
    </ul>
  )
}

const numbers = new Intl.NumberFormat('en')

function Pinned({ view }: { view: SavedView }) {
  const { pathname, searchStr } = useLocation()
  const count = useCount(view)
  const to = `/${view.page}`
  const isHere = pathname === to && new URLSearchParams(searchStr).get('view') === view.id
  return (
    <li>
      <Link
        to={to}
        search={{ ...view.search, view: view.id } as never}
        className="goal"
        data-here={isHere}
        aria-current={isHere ? 'page' : undefined}
      >
        {view.name}
        {count !== undefined && <span className="faint small">{numbers.format(count)}</span>}
      </Link>
    </li>
  )
}

/** How many cases a view shows; other lists only grow, and are not counted for the side bar. */
function useCount(view: SavedView): number | undefined {
  const { userId } = useMe()
  const isCases = view.page === 'cases'
  return useQuery(trpc.cases.count.queryOptions(isCases ? caseFilterOf(view.search, userId) : skipToken)).data
}
