// How a request may go wrong on purpose, and which requests are meant.

export const faultTargets = [
  'buy',
  'create',
  'read',
  'address',
  'tracker',
  'refund',
  'label',
  'webhook',
  'any',
] as const
export type FaultTarget = (typeof faultTargets)[number]

/**
 * - `429`: not done. `retryAfter` in seconds, or as a date with a text; without, none is named.
 * - `500`: not done, unless `isDone`.
 * - `broken JSON`: done, and the answer is cut in the middle.
 * - `late`: done at once, answered after `ms`.
 * - `close after doing it`, `close before`: the connection ends without an answer.
 * - `error of another shape`: not done; JSON of a proxy in front, which has no `error`.
 * - `carrier timed out`: EasyPost's own refusal, with 422, when a carrier gave it no answer; `isDone` where it sold the label.
 * - `no JSON`: not done; a proxy's page in HTML.
 */
export interface Fault {
  on: FaultTarget
  /** How many matching requests; one without. */
  times?: number
  how:
    | '429'
    | '500'
    | 'broken JSON'
    | 'late'
    | 'close after doing it'
    | 'close before'
    | 'error of another shape'
    | 'carrier timed out'
    | 'no JSON'
  retryAfter?: number | string
  isDone?: boolean
  ms?: number
}

/** What a request is for, as faults name it. */
export function targetOf(method: string, path: string): FaultTarget {
  if (path.startsWith('/labels/')) return 'label'
  const [, , what, , verb] = path.split('/')
  if (what === 'addresses') return 'address'
  if (what === 'trackers') return 'tracker'
  if (what === 'webhooks') return 'webhook'
  if (what === 'refunds' || verb === 'refund') return 'refund'
  if (verb === 'buy') return 'buy'
  return what === 'shipments' && method === 'POST' ? 'create' : 'read'
}

/** The next fault for a request, counted down; undefined where all goes well. */
export function takeFault(faults: Fault[], target: FaultTarget): Fault | undefined {
  const at = faults.findIndex(({ on }) => on === target || on === 'any')
  const fault = faults[at]
  if (fault === undefined) return undefined
  const left = (fault.times ?? 1) - 1
  if (left <= 0) faults.splice(at, 1)
  else faults[at] = { ...fault, times: left }
  return fault
}
