// Delivery policies: what holds per tier and country, changed with a reason, and what held before.
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PolicyDialog } from '../parts/policy-dialog.tsx'
import { policyWords } from '../parts/policy-words.ts'
import { Loaded, Nothing } from '../parts/states.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'
import '../parts/table.css'

type Row = Outputs['policies']['list']['inForce'][number]

const tierWords = {
  standard: 'Everybody else',
  elevated: 'Contractors, people in their first month, addresses that are no home',
  high: 'People about whom a high or critical case is open',
}

export function Policies() {
  const policies = useQuery(trpc.policies.list.queryOptions())
  const setting = useMay('admin')
  const [edited, setEdited] = useState<{ row: Row; isNew: boolean } | null>(null)
  return (
    <>
      <PageHeader title="Delivery policies" />
      <div className="stack">
        <p className="lead soft">
          How a parcel has to be delivered, by how risky it is taken to be. The policy in force is kept with each
          shipment when it is prepared; a later change does not touch it.
        </p>
        <Loaded query={policies}>
          {({ inForce, history }) => (
            <>
              <section className="card" aria-labelledby="in-force">
                <header>
                  <h2 id="in-force">In force</h2>
                  {!setting.may && <span className="soft small">{setting.why}</span>}
                </header>
                <div className="scrolls">
                  <table className="table">
                    <caption className="visually-hidden">Policies in force by tier and country</caption>
                    <thead>
                      <tr>
                        <th scope="col">Tier</th>
                        <th scope="col">Country</th>
                        <th scope="col">What it asks for</th>
                        <th scope="col">Set</th>
                      </tr>
                    </thead>
                    <tbody>
                      {inForce.map((row) => (
                        <PolicyRow
                          key={`${row.tier} ${row.country}`}
                          row={row}
                          may={setting.may}
                          onEdit={(isNew) => setEdited({ row, isNew })}
                        />
                      ))}
                    </tbody>
                  </table>
                </div>
              </section>
              <History rows={history} />
            </>
          )}
        </Loaded>
      </div>
      {edited && <PolicyDialog row={edited.row} isNewCountry={edited.isNew} onClose={() => setEdited(null)} />}
    </>
  )
}

interface PolicyRowProps {
  row: Row
  may: boolean
  onEdit(isNewCountry: boolean): void
}

function PolicyRow({ row, may, onEdit }: PolicyRowProps) {
  const name = `${row.tier}, ${row.country ?? 'all other countries'}`
  return (
    <tr>
      <td>
        <span className="strong">{row.tier}</span>
        {row.country === null && <div className="soft small">{tierWords[row.tier]}</div>}
      </td>
      <td>{row.country ?? <span className="soft">all others</span>}</td>
      <td>
        {policyWords(row.policy).map((words) => (
          <div key={words}>{words}</div>
        ))}
        {row.why && <div className="soft small">{row.why}</div>}
        {may && (
          <div className="row" style={{ marginTop: '0.4rem' }}>
            <Button size="xs" variant="default" onClick={() => onEdit(false)}>
              Change…<span className="visually-hidden"> {name}</span>
            </Button>
            {row.country === null && (
              <Button size="xs" variant="default" onClick={() => onEdit(true)}>
                For a country…<span className="visually-hidden"> {row.tier}</span>
              </Button>
            )}
          </div>
        )}
      </td>
      <td className="small">
        {row.setAt ? (
          <>
            <Time at={row.setAt} /> by {row.setBy}
          </>
        ) : (
          <span className="faint">as it comes</span>
        )}
      </td>
    </tr>
  )
}

function History({ rows }: { rows: Outputs['policies']['list']['history'] }) {
  return (
    <section className="card" aria-labelledby="history">
      <header>
        <h2 id="history">History</h2>
      </header>
      {rows.length === 0 ? (
        <Nothing title="Nobody has changed a policy yet.">What is in force came with the service.</Nothing>
      ) : (
        <ul className="lines">
          {rows.map((row) => (
            <li key={row.id}>
              <p className="row apart">
                <span>
                  <span className="strong">{row.tier}</span> {row.country ?? 'all other countries'}{' '}
                  <span className="faint">version {row.version}</span>
                </span>
                <span className="soft small">
                  <Time at={row.setAt} /> by {row.setBy}
                  {row.retiredAt === null ? ' · in force' : ''}
                </span>
              </p>
              <p className="small">{policyWords(row.policy).join('. ')}.</p>
              {row.reason && <q>{row.reason}</q>}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}
