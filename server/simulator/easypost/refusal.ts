// How EasyPost refuses: a code, a message and entries that are objects or plain texts (wire formats 1.7).

export type Entry = { code?: string; field: string; message: string; suggestion?: string | null }

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly code: string
  readonly entries: (Entry | string)[]

  constructor(status: number, code: string, message: string, entries: (Entry | string)[] = []) {
    super(message)
    this.status = status
    this.code = code
    this.entries = entries
  }
}

export const refusalBody = ({ code, message, entries }: Refusal) => ({ error: { code, message, errors: entries } })

export const missing = (field: string) =>
  new Refusal(422, 'PARAMETER.REQUIRED', 'Missing required parameter.', [{ field, message: 'cannot be blank' }])

/** Entries as texts, which a client that expects objects trips over. */
export const notFound = (what: string) =>
  new Refusal(404, 'NOT_FOUND', 'The requested resource could not be found.', [what])
