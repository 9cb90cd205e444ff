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
import { parseSearch, stringifySearch } from './parts/search-state.ts'
import { Shell } from './parts/shell.tsx'
import { Failure, Nothing } from './parts/states.tsx'
import { setClock } from './parts/time.tsx'
import { cssVariablesResolver, theme } from './theme.ts'

const root = createRootRoute({
  component: Outlet,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  notFoundComponent: () => (
    <Nothing title="There is no such page.">
      <a href="/cases">Go to the cases</a>, or search with Ctrl K.
    </Nothing>
  ),
})

/** Whoever is not signed in goes to sign in, and comes back here. */
const shell = createRoute({
  getParentRoute: () => root,
  id: 'shell',
  component: Shell,
  async beforeLoad({ location }) {
    try {
      const me = await queryClient.ensureQueryData(trpc.access.me.queryOptions())
      setClock(me.now)
    } catch (error) {
      if (readError(error).code === 'UNAUTHORIZED') throw redirect({ to: '/sign-in', search: { back: location.href } })
      throw error
    }
  },
})

const page = (path: string, component: RouteComponent, parent = shell) =>
  createRoute({ getParentRoute: () => parent as typeof shell, path, component })

const home = createRoute({
  getParentRoute: () => shell,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/cases' })
  },
})

const router = createRouter({
  routeTree: root.addChildren([
    page(
      '/sign-in',
      lazyRouteComponent(() => import('./pages/sign-in.tsx'), 'SignIn'),
      root as never,
    ),
    page(
      '/invite/$secret',
      lazyRouteComponent(() => import('./pages/invite.tsx'), 'Invite'),
      root as never,
    ),
    shell.addChildren([
      home,
      page(
        '/cases',
        lazyRouteComponent(() => import('./pages/cases.tsx'), 'Cases'),
      ),
      page(
        '/cases/$number',
        lazyRouteComponent(() => import('./pages/case.tsx'), 'Case'),
      ),
      page(
        '/shipments',
        lazyRouteComponent(() => import('./pages/shipments.tsx'), 'Shipments'),
      ),
      page(
        '/shipments/$id',
        lazyRouteComponent(() => import('./pages/shipment.tsx'), 'Shipment'),
      ),
      page(
        '/devices',
        lazyRouteComponent(() => import('./pages/devices.tsx'), 'Devices'),
      ),
      page(
        '/devices/$id',
        lazyRouteComponent(() => import('./pages/device.tsx'), 'Device'),
      ),
      page(
        '/people',
        lazyRouteComponent(() => import('./pages/people.tsx'), 'People'),
      ),
      page(
        '/people/$id',
        lazyRouteComponent(() => import('./pages/person.tsx'), 'Person'),
      ),
      page(
        '/rules',
        lazyRouteComponent(() => import('./pages/rules.tsx'), 'Rules'),
      ),
      page(
        '/rules/$id',
        lazyRouteComponent(() => import('./pages/rule.tsx'), 'Rule'),
      ),
      page(
        '/import',
        lazyRouteComponent(() => import('./pages/import.tsx'), 'Import'),
      ),
      page(
        '/inbox',
        lazyRouteComponent(() => import('./pages/inbox.tsx'), 'Inbox'),
      ),
      page(
        '/messages',
        lazyRouteComponent(() => import('./pages/messages.tsx'), 'Messages'),
      ),
      page(
        '/users',
        lazyRouteComponent(() => import('./pages/users.tsx'), 'Users'),
      ),
      page(
        '/tokens',
        lazyRouteComponent(() => import('./pages/tokens.tsx'), 'Tokens'),
      ),
      page(
        '/account',
        lazyRouteComponent(() => import('./pages/account.tsx'), 'Account'),
      ),
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
