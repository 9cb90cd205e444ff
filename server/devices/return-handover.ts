// The hand-over in which a person signs for having given a laptop back.
import type { Act } from '../custody/act.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { openHandover } from './handovers.ts'
import { lockReturn } from './returns.ts'

/** Opens it, or gives the one that is open. Throws 'conflict' where nobody is to sign, or they have signed. */
export async function openReturnHandover(
  tx: Tx,
  act: Act,
  input: { returnId: string },
): Promise<{ handoverId: string }> {
  const row = await lockReturn(tx, input.returnId)
  if (row.person_id === null) throw new AppError('conflict', 'Nobody is named who could sign for it.')
  if (row.person_acknowledged_at !== null) throw new AppError('conflict', 'They have signed for it already.')
  const open = await tx
    .selectFrom('handovers')
    .innerJoin('handover_items', 'handover_items.handover_id', 'handovers.id')
    .select('handovers.id')
    .where('device_id', '=', row.device_id)
    .where('person_id', '=', row.person_id)
    .where('kind', '=', 'return')
    .where('status', '=', 'open')
    .executeTakeFirst()
  if (open) return { handoverId: open.id }
  const { id } = await openHandover(tx, act, { kind: 'return', personId: row.person_id, deviceIds: [row.device_id] })
  return { handoverId: id }
}
