// Signing: a typed name, or one drawn with a finger, a pen or a mouse. Typing is always there: nobody has to draw.
import { Radio, TextInput } from '@mantine/core'
import { type PointerEvent, useRef } from 'react'
import type { Inputs } from '../api.ts'
import './signature-pad.css'

export type Signature = NonNullable<Inputs['handovers']['answer']['signature']>

export interface Signing {
  how: 'typed' | 'drawn'
  name: string
  path: string
}

export const notSigned: Signing = { how: 'typed', name: '', path: '' }

/** What is sent of it; null while something is missing. */
export function signatureOf({ how, name, path }: Signing): Signature | null {
  if (!isNamed(name)) return null
  if (how === 'typed') return { how, name: name.trim() }
  return isDrawn(path) ? { how, name: name.trim(), path } : null
}

const isNamed = (name: string) => name.trim().length >= 2
const isDrawn = (path: string) => path.length >= 10

const WIDTH = 400
const HEIGHT = 140
/** Below what the service takes, with room for the last stroke. */
const PATH_MAX = 95_000

interface SignaturePadProps {
  value: Signing
  onChange(value: Signing): void
  /** Sending it was tried: what is missing is said. */
  isTried: boolean
}

export function SignaturePad({ value, onChange, isTried }: SignaturePadProps) {
  return (
    <div className="stack">
      <TextInput
        label="Your name"
        description={value.how === 'typed' ? 'Typed here, it is your signature.' : undefined}
        value={value.name}
        autoComplete="name"
        maxLength={200}
        error={isTried && !isNamed(value.name) ? 'Type your name.' : null}
        onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
      />
      <Radio.Group
        label="Sign by"
        value={value.how}
        error={
          isTried && value.how === 'drawn' && !isDrawn(value.path)
            ? 'Draw your signature in the field, or sign by typing your name.'
            : null
        }
        onChange={(how) => onChange({ ...value, how: how as Signing['how'] })}
      >
        <div className="row">
          <Radio value="typed" label="typing my name" />
          <Radio value="drawn" label="drawing" />
        </div>
      </Radio.Group>
      {value.how === 'drawn' && <Drawing path={value.path} onChange={(path) => onChange({ ...value, path })} />}
    </div>
  )
}

function Drawing({ path, onChange }: { path: string; onChange(path: string): void }) {
  const isDown = useRef(false)
  const pointOf = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const clamp = (value: number, most: number) => Math.min(most, Math.max(0, Math.round(value)))
    const x = clamp(((event.clientX - box.left) / box.width) * WIDTH, WIDTH)
    const y = clamp(((event.clientY - box.top) / box.height) * HEIGHT, HEIGHT)
    return `${x} ${y}`
  }
  const add = (step: string) => path.length < PATH_MAX && onChange(path === '' ? step : `${path} ${step}`)
  return (
    <div>
      <svg
        className="signature-pad"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Field to draw your signature in. You can sign by typing your name instead."
        onPointerDown={(event) => {
          isDown.current = true
          event.currentTarget.setPointerCapture(event.pointerId)
          add(`M ${pointOf(event)}`)
        }}
        onPointerMove={(event) => isDown.current && add(`L ${pointOf(event)}`)}
        onPointerUp={() => {
          isDown.current = false
        }}
        onPointerCancel={() => {
          isDown.current = false
        }}
      >
        <line x1="20" x2={WIDTH - 20} y1={HEIGHT - 30} y2={HEIGHT - 30} />
        <path d={path} />
      </svg>
      <button type="button" className="link small" disabled={path === ''} onClick={() => onChange('')}>
        Draw it again
      </button>
    </div>
  )
}

/** A drawn signature as it was signed. */
export function DrawnSignature({ path, name }: { path: string; name: string | null }) {
  return (
    <svg
      className="signature-shown"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`Signature of ${name ?? 'the receiver'}`}
    >
      <path d={path} />
    </svg>
  )
}
