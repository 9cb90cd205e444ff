// One tool or device of the catalogue: how a laptop shows it, where that is known from, and which laptops do now.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { ApprovalList } from '../parts/approval-list.tsx'
import { ApproveDialog } from '../parts/approve-dialog.tsx'
import { familyWords, laptopsText } from '../parts/catalogue-words.ts'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PageLoaded } from '../parts/page-loaded.tsx'
import { Loaded, Nothing } from '../parts/states.tsx'
import '../parts/lines.css'
import '../parts/table.css'

type Entry = Outputs['catalog']['entry']

export function CatalogueEntry() {
  const { id = '' } = useParams({ strict: false }) as { id?: string }
  const entry = useQuery(trpc.catalog.entry.queryOptions({ id }))
  return (
    <PageLoaded query={entry} up={{ to: '/catalogue', label: 'Catalogue' }} title="Entry">
      {(one) => <EntryView entry={one} />}
    </PageLoaded>
  )
}

function EntryView({ entry }: { entry: Entry }) {
  const asking = useMay('admin', 'provisioner', 'analyst')
  const [asked, setAsked] = useState<'tool' | 'entry_off' | null>(null)
  return (
    <>
      <PageHeader
        title={entry.name}
        up={{ to: '/catalogue', label: 'Catalogue', here: entry.name }}
        tags={
          <>
            <span className="tag">{familyWords[entry.family]}</span>
            <span className="soft small">
              {entry.vendor !== null && `${entry.vendor} · `}
              {entry.drives ? 'somebody else can drive the laptop through it' : 'context: it adds to other findings'}
              {entry.origin !== null && ` · from ${entry.origin}`}
            </span>
          </>
        }
        actions={
          asking.may && (
            <div className="row">
              <Button variant="default" onClick={() => setAsked('tool')}>
                Ask to approve it…
              </Button>
              <Button variant="default" onClick={() => setAsked('entry_off')}>
                Ask to switch it off…
              </Button>
            </div>
          )
        }
      />
      <div className="stack">
        <Laptops entry={entry} />
        <ApprovalsOf toolId={entry.id} />
        <Traces entry={entry} />
        <section className="card stack" aria-labelledby="sources">
          <header>
            <h2 id="sources">Where this is known from</h2>
          </header>
          <ul className="dots">
            {entry.sources.map(({ key, text }) => (
              <li key={key} className="anywhere">
                {key}: <Source text={text}>{text}</Source>
              </li>
            ))}
          </ul>
        </section>
      </div>
      {asked && (
        <ApproveDialog about={{ what: asked, id: entry.id, name: entry.name }} onClose={() => setAsked(null)} />
      )}
    </>
  )
}

function Laptops({ entry: { laptops, devices } }: { entry: Entry }) {
  return (
    <section className="card stack" aria-labelledby="laptops">
      <header>
        <h2 id="laptops">On laptops now</h2>
        <span className="soft small">{laptopsText(laptops)}</span>
      </header>
      {devices.length === 0 ? (
        <Nothing title="No laptop shows it now">It is counted a minute after a laptop reports it.</Nothing>
      ) : (
        <ul className="lines">
          {devices.map((device) => (
            <li key={device.id} className="row apart">
              <Link to="/devices/$id" params={{ id: device.id }}>
                {device.serialNumber ?? 'no serial number'}
              </Link>
              {device.person ? (
                <Link to="/people/$id" params={{ id: device.person.id }}>
                  {device.person.name ?? 'an erased person'}
                </Link>
              ) : (
                <span className="faint">meant for nobody</span>
              )}
            </li>
          ))}
        </ul>
      )}
      {laptops > devices.length && <p className="small soft">These are the first {devices.length}.</p>}
    </section>
  )
}

function ApprovalsOf({ toolId }: { toolId: string }) {
  const approvals = useQuery(trpc.catalog.approvals.queryOptions({ toolId }))
  return (
    <section className="stack" aria-label="Approvals">
      <Loaded query={approvals} lines={2}>
        {({ rows }) => <ApprovalList rows={rows} empty={<p className="soft small">Nothing is approved of it.</p>} />}
      </Loaded>
    </section>
  )
}

/** A source that is a page opens as one. */
function Source({ text = '', children }: { text?: string | undefined; children: string }) {
  if (!text.startsWith('https://')) return <>{children}</>
  return (
    <a href={text} target="_blank" rel="noreferrer">
      {children}
    </a>
  )
}

function Traces({ entry }: { entry: Entry }) {
  const sources = new Map(entry.sources.map(({ key, text }) => [key, text]))
  return (
    <section className="card" aria-labelledby="traces">
      <header>
        <h2 id="traces">How a laptop shows it</h2>
        {entry.platforms.length > 0 && <span className="soft small">It runs on {entry.platforms.join(', ')}.</span>}
      </header>
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">Traces by system and kind</caption>
          <thead>
            <tr>
              <th scope="col">System</th>
              <th scope="col">Kind</th>
              <th scope="col">Trace</th>
              <th scope="col">Known from</th>
            </tr>
          </thead>
          <tbody>
            {entry.traces.map((line) => (
              <tr key={`${line.platform} ${line.source} ${line.kind}`}>
                <td>{line.platform}</td>
                <td>
                  {line.kind}
                  {!line.tells && <div className="soft small">not enough by itself</div>}
                </td>
                <td className="anywhere">
                  {line.texts.map((text) => (
                    <div key={text}>
                      <code>{text}</code>
                    </div>
                  ))}
                </td>
                <td>
                  <Source text={sources.get(line.source)}>{line.source}</Source>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="small soft">A last star stands for whatever follows its last word, such as a version.</p>
    </section>
  )
}
