// Webhooks that are registered, and the events that were told (wire formats 1.5).
import type { Books } from './books.ts'
import { missing, notFound } from './refusal.ts'
import { type EventFacts, eventView, instant } from './tracker-body.ts'

export interface Hook {
  id: string
  url: string
  secret: string | null
  customHeaders: { name: string; value: string }[]
  createdAt: string
  disabledAt: string | null
  /** How often in a row nobody took a delivery. */
  failures: number
}

interface Attempt {
  id: string
  object: 'Payload'
  created_at: string
  updated_at: string
  request_url: string
  request_headers: Record<string, string>
  request_body: string
  response_code: number | null
  response_headers: Record<string, string>
  response_body: string
  total_time: number
}

export interface SentEvent extends EventFacts {
  attempts: Attempt[]
}

type Typed = Record<string, unknown>

export const hookBody = ({ mode }: Books, hook: Hook) => ({
  id: hook.id,
  object: 'Webhook',
  mode,
  url: hook.url,
  created_at: hook.createdAt,
  disabled_at: hook.disabledAt,
  custom_headers: hook.customHeaders,
})

/** Registers a URL. Throws Refusal. */
export function createHook(books: Books, body: Typed): Hook {
  const typed = body['webhook'] as Typed | undefined
  if (typeof typed !== 'object' || typed === null) throw missing('webhook')
  if (typeof typed['url'] !== 'string' || !URL.canParse(typed['url'])) throw missing('url')
  const hook: Hook = {
    id: books.newId('hook'),
    url: typed['url'],
    secret: null,
    customHeaders: [],
    createdAt: instant(books.now()),
    disabledAt: null,
    failures: 0,
  }
  books.hooks.set(hook.id, hook)
  return change(hook, typed)
}

export function hookOf(books: Books, id: string): Hook {
  const hook = books.hooks.get(id)
  if (hook === undefined) throw notFound('The webhook was not found.')
  return hook
}

/** A new secret or new headers; one that was switched off is on again. */
export const updateHook = (books: Books, id: string, body: Typed): Hook => {
  const hook = hookOf(books, id)
  hook.disabledAt = null
  hook.failures = 0
  return change(hook, (body['webhook'] as Typed | undefined) ?? body)
}

function change(hook: Hook, typed: Typed): Hook {
  if (typeof typed['webhook_secret'] === 'string') hook.secret = typed['webhook_secret']
  if (Array.isArray(typed['custom_headers']))
    hook.customHeaders = typed['custom_headers'].flatMap((one: Typed) =>
      typeof one?.['name'] === 'string' && typeof one['value'] === 'string'
        ? [{ name: one['name'], value: one['value'] }]
        : [],
    )
  return hook
}

/** As `GET /events/:id` answers: without the result. */
export function eventOf(books: Books, id: string): SentEvent {
  const event = books.events.find((one) => one.id === id)
  if (event === undefined) throw notFound('The event was not found.')
  return event
}

/** As lists have it: shorter still. */
export const listedEvent = (event: SentEvent) => {
  const { description, id, user_id, status, created_at, mode, object } = eventView(event)
  return { description, id, user_id, status, created_at, mode, object }
}
