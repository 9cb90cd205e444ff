// The endpoint tab: what each source last told of a laptop, side by side, how old it is, and what nobody told.
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Outputs, trpc } from '../api.ts'
import { DeviceSoftware } from './device-software.tsx'
import { EndpointSources } from './endpoint-sources.tsx'
import { Masked } from './masked.tsx'
import { PlaceCredit } from './place-credit.tsx'
import { Loaded, Nothing } from './states.tsx'
import { Time } from './time.tsx'
import { SeemingPlaceText, Told } from './told.tsx'
import './endpoint.css'

type View = Outputs['devices']['endpoint']
type Section = View['sections'][number]
type Cell = Section['rows'][number]['cells'][string]
export type Merged = Outputs['devices']['get']['mergedFrom']

const titles = {
  identity: 'Identity',
  network: 'Network',
  hardware: 'Hardware',
  software: 'Ports',
  posture: 'Posture',
  clock: 'Clock',
} as const

export function Endpoint({ deviceId, merged }: { deviceId: string; merged: Merged }) {
  const query = useQuery(trpc.devices.endpoint.queryOptions({ id: deviceId }))
  return (
    <Loaded query={query} lines={12}>
      {(view) =>
        view.sources.length === 0 ? (
          <section className="card">
            <Nothing title="Nothing was heard of this laptop yet">
              It stands here after its first check-in: enrol it with your MDM, or let it report to POST /checkins.
            </Nothing>
          </section>
        ) : (
          <div className="stack">
            <EndpointSources deviceId={deviceId} sources={view.sources} merged={merged} silentDays={view.silentDays} />
            {view.sections.map((section) => (
              <SectionCard key={section.facet} section={section} view={view} />
            ))}
            <DeviceSoftware deviceId={deviceId} />
          </div>
        )
      }
    </Loaded>
  )
}

function SectionCard({ section, view }: { section: Section; view: View }) {
  const heading = `endpoint-${section.facet}`
  const telling = view.sources.filter(({ source }) => section.rows.some((row) => row.cells[source]))
  const differing = section.rows.filter((row) => row.differs).length
  return (
    <section className="card" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{titles[section.facet]}</h2>
        {differing > 0 && <span className="tag check">sources do not agree on {differing}</span>}
      </header>
      {section.rows.length > 0 && (
        <div className="scrolls">
          <table className="table endpoint">
            <caption className="visually-hidden">{titles[section.facet]} as each source tells it</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">What</span>
                </th>
                {telling.map(({ source, isSilent }) => (
                  <th key={source} scope="col">
                    {source}
                    {isSilent && <span className="check"> · unknown by now</span>}
                    {section.since[source] && (
                      <>
                        , so since <Time at={section.since[source]} as="short" />
                      </>
                    )}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {section.rows.map((row) => (
                <tr key={row.member}>
                  <th scope="row">
                    {row.label}
                    {row.differs && <span className="check"> ≠ they differ</span>}
                  </th>
                  {telling.map(({ source }) => (
                    <td key={source}>
                      <CellText cell={row.cells[source]} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {section.untold.length > 0 && (
        <p className="small faint" style={{ marginTop: '0.5rem' }}>
          Not told by any source: {section.untold.join(', ')}.
        </p>
      )}
      {section.facet === 'network' && section.rows.length > 0 && (
        <>
          <p className="small faint">
            A place told by an IP address is a circle of about 100 km, and no verdict alone. Names of networks are kept
            as keyed hashes: equal ones look equal.
          </p>
          <PlaceCredit />
        </>
      )}
    </section>
  )
}

function CellText({ cell }: { cell: Cell | undefined }) {
  if (cell === undefined) return <span className="faint">not told</span>
  return (
    <>
      {cell.told.length === 0 && <span className="faint">none</span>}
      {cell.told.length === 1 && <Told told={cell.told[0]!} />}
      {cell.told.length > 1 && (
        <ul>
          {cell.told.map((one, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list is as it was told, and drawn once
            <li key={index}>
              <Told told={one} />
            </li>
          ))}
        </ul>
      )}
      {cell.place !== null && (
        <div className="small">
          <SeemingPlaceText place={cell.place} />
        </div>
      )}
      {cell.person && (
        <div className="small">
          <Masked what="the user">
            <Link to={`/people/${cell.person.id}`}>{cell.person.name ?? 'erased'}</Link>
          </Masked>
          {' · '}
          <span className={cell.person.isAssignee ? 'good' : 'check'}>
            {cell.person.isAssignee ? 'the assignee' : 'not the assignee'}
          </span>
        </div>
      )}
    </>
  )
}
