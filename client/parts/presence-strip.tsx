// Presence: on which of the last days each source saw the device, as a strip of small squares.
import type { Outputs } from '../api.ts'
import { dayAfter } from './days.ts'
import './presence-strip.css'
import { dateText } from './time.tsx'

type Day = Outputs['devices']['get']['presence'][number]

const DAYS = 30
const SLOTS_A_DAY = 144

export function PresenceStrip({ days }: { days: Day[] }) {
  const last = days[0]?.day
  if (last === undefined) return null
  const sources = [...new Set(days.map((day) => day.source))]
  const shown = Array.from({ length: DAYS }, (_, index) => dayAfter(Date.parse(last), index + 1 - DAYS))
  return (
    <section className="card" aria-label="Presence">
      <header>
        <h2>Presence</h2>
        <span className="small faint">
          {DAYS} days to {dateText(last)}
        </span>
      </header>
      {sources.map((source) => {
        const own = new Map(days.filter((day) => day.source === source).map((day) => [day.day, day]))
        const seen = shown.filter((day) => own.has(day)).length
        return (
          <div key={source}>
            <span className="small">
              {source}, seen on {seen} {seen === 1 ? 'day' : 'days'}
            </span>
            <div className="presence" aria-hidden="true">
              {shown.map((day) => {
                const one = own.get(day)
                return (
                  <i
                    key={day}
                    title={one ? `${day}: ${textOf(one)}` : `${day}: not seen`}
                    style={one ? { opacity: 0.45 + (0.55 * one.slots) / SLOTS_A_DAY } : {}}
                    data-seen={one !== undefined}
                  />
                )
              })}
            </div>
          </div>
        )
      })}
    </section>
  )
}

const textOf = (day: Day) => `${day.firstAt.slice(11, 16)} to ${day.lastAt.slice(11, 16)} UTC, ${day.proof}`
