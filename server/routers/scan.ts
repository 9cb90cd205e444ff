// Scanning in the stockroom: what each code means for the job at hand, said so that nobody can mistake it.
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import { receiveReturned } from '../devices/receipt.ts'
import { readScanned, type ScannedCode } from '../devices/scanned.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { packScanned } from '../shipping/packing.ts'
import { allow, inTransaction, router } from '../trpc.ts'

const provisioner = allow('admin', 'provisioner')
const scan = z.object({
  /** The page's own id of the scan: sent again, it is the same scan. */
  scanId: z.string().min(8).max(60),
  text: z.string().trim().min(1).max(300),
})

export interface ScanResult {
  serial: string
  is: 'good' | 'duplicate' | 'unknown' | 'wrong'
  says: string
  /** A page that helps, as a path. */
  page: string | null
}

type Job = (tx: Tx, act: Act, input: { serial: string; scanId: string }) => Promise<Omit<ScanResult, 'serial'>>
type Ctx = Parameters<typeof inTransaction>[0]

/** Does the job for every code of a scan, each in a transaction of its own: one that fails stops no other. */
async function each(ctx: Ctx, input: z.infer<typeof scan>, job: Job): Promise<{ results: ScanResult[] }> {
  const codes = await readScanned(ctx.house.db, input.text)
  if (codes.length === 0)
    return { results: [{ serial: input.text, is: 'unknown', says: 'That is no serial number.', page: null }] }
  const results: ScanResult[] = []
  for (const [index, code] of codes.entries()) {
    const scanId = index === 0 ? input.scanId : `${input.scanId}-${index}`
    results.push({
      serial: code.serial,
      ...(await said(ctx, code, (tx, act) => job(tx, act, { serial: code.serial, scanId }))),
    })
  }
  return { results }
}

/** What was refused, and why, is an answer to a scan like any other. */
async function said(
  ctx: Ctx,
  code: ScannedCode,
  work: (tx: Tx, act: Act) => Promise<Omit<ScanResult, 'serial'>>,
): Promise<Omit<ScanResult, 'serial'>> {
  try {
    return await inTransaction(ctx, work)
  } catch (error) {
    if (!(error instanceof AppError) || (error.problem !== 'not_found' && error.problem !== 'conflict')) throw error
    const page = code.deviceId === null ? null : `/devices/${code.deviceId}`
    return { is: error.problem === 'not_found' ? 'unknown' : 'wrong', says: error.message, page }
  }
}

export const scanRouter = router({
  pack: provisioner.input(scan.extend({ shipmentId: z.string().max(100).optional() })).mutation(({ ctx, input }) =>
    each(ctx, input, async (tx, act, { serial, scanId }) => {
      const done = await packScanned(tx, act, { serial, scanId, shipmentId: input.shipmentId })
      const count = done.of === 1 ? '' : ` (${done.packed} of ${done.of})`
      const page = `/shipments/${done.shipmentId}`
      return done.is === 'packed'
        ? { is: 'good', says: `Packed in ${done.parcel}${count}.`, page }
        : { is: 'duplicate', says: `It is in ${done.parcel} already${count}.`, page }
    }),
  ),
  receive: provisioner.input(scan).mutation(({ ctx, input }) =>
    each(ctx, input, async (tx, act, { serial, scanId }) => {
      const done = await receiveReturned(tx, act, { serialRead: serial, scanId })
      const page = done.returnId === null ? `/devices/${done.deviceId}` : `/returns/${done.returnId}`
      return done.is === 'received'
        ? { is: 'good', says: 'Received back.', page }
        : {
            is: 'duplicate',
            says:
              done.returnId === null ? 'It is here already: nobody was to send it back.' : 'It was received already.',
            page,
          }
    }),
  ),
})
