// The endpoints that machines write to: webhooks, people, devices, shipments. Check-ins have their own (check-ins.ts).
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Scope, Token } from '../access/tokens.ts'
import type { House } from '../house.ts'
import type { ImportKind } from '../imports/columns.ts'
import { importRows } from '../imports/import.ts'
import { storeDelivery } from '../inbox.ts'
import { AppError } from '../lib/errors.ts'
import type { WebhookSource } from '../ports.ts'
import { readBody, readItems } from './body.ts'
import { peerOf } from './peer.ts'
import { answerOf, keepingUnreadable, keepRejects, unreadable } from './rejected.ts'

type Env = { Bindings: HttpBindings }

/** Everything that machines send, to be mounted at the root and before any other middleware. */
export function intakeEndpoints(house: House): Hono<Env> {
  const app = new Hono<Env>()
  app.post('/webhooks/:source', (c) => receiveWebhook(house, c))
  // Of a vendor that signs nothing, the secret is the end of the path: it is written nowhere.
  app.post('/webhooks/:source/:secret', (c) => receiveWebhook(house, c))
  app.post('/people', (c) => receiveRows(house, 'people', 'directory:write', c))
  app.post('/devices', (c) => receiveRows(house, 'devices', 'directory:write', c))
  app.post('/shipments', (c) => receiveRows(house, 'shipments', 'shipments:write', c))
  return app
}

const requireToken = (house: House, c: Context<Env>, scope: Scope): Promise<Token> =>
  house.tokens.require(c.req.header('authorization') ?? null, scope, peerOf(c.env.incoming))

// ── Webhooks ───────────────────────────────────────────────────────────────────────────────────────────────

async function receiveWebhook(house: House, c: Context<Env>): Promise<Response> {
  const source = house.sources.find((one) => one.source === c.req.param('source'))
  const hasToken = /^Bearer\s/i.test(c.req.header('authorization') ?? '')
  const isBelow = c.req.param('secret') !== undefined
  if (
    source === undefined ||
    (isBelow && !source.secretInPath) ||
    (!source.configured && !(source.takesTokens && hasToken))
  )
    throw new AppError('not_found', 'No such source is configured here.')
  const token = source.takesTokens && hasToken ? await requireToken(house, c, 'checkins:write') : null
  const { bytes: body } = await readBody(c.env.incoming)
  if (token === null) requireProof(house, source, c, body)
  await storeDelivery(house.db, house.clock(), {
    source: source.source,
    deliveryKey: source.deliveryKey(body),
    body,
    tokenId: token?.id ?? null,
  })
  house.worker.wake('read')
  return c.json({ stored: true })
}

function requireProof(house: House, source: WebhookSource, c: Context<Env>, body: Buffer): void {
  const request = {
    method: c.req.method,
    path: new URL(c.req.url).pathname,
    header: (name: string) => c.req.header(name) ?? null,
    body,
  }
  if (source.verify(request, house.clock())) return
  house.log.warn(`a webhook for ${source.source} came without a valid proof`)
  throw new AppError(
    'unauthenticated',
    'The proof of this webhook is missing or wrong: check the secret on both sides.',
  )
}

// ── People, devices, shipments ─────────────────────────────────────────────────────────────────────────────

async function receiveRows(house: House, kind: ImportKind, scope: Scope, c: Context<Env>): Promise<Response> {
  const token = await requireToken(house, c, scope)
  const body = await readBody(c.env.incoming)
  const { items, single } = await keepingUnreadable(house, { source: kind, token, body }, () =>
    readItems(body.bytes, c.req.header('content-type') ?? null),
  )
  const act = { now: house.clock(), actor: { type: 'token', id: token.id } as const, world: house.world }
  const bodies = new Map(items.flatMap((item) => ('problem' in item ? [] : [[item.index, item.value] as const])))
  const rows = [...bodies].map(([line, cells]) => ({ line, cells }))
  const summary = await importRows(house.db, act, {
    kind,
    rows,
    fileName: null,
    source: token.source,
    dryRun: false,
    undoable: false,
  })
  const rejected = unreadable(items)
  for (const { line, faults } of summary.rejected) rejected.push({ index: line, body: bodies.get(line), faults })
  await keepRejects(house, kind, token, rejected)
  house.worker.wake('read')
  house.worker.wake('detect')
  const [only] = rejected
  if (single && only)
    throw new AppError('invalid', 'The object is readable but wrong; it is kept in the inbox.', only.faults)
  const { created, updated, unchanged } = summary
  return c.json({ created, updated, unchanged, rejected: answerOf(rejected) })
}
