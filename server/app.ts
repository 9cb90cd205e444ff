// The web application: machines' endpoints first and bare, then sign-in, the pages' procedures, health, and the client.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpBindings } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { trpcServer } from '@hono/trpc-server'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import { secureHeaders } from 'hono/secure-headers'
import { peerHeader } from './access/auth.ts'
import type { House } from './house.ts'
import { agentEndpoints } from './http/agents.ts'
import { documents } from './http/documents.ts'
import { intakeEndpoints } from './http/intake-endpoints.ts'
import type { Changes } from './http/listen.ts'
import { metricsOf } from './http/metrics.ts'
import { peerOf } from './http/peer.ts'
import { problemResponse } from './http/problem.ts'
import { AppError, logText } from './lib/errors.ts'
import { appRouter } from './router.ts'
import { createContext } from './trpc.ts'

export interface AppOptions {
  changes: Changes
}

const client = fileURLToPath(new URL('../dist/', import.meta.url))

/** What machines speak to is no page, also where they ask in the wrong way. */
const machinePaths = /^\/(webhooks|auth|trpc)(\/|$)|^\/checkins$/

const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  // The barcode reader is WebAssembly, served by us; no script but ours runs.
  scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  frameAncestors: ["'none'"],
  formAction: ["'self'"],
}

export function createApp(house: House, options: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.onError((error) => problemResponse(error, house.log))
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', async (c) => {
    await house.db
      .selectFrom('cursors')
      .select('seq')
      .limit(1)
      .execute()
      .catch(() => {
        throw new AppError('unavailable', 'The database does not answer.')
      })
    return c.json({ ready: true })
  })
  app.route('/', intakeEndpoints(house))
  app.route('/', agentEndpoints(house))
  // Everything from here on is for people.
  app.use(secureHeaders({ contentSecurityPolicy, referrerPolicy: 'no-referrer' }))
  const metrics = metricsOf(house)
  app.get('/metrics', async (c) => {
    await house.tokens.require(c.req.header('authorization') ?? null, 'read', peerOf(c.env.incoming))
    return c.text(await metrics.text(), 200, { 'content-type': metrics.contentType })
  })
  const tooLarge = () => {
    throw new AppError('too_large', 'That is more than is taken here.')
  }
  app.use('/auth/*', bodyLimit({ maxSize: 64 * 1024, onError: tooLarge }))
  // A file to import comes as base64 of at most 16 MiB, within JSON; whoever has no account can send nothing like it.
  const forFiles = bodyLimit({ maxSize: 24 * 1024 * 1024, onError: tooLarge })
  const forCalls = bodyLimit({ maxSize: 1024 * 1024, onError: tooLarge })
  app.use('/trpc/*', (c, next) =>
    (/^\/trpc\/(imports\.\w+(,imports\.\w+)*|knownPlaces\.import)$/.test(c.req.path) ? forFiles : forCalls)(c, next),
  )
  app.on(['GET', 'POST'], '/auth/*', (c) => {
    const headers = new Headers(c.req.raw.headers)
    headers.set(peerHeader, peerOf(c.env.incoming) ?? '')
    return house.auth.handler(new Request(c.req.raw, { headers }))
  })
  app.use(
    '/trpc/*',
    trpcServer({
      endpoint: '/trpc',
      router: appRouter,
      createContext: (_options, c) =>
        createContext(house, options.changes, c.req.raw, peerOf((c.env as HttpBindings).incoming)),
      onError({ error, path: procedure }) {
        if (error.code === 'INTERNAL_SERVER_ERROR')
          house.log.error(`procedure ${procedure} failed: ${logText(error.cause ?? error)}`)
      },
    }),
  )
  app.route('/', documents(house, options.changes))
  app.use('/assets/*', compress())
  app.use(
    '/assets/*',
    serveStatic({
      root: path.relative(process.cwd(), client),
      onFound: (_path, c) => c.header('cache-control', 'public, max-age=31536000, immutable'),
    }),
  )
  // Every other path is a page of the client's.
  app.get('*', async (c, next) => {
    if (machinePaths.test(c.req.path)) return next()
    const file = path.join(client, 'index.html')
    if (/\.\w{1,5}$/.test(c.req.path) || !existsSync(file))
      throw new AppError(
        'not_found',
        existsSync(file) ? 'There is no such page.' : 'The client was not built: run “npm run build”.',
      )
    return c.html(await readFile(file, 'utf8'), 200, { 'cache-control': 'no-cache' })
  })
  app.notFound((c) =>
    problemResponse(new AppError('not_found', `There is no ${c.req.method} ${c.req.path}.`), house.log),
  )
  return app
}
