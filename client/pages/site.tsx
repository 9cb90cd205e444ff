// One site: the graph of its people and what they share, and the list that says the same: who, what, from when to when.
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useMemo, useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { linkWords } from '../parts/link-words.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { SeverityMark } from '../parts/severity.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/site-graph.css'

type SiteView = Outputs['sites']['read']
type Value = SiteView['values'][number]

// The graph brings a library of its own: only who opens a site needs it.
const SiteGraph = lazy(() => import('../parts/site-graph.tsx').then((module) => ({ default: module.SiteGraph })))

const up = { to: '/sites', label: 'Sites' }

export function Site() {
  const { id } = useParams({ strict: false }) as { id: string }
  const site = useQuery(trpc.sites.read.queryOptions({ id }))
  return (
    <PageLoaded query={site} up={up} title="Site">
      {(data) => <SitePage key={data.id} site={data} />}
    </PageLoaded>
  )
}

function SitePage({ site: known }: { site: SiteView }) {
  const [chosen, setChosen] = useState<string | null>(null)
  const [areNamed, setNamed] = useState(false)
  const site = useMemo(() => (areNamed ? known : withoutNames(known)), [areNamed, known])
  const together = site.people.filter((person) => person.foundAt !== null)
  const beside = site.people.length - together.length
  return (
    <>
      <PageHeader
        title={`A site of ${countText(together.length, 'person', 'people')}`}
        up={{ ...up, here: 'this site' }}
      />
      <p className="soft" style={{ marginBottom: '0.6rem' }}>
        Found <Time at={site.foundAt} />.{' '}
        {site.case === null ? (
          'It is too little for a case so far.'
        ) : (
          <>
            <SeverityMark of={site.case.severity} /> <Link to={`/cases/${site.case.number}`}>C-{site.case.number}</Link>
            {site.case.status === 'closed' ? ', closed.' : ' is about all of them.'}
          </>
        )}{' '}
        If it is an office, <Link to="/declarations">declare it</Link>; if it is a household, declare that on the page
        of one of them. Then it is quiet.
      </p>
      <div className="site">
        <figure className="site-picture card">
          <Suspense fallback={<div className="site-graph" aria-busy="true" />}>
            <SiteGraph site={site} label={labelOf(site)} chosen={chosen} onChoose={setChosen} />
          </Suspense>
          <figcaption className="small faint">
            Diamonds are what is shared, circles are people. A dashed line is over
            {beside > 0 ? '; a dashed circle had one of these too, but was never found together with another' : ''}.
            Point at one to see its lines.
          </figcaption>
        </figure>
        <div className="stack">
          {site.values.map((value) => (
            <ValueCard
              key={value.id}
              value={value}
              site={site}
              isChosen={chosen === `value ${value.id}`}
              onChoose={setChosen}
            />
          ))}
          <People site={site} chosen={chosen} onChoose={setChosen} areNamed={areNamed} onName={setNamed} />
        </div>
      </div>
    </>
  )
}

/** Who reads the page is seldom the only one who sees it: names are shown when asked for. */
const withoutNames = (site: SiteView): SiteView => ({
  ...site,
  people: site.people.map((person, index) => ({ ...person, name: `Person ${index + 1}` })),
})

interface Choosing {
  onChoose(id: string | null): void
}

function ValueCard({
  value,
  site,
  isChosen,
  onChoose,
}: { value: Value; site: SiteView; isChosen: boolean } & Choosing) {
  const { one, what } = linkWords[value.kind]
  const id = `value ${value.id}`
  return (
    <section className="card" aria-label={`${one} ${value.id}`}>
      <div className="row apart">
        <h2>{one}</h2>
        <button
          type="button"
          className="link small"
          aria-pressed={isChosen}
          onClick={() => onChoose(isChosen ? null : id)}
        >
          {isChosen ? 'show all' : 'show its lines'}
        </button>
      </div>
      <p className="small soft">
        {what}, known since <Time at={value.addedAt} />
      </p>
      <ul className="stack tight">
        {value.holders.map((holder) => (
          <li key={`${holder.personId} ${holder.device?.id ?? ''}`} className="row apart">
            <span>
              <PersonLink site={site} id={holder.personId} />
              {holder.device && (
                <>
                  {' '}
                  with{' '}
                  <Link to={`/devices/${holder.device.id}`} className="mono">
                    {holder.device.serialNumber ?? 'a laptop without a serial number'}
                  </Link>
                </>
              )}
            </span>
            <span className="small soft">
              <Time at={holder.from} /> – {holder.to === null ? 'now' : <Time at={holder.to} />}
            </span>
          </li>
        ))}
      </ul>
      {value.isCut && <p className="small soft">More people have it than are shown; so many say nothing of anyone.</p>}
    </section>
  )
}

interface PeopleProps extends Choosing {
  site: SiteView
  chosen: string | null
  areNamed: boolean
  onName(areNamed: boolean): void
}

function People({ site, chosen, onChoose, areNamed, onName }: PeopleProps) {
  return (
    <section className="card" aria-label="People">
      <div className="row apart">
        <h2>People</h2>
        <button type="button" className="link small" aria-pressed={areNamed} onClick={() => onName(!areNamed)}>
          {areNamed ? 'hide the names' : 'show the names'}
        </button>
      </div>
      <ul className="stack tight">
        {site.people.map((person) => (
          <li key={person.id} className="row apart">
            <span>
              <PersonLink site={site} id={person.id} /> <span className="tag">{person.kind}</span>
              {person.leavesOn && <span className="small soft"> leaves {person.leavesOn}</span>}
            </span>
            <button
              type="button"
              className="link small"
              aria-pressed={chosen === person.id}
              aria-label={`Show the lines of ${person.name ?? 'them'}`}
              onClick={() => onChoose(chosen === person.id ? null : person.id)}
            >
              {person.foundAt === null ? 'only had one of these too' : 'show their lines'}
            </button>
          </li>
        ))}
      </ul>
      {site.households.map(([one, other]) => (
        <p key={`${one} ${other}`} className="small soft">
          <PersonLink site={site} id={one} /> and <PersonLink site={site} id={other} /> are declared as one household.
        </p>
      ))}
    </section>
  )
}

function PersonLink({ site, id }: { site: SiteView; id: string }) {
  const person = site.people.find((one) => one.id === id)
  return <Link to={`/people/${id}`}>{person?.name ?? 'an erased person'}</Link>
}

const labelOf = ({ values, people }: SiteView) =>
  `Graph of ${countText(people.length, 'person', 'people')} and what they share: ${values
    .map(
      ({ kind, holders }) =>
        `${kind}, ${countText(new Set(holders.map((one) => one.personId)).size, 'person', 'people')}`,
    )
    .join('; ')}. The list says the same.`
