// The frame of every page: where one can go, with counts, who one is, and whether what is shown is still so.
import { ActionIcon, Burger, Menu, useMantineColorScheme } from '@mantine/core'
import { useDidUpdate, useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation } from '@tanstack/react-router'
import { Suspense, useEffect, useRef } from 'react'
import { queryClient, type Role, trpc } from '../api.ts'
import { Keys } from './keys.tsx'
import { Live } from './live.tsx'
import { useMe } from './me.ts'
import { PinnedViews } from './pinned-views.tsx'
import { Waiting } from './states.tsx'
import { Time } from './time.tsx'
import './shell.css'

type Count =
  | 'cases'
  | 'mine'
  | 'unassigned'
  | 'due'
  | 'shipments'
  | 'held'
  | 'devices'
  | 'people'
  | 'silent'
  | 'changed'
  | 'unscanned'
  | 'tasks'
  | 'inbox'
  | 'overdue'
  | 'wordings'
  | 'approvals'
  | 'changes'
  | 'handovers'
  | 'addresses'
  | 'connectors'
  | 'mismatches'

interface Goal {
  to: string
  label: string
  search?: Record<string, string>
  count?: Count
  /** Who may open it; absent: everybody. */
  roles?: Role[]
}

const goals: Goal[] = [
  { to: '/cases', label: 'Cases', count: 'cases' },
  { to: '/sites', label: 'Sites', roles: ['admin', 'analyst', 'auditor'] },
  { to: '/shipments', label: 'Shipments', count: 'shipments' },
  { to: '/returns', label: 'Returns' },
  { to: '/devices', label: 'Devices', count: 'devices' },
  { to: '/map', label: 'Map' },
  { to: '/people', label: 'People', count: 'people' },
  { to: '/handovers', label: 'Hand-overs', count: 'handovers' },
  { to: '/addresses', label: 'Address review', count: 'addresses' },
  { to: '/mismatches', label: 'Mismatches', count: 'mismatches' },
]

/** Saved questions: each is a list's address with its filters. */
const views: Goal[] = [
  { to: '/cases', label: 'My cases', search: { assignee: 'me' }, count: 'mine' },
  { to: '/cases', label: 'Unassigned', search: { assignee: 'nobody' }, count: 'unassigned' },
  { to: '/cases', label: 'Due within a day', search: { due: 'day' }, count: 'due' },
  { to: '/shipments', label: 'Delivery change', search: { deliveryChange: 'yes' }, count: 'changed' },
  { to: '/devices', label: 'Delivered, silent', search: { lifeCycle: 'delivered' }, count: 'silent' },
  { to: '/shipments', label: 'Held', search: { held: 'yes' }, count: 'held' },
  { to: '/returns', label: 'Returns overdue', search: { state: 'overdue' }, count: 'overdue' },
  { to: '/shipments', label: 'Label without scan', search: { waits: 'scan' }, count: 'unscanned' },
  { to: '/shipments', label: 'Parcels to act on', search: { waits: 'task' }, count: 'tasks' },
]

const setUp: Goal[] = [
  { to: '/rules', label: 'Rules' },
  { to: '/places', label: 'Known places' },
  { to: '/declarations', label: 'Declarations', count: 'changes' },
  { to: '/catalogue', label: 'Catalogue', count: 'approvals' },
  { to: '/policies', label: 'Delivery policies' },
  { to: '/wordings', label: 'Delivery wordings', count: 'wordings' },
  { to: '/import', label: 'Import' },
  { to: '/connectors', label: 'Connectors', count: 'connectors' },
  { to: '/inbox', label: 'Inbox', count: 'inbox' },
  { to: '/messages', label: 'Messages', roles: ['admin', 'analyst', 'auditor'] },
  { to: '/settings', label: 'Settings', roles: ['admin'] },
  { to: '/users', label: 'Users', roles: ['admin'] },
  { to: '/tokens', label: 'Tokens', roles: ['admin', 'auditor'] },
]

export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { href, pathname } = useLocation()
  const content = useRef<HTMLElement>(null)
  // Who does not see the page change stands at its start, as after a page load.
  useDidUpdate(() => content.current?.focus({ preventScroll: true }), [pathname])
  // biome-ignore lint/correctness/useExhaustiveDependencies: going anywhere closes the drawer
  useEffect(close, [href])
  const { demo } = useMe()
  return (
    <div className="shell">
      <a className="skip" href="#main">
        To the content
      </a>
      <div className="side" data-open={isOpen}>
        <div className="brand">
          <Link to="/cases" className="brand-name">
            <span className="brand-mark" aria-hidden="true" />
            Telltale
          </Link>
          {demo && <span className="tag">demo</span>}
          <Burger
            className="burger"
            size="sm"
            opened={isOpen}
            onClick={toggle}
            aria-label={isOpen ? 'Close the navigation' : 'Open the navigation'}
            aria-expanded={isOpen}
            aria-controls="navigation"
          />
        </div>
        <div id="navigation" className="side-body">
          <nav aria-label="Main">
            <Goals goals={goals} />
            <h2 className="side-head">Views</h2>
            <Goals goals={views} />
            <PinnedViews />
            <h2 className="side-head">Set up</h2>
            <Goals goals={setUp} />
          </nav>
          <div className="side-foot">
            <LedgerState />
            <Live />
            <Account />
          </div>
        </div>
      </div>
      <main id="main" ref={content} tabIndex={-1}>
        <Suspense fallback={<Waiting lines={8} />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  )
}

const numbers = new Intl.NumberFormat('en')

/** Where nothing waits, nothing stands. */
const quietCounts: (Count | undefined)[] = ['inbox', 'wordings', 'approvals', 'changes', 'connectors']

function Goals({ goals }: { goals: Goal[] }) {
  const { role } = useMe()
  const { data: counts } = useQuery(trpc.system.counts.queryOptions())
  const { searchStr, pathname } = useLocation()
  const isView =
    views.some((view) => view.to === pathname && searchStr === searchOf(view)) || searchStr.includes('view=viw_')
  return (
    <ul className="goals">
      {goals
        .filter((goal) => goal.roles?.includes(role) ?? true)
        .map((goal) => {
          const isHere = goal.search
            ? pathname === goal.to && searchStr === searchOf(goal)
            : pathname === goal.to
              ? !isView
              : pathname.startsWith(`${goal.to}/`)
          const count = goal.count && counts ? counts[goal.count] : undefined
          return (
            <li key={goal.label}>
              <Link
                to={goal.to}
                search={goal.search ?? {}}
                className="goal"
                data-here={isHere}
                aria-current={isHere ? 'page' : undefined}
              >
                {goal.label}
                {count !== undefined && (!quietCounts.includes(goal.count) || count > 0) && (
                  <span className="faint small">{numbers.format(count)}</span>
                )}
              </Link>
            </li>
          )
        })}
    </ul>
  )
}

const searchOf = (goal: Goal) => `?${new URLSearchParams(goal.search ?? {})}`

function LedgerState() {
  const { data } = useQuery({ ...trpc.system.ledger.queryOptions(), staleTime: 300_000 })
  if (!data) return null
  if (!data.ok)
    return (
      <p className="check strong" role="alert">
        Ledger broken{data.bad ? ` at ${data.bad.seq}` : ''}: stop and ask an admin to run “telltale verify”.
      </p>
    )
  return (
    <p className="small faint">
      Ledger verified <Time at={data.at} as="clock" /> <span className="good">✓</span>
    </p>
  )
}

const schemes = { auto: 'as the system has it', light: 'light', dark: 'dark' } as const

function Account() {
  const { name, role } = useMe()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  async function signOut(): Promise<void> {
    await fetch('/auth/sign-out', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' })
    queryClient.clear()
    location.assign('/sign-in')
  }
  return (
    <div className="row apart">
      <span className="small">
        <Link to="/account">{name}</Link>
        <br />
        <span className="faint">{role}</span>
      </span>
      <span className="row">
        <Keys />
        <Menu position="top-end" withinPortal>
          <Menu.Target>
            <ActionIcon variant="default" size="md" aria-label="Colours and signing out">
              ⋯
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Colours</Menu.Label>
            {(['auto', 'light', 'dark'] as const).map((scheme) => (
              <Menu.Item
                key={scheme}
                onClick={() => setColorScheme(scheme)}
                rightSection={colorScheme === scheme ? '✓' : null}
              >
                {schemes[scheme]}
              </Menu.Item>
            ))}
            <Menu.Divider />
            <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </span>
    </div>
  )
}
