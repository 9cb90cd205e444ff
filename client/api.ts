// The pages' way to the service: typed procedures, live updates, and errors that name what to quote.
import { notifications } from '@mantine/notifications'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink, TRPCClientError } from '@trpc/client'
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server'
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query'
import type { AppRouter } from '../server/router.ts'

export type Outputs = inferRouterOutputs<AppRouter>
export type Inputs = inferRouterInputs<AppRouter>
export type Me = Outputs['access']['me']
export type Role = Me['role']

export interface ApiError {
  message: string
  /** tRPC's code, such as NOT_FOUND; null when the service was not reached. */
  code: string | null
  requestId: string | null
  faults: { path: string; problem: string }[]
}

/** Whatever was thrown by a query or a mutation, as a person can read it and quote it. */
export function readError(error: unknown): ApiError {
  if (error instanceof TRPCClientError) {
    const data = error.data as { code?: string; requestId?: string; faults?: ApiError['faults'] } | undefined
    if (data?.code)
      return { message: error.message, code: data.code, requestId: data.requestId ?? null, faults: data.faults ?? [] }
    return {
      message: 'The service cannot be reached. Look at your connection; this page tries again by itself.',
      code: null,
      requestId: null,
      faults: [],
    }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { message, code: null, requestId: null, faults: [] }
}

const isSignedOut = (error: unknown) => readError(error).code === 'UNAUTHORIZED'

/** Sends to the sign-in page, and back here afterwards. */
function signInFirst(): void {
  const here = location.pathname + location.search
  if (location.pathname === '/sign-in' || location.pathname.startsWith('/invite/')) return
  location.assign(`/sign-in?back=${encodeURIComponent(here)}`)
}

/** Shows an error for a while, with the id to quote. */
export function showError(error: unknown): void {
  const { message, requestId } = readError(error)
  notifications.show({
    title: 'That did not work',
    message: requestId === null ? message : `${message} (id ${requestId})`,
    color: 'dark',
    autoClose: 12_000,
    withBorder: true,
  })
}

/** Says that something was done. */
export function showDone(message: string): void {
  notifications.show({ message, autoClose: 4_000, withBorder: true })
}

const retries = 2

/** Options of a mutation whose page shows its errors beside what caused them; others are shown as a notice. */
export const quietly = { meta: { showsErrors: true } }

/** Options of a mutation that changes nothing which a page shows, and need not be told of. */
export const unseen = { meta: { showsErrors: true, changesNothing: true } }

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      retry: (count, error) => readError(error).code === null && count < retries,
    },
  },
  queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && signInFirst() }),
  mutationCache: new MutationCache({
    /** A form that shows its own errors says so: `quietly`. */
    onError(error, _variables, _context, mutation) {
      if (isSignedOut(error)) signInFirst()
      else if (mutation.meta?.['showsErrors'] !== true) showError(error)
    },
    /** What was done may show anywhere: every list that is open asks again. */
    onSuccess: (_data, _variables, _context, mutation) =>
      mutation.meta?.['changesNothing'] === true ? undefined : queryClient.invalidateQueries(),
  }),
})

const client = createTRPCClient<AppRouter>({
  links: [
    splitLink({
      condition: (operation) => operation.type === 'subscription',
      true: httpSubscriptionLink({ url: '/trpc' }),
      false: httpBatchStreamLink({ url: '/trpc' }),
    }),
  ],
})

export const trpc = createTRPCOptionsProxy<AppRouter>({ client, queryClient })
