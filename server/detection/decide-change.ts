// A second person's word on a change that waits: approved, it is done as it was asked for; refused, nothing is.
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { applyDeclaration } from './company-declarations.ts'
import { applyRuleChange } from './rule-versions.ts'
import { applySuppression } from './suppressions.ts'
import { type ChangeKind, lockChange, settleChange } from './waiting-changes.ts'

type Apply = (tx: Tx, act: Act, input: { asked: unknown; author: Actor; reason: string }) => Promise<void>

const applyOf: Record<ChangeKind, Apply> = {
  rule: applyRuleChange,
  suppression: applySuppression,
  declaration: applyDeclaration,
}

/** Approves or refuses a change. Who asked for it may refuse it, which takes it back, and approves nothing of their own. */
export async function decideChange(
  tx: Tx,
  act: Act,
  input: { changeId: string; decision: 'approved' | 'refused'; note: string },
): Promise<void> {
  const taken = await lockChange(tx, input.changeId)
  const event = await settleChange(tx, act, taken, input)
  if (input.decision === 'approved')
    await applyOf[taken.row.what](tx, act, { asked: taken.row.asked, author: taken.author, reason: taken.reason })
  await record(tx, act.now, [event])
}
