// Known places as a file: the whole list to keep, and entries of the company's own to bring in.
import { Button, FileButton, Modal, Textarea } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Outputs, queryClient, showError, trpc } from '../api.ts'
import { countText } from './count-text.ts'
import { downloadText, toBase64, writeCsv } from './csv.ts'
import { DialogButtons } from './dialog-buttons.tsx'
import { ErrorNote } from './error-note.tsx'
import { isReason } from './reason-dialog.tsx'
import { useFocusBack } from './use-focus-back.ts'

type Imported = Outputs['knownPlaces']['import']

/** Hands the whole list over as a CSV file. */
export async function exportKnownPlaces(): Promise<void> {
  try {
    const rows = await queryClient.fetchQuery({ ...trpc.knownPlaces.export.queryOptions(), staleTime: 0 })
    downloadText('known-places.csv', writeCsv(rows))
  } catch (error) {
    showError(error)
  }
}

export function ImportKnownPlaces({ onClose }: { onClose(): void }) {
  useFocusBack()
  const [file, setFile] = useState<File | null>(null)
  const [reason, setReason] = useState('')
  const [problem, setProblem] = useState<unknown>(null)
  const bring = useMutation(trpc.knownPlaces.import.mutationOptions({ meta: { showsErrors: true } }))
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (file === null) return
    setProblem(null)
    try {
      bring.mutate({ file: toBase64(new Uint8Array(await file.arrayBuffer())), reason })
    } catch (error) {
      setProblem(error)
    }
  }
  return (
    <Modal opened onClose={onClose} title="Bring known places in">
      {bring.data ? (
        <Result result={bring.data} onClose={onClose} />
      ) : (
        <form className="stack" onSubmit={(event) => void submit(event)}>
          <p className="soft small">
            A CSV file with the columns of the exported one; kind, name, confidence (0 to 1) and, for an address, line1,
            city, region, postal_code and country. A line under a known id that says otherwise asks for a correction.
          </p>
          <div className="row">
            <FileButton onChange={setFile} accept=".csv,text/csv">
              {(props) => (
                <Button variant="default" {...props}>
                  Choose a file…
                </Button>
              )}
            </FileButton>
            <span className="anywhere">{file?.name ?? <span className="soft">none chosen</span>}</span>
          </div>
          <Textarea
            label="Why?"
            description="Stays in the history of each entry."
            required
            autosize
            minRows={2}
            maxLength={2000}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {(bring.error ?? problem) !== null && <ErrorNote error={bring.error ?? problem} />}
          <DialogButtons
            confirm="Bring it in"
            isBusy={bring.isPending}
            isReady={file !== null && isReason(reason)}
            onClose={onClose}
          />
        </form>
      )}
    </Modal>
  )
}

function Result({ result, onClose }: { result: Imported; onClose(): void }) {
  const { added, waiting, unchanged, rejected } = result
  return (
    <div className="stack" role="status">
      <p>
        {countText(added, 'entry', 'entries')} added, {waiting} for a second person to confirm, {unchanged} unchanged,{' '}
        {rejected.length} not taken.
      </p>
      {rejected.length > 0 && (
        <ul className="lines">
          {rejected.map(({ line, column, problem }) => (
            <li key={`${line} ${column}`}>
              Line {line}, <span className="mono">{column}</span>: {problem}
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button onClick={onClose}>Done</Button>
      </div>
    </div>
  )
}
