// Undoing a wrong match: what a source reported was another machine's, and finds its own record from now on.
import type { Act } from '../custody/act.ts'
import { keepNote, lockSubjects, record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { normaliseUuid, spellingsOf } from './identity.ts'
import { judgeAnew } from './merging.ts'

export interface WrongMatch {
  deviceId: string
  source: string
  /** From when on the reports were another machine's; every dossier leaves them out from there. */
  since: Date
  reason: string
}

/**
 * Undoes the match of one source with one device. What that source knows the device by leads here no more, and the next
 * report makes or finds its own record. The ledger and presence keep what was recorded. Throws 'not_found', 'invalid'.
 */
export async function undoMatch(tx: Tx, act: Act, input: WrongMatch): Promise<void> {
  const { deviceId, source } = input
  await lockSubjects(tx, { deviceIds: [deviceId] })
  const match = await tx
    .selectFrom('device_matches')
    .innerJoin('devices', 'devices.id', 'device_matches.device_id')
    .select(['matched_by', 'serial_number'])
    .where('device_id', '=', deviceId)
    .where('source', '=', source)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  if (match === undefined) throw new AppError('not_found', 'This source has reported nothing of this device.')
  if (input.since > act.now)
    throw new AppError('invalid', 'The time from which on the reports were another machine’s lies in the future.', [
      { path: 'since', problem: 'must not be in the future' },
    ])
  const names = await namesIn(tx, deviceId, source)
  if (match.matched_by === 'serial number' && match.serial_number !== null) names.add(match.serial_number)
  if (names.size === 0)
    throw new AppError(
      'conflict',
      'Nothing by which this source knows the device is on file any more: wait for its next report.',
    )
  await tx
    .insertInto('match_refusals')
    .values([...names].map((alias) => ({ source, alias, device_id: deviceId, refused_at: act.now })))
    .onConflict((oc) => oc.doNothing())
    .execute()
  await forget(tx, deviceId, source)
  await judgeAnew(tx, act, [deviceId])
  const noteId = await keepNote(tx, act.now, input.reason)
  await record(tx, act.now, [
    {
      kind: 'device.match_undone',
      deviceId,
      occurredAt: act.now,
      actor: act.actor,
      payload: { source, since: input.since.toISOString(), matchedBy: match.matched_by, noteId },
    },
  ])
}

/** By what the source's reports could lead here: its own ids, the UUID and the tag it told. */
async function namesIn(tx: Tx, deviceId: string, source: string): Promise<Set<string>> {
  const aliases = await tx
    .selectFrom('device_aliases')
    .select('alias')
    .where('device_id', '=', deviceId)
    .where('source', '=', source)
    .execute()
  const facets = await tx
    .selectFrom('facets')
    .select('content')
    .where('device_id', '=', deviceId)
    .where('source', '=', source)
    .where('facet', 'in', ['hardware', 'identity'])
    .execute()
  const told = facets.flatMap((row) => {
    const { hardwareUuid, assetTag } = row.content as { hardwareUuid?: string; assetTag?: string }
    const uuid = normaliseUuid(hardwareUuid)
    return [...(uuid === null ? [] : spellingsOf(uuid)), ...(assetTag === undefined ? [] : [assetTag.toLowerCase()])]
  })
  return new Set([...aliases.map((row) => row.alias), ...told])
}

/** What the source told of the device, and by what its next report would be known again. */
async function forget(tx: Tx, deviceId: string, source: string): Promise<void> {
  for (const table of ['device_aliases', 'device_matches', 'facets'] as const)
    await tx.deleteFrom(table).where('device_id', '=', deviceId).where('source', '=', source).execute()
  await tx
    .updateTable('presence')
    .set({ fingerprint: null })
    .where('device_id', '=', deviceId)
    .where('source', '=', source)
    .execute()
}
