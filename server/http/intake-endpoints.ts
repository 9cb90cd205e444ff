// The endpoints that machines write to: webhooks, check-ins, people, devices, shipments.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Scope, Token } from '../access/tokens.ts'
import { type Gather, gatherCheckIns } from '../checkins/gather.ts'
import { type CheckInItem, recordCheckIns } from '../checkins/record-checkins.ts'
import type { House } from '../house.ts'
import type { ImportKind } from '../imports/columns.ts'
import { importRows, retrying } from '../imports/import.ts'
import { keepRejected, storeDelivery } from '../inbox.ts'
import { readCheckIn } from '../integrations/mdm/generic.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, type Fault, faultsText, messageOf } from '../lib/errors.ts'
import type { WebhookSource } from '../ports.ts'
import { type Body, type Item, readBody, readItems } from './body.ts'
import { peerOf } from './peer.ts'

type Env = { Bindings: HttpBindings }

/** Everything that machines send, to be mounted at the root and before any other middleware. */
export function intakeEndpoints(house: House): Hono<Env> {
  const app = new Hono<Env>()
  const gather = gatherCheckIns((items) => writeCheckIns(house, items))
  app.post('/webhooks/:source', (c) => receiveWebhook(house, c))
  app.post('/checkins', (c) => receiveCheckIns(house, gather, c))
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
  if (source === undefined || (!source.configured && !(source.takesTokens && hasToken)))
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

// ── Check-ins ──────────────────────────────────────────────────────────────────────────────────────────────

async function receiveCheckIns(house: House, gather: Gather, c: Context<Env>): Promise<Response> {
  const token = await requireToken(house, c, 'checkins:write')
  const body = await readBody(c.env.incoming)
  const { items, single } = await readKept(house, 'checkins', token, body, c.req.header('content-type') ?? null)
  const rejected = unreadable(items)
  const good: { index: number; body: unknown; item: CheckInItem }[] = []
  for (const item of items) {
    if ('problem' in item) continue
    const read = readCheckIn(item.value)
    if (read.ok)
      good.push({
        index: item.index,
        body: item.value,
        item: { checkIn: read.checkIn, source: token.source, vouches: token.vouches, tokenId: token.id },
      })
    else rejected.push({ index: item.index, body: item.value, faults: read.faults })
  }
  const results = good.length === 0 ? [] : await gather(good.map((one) => one.item))
  let changed = 0
  let unchanged = 0
  results.forEach((result, at) => {
    if (result === 'changed') changed++
    else if (result === 'unchanged') unchanged++
    else rejected.push({ index: good[at]!.index, body: good[at]!.body, faults: result.faults })
  })
  if (changed > 0) house.worker.wake('detect')
  await keep(house, 'checkins', token, rejected)
  const [only] = rejected
  if (single && only)
    throw new AppError('invalid', 'The check-in is readable but wrong; it is kept in the inbox.', only.faults)
  return c.json({ accepted: changed + unchanged, unchanged, changed, rejected: answerOf(rejected) })
}

async function writeCheckIns(house: House, items: CheckInItem[]) {
  const now = house.clock()
  const groups = [...Map.groupBy(items.entries(), ([, item]) => item.tokenId).values()]
  const results = new Array<Awaited<ReturnType<typeof recordCheckIns>>[number]>(items.length)
  // A transaction for each token: a second one's rows would be locked after the ledger was.
  for (const group of groups) {
    const tokenId = group[0]![1].tokenId
    const actor =
      tokenId === null ? ({ type: 'system', part: 'checkins' } as const) : ({ type: 'token', id: tokenId } as const)
    const record = (tx: Tx) =>
      recordCheckIns(
        tx,
        { now, actor, world: house.world },
        group.map(([, item]) => item),
      )
    const came = await retrying(() => house.db.transaction().execute(record))
    group.forEach(([index], at) => {
      results[index] = came[at]!
    })
  }
  return results
}

// ── People, devices, shipments ─────────────────────────────────────────────────────────────────────────────

async function receiveRows(house: House, kind: ImportKind, scope: Scope, c: Context<Env>): Promise<Response> {
  const token = await requireToken(house, c, scope)
  const body = await readBody(c.env.incoming)
  const { items, single } = await readKept(house, kind, token, body, c.req.header('content-type') ?? null)
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
  await keep(house, kind, token, rejected)
  house.worker.wake('read')
  house.worker.wake('detect')
  const [only] = rejected
  if (single && only)
    throw new AppError('invalid', 'The object is readable but wrong; it is kept in the inbox.', only.faults)
  const { created, updated, unchanged } = summary
  return c.json({ created, updated, unchanged, rejected: answerOf(rejected) })
}

// ── What is refused is kept ────────────────────────────────────────────────────────────────────────────────

interface Rejected {
  index: number
  body: unknown
  faults: Fault[]
}

/** Reads the items; a body that cannot be read at all is kept too, where it had a proof. */
async function readKept(house: House, source: string, token: Token, body: Body, contentType: string | null) {
  try {
    if (body.problem !== null) throw new AppError('unreadable', body.problem)
    return readItems(body.bytes, contentType)
  } catch (error) {
    if (error instanceof AppError && error.problem === 'unreadable')
      await keepRejected(house.db, house.clock(), {
        source,
        tokenId: token.id,
        items: [{ body: body.bytes, reason: messageOf(error) }],
      })
    throw error
  }
}

const unreadable = (items: Item[]): Rejected[] =>
  items.flatMap((item) =>
    'problem' in item
      ? [{ index: item.index, body: Buffer.from(item.text), faults: [{ path: '', problem: item.problem }] }]
      : [],
  )

const keep = (house: House, source: string, token: Token, rejected: Rejected[]) =>
  keepRejected(house.db, house.clock(), {
    source,
    tokenId: token.id,
    items: rejected.map((one) => ({ body: one.body, reason: faultsText(one.faults) })),
  })

const answerOf = (rejected: Rejected[]) =>
  rejected.toSorted((a, b) => a.index - b.index).map(({ index, faults }) => ({ index, problem: faultsText(faults) }))
