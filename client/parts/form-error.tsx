// What a form's sending came to when it failed: faults stand beside their fields, the id to quote stands here.
import { readError } from '../api.ts'
import { ErrorNote } from './reason-dialog.tsx'

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
