// The saved views of a list: which one is shown, whether it still is what was saved, and what one may do with it.
import { Button, Checkbox, Menu, Modal, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useEffect, useState } from 'react'
import { type Inputs, quietly, showDone, trpc } from '../api.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { ErrorNote } from './error-note.tsx'
import { ALL, differs, keptOf, type SavedView } from './saved-view.ts'
import type { Search } from './search-state.ts'

type Page = Inputs['savedViews']['save']['page']
type Marks = Inputs['savedViews']['mark']
type Asking = 'save as' | 'rename' | 'delete' | null

interface SavedViewsProps {
  page: Page
  /** What the list is called with no filter: `All open cases`. */
  all: string
}

/** Stands in the head of a list. A list opened without any filter opens with one's own default. */
export function SavedViews({ page, all }: SavedViewsProps) {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const { data: every } = useQuery(trpc.savedViews.list.queryOptions())
  const [asking, setAsking] = useState<Asking>(null)
  const save = useMutation(trpc.savedViews.save.mutationOptions())
  const mark = useMutation(trpc.savedViews.mark.mutationOptions())
  const views = every?.filter((view) => view.page === page) ?? []
  const here = views.find((view) => view.id === search['view'])
  const isChanged = here !== undefined && differs(here, search)
  const show = (next: Record<string, string>) => void navigate({ to: '.', search: next as never })
  const preferred = views.find((view) => view.isDefault)
  const isBare = Object.keys(keptOf(search)).length === 0 && search['view'] === undefined

  // biome-ignore lint/correctness/useExhaustiveDependencies: only on arriving at the bare list, or once the views are known
  useEffect(() => {
    if (isBare && preferred)
      void navigate({ to: '.', search: { ...preferred.search, view: preferred.id } as never, replace: true })
  }, [isBare, preferred?.id])

  const keep = (view: SavedView) =>
    save.mutate(
      { id: view.id, page, name: view.name, search: keptOf(search), isShared: view.isShared },
      { onSuccess: () => showDone(`“${view.name}” is saved`) },
    )
  const markAs = (marks: Marks, done: string) => mark.mutate(marks, { onSuccess: () => showDone(done) })
  return (
    <span className="row">
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button variant="default" aria-label={`Views: ${here?.name ?? all}${isChanged ? ', changed' : ''}`}>
            {here?.name ?? 'Views'}
            <span aria-hidden="true">&nbsp;{isChanged ? '• ▾' : '▾'}</span>
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>Views</Menu.Label>
          <Menu.Item onClick={() => show(preferred ? { view: ALL } : {})}>{all}</Menu.Item>
          {views.map((view) => (
            <Menu.Item
              key={view.id}
              onClick={() => show({ ...view.search, view: view.id })}
              rightSection={<span className="small faint">{marksOf(view)}</span>}
            >
              {view.name}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setAsking('save as')}>Save as…</Menu.Item>
          {here && <OfView view={here} isChanged={isChanged} onKeep={keep} onAsk={setAsking} onMark={markAs} />}
        </Menu.Dropdown>
      </Menu>
      {isChanged && here.isMine && (
        <button type="button" className="link small" disabled={save.isPending} onClick={() => keep(here)}>
          Save
        </button>
      )}
      {isChanged && (
        <button type="button" className="link small" onClick={() => show({ ...here.search, view: here.id })}>
          Reset
        </button>
      )}
      {asking === 'save as' && (
        <NameView
          title="Save these filters as a view"
          onClose={() => setAsking(null)}
          given={{ id: null, page, name: '', search: keptOf(search), isShared: false }}
          onSaved={(id) => show({ ...keptOf(search), view: id })}
        />
      )}
      {asking === 'rename' && here && (
        <NameView
          title={`Rename or share “${here.name}”`}
          onClose={() => setAsking(null)}
          given={{ id: here.id, page, name: here.name, search: here.search, isShared: here.isShared }}
        />
      )}
      {asking === 'delete' && here && (
        <DeleteView view={here} onClose={() => setAsking(null)} onDone={() => show({})} />
      )}
    </span>
  )
}

const marksOf = (view: SavedView) =>
  [view.isDefault && 'opens first', view.isPinned && 'pinned', view.isShared && (view.isMine ? 'shared' : 'of others')]
    .filter(Boolean)
    .join(', ')

interface OfViewProps {
  view: SavedView
  isChanged: boolean
  onKeep(view: SavedView): void
  onAsk(asking: Asking): void
  onMark(marks: Marks, done: string): void
}

function OfView({ view, isChanged, onKeep, onAsk, onMark }: OfViewProps) {
  const { id, name, isPinned, isDefault } = view
  const marks = { id, isPinned, isDefault }
  const pin = () =>
    onMark({ ...marks, isPinned: !isPinned }, `“${name}” is ${isPinned ? 'out of' : 'pinned to'} the side bar`)
  const prefer = () =>
    onMark(
      { ...marks, isDefault: !isDefault },
      isDefault ? 'The list opens without a view' : `The list opens with “${name}”`,
    )
  return (
    <>
      {view.isMine && (
        <Menu.Item disabled={!isChanged} onClick={() => onKeep(view)}>
          Save “{view.name}”
        </Menu.Item>
      )}
      <Menu.Item onClick={pin}>{isPinned ? 'Take out of the side bar' : 'Pin to the side bar'}</Menu.Item>
      <Menu.Item onClick={prefer}>
        {isDefault ? 'Do not open with this view' : 'Open the list with this view'}
      </Menu.Item>
      {view.isMine && (
        <>
          <Menu.Item onClick={() => onAsk('rename')}>Rename or share…</Menu.Item>
          <Menu.Item onClick={() => onAsk('delete')}>Delete…</Menu.Item>
        </>
      )}
    </>
  )
}

interface NameViewProps {
  title: string
  given: Inputs['savedViews']['save'] & { name: string }
  onClose(): void
  onSaved?(id: string): void
}

function NameView({ title, given, onClose, onSaved }: NameViewProps) {
  const [name, setName] = useState(given.name)
  const [isShared, setShared] = useState(given.isShared ?? false)
  const save = useMutation(trpc.savedViews.save.mutationOptions(quietly))
  function submit(event: FormEvent): void {
    event.preventDefault()
    save.mutate(
      { ...given, name: name.trim(), isShared },
      {
        onSuccess: ({ id }) => {
          onSaved?.(id)
          onClose()
        },
      },
    )
  }
  return (
    <Modal opened onClose={onClose} title={title}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={60}
          required
          data-autofocus
        />
        <Checkbox
          size="xs"
          label="Others see it too"
          description="They can use it and pin it; only you change it."
          checked={isShared}
          onChange={(event) => setShared(event.currentTarget.checked)}
        />
        {save.error !== null && <ErrorNote error={save.error} />}
        <div className="row">
          <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
            Save
          </Button>
        </div>
      </form>
    </Modal>
  )
}

function DeleteView({ view, onClose, onDone }: { view: SavedView; onClose(): void; onDone(): void }) {
  const remove = useMutation(trpc.savedViews.remove.mutationOptions(quietly))
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete the view “${view.name}”`}
      confirm="Delete it"
      asked={remove}
      onConfirm={() =>
        remove.mutate(
          { id: view.id },
          {
            onSuccess: () => {
              onClose()
              onDone()
            },
          },
        )
      }
    >
      <p>Its filters are forgotten{view.isShared && ', for everybody who uses it'}; what they showed stays as it is.</p>
    </ConfirmDialog>
  )
}
