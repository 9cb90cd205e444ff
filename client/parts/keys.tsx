// Single keys: they belong to the open page, never fire while typing or with a modifier, and can be switched off.
import { Modal, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { trpc } from '../api.ts'
import { useMe } from './me.ts'

export interface Key {
  /** As `KeyboardEvent.key` has it: `j`, `Enter`, `?`. */
  key: string
  /** What it does, as in the list of all keys. */
  label: string
  run(): void
  /** Only then; at other times the key is the browser's own. */
  when?(): boolean
}

const layers = new Set<{ current: Key[] }>()

/** Binds keys while the component is there. What was bound last wins. */
export function useKeys(keys: Key[]): void {
  const bound = useRef(keys)
  bound.current = keys
  useEffect(() => {
    layers.add(bound)
    return () => {
      layers.delete(bound)
    }
  }, [])
}

const boundKeys = () => [...layers].reverse().flatMap((layer) => layer.current)

/** Whether single keys are on, and how to switch them: for oneself, wherever one signs in. */
export function useKeySetting(): [boolean, (isOn: boolean) => void] {
  const { singleKeys } = useMe()
  const set = useMutation(trpc.access.setSingleKeys.mutationOptions())
  return [set.isPending ? set.variables.areOn : singleKeys, (areOn) => set.mutate({ areOn })]
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)
}

/** Enter means the focused thing itself where that can be pressed. */
const isPressable = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.closest('a, button, summary, [role="menuitem"]') !== null

/** Listens for all pages, and lists every key on `?`. Once, in the shell. */
export function Keys() {
  const [areOn, setOn] = useKeySetting()
  const [isListOpen, setListOpen] = useState(false)
  useEffect(() => {
    if (!areOn) return
    function press(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return
      if (document.querySelector('[role="dialog"], [role="menu"]') !== null) return
      if (event.key === 'Enter' && isPressable(event.target)) return
      const found =
        event.key === '?'
          ? { run: () => setListOpen(true) }
          : boundKeys().find((one) => one.key === event.key && (one.when?.() ?? true))
      if (found === undefined) return
      event.preventDefault()
      found.run()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [areOn])
  return (
    <>
      <button type="button" className="link small" onClick={() => setListOpen(true)}>
        Keys
      </button>
      <Modal opened={isListOpen} onClose={() => setListOpen(false)} title="Keys on this page">
        <div className="stack">
          <dl className="facts">
            {isListOpen &&
              [...boundKeys(), { key: '?', label: 'this list' }, { key: 'Ctrl K', label: 'search, from anywhere' }].map(
                ({ key, label }) => (
                  <div key={key + label} style={{ display: 'contents' }}>
                    <dt>
                      <kbd>{glyphs[key] ?? key}</kbd>
                    </dt>
                    <dd>{label}</dd>
                  </div>
                ),
              )}
          </dl>
          <Switch
            checked={areOn}
            onChange={(event) => setOn(event.currentTarget.checked)}
            label="Single keys do something (for you, in every browser)"
          />
        </div>
      </Modal>
    </>
  )
}

const glyphs: Record<string, string> = {
  Enter: '↵',
  ArrowDown: '↓',
  ArrowUp: '↑',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}

/** A key's cap; absent while single keys are off. */
export function KeyCap({ of }: { of: string }) {
  const [areOn] = useKeySetting()
  return areOn ? (
    <span className="key" aria-hidden="true">
      {glyphs[of] ?? of}
    </span>
  ) : null
}

type Hint = [keys: string[], label: string]

const listHints: Hint[] = [
  [['j', 'k'], 'move'],
  [['Enter'], 'open'],
  [['/'], 'search'],
]

/** A line of keys under a list: `j k move · x select`. */
export function KeyHints({ hints = listHints }: { hints?: Hint[] }): ReactNode {
  const [areOn] = useKeySetting()
  if (!areOn) return null
  return (
    <p className="row key-hints small faint">
      {hints.map(([keys, label]) => (
        <span key={label}>
          {keys.map((key) => (
            <kbd key={key}>{glyphs[key] ?? key}</kbd>
          ))}{' '}
          {label}
        </span>
      ))}
    </p>
  )
}
