// A hand-over in which something was declined, or another laptop read back, needs a look until somebody says what came of it.
import type { Act } from '../custody/act.ts'
import { keepNote, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { aboutHandover, lockHandover } from './links.ts'

/** Says what came of it; custody stays where it is. Throws 'conflict' where there is nothing to deal with. */
export async function dealWithHandover(tx: Tx, act: Act, input: { handoverId: string; reason: string }): Promise<void> {
  const handover = await lockHandover(tx, input.handoverId)
  const dealt = await tx
    .updateTable('handover_items')
    .set({ dealt_at: act.now })
    .where('handover_id', '=', handover.id)
    .where('dealt_at', 'is', null)
    .where((eb) => eb.or([eb('answer', '=', 'declined'), eb('read_back', '=', 'different')]))
    .returning('device_id')
    .execute()
  if (dealt.length === 0) throw new AppError('conflict', 'Nothing in it needs a look, or somebody has dealt with it.')
  const deviceIds = dealt.map((item) => item.device_id).sort()
  const noteId = await keepNote(tx, act.now, input.reason, handover.case_id)
  await record(tx, act.now, [
    {
      ...aboutHandover(act, handover, deviceIds),
      kind: 'handover.dealt_with',
      payload: { handoverId: handover.id, deviceIds, noteId },
    },
  ])
}
