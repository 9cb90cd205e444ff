// Paper for the bench: a parcel's label and its packing slip, for whoever may ship, judged first and kept nowhere.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import type { Act } from '../custody/act.ts'
import { requireDesk } from '../desk.ts'
import { judgeShipment } from '../detection/engine.ts'
import type { House } from '../house.ts'
import { retrying } from '../imports/import.ts'
import { AppError } from '../lib/errors.ts'
import { held, recordPrinted } from '../shipping/label-rows.ts'
import { printLabel } from '../shipping/labels.ts'
import { drawSlip, readSlip } from '../shipping/packing-slip.ts'
import { createContext } from '../trpc.ts'
import type { Changes } from './listen.ts'
import { peerOf } from './peer.ts'

type Env = { Bindings: HttpBindings }

/** `GET /documents/labels/<id>.pdf` and `GET /documents/slips/<shipment>.pdf`, by the session cookie. */
export function documents(house: House, changes: Changes): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/documents/labels/:file', async (c) => {
    const act = await whoPrints(house, changes, c)
    const pdf = await printLabel(requireDesk(house), act, { labelId: idOf(c.req.param('file')) }).finally(() =>
      house.worker.wake('deliver'),
    )
    return answer(pdf, `label-${idOf(c.req.param('file'))}.pdf`)
  })
  app.get('/documents/slips/:file', async (c) => {
    const act = await whoPrints(house, changes, c)
    const shipmentId = idOf(c.req.param('file'))
    const slip = await retrying(() =>
      house.db.transaction().execute(async (tx) => {
        if (await judgeShipment(tx, house, shipmentId)) return null
        const read = await readSlip(tx, shipmentId)
        await recordPrinted(tx, act, { shipmentId, labelId: null, what: 'packing slip' })
        return read
      }),
    )
    house.worker.wake('deliver')
    if (slip === null) throw held()
    return answer(await drawSlip(slip), `packing-slip-${shipmentId}.pdf`)
  })
  return app
}

function idOf(file: string): string {
  const id = /^([a-z]+_[a-z0-9]+)\.pdf$/.exec(file)?.[1]
  if (id === undefined) throw new AppError('not_found', 'There is no such document.')
  return id
}

async function whoPrints(house: House, changes: Changes, c: Context<Env>): Promise<Act> {
  const { session } = await createContext(house, changes, c.req.raw, peerOf(c.env.incoming))
  if (session === null) throw new AppError('unauthenticated', 'Sign in first, then print again.')
  if (session.role !== 'admin' && session.role !== 'provisioner')
    throw new AppError('forbidden', `This is not for the role ${session.role}.`)
  return { now: house.clock(), actor: { type: 'user', id: session.userId }, world: house.world }
}

const answer = (pdf: Uint8Array, name: string) =>
  new Response(new Uint8Array(pdf), {
    headers: {
      'content-type': 'application/pdf',
      'content-disposition': `inline; filename="${name}"`,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  })
