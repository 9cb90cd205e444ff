// The big result of a scan: a shape, a word and a sentence that differ for every outcome, readable across the room.
import type { ScanWord } from './scan-queue.ts'

export type Shown = ScanWord | 'sending' | 'not sent'

const words: Record<Shown, string> = {
  good: 'Good',
  duplicate: 'Already',
  unknown: 'Unknown',
  wrong: 'Wrong',
  sending: 'Sending',
  'not sent': 'Not sent',
}

/** Each outline is another: circle, two squares, diamond, octagon, dots, broken arrow. */
const shapes: Record<Shown, string> = {
  good: 'M32 4a28 28 0 1 0 0 56a28 28 0 1 0 0-56zM19 33l9 9 18-19',
  duplicate: 'M8 20h34v34H8zM20 20V10h34v34H42',
  unknown: 'M32 3l29 29-29 29L3 32zM25 26a7 7 0 1 1 10 6c-3 1.5-3 3-3 6m0 6v2',
  wrong: 'M21 4h22l17 17v22L43 60H21L4 43V21zM22 22l20 20M42 22L22 42',
  sending: 'M12 32h.1M32 32h.1M52 32h.1',
  'not sent': 'M4 32h22M38 32h22M50 22l10 10-10 10M29 20l6 24',
}

interface ScanMarkProps {
  of: Shown
  says: string
  serial: string
}

export function ScanMark({ of, says, serial }: ScanMarkProps) {
  return (
    <div className="scan-mark" data-is={of}>
      <svg viewBox="0 0 64 64" aria-hidden="true">
        <path d={shapes[of]} />
      </svg>
      <div>
        <p className="scan-word">{words[of]}</p>
        <p className="mono scan-serial">{serial}</p>
        <p>{says}</p>
      </div>
    </div>
  )
}
