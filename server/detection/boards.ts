// Which board a laptop runs on, by the hardware UUIDs that sources tell.
import { boardKey } from '../devices/identity.ts'
import { DAY, plus } from '../lib/time.ts'
import type { Dossier, MachineFact } from './rule.ts'
import { inTime, type Span, spansOf } from './spans.ts'

export interface Board extends Span<MachineFact> {
  /** The same for the same board, in whichever byte order a source tells it. */
  key: string
  isVirtual: boolean
}

const virtual = /\b(virtual|vmware|qemu|kvm|parallels|bochs|hvm domu|xen)\b|virtualbox|vmware/i

/** Whether a model names a machine that runs within another. */
export const isVirtual = (model: string | null): boolean => model !== null && virtual.test(model)

/** The boards that each source told of in turn, oldest first; the same one told again is one. Late reports are left out. */
export function boardsOf(dossier: Dossier): Board[] {
  const told = dossier.machines.filter((fact) => !fact.late && boardKey(fact.hardwareUuid) !== null)
  const boards: Board[] = []
  for (const span of spansOf(told)) {
    const key = boardKey(span.fact.hardwareUuid)!
    const last = boards.findLast((one) => one.fact.source === span.fact.source)
    if (last?.key === key) last.to = span.to
    else boards.push({ ...span, key, isVirtual: isVirtual(modelAt(dossier, span.fact)) })
  }
  return boards
}

/** The model that a source had named by then. */
function modelAt({ machines }: Dossier, fact: MachineFact): string | null {
  const named = inTime(machines).filter((one) => one.source === fact.source && one.model !== null && one.at <= fact.at)
  return named.at(-1)?.model ?? null
}

/** Status lists lag, and repairs are declared afterwards: so much about a change still belongs to it. Defaults, not facts. */
const BEFORE_MS = 3 * DAY
const AFTER_MS = 14 * DAY
/** A repair whose end nobody reported is taken to be over after so long. */
const REPAIR_MS = 60 * DAY

/** Whether the laptop was in hands of ours, or a repairer's, between two times. */
export function wasWithUs(dossier: Dossier, from: Date, to: Date): boolean {
  const since = plus(from, -BEFORE_MS)
  const isBetween = (at: Date | null) => at !== null && at > from && at <= to
  const isIt = (value: string | null) => value === null || value === dossier.device.serialNumber
  return (
    dossier.statuses.some(({ status, at }) => status === 'stock' && isBetween(at)) ||
    repairsOf(dossier).some((one) => one.from <= to && one.to >= since) ||
    dossier.returns.some((one) => isBetween(one.openedAt) || isBetween(one.received?.at ?? null)) ||
    dossier.declarations.some(
      (one) => one.kind === 'repair' && isIt(one.value) && one.from <= plus(to, AFTER_MS) && one.to >= since,
    )
  )
}

/** From when to when it was reported to be in repair: until its next status. */
const repairsOf = ({ statuses }: Dossier): { from: Date; to: Date }[] =>
  statuses.flatMap(({ status, at }, index) => {
    const longest = plus(at, REPAIR_MS)
    const next = statuses[index + 1]?.at
    return status === 'repair' ? [{ from: at, to: next !== undefined && next < longest ? next : longest }] : []
  })
