// Takes an import back after a question, and says what stayed and why.
import { Button, Modal } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type Outputs, trpc } from '../api.ts'
import { ErrorNote } from './error-note.tsx'

const listOf = { person: 'people', device: 'devices', shipment: 'shipments' } as const

interface ImportUndoProps {
  importId: string
  /** What it would take back, such as "12 people". */
  what: string
  /** A quieter button, for the lines of a table. */
  compact?: boolean
  /** It has been: no button, but the answer stays open. */
  isUndone?: boolean
}

/** The button, the question and the answer. */
export function ImportUndo({ importId, what, compact = false, isUndone = false }: ImportUndoProps) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const undo = useMutation(trpc.imports.undo.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <>
      {undo.data && !compact && <span className="soft">undone</span>}
      {isUndone || undo.data ? null : compact ? (
        <button type="button" className="link" onClick={open}>
          undo
        </button>
      ) : (
        <Button variant="default" onClick={open}>
          Undo this import
        </Button>
      )}
      <Modal
        opened={isOpen}
        onClose={close}
        title={undo.data ? 'The import was undone' : `Undo the import of ${what}?`}
      >
        <div className="stack">
          {undo.data ? (
            <Undone undone={undo.data} />
          ) : (
            <p>
              What it created is withdrawn, what it changed goes back to what it was. What something newer has touched
              since stays, and is listed. The ledger keeps both.
            </p>
          )}
          {undo.error && <ErrorNote error={undo.error} />}
          <div className="row">
            {!undo.data && (
              <Button loading={undo.isPending} onClick={() => undo.mutate({ importId })}>
                Undo it
              </Button>
            )}
            <Button variant="default" onClick={close}>
              {undo.data ? 'Close' : 'Keep it'}
            </Button>
          </div>
        </div>
      </Modal>
    </>
  )
}

function Undone({ undone }: { undone: Outputs['imports']['undo'] }) {
  return (
    <>
      <p role="status">
        {undone.undone.toLocaleString()} {undone.undone === 1 ? 'line' : 'lines'} taken back,{' '}
        {undone.kept.length.toLocaleString()} kept.
      </p>
      {undone.kept.length > 0 && (
        <ul className="dots small">
          {undone.kept.map(({ line, entity, id, why }) => (
            <li key={`${line}-${id}`}>
              line {line}:{' '}
              {entity === 'declaration' ? (
                'declaration'
              ) : (
                <Link to={`/${listOf[entity as keyof typeof listOf]}/${id}`}>{entity}</Link>
              )}{' '}
              kept, {why}
            </li>
          ))}
        </ul>
      )}
    </>
  )
}
