// The sources of a laptop's reports: when each was last heard, how far it proves anything, by what it leads here, and undoing that.
import { Button, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { Copyable } from './copyable.tsx'
import type { Merged } from './endpoint.tsx'
import { IdentityMarks } from './identity-marks.tsx'
import { useMay } from './me.ts'
import { ProofWord } from './proof.tsx'
import { ReasonDialog } from './reason-dialog.tsx'
import { Time } from './time.tsx'

type Source = Outputs['devices']['endpoint']['sources'][number]

interface EndpointSourcesProps {
  deviceId: string
  sources: Source[]
  merged: Merged
  silentDays: number
}

export function EndpointSources({ deviceId, sources, merged, silentDays }: EndpointSourcesProps) {
  const working = useMay('admin', 'provisioner', 'analyst')
  const [undoing, setUndoing] = useState<Source | null>(null)
  return (
    <section className="card" aria-labelledby="endpoint-sources">
      <header>
        <h2 id="endpoint-sources">Who tells</h2>
        <span className="small faint">
          what is older than {silentDays} days is unknown by now ·{' '}
          <Link to="/mismatches" search={{ device: deviceId } as never}>
            its mismatches
          </Link>
        </span>
      </header>
      <div className="scrolls">
        <table className="table">
          <caption className="visually-hidden">Sources of this laptop’s reports</caption>
          <thead>
            <tr>
              {['Source', 'Last heard', 'Proof', 'Matched by', 'Its own id'].map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sources.map((one) => (
              <tr key={one.source}>
                <td>
                  <span className="strong">{one.source}</span>
                  {one.matchedBy !== null && (
                    <div>
                      <button
                        type="button"
                        className="link small"
                        disabled={!working.may}
                        title={working.why}
                        onClick={() => setUndoing(one)}
                      >
                        Not this laptop…<span className="visually-hidden"> {one.source}</span>
                      </button>
                    </div>
                  )}
                </td>
                <td>
                  {one.lastAt === null ? (
                    <span className="faint">never</span>
                  ) : (
                    <>
                      <Time at={one.lastAt} isStop />
                      {one.isSilent && <span className="check"> · unknown by now</span>}
                    </>
                  )}
                  {one.bootedAt && (
                    <div className="small faint">
                      started <Time at={one.bootedAt} as="short" />
                    </div>
                  )}
                </td>
                <td>
                  <ProofWord of={one.proof} isLong />
                </td>
                <td>
                  {one.matchedBy ?? <span className="faint">not matched any more</span>}
                  {one.matchedAt && (
                    <div className="small faint">
                      since <Time at={one.matchedAt} as="short" />
                    </div>
                  )}
                </td>
                <td className="small">
                  {one.ownId ? <Copyable text={one.ownId} /> : <span className="faint">none told</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <IdentityMarks deviceId={deviceId} />
      {merged.length > 0 && <MergedRecords merged={merged} />}
      {undoing && (
        <UndoDialog key={undoing.source} deviceId={deviceId} source={undoing} onClose={() => setUndoing(null)} />
      )}
    </section>
  )
}

/** What a `datetime-local` field takes, in UTC. */
const fieldTime = (iso: string) => iso.slice(0, 16)

function UndoDialog({ deviceId, source, onClose }: { deviceId: string; source: Source; onClose(): void }) {
  const undo = useMutation(trpc.devices.undoMatch.mutationOptions(quietly))
  const [since, setSince] = useState(fieldTime(source.firstAt ?? source.matchedAt ?? ''))
  return (
    <ReasonDialog
      isOpen
      onClose={onClose}
      title={`What ${source.source} reports is not this laptop?`}
      description="Recorded with your name, and shown in the timeline."
      confirm="Undo the match"
      draft={`undo ${deviceId} ${source.source}`}
      isReady={since !== ''}
      onSubmit={async (reason) => {
        await undo.mutateAsync({ deviceId, source: source.source, since: `${since}:00.000Z`, reason })
        showDone(`${source.source} is not matched with this laptop any more.`)
      }}
    >
      <p className="soft small">
        Its reports from then on count no more here, and its next report finds or makes a record of its own. Nothing is
        deleted.
      </p>
      <TextInput
        type="datetime-local"
        label="From when on (UTC)"
        value={since}
        onChange={(event) => setSince(event.currentTarget.value)}
        required
      />
    </ReasonDialog>
  )
}

function MergedRecords({ merged }: { merged: Merged }) {
  const working = useMay('admin', 'provisioner', 'analyst')
  const unmerge = useMutation(trpc.devices.unmerge.mutationOptions(quietly))
  const [parting, setParting] = useState<Merged[number] | null>(null)
  return (
    <>
      <h3 style={{ marginTop: '0.8rem' }}>Records that proved to be this laptop</h3>
      <ul className="stack tight">
        {merged.map((one) => (
          <li key={one.id} className="row apart">
            <Link to={`/devices/${one.id}`} className="mono">
              {one.name ?? 'without a serial number'}
            </Link>
            <Button variant="default" disabled={!working.may} title={working.why} onClick={() => setParting(one)}>
              Take out again…
            </Button>
          </li>
        ))}
      </ul>
      {parting && (
        <ReasonDialog
          isOpen
          onClose={() => setParting(null)}
          title={`Is ${parting.name ?? 'that record'} another laptop?`}
          description="Recorded with your name, and shown in the timeline."
          confirm="Take it out again"
          draft={`unmerge ${parting.id}`}
          onSubmit={async (reason) => {
            await unmerge.mutateAsync({ fromId: parting.id, reason })
            showDone('It is a record of its own again.')
          }}
        >
          <p className="soft small">What was heard under it counts as its own again, from the first report on.</p>
        </ReasonDialog>
      )}
    </>
  )
}
