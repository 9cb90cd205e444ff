// The terms that receivers sign: what is in force, older versions, and a new one.
import { Button, Textarea, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Outputs, showDone, trpc } from '../api.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { Loaded } from '../parts/states.tsx'
import { TermsText } from '../parts/terms-text.tsx'
import { Time } from '../parts/time.tsx'

type Kind = Outputs['handovers']['terms'][number]

const heads = { issue: 'For receiving a laptop', return: 'For giving one back' }

export function Terms() {
  const query = useQuery(trpc.handovers.terms.queryOptions())
  return (
    <>
      <PageHeader title="Terms" up={{ to: '/handovers', label: 'Hand-overs', here: 'Terms' }} />
      <Loaded query={query} lines={8}>
        {(kinds) => (
          <div className="stack">
            {kinds.map((one) => (
              <KindCard key={one.kind} terms={one} />
            ))}
          </div>
        )}
      </Loaded>
    </>
  )
}

function KindCard({ terms }: { terms: Kind }) {
  const { may, why } = useMay('admin')
  const [isEditing, setEditing] = useState(false)
  const [current, ...older] = terms.versions
  if (current === undefined) return null
  return (
    <section className="card stack" aria-labelledby={`terms-${terms.kind}`}>
      <header>
        <h2 id={`terms-${terms.kind}`}>{heads[terms.kind]}</h2>
        <span className="soft small">
          {current.setAt === null ? (
            'as built in'
          ) : (
            <>
              in force since <Time at={current.setAt} as="date" />
            </>
          )}
        </span>
      </header>
      {isEditing ? (
        <Editor kind={terms.kind} current={current} onDone={() => setEditing(false)} />
      ) : (
        <>
          <TermsText terms={current} />
          <p className="faint small anywhere">SHA-256 {current.hash}</p>
          <div>
            <Button variant="default" disabled={!may} title={why} onClick={() => setEditing(true)}>
              Write a new version…
            </Button>
          </div>
        </>
      )}
      {older.length > 0 && (
        <details>
          <summary>{older.length === 1 ? 'One older version' : `${older.length} older versions`}</summary>
          <div className="stack">
            {older.map((one) => (
              <TermsText key={one.version} terms={one} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

interface EditorProps {
  kind: Kind['kind']
  current: { title: string; body: string; version: number }
  onDone(): void
}

function Editor({ kind, current, onDone }: EditorProps) {
  const [title, setTitle] = useState(current.title)
  const [body, setBody] = useState(current.body)
  const set = useMutation(trpc.handovers.setTerms.mutationOptions({ meta: { showsErrors: true } }))
  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    try {
      const { version } = await set.mutateAsync({ kind, title, body })
      showDone(`Version ${version} is in force for what is handed over from now on.`)
      onDone()
    } catch {
      // Shown below the form.
    }
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        label="Title"
        value={title}
        maxLength={200}
        required
        onChange={(event) => setTitle(event.currentTarget.value)}
      />
      <Textarea
        label="Text"
        description="One paragraph a line. Hand-overs that are open keep the version they were opened under."
        value={body}
        maxLength={20_000}
        autosize
        minRows={8}
        required
        onChange={(event) => setBody(event.currentTarget.value)}
      />
      {set.isError && <ErrorNote error={set.error} />}
      <div className="row">
        <Button type="submit" loading={set.isPending}>
          Put version {current.version + 1} in force
        </Button>
        <Button variant="default" onClick={onDone}>
          Leave it as it is
        </Button>
      </div>
    </form>
  )
}
