// The procedures' context, the roles that may call each, and the one place where our errors become tRPC's.
import { randomUUID } from 'node:crypto'
import { initTRPC, TRPCError } from '@trpc/server'
import type { TRPC_ERROR_CODE_KEY } from '@trpc/server/rpc'
import { z } from 'zod'
import { type Role, roles } from './access/auth.ts'
import type { Act } from './custody/act.ts'
import type { House } from './house.ts'
import type { Changes } from './http/listen.ts'
import { retrying } from './imports/import.ts'
import type { Tx } from './lib/database.ts'
import { AppError, faultsOf, type Problem } from './lib/errors.ts'

export interface Session {
  userId: string
  name: string
  email: string
  role: Role
  twoFactor: boolean
}

export interface Context {
  [key: string]: unknown
  house: House
  changes: Changes
  session: Session | null
  /** The address of whoever asks; null when it is not known. */
  peer: string | null
}

/** Who is asking, by better-auth's session cookie. Disabled accounts have no sessions. */
export async function createContext(
  house: House,
  changes: Changes,
  request: Request,
  peer: string | null = null,
): Promise<Context> {
  const found = await house.auth.api.getSession({ headers: request.headers })
  if (found === null) return { house, changes, peer, session: null }
  const user = found.user as typeof found.user & {
    role?: string | null
    banned?: boolean | null
    twoFactorEnabled?: boolean | null
  }
  const role = roles.find((one) => one === user.role)
  if (user.banned || role === undefined) return { house, changes, peer, session: null }
  return {
    house,
    changes,
    peer,
    session: { userId: user.id, name: user.name, email: user.email, role, twoFactor: user.twoFactorEnabled === true },
  }
}

const codes = {
  unreadable: 'BAD_REQUEST',
  unauthenticated: 'UNAUTHORIZED',
  forbidden: 'FORBIDDEN',
  not_found: 'NOT_FOUND',
  conflict: 'CONFLICT',
  too_large: 'PAYLOAD_TOO_LARGE',
  unsupported: 'UNSUPPORTED_MEDIA_TYPE',
  invalid: 'UNPROCESSABLE_CONTENT',
  too_many: 'TOO_MANY_REQUESTS',
  unavailable: 'SERVICE_UNAVAILABLE',
} as const satisfies Record<Problem, TRPC_ERROR_CODE_KEY>

interface Meta {
  /** The roles that may call it; none: anybody, signed in or not. */
  roles?: readonly Role[]
}

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    sse: { ping: { enabled: true, intervalMs: 15_000 }, client: { reconnectAfterInactivityMs: 40_000 } },
    errorFormatter({ shape, error }) {
      const { cause } = error
      const faults =
        cause instanceof AppError ? cause.faults : cause instanceof z.ZodError ? faultsOf(cause.issues) : []
      const isOurs = cause instanceof AppError || error.code !== 'INTERNAL_SERVER_ERROR'
      const message =
        cause instanceof z.ZodError
          ? faults.map((fault) => `${fault.path} ${fault.problem}`).join('; ')
          : isOurs
            ? shape.message
            : 'Something went wrong here.'
      const { stack: _, ...data } = shape.data
      return { ...shape, message, data: { ...data, faults, requestId: randomUUID() } }
    },
  })

export const router = t.router

// What the database takes from nobody: a number out of range, a NUL or half a character in a text or in JSON.
const refusedValues = new Set(['22003', '22021', '22P02', '22P05'])
const isRefusedValue = (error: unknown) => refusedValues.has(String((error as { code?: unknown } | undefined)?.code))

const mapped = t.procedure.use(async ({ next }) => {
  const result = await next()
  if (!result.ok && result.error.cause instanceof AppError) {
    const { cause } = result.error
    throw new TRPCError({ code: codes[cause.problem], message: cause.message, cause })
  }
  if (!result.ok && isRefusedValue(result.error.cause))
    throw new TRPCError({ code: 'BAD_REQUEST', message: 'This holds a character or a number that cannot be kept.' })
  return result
})

/** For anybody: invitations, the sign-in page, and whoever holds a link. */
export const open = mapped

/** A procedure that only these roles may call. Absence of a session and of a right are told apart; things are not. */
export function allow(...allowed: readonly Role[]) {
  return mapped.meta({ roles: allowed }).use(({ ctx, next }) => {
    const { session, house } = ctx
    if (session === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Sign in first.' })
    if (!allowed.includes(session.role))
      throw new TRPCError({ code: 'FORBIDDEN', message: `This is not for the role ${session.role}.` })
    const act: Act = { now: house.clock(), actor: { type: 'user', id: session.userId }, world: house.world }
    return next({ ctx: { ...ctx, session, act } })
  })
}

/** Everybody who has an account may look. */
export const everybody = allow(...roles)

/** Runs a verb in a transaction of its own, as the person who asks; one that met another writer tries again. */
export function inTransaction<T>(ctx: { house: House; act: Act }, work: (tx: Tx, act: Act) => Promise<T>): Promise<T> {
  return retrying(() => ctx.house.db.transaction().execute((tx) => work(tx, ctx.act)))
}
