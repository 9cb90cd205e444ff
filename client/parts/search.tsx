// Search: paste a serial, tracking number, e-mail or case and be there; else choose with the arrows.
import { Modal } from '@mantine/core'
import { useDebouncedValue, useHotkeys, useLocalStorage } from '@mantine/hooks'
import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { KeyCap, useKeys } from './keys.tsx'
import './search.css'

type Hit = Outputs['search']['find'][number]

const RECENT = 6
const PAUSE_MS = 200

const kinds = { case: 'Cases', device: 'Devices', shipment: 'Shipments', person: 'People' } as const
const paths = { case: '/cases', device: '/devices', shipment: '/shipments', person: '/people' } as const

/** The field that opens it, and the dialog. */
export function Search() {
  const [isOpen, setOpen] = useState(false)
  useHotkeys([['mod+K', () => setOpen(true)]], [])
  useKeys([{ key: '/', label: 'search', run: () => setOpen(true) }])
  return (
    <>
      <button type="button" className="search-open" onClick={() => setOpen(true)} aria-haspopup="dialog">
        <span>Serial, tracking number, e-mail, case…</span>
        <KeyCap of="/" />
      </button>
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        withCloseButton={false}
        centered={false}
        size="lg"
        padding={0}
        aria-label="Search"
      >
        <Finder close={() => setOpen(false)} />
      </Modal>
    </>
  )
}

function Finder({ close }: { close(): void }) {
  const id = useId()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const [text, setText] = useState('')
  const [active, setActive] = useState(0)
  const [recent, setRecent] = useLocalStorage<Hit[]>({
    key: 'telltale-recent',
    defaultValue: [],
    getInitialValueInEffect: false,
  })
  const [asked] = useDebouncedValue(text.trim(), PAUSE_MS)
  const found = useQuery({
    ...trpc.search.find.queryOptions({ text: asked }),
    enabled: asked.length >= 2,
    placeholderData: keepPreviousData,
  })
  const isAsking = text.trim().length >= 2
  const hits = isAsking ? (found.data ?? []) : recent

  function open(hit: Hit): void {
    // Names and e-mails stay out of what this browser keeps.
    if (hit.kind !== 'person') setRecent([hit, ...recent.filter((one) => one.id !== hit.id)].slice(0, RECENT))
    close()
    void navigate({ to: `${paths[hit.kind]}/${hit.ref}` })
  }

  /** One exact hit is where the person wants to be. */
  async function openExact(words: string): Promise<void> {
    if (words.length < 2) return
    const answer = await queries.fetchQuery(trpc.search.find.queryOptions({ text: words }))
    const exact = answer.filter((hit) => hit.exact)
    const [hit] = exact.length === 1 ? exact : answer.length === 1 ? answer : []
    if (hit) open(hit)
  }

  function press(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      if (hits.length > 0) setActive((active + step + hits.length) % hits.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      const chosen = hits[active]
      if (chosen && (!isAsking || asked === text.trim())) open(chosen)
      else void openExact(text.trim())
    }
  }

  return (
    <div className="finder">
      <input
        type="search"
        role="combobox"
        aria-label="Serial, tag, tracking number, reference, e-mail, name or case"
        aria-expanded={hits.length > 0}
        aria-controls={`${id}-hits`}
        aria-activedescendant={hits[active] ? `${id}-${active}` : undefined}
        placeholder="Serial, tag, tracking number, reference, e-mail, name or case"
        data-autofocus
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value)
          setActive(0)
        }}
        onPaste={(event) => text === '' && void openExact(event.clipboardData.getData('text').trim())}
        onKeyDown={press}
      />
      <div id={`${id}-hits`} role="listbox" aria-label={isAsking ? 'Found' : 'Opened lately'} tabIndex={-1}>
        {hits.map((hit, index) => (
          <a
            key={hit.kind + hit.id}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            tabIndex={-1}
            href={`${paths[hit.kind]}/${hit.ref}`}
            className={index === active ? 'hit active' : 'hit'}
            onMouseMove={() => setActive(index)}
            onClick={(event) => {
              if (event.metaKey || event.ctrlKey || event.button !== 0) return
              event.preventDefault()
              open(hit)
            }}
          >
            <span className="faint small">{kinds[hit.kind]}</span>
            <span className={hit.kind === 'person' ? 'strong' : 'strong mono'}>{hit.label}</span>
            <span className="soft small">{hit.hint}</span>
          </a>
        ))}
      </div>
      <p className="finder-foot small faint" role="status">
        {!isAsking && hits.length === 0 && 'Paste or type at least two characters. An exact match opens at once.'}
        {!isAsking && hits.length > 0 && 'Opened lately'}
        {isAsking && found.isError && 'The search did not answer. Try again in a moment.'}
        {isAsking && found.isFetching && hits.length === 0 && 'Looking…'}
        {isAsking &&
          found.isSuccess &&
          !found.isFetching &&
          (hits.length === 0
            ? 'Nothing begins like this. Serials, tags, tracking numbers, references, e-mails and names are searched from their start.'
            : `${hits.length} found · ↑ ↓ to choose, Enter to open`)}
      </p>
    </div>
  )
}
