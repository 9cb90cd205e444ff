// What an import came to: counts, links to what it wrote, and the way back.
import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import type { ImportResult } from './import-preview.tsx'
import { ImportUndo } from './import-undo.tsx'

type Kind = 'people' | 'devices' | 'shipments' | 'declarations'

const LINKS_SHOWN = 12

interface ImportDoneProps {
  kind: Kind
  result: ImportResult
  onAnother(): void
}

/** The summary after the run. */
export function ImportDone({ kind, result, onAnother }: ImportDoneProps) {
  const { created, updated, unchanged, rejected, importId } = result
  const written = result.outcomes.flatMap((outcome) =>
    outcome.result === 'created' || outcome.result === 'updated' ? [outcome] : [],
  )
  return (
    <section className="card" aria-labelledby="import-done">
      <header>
        <h2 id="import-done">Imported</h2>
      </header>
      <p role="status">
        <strong>{created.toLocaleString()}</strong> created, <strong>{updated.toLocaleString()}</strong> updated,{' '}
        {unchanged.toLocaleString()} unchanged, {rejected.length.toLocaleString()} left out with errors.
      </p>
      {kind !== 'declarations' && written.length > 0 && (
        <p className="row small" style={{ marginTop: '0.5rem' }}>
          {written.slice(0, LINKS_SHOWN).map((outcome) => (
            <Link key={outcome.line} to={`/${kind}/${outcome.id}`}>
              line {outcome.line}
            </Link>
          ))}
          <Link to={`/${kind}`}>all {kind}</Link>
        </p>
      )}
      {kind === 'declarations' && (
        <p className="soft small">Declarations stand on the page of the person they are for.</p>
      )}
      <div className="row" style={{ marginTop: '0.75rem' }}>
        <Button onClick={onAnother}>Import another</Button>
        {importId !== null && created + updated > 0 && (
          <ImportUndo importId={importId} what={`${created + updated} ${kind}`} />
        )}
      </div>
    </section>
  )
}
