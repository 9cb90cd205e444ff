// Opens the client: the theme, the queries, and one line per page.
import '@mantine/core/styles.layer.css'
import '@mantine/notifications/styles.layer.css'
import './theme.css'
import { MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  type RouteComponent,
  RouterProvider,
  redirect,
} from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient, readError, trpc } from './api.ts'
import { Door } from './parts/door.tsx'
import { parseSearch, stringifySearch } from './parts/search-state.ts'
import { Failure } from './parts/states.tsx'
import { setClock } from './parts/time.tsx'
import { cssVariablesResolver, theme } from './theme.ts'

const root = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => (
    <Door title="This page did not open">
      <Failure error={error} retry={reset} />
    </Door>
  ),
  notFoundComponent: () => (
    <Door title="There is no such page">
      <p>
        The address may be cut short. <a href="/cases">Go to the cases</a>, or search from there.
      </p>
    </Door>
  ),
})

/** Whoever is not signed in goes to sign in, and comes back here. */
async function requireSession({ location }: { location: { href: string } }): Promise<void> {
  try {
    const me = await queryClient.ensureQueryData(trpc.access.me.queryOptions())
    setClock(me.now)
  } catch (error) {
    if (readError(error).code === 'UNAUTHORIZED') throw redirect({ to: '/sign-in', search: { back: location.href } })
    throw error
  }
}

/** Loaded beside the page in it: who comes by a public link needs none of it. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: lazyRouteComponent(() => import('./parts/shell.tsx'), 'Shell'),
  beforeLoad: requireSession,
})

type Load<Name extends string> = () => Promise<{ [Key in Name]: RouteComponent }>

/** A page in the shell, loaded when it is first gone to. */
const page = <Name extends string>(path: string, load: Load<Name>, name: Name) =>
  createRoute({ getParentRoute: () => shell, path, component: lazyRouteComponent(load, name) })

/** A page for people who are not signed in. */
const door = <Name extends string>(path: string, load: Load<Name>, name: Name) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load, name) })

/** A page that fills the window, for people who are signed in. */
const bare = <Name extends string>(path: string, load: Load<Name>, name: Name) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load, name),
    beforeLoad: requireSession,
  })

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/cases' })
  },
})

const router = createRouter({
  routeTree: root.addChildren([
    door('/sign-in', () => import('./pages/sign-in.tsx'), 'SignIn'),
    door('/invite/$secret', () => import('./pages/invite.tsx'), 'Invite'),
    door('/h/$secret', () => import('./pages/handover-link.tsx'), 'HandoverLink'),
    bare('/scan', () => import('./pages/scan.tsx'), 'Scan'),
    shell.addChildren([
      home,
      page('/cases', () => import('./pages/cases.tsx'), 'Cases'),
      page('/cases/$number', () => import('./pages/case.tsx'), 'Case'),
      page('/shipments', () => import('./pages/shipments.tsx'), 'Shipments'),
      page('/shipments/new', () => import('./pages/new-shipment.tsx'), 'NewShipment'),
      page('/policies', () => import('./pages/policies.tsx'), 'Policies'),
      page('/shipments/$id', () => import('./pages/shipment.tsx'), 'Shipment'),
      page('/returns', () => import('./pages/returns.tsx'), 'Returns'),
      page('/returns/$id', () => import('./pages/return.tsx'), 'Return'),
      page('/devices', () => import('./pages/devices.tsx'), 'Devices'),
      page('/devices/$id', () => import('./pages/device.tsx'), 'Device'),
      page('/map', () => import('./pages/map.tsx'), 'DeviceMap'),
      page('/mismatches', () => import('./pages/mismatches.tsx'), 'Mismatches'),
      page('/sites', () => import('./pages/sites.tsx'), 'Sites'),
      page('/sites/$id', () => import('./pages/site.tsx'), 'Site'),
      page('/people', () => import('./pages/people.tsx'), 'People'),
      page('/people/$id', () => import('./pages/person.tsx'), 'Person'),
      page('/handovers', () => import('./pages/handovers.tsx'), 'Handovers'),
      page('/handovers/terms', () => import('./pages/terms.tsx'), 'Terms'),
      page('/handovers/$id', () => import('./pages/handover.tsx'), 'Handover'),
      page('/counter', () => import('./pages/counter.tsx'), 'Counter'),
      page('/addresses', () => import('./pages/addresses.tsx'), 'Addresses'),
      page('/declarations', () => import('./pages/declarations.tsx'), 'Declarations'),
      page('/places', () => import('./pages/places.tsx'), 'Places'),
      page('/places/$id', () => import('./pages/place.tsx'), 'Place'),
      page('/rules', () => import('./pages/rules.tsx'), 'Rules'),
      page('/rules/$id', () => import('./pages/rule.tsx'), 'Rule'),
      page('/catalogue', () => import('./pages/catalogue.tsx'), 'Catalogue'),
      page('/catalogue/$id', () => import('./pages/catalogue-entry.tsx'), 'CatalogueEntry'),
      page('/wordings', () => import('./pages/wordings.tsx'), 'Wordings'),
      page('/import', () => import('./pages/import.tsx'), 'Import'),
      page('/connectors', () => import('./pages/connectors.tsx'), 'Connectors'),
      page('/inbox', () => import('./pages/inbox.tsx'), 'Inbox'),
      page('/messages', () => import('./pages/messages.tsx'), 'Messages'),
      page('/settings', () => import('./pages/settings.tsx'), 'Settings'),
      page('/users', () => import('./pages/users.tsx'), 'Users'),
      page('/tokens', () => import('./pages/tokens.tsx'), 'Tokens'),
      page('/account', () => import('./pages/account.tsx'), 'Account'),
    ]),
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})

// Before the first paint, so that a dark page never flashes light. Inline scripts are not allowed here.
const kept = localStorage.getItem('mantine-color-scheme-value')
const isDark = kept === 'dark' || (kept !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
document.documentElement.setAttribute('data-mantine-color-scheme', isDark ? 'dark' : 'light')

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
      <Notifications position="bottom-right" />
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
