// Sign-in of people: better-auth with password and TOTP, in a database schema of its own.
import { betterAuth } from 'better-auth'
import { admin, twoFactor } from 'better-auth/plugins'
import { createAccessControl } from 'better-auth/plugins/access'
import pg from 'pg'

/** What a person may be here, least rights last. See `access/rights.ts` for what each may do. */
export const roles = ['admin', 'provisioner', 'analyst', 'auditor'] as const
export type Role = (typeof roles)[number]

// better-auth wants its own notion of rights per role; ours are per procedure (trpc.ts), so these carry none.
const access = createAccessControl({ session: ['list'] })
const noRights = access.newRole({ session: [] })

/** Carries the address of the connection's other end to better-auth; set by the app, never taken from outside. */
export const peerHeader = 'x-telltale-peer'

export interface AuthOptions {
  databaseUrl: string
  /** 32 bytes or more; sessions and TOTP secrets hang on it. */
  secret: string
  /** The public URL of the service. */
  url: string
  log: { error(message: string): void }
}

/**
 * The sign-in service, to be mounted under `/auth`, and its own small pool. Nobody signs up by themselves: accounts
 * come from invitations (`access/invitations.ts`).
 */
export function createAuth(options: AuthOptions) {
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, options: '-c search_path=auth' })
  pool.on('error', () => options.log.error('a sign-in database connection was lost'))
  const auth = betterAuth({
    appName: 'Telltale',
    baseURL: options.url,
    basePath: '/auth',
    secret: options.secret,
    database: pool,
    telemetry: { enabled: false },
    trustedOrigins: [options.url, options.url.replace('//localhost', '//127.0.0.1')],
    emailAndPassword: { enabled: true, disableSignUp: true, minPasswordLength: 12, maxPasswordLength: 256 },
    session: { expiresIn: 60 * 60 * 24 * 7, cookieCache: { enabled: false } },
    advanced: {
      cookiePrefix: 'telltale',
      useSecureCookies: options.url.startsWith('https:'),
      // Said, since a variable like NODE_ENV=test would turn the check off.
      disableOriginCheck: false,
      // Whoever connects may write any X-Forwarded-For: only what we saw ourselves counts.
      ipAddress: { ipAddressHeaders: [peerHeader] },
    },
    // Guessing is slowed down per peer; an office behind one address still gets in.
    rateLimit: {
      enabled: true,
      storage: 'memory',
      customRules: { '/sign-in/email': { window: 60, max: 20 }, '/two-factor/*': { window: 60, max: 20 } },
    },
    logger: { level: 'error', log: (_level, message) => options.log.error(`sign-in: ${message}`) },
    plugins: [
      admin({
        ac: access,
        roles: { admin: noRights, provisioner: noRights, analyst: noRights, auditor: noRights },
        defaultRole: 'auditor',
        adminRoles: ['admin'],
      }),
      twoFactor({ issuer: 'Telltale' }),
    ],
  })
  return { auth, close: () => pool.end() }
}

export type Auth = ReturnType<typeof createAuth>['auth']
