// What went wrong, beside the form that caused it, with the id to quote.
import { readError } from '../api.ts'

/** The error in its own words. */
export function ErrorNote({ error }: { error: unknown }) {
  const { message, requestId } = readError(error)
  return (
    <p className="check" role="alert">
      {message}
      {requestId && <span className="small faint"> (id {requestId})</span>}
    </p>
  )
}

/** Of a form whose fields show their own faults: only that there are some. */
export function FormError({ error }: { error: unknown }) {
  const { faults, requestId } = readError(error)
  if (faults.length === 0) return <ErrorNote error={error} />
  return (
    <p className="check" role="alert">
      {faults.length === 1 ? 'A field above needs another value.' : 'Some fields above need other values.'}
      {requestId && <span className="small faint"> (id {requestId})</span>}
    </p>
  )
}
