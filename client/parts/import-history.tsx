// The imports so far, newest first, each with its counts and the way back.
import { useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { ImportUndo } from './import-undo.tsx'
import { Failure } from './states.tsx'
import { Time } from './time.tsx'
import './table.css'
import './lines.css'

/** A table; who may not import sees it without the way back. */
export function ImportHistory({ mayUndo }: { mayUndo: boolean }) {
  const imports = useQuery(trpc.imports.list.queryOptions())
  const rows = imports.data ?? []
  return (
    <section className="card" aria-labelledby="import-history">
      <header>
        <h2 id="import-history">History</h2>
        <span className="faint small">the last 50</span>
      </header>
      {imports.error && <Failure error={imports.error} retry={() => imports.refetch()} />}
      {imports.data && rows.length === 0 && <p className="soft">Nothing was imported yet.</p>}
      {rows.length > 0 && (
        <div className="scrolls">
          <table className="table">
            <caption className="visually-hidden">Imports, newest first</caption>
            <thead>
              <tr>
                <th>When</th>
                <th>What</th>
                <th className="extra">From</th>
                <th className="right">Created</th>
                <th className="right">Updated</th>
                <th className="right extra">Unchanged</th>
                <th className="right">Errors</th>
                <th>
                  <span className="visually-hidden">Undo</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id}>
                  <td>
                    <Time at={row.appliedAt} />
                  </td>
                  <td>{row.what}</td>
                  <td className="soft extra">{row.fileName ?? 'pasted, or an endpoint'}</td>
                  <td className="right">{row.created}</td>
                  <td className="right">{row.updated}</td>
                  <td className="right extra">{row.unchanged}</td>
                  <td className={row.rejected > 0 ? 'right check' : 'right'}>{row.rejected}</td>
                  <td className="right">
                    {row.undoneAt !== null && (
                      <span className="soft">
                        undone <Time at={row.undoneAt} />
                      </span>
                    )}
                    {mayUndo && row.created + row.updated > 0 && (
                      <ImportUndo
                        compact
                        isUndone={row.undoneAt !== null}
                        importId={row.id}
                        what={`${row.created + row.updated} ${row.what}`}
                      />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}
