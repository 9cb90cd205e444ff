// The software of one laptop: searched, side by side by source, what the catalogue knows first.
import { Checkbox, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { countText } from './count-text.ts'
import { Loaded } from './states.tsx'

type View = Outputs['devices']['software']

const TYPING_MS = 250

export function DeviceSoftware({ deviceId }: { deviceId: string }) {
  const [text, setText] = useState('')
  const [known, setKnown] = useState(false)
  const [asked] = useDebouncedValue(text, TYPING_MS)
  const query = useQuery({
    ...trpc.devices.software.queryOptions({ deviceId, text: asked, known }),
    placeholderData: keepPreviousData,
  })
  return (
    <section className="card" aria-labelledby="device-software">
      <header>
        <h2 id="device-software">Software</h2>
        <span className="small faint" role="status">
          {query.data && `${countText(query.data.total, 'program', 'programs')}, ${query.data.marked} in the catalogue`}
        </span>
      </header>
      <div className="row bottom" style={{ marginBottom: '0.6rem' }}>
        <TextInput
          type="search"
          label="Name, publisher or identifier"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Checkbox
          label="in the catalogue only"
          checked={known}
          onChange={(event) => setKnown(event.currentTarget.checked)}
        />
      </div>
      <Loaded query={query}>{(view) => <Programs view={view} isFiltered={asked !== '' || known} />}</Loaded>
    </section>
  )
}

function Programs({ view, isFiltered }: { view: View; isFiltered: boolean }) {
  if (view.sources.length === 0) return <p className="soft">No source told any software.</p>
  if (view.programs.length === 0)
    return <p className="soft">{isFiltered ? 'No program matches. Search for less.' : 'There is none, they say.'}</p>
  return (
    <>
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">Software, with the version each source tells</caption>
          <thead>
            <tr>
              <th scope="col">Program</th>
              <th scope="col">Kind</th>
              {view.sources.map((source) => (
                <th key={source} scope="col">
                  {source}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {view.programs.map((one) => (
              <tr key={`${one.kind} ${one.name} ${one.publisher} ${one.versions[0]?.version}`}>
                <td>
                  {one.name}{' '}
                  {one.mark && <span className={one.mark.weighs ? 'tag check' : 'tag'}>{one.mark.name}</span>}
                  {(one.publisher || one.startsByItself) && (
                    <div className="small faint">
                      {[one.publisher, one.startsByItself ? 'starts by itself' : null].filter(Boolean).join(' · ')}
                    </div>
                  )}
                </td>
                <td>{one.kind ?? <span className="faint">not told</span>}</td>
                {view.sources.map((source) => (
                  <td key={source}>
                    <Versions of={one.versions.filter((version) => version.source === source)} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {view.total > view.programs.length && (
        <p className="small faint">
          The first {view.programs.length} of {view.total}. Search for the others.
        </p>
      )}
    </>
  )
}

function Versions({ of }: { of: View['programs'][number]['versions'] }) {
  if (of.length === 0) return <span className="faint">not told</span>
  return of.map((one) => one.version ?? 'no version').join(', ')
}
