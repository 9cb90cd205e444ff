// What the device last said of itself, facet by facet and source by source.
import type { Outputs } from '../api.ts'
import { PlaceCredit } from './place-credit.tsx'
import { spaced } from './spaced.ts'
import { Time } from './time.tsx'
import './facet-card.css'

type Facet = Outputs['devices']['get']['facets'][number]

export function FacetCard({ facets }: { facets: Facet[] }) {
  if (facets.length === 0) return null
  return (
    <section className="card" aria-label="Endpoint">
      <header>
        <h2>Endpoint</h2>
        <span className="small faint">as last reported</span>
      </header>
      {facets.map((facet) => (
        <details key={facet.facet + facet.source} className="facet">
          <summary>
            <span className="strong">{facet.facet}</span>{' '}
            <span className="small faint">
              {facet.source}, <Time at={facet.at} />
            </span>
          </summary>
          <dl className="facts small">
            {Object.entries(facet.content).map(([member, value]) => (
              <div key={member} style={{ display: 'contents' }}>
                <dt>{spaced(member)}</dt>
                <dd>
                  <Value value={value} />
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ))}
      {facets.some(({ facet }) => facet === 'network') && <PlaceCredit />}
    </section>
  )
}

function Value({ value }: { value: unknown }) {
  if (value === null || value === undefined) return <span className="faint">–</span>
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value !== 'object') return String(value)
  if (!Array.isArray(value)) return lineOf(value)
  if (value.length === 0) return <span className="faint">none</span>
  return (
    <ul>
      {value.map((item) => (
        <li key={JSON.stringify(item)}>{typeof item === 'object' && item !== null ? lineOf(item) : String(item)}</li>
      ))}
    </ul>
  )
}

/** An object's values in a line: `AnyDesk 8.1 · app · starts by itself`. */
function lineOf(item: object): string {
  const { name, product, version, startup, ...rest } = item as Record<string, unknown>
  const head = [name ?? product, version].filter(Boolean).join(' ')
  const tail = Object.values(rest).map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)))
  return [head, ...tail, startup === true ? 'starts by itself' : ''].filter(Boolean).join(' · ')
}
