// Scans that the provider has not confirmed, though it can be asked: they hold no parcel and clear no finding (DESIGN 11).
import { assembleDossier } from './dossier.ts'
import type { Facts } from './facts.ts'
import type { Dossier, RuleFinding } from './rule.ts'

const scansOf = (dossier: Dossier) => dossier.shipments.flatMap((shipment) => shipment.scans)

/** Whether there are scans among the evidence, and none of them is confirmed. */
export function restsOnUnconfirmed(dossier: Dossier, evidence: readonly number[]): boolean {
  const scans = scansOf(dossier).filter((scan) => evidence.includes(scan.seq))
  return scans.length > 0 && scans.every((scan) => !scan.confirmed)
}

/**
 * Whether a finding of this key, which no longer shows, would stand but for unconfirmed scans. What is older than its
 * newest evidence was there when it stood, and is left in. `says` is the rule.
 */
export function standsButForUnconfirmed(
  facts: Facts,
  dossier: Dossier,
  gone: { key: string; evidence: readonly number[] },
  says: (dossier: Dossier) => RuleFinding[],
): boolean {
  const newest = Math.max(...gone.evidence)
  const doubted = new Set(
    scansOf(dossier)
      .filter((scan) => scan.seq > newest && !scan.confirmed)
      .map((scan) => scan.seq),
  )
  if (doubted.size === 0) return false
  const events = facts.events.filter((event) => !doubted.has(event.seq))
  const without = assembleDossier({ ...facts, events }, { seq: dossier.seq, now: dossier.now })
  return says(without).some((finding) => finding.key === gone.key)
}
