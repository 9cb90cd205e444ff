// Severity: a shape, a word and a colour, never colour alone. Layers: a name and a hue, the same everywhere.
import './severity.css'

export type Severity = 'critical' | 'high' | 'medium' | 'low'
export type Layer = 'custody' | 'place' | 'software' | 'hardware' | 'co-location' | 'identity'

const shapes: Record<Severity, string> = {
  critical: 'M4.2 0.5h5.6L13.5 4.2v5.6L9.8 13.5H4.2L0.5 9.8V4.2z',
  high: 'M7 0.8 13.6 13H0.4z',
  medium: 'M7 0.2 13.8 7 7 13.8 0.2 7z',
  low: 'M7 1.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 7 1.2z',
}

interface SeverityProps {
  of: Severity
  /** On a tinted ground, as in a page's head. */
  isPill?: boolean
}

export function SeverityMark({ of, isPill = false }: SeverityProps) {
  return (
    <span className={isPill ? 'severity pill' : 'severity'} data-severity={of}>
      <svg viewBox="0 0 14 14" aria-hidden="true">
        <path d={shapes[of]} />
      </svg>
      {of}
    </span>
  )
}

/** A layer's name with its square. */
export function LayerMark({ of }: { of: Layer }) {
  return (
    <span className="layer" data-layer={of}>
      {of.charAt(0).toUpperCase() + of.slice(1)}
    </span>
  )
}
