// Filters as sentences: “status is not closed ×”. Each is a button that changes it, with a cross that takes it out.
import { Checkbox, Popover, Radio } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { type ReactNode, useEffect, useState } from 'react'
import './filters.css'

export interface Filter {
  key: string
  /** As the sentence begins: `severity`. */
  label: string
  options: { value: string; label: string }[]
  /** Several may be chosen. */
  isMany?: boolean
  values: string[]
  /** The sentence, where “label is any of …” is not the best one. */
  sentence?: string | undefined
}

interface FiltersProps {
  filters: Filter[]
  onChange(key: string, values: string[]): void
  /** How many match, and how they are sorted. */
  count: ReactNode
  /** A field for words, where a list can be searched. */
  text?: { label: string; value: string; onChange(text: string): void }
}

/** The sentence of a filter: “severity is any of critical, high”. */
function sentenceOf({ label, options, values, sentence }: Filter): string {
  if (sentence !== undefined) return sentence
  const words = values.map((value) => options.find((option) => option.value === value)?.label ?? value)
  return words.length === 1 ? `${label} is ${words[0]}` : `${label} is any of ${words.join(', ')}`
}

export function Filters({ filters, onChange, count, text }: FiltersProps) {
  const [adding, setAdding] = useState<string | null>(null)
  const set = filters.filter((filter) => filter.values.length > 0 || filter.key === adding)
  const unset = filters.filter((filter) => !set.includes(filter))
  return (
    <search className="filters" aria-label="Filters">
      {text && <TextFilter {...text} />}
      {set.map((filter) => (
        <FilterChip
          key={filter.key}
          filter={filter}
          isNew={filter.key === adding}
          onChange={(values) => onChange(filter.key, values)}
          onClose={() => setAdding(null)}
        />
      ))}
      {unset.length > 0 && <AddFilter filters={unset} onAdd={setAdding} />}
      <span className="filters-count small faint" role="status">
        {count}
      </span>
    </search>
  )
}

interface FilterChipProps {
  filter: Filter
  isNew: boolean
  onChange(values: string[]): void
  onClose(): void
}

function FilterChip({ filter, isNew, onChange, onClose }: FilterChipProps) {
  const [isOpen, setOpen] = useState(isNew)
  const words = filter.values.length === 0 ? `${filter.label} is …` : sentenceOf(filter)
  const close = () => {
    setOpen(false)
    onClose()
  }
  return (
    <Popover
      opened={isOpen}
      onChange={(opened) => !opened && close()}
      position="bottom-start"
      trapFocus
      returnFocus
      withinPortal
    >
      <Popover.Target>
        <span className="chip">
          <button type="button" aria-expanded={isOpen} onClick={() => (isOpen ? close() : setOpen(true))}>
            {words}
          </button>
          <button type="button" aria-label={`Take out: ${words}`} onClick={() => onChange([])}>
            ×
          </button>
        </span>
      </Popover.Target>
      <Popover.Dropdown>
        {filter.isMany ? (
          <Checkbox.Group label={filter.label} value={filter.values} onChange={onChange}>
            <div className="options">
              {filter.options.map((option) => (
                <Checkbox key={option.value} size="xs" value={option.value} label={option.label} />
              ))}
            </div>
          </Checkbox.Group>
        ) : (
          <Radio.Group
            label={filter.label}
            value={filter.values[0] ?? ''}
            onChange={(value) => {
              onChange([value])
              close()
            }}
          >
            <div className="options">
              {filter.options.map((option) => (
                <Radio key={option.value} size="xs" value={option.value} label={option.label} />
              ))}
            </div>
          </Radio.Group>
        )}
      </Popover.Dropdown>
    </Popover>
  )
}

function AddFilter({ filters, onAdd }: { filters: Filter[]; onAdd(key: string): void }) {
  const [isOpen, setOpen] = useState(false)
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className="chip add" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          + filter
        </button>
      </Popover.Target>
      <Popover.Dropdown>
        <div className="options">
          {filters.map((filter) => (
            <button
              key={filter.key}
              type="button"
              className="link"
              onClick={() => {
                setOpen(false)
                onAdd(filter.key)
              }}
            >
              {filter.label}
            </button>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}

const TYPING_MS = 250

function TextFilter({ label, value, onChange }: NonNullable<FiltersProps['text']>) {
  const [text, setText] = useState(value)
  const tell = useDebouncedCallback(onChange, TYPING_MS)
  useEffect(() => setText(value), [value])
  return (
    <input
      type="search"
      className="filters-text"
      aria-label={label}
      placeholder={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value)
        tell(event.currentTarget.value)
      }}
    />
  )
}
