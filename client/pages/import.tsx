// Import: choose a file or paste, map its columns, look at what it would do, do it, and take it back.
import { Button, FileButton, Loader, NativeSelect, Textarea } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type DragEvent, useState } from 'react'
import { trpc } from '../api.ts'
import { countText } from '../parts/count-text.ts'
import { type CsvRecord, decodeBytes, readCsv, toBase64 } from '../parts/csv.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { ImportDone } from '../parts/import-done.tsx'
import { ImportHistory } from '../parts/import-history.tsx'
import {
  doubles,
  type FileColumn,
  firstTargets,
  ImportMapping,
  rememberMapping,
  toMapping,
} from '../parts/import-mapping.tsx'
import { ImportPreview, type ImportResult } from '../parts/import-preview.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { useSearchState, wordOf } from '../parts/search-state.ts'
import '../parts/import.css'

const importKinds = ['people', 'devices', 'shipments', 'declarations'] as const
type ImportKind = (typeof importKinds)[number]

/** The server takes 16 MiB at a time. */
const BYTES_MAX = 16 * 1024 * 1024

interface Source {
  content: string
  text: string
  fileName: string | null
}

interface Table {
  encoding: string
  delimiter: string
  lines: number
  columns: FileColumn[]
  records: CsvRecord[]
  targets: Record<string, string>
  fromMemory: boolean
}

/** One file on its way in. Going back keeps what was done; another file begins anew. */
interface Progress {
  source: Source
  table: Table | null
  preview: ImportResult | null
  done: ImportResult | null
}

export function Import() {
  const importing = useMay('admin', 'provisioner')
  const [search, setSearch] = useSearchState()
  const kind = wordOf(search['kind'], importKinds) ?? 'people'
  const [progress, setProgress] = useState<Progress | null>(null)
  const restart = () => setProgress(null)
  return (
    <>
      <PageHeader title="Import" />
      <div className="stack">
        {!importing.may && <p className="soft">{importing.why} Below is what was imported.</p>}
        {importing.may && progress?.done && <ImportDone kind={kind} result={progress.done} onAnother={restart} />}
        {importing.may && !progress?.done && (
          <Wizard
            kind={kind}
            onKind={(next) => setSearch({ kind: next })}
            progress={progress}
            onProgress={setProgress}
          />
        )}
        <ImportHistory mayUndo={importing.may} />
      </div>
    </>
  )
}

interface WizardProps {
  kind: ImportKind
  onKind(kind: ImportKind): void
  progress: Progress | null
  onProgress(progress: Progress | null): void
}

/** The steps up to the run itself, each opening under the one before. */
function Wizard({ kind, onKind, progress, onProgress }: WizardProps) {
  const columns = useQuery(trpc.imports.columns.queryOptions(undefined, { staleTime: Number.POSITIVE_INFINITY }))
  const known = columns.data?.[kind] ?? []
  const detect = useMutation(trpc.imports.detect.mutationOptions({ meta: { showsErrors: true } }))
  const check = useMutation(trpc.imports.run.mutationOptions({ meta: { showsErrors: true } }))
  const run = useMutation(trpc.imports.run.mutationOptions({ meta: { showsErrors: true } }))

  const open = async (source: Source) => {
    onProgress({ source, table: null, preview: null, done: null })
    check.reset()
    run.reset()
    const found = await detect.mutateAsync({ kind, content: source.content }).catch(() => null)
    if (found === null) return
    const records = readCsv(source.text, found.delimiter)
    const header = records[0]?.cells ?? []
    const fileColumns = found.columns.map(({ name, samples }, index) => ({ raw: header[index] ?? name, name, samples }))
    const { targets, fromMemory } = firstTargets(kind, fileColumns, known)
    const table: Table = {
      encoding: found.encoding,
      delimiter: found.delimiter,
      lines: found.lines,
      columns: fileColumns,
      records,
      targets,
      fromMemory,
    }
    onProgress({ source, table, preview: null, done: null })
  }

  const inputOf = ({ source, table }: Progress, dryRun: boolean) => ({
    kind,
    content: source.content,
    fileName: source.fileName,
    mapping: table === null ? {} : toMapping(table.columns, table.targets),
    dryRun,
  })
  const lookAhead = async (of: Progress) => {
    const preview = await check.mutateAsync(inputOf(of, true)).catch(() => null)
    if (preview !== null) onProgress({ ...of, preview })
  }
  const runNow = async (of: Progress) => {
    const done = await run.mutateAsync(inputOf(of, false)).catch(() => null)
    if (done === null) return
    if (of.table) rememberMapping(kind, of.table.columns, of.table.targets)
    onProgress({ ...of, done })
  }

  const table = progress?.table ?? null
  const preview = progress?.preview ?? null
  return (
    <>
      <section className="card" aria-labelledby="import-choose">
        <header>
          <h2 id="import-choose">1 · What and from where</h2>
          {progress && <SourceName source={progress.source} onClear={() => onProgress(null)} />}
        </header>
        {progress === null ? (
          <Choose kind={kind} onKind={onKind} columns={known} onSource={(source) => void open(source)} />
        ) : (
          <p className="soft" aria-live="polite">
            {detect.isPending && <Working>Reading the file</Working>}
            {table &&
              `${countText(table.lines, 'line', 'lines')} of ${kind} · ${table.encoding} · separated by ${delimiterName(table.delimiter)}`}
          </p>
        )}
        {detect.error && <ErrorNote error={detect.error} />}
      </section>

      {progress && table && (
        <section className="card" aria-labelledby="import-map">
          <header>
            <h2 id="import-map">2 · Columns</h2>
            <span className="faint small">
              {table.fromMemory ? 'as the last time with this header' : 'by their names'}
            </span>
          </header>
          <ImportMapping
            columns={table.columns}
            known={known}
            targets={table.targets}
            onChange={(targets) => onProgress({ ...progress, table: { ...table, targets }, preview: null })}
          />
          {preview === null && (
            <div className="row" style={{ marginTop: '0.75rem' }}>
              <Button
                disabled={doubles(table.targets).length > 0}
                loading={check.isPending}
                onClick={() => void lookAhead(progress)}
              >
                Check without importing
              </Button>
              <span className="faint small" aria-live="polite">
                {check.isPending ? `Checking ${table.lines.toLocaleString()} lines` : 'Nothing is written yet.'}
              </span>
            </div>
          )}
          {check.error && <ErrorNote error={check.error} />}
        </section>
      )}

      {progress && table && preview && (
        <section className="card" aria-labelledby="import-check">
          <header>
            <h2 id="import-check">3 · What it would do</h2>
            <span className="faint small" aria-live="polite">
              {countsInWords(preview)}
            </span>
          </header>
          <ImportPreview summary={preview} records={table.records} fileName={progress.source.fileName} />
          <Confirm preview={preview} isPending={run.isPending} onConfirm={() => void runNow(progress)} />
          {run.error && <ErrorNote error={run.error} />}
        </section>
      )}
    </>
  )
}

/** What the counts say, in one line. */
function countsInWords(summary: ImportResult): string {
  const { created, updated, unchanged, rejected } = summary
  return `${created.toLocaleString()} to create · ${updated.toLocaleString()} to update · ${unchanged.toLocaleString()} unchanged · ${rejected.length.toLocaleString()} with errors`
}

const delimiterName = (delimiter: string) =>
  ({ ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' })[delimiter] ?? delimiter

function Working({ children }: { children: string }) {
  return (
    <span className="row">
      <Loader size={14} /> {children}
    </span>
  )
}

function SourceName({ source, onClear }: { source: Source; onClear(): void }) {
  return (
    <span className="small">
      {source.fileName ?? 'pasted text'}{' '}
      <button type="button" className="link" onClick={onClear}>
        choose another
      </button>
    </span>
  )
}

function Confirm({ preview, isPending, onConfirm }: { preview: ImportResult; isPending: boolean; onConfirm(): void }) {
  const count = preview.created + preview.updated
  const left = preview.rejected.length
  return (
    <div className="row" style={{ marginTop: '0.75rem' }}>
      <Button disabled={count === 0} loading={isPending} onClick={onConfirm}>
        Import {count.toLocaleString()} {count === 1 ? 'line' : 'lines'}
      </Button>
      <span className="faint small" aria-live="polite">
        {isPending && 'Importing…'}
        {!isPending && count === 0 && 'There is nothing to write: every line is as on file already, or has an error.'}
        {!isPending &&
          count > 0 &&
          left > 0 &&
          `${left === 1 ? 'The line with an error is' : `The ${left} lines with errors are`} left out.`}
      </span>
    </div>
  )
}

interface ChooseProps {
  kind: ImportKind
  onKind(kind: ImportKind): void
  columns: string[]
  onSource(source: Source): void
}

function Choose({ kind, onKind, columns, onSource }: ChooseProps) {
  const [pasted, setPasted] = useState('')
  const [fault, setFault] = useState<string | null>(null)
  const [isOver, setIsOver] = useState(false)
  const take = async (file: File | null | undefined) => {
    setFault(null)
    if (!file) return
    if (file.size > BYTES_MAX) return setFault('At most 16 MiB at a time: split the file.')
    const bytes = new Uint8Array(await file.arrayBuffer())
    onSource({ content: toBase64(bytes), text: decodeBytes(bytes), fileName: file.name })
  }
  const takePasted = () => {
    const bytes = new TextEncoder().encode(pasted)
    if (bytes.length > BYTES_MAX) return setFault('At most 16 MiB at a time: split the text.')
    onSource({ content: toBase64(bytes), text: pasted, fileName: null })
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setIsOver(false)
    void take(event.dataTransfer.files[0])
  }
  return (
    <div className="stack">
      <NativeSelect
        label="What is in it"
        maw={260}
        data={[...importKinds]}
        value={kind}
        onChange={(event) => onKind(event.currentTarget.value as ImportKind)}
      />
      <fieldset
        className={isOver ? 'drop over' : 'drop'}
        onDragOver={(event) => {
          event.preventDefault()
          setIsOver(true)
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
      >
        <legend className="visually-hidden">A file</legend>
        <FileButton accept=".csv,.tsv,.txt,text/csv,text/plain" onChange={(file) => void take(file)}>
          {(props) => <Button {...props}>Choose a file</Button>}
        </FileButton>
        <span className="soft">or drop one here, or paste below. CSV with a line that names the columns.</span>
      </fieldset>
      <Textarea
        label="Paste"
        autosize
        minRows={3}
        maxRows={10}
        className="mono-input"
        placeholder={columns.slice(0, 4).join(',')}
        value={pasted}
        error={fault}
        onChange={(event) => setPasted(event.currentTarget.value)}
      />
      <div className="row">
        <Button variant="default" disabled={pasted.trim() === ''} onClick={takePasted}>
          Read what I pasted
        </Button>
      </div>
      <details>
        <summary className="small">Columns of {kind}</summary>
        <p className="mono small soft">{columns.join(', ')}</p>
        <p className="small faint">
          In any order. An absent column leaves what is on file; an empty cell clears it. Other columns are kept as
          notes.
        </p>
      </details>
    </div>
  )
}
