// The score as a bar of named parts, layer by layer, against the thresholds.
import type { Outputs } from '../api.ts'
import type { Layer } from './severity.tsx'
import './score-bar.css'

export interface ScorePart {
  findingId: string
  layer: Layer
  title?: string
  /** Decibans that count. */
  counted: number
}

/** Beyond the highest threshold there is room to see by how much. */
const SCALE_MIN = 45

const scaleOf = (score: number) => Math.max(SCALE_MIN, score * 1.08)

/** `14`, `6.3`. */
export const decibans = (value: number) => String(Math.round(value * 10) / 10)

function byLayer(parts: ScorePart[]): { layer: Layer; parts: ScorePart[]; sum: number }[] {
  return [...Map.groupBy(parts, (part) => part.layer)]
    .map(([layer, own]) => ({ layer, parts: own, sum: own.reduce((sum, part) => sum + part.counted, 0) }))
    .sort((a, b) => b.sum - a.sum)
}

interface ScoreBarProps {
  parts: ScorePart[]
  score: number
  thresholds: Outputs['cases']['get']['thresholds']
  /** Opens a part's facts. */
  onOpen(findingId: string): void
}

export function ScoreBar({ parts, score, thresholds, onOpen }: ScoreBarProps) {
  const scale = scaleOf(score)
  const share = (value: number) => `${(100 * value) / scale}%`
  return (
    <div className="score-bar">
      <div className="score-scale small" aria-hidden="true">
        {(['medium', 'high', 'critical'] as const).map((severity) => (
          <span key={severity} style={{ left: share(thresholds[severity].score) }}>
            <span className="score-word">{severity}</span> {thresholds[severity].score}
          </span>
        ))}
      </div>
      <div className="score-track">
        {byLayer(parts).map((group) => (
          <div key={group.layer} className="score-layer" data-layer={group.layer} style={{ width: share(group.sum) }}>
            {group.parts.map((part) => (
              <button
                key={part.findingId}
                type="button"
                style={{ flexGrow: part.counted }}
                title={`${part.title ?? part.layer}: ${decibans(part.counted)} dB`}
                aria-label={`${part.title ?? part.layer}: ${decibans(part.counted)} decibans, ${part.layer}. Open its facts`}
                onClick={() => onOpen(part.findingId)}
              />
            ))}
            <span aria-hidden="true">
              {group.layer} {decibans(group.sum)}
            </span>
          </div>
        ))}
        {(['medium', 'high', 'critical'] as const).map((severity) => (
          <i key={severity} style={{ left: share(thresholds[severity].score) }} />
        ))}
      </div>
    </div>
  )
}

/** The same in a row of a list. */
export function ScoreBarSmall({ parts, score }: { parts: ScorePart[]; score: number }) {
  const groups = byLayer(parts)
  const words = groups.map((group) => `${group.layer} ${decibans(group.sum)}`).join(', ')
  return (
    <div className="score-small" title={words}>
      <div>
        {decibans(score)} dB<span className="visually-hidden">: {words}</span>
      </div>
      <div className="score-track" aria-hidden="true">
        {groups.map((group) => (
          <div
            key={group.layer}
            className="score-layer"
            data-layer={group.layer}
            style={{ width: `${(100 * group.sum) / scaleOf(score)}%` }}
          />
        ))}
      </div>
    </div>
  )
}
