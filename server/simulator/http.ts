// Speaks to the service as outsiders do: plain HTTP, tokens and cookies. What is refused is an error that says why.

export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

async function answerOf(response: Response): Promise<unknown> {
  const text = await response.text()
  if (!response.ok) throw new Refused(response.status, `${response.status} ${text.slice(0, 500)}`)
  return text === '' ? null : JSON.parse(text)
}

export interface Http {
  url: string
  /** The public URL, whose pages people sign in from. */
  origin: string
  /** Posts a body as it stands. Throws Refused. */
  post(path: string, body: string, headers?: Record<string, string>): Promise<unknown>
}

export function createHttp({ url, origin }: { url: string; origin: string }): Http {
  return {
    url,
    origin: new URL(origin).origin,
    post: async (path, body, headers = {}) =>
      answerOf(
        await fetch(`${url}${path}`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json', ...headers },
        }),
      ),
  }
}

/** Procedures of the pages, as whoever has the cookie; without one, those for anybody. */
export interface Procedures {
  ask<T>(procedure: string, input?: unknown): Promise<T>
  tell<T>(procedure: string, input?: unknown): Promise<T>
}

const dataOf = <T>(answer: unknown): T => (answer as { result: { data: T } }).result.data

export function procedures(http: Http, cookie: string | null): Procedures {
  const headers: Record<string, string> = { 'content-type': 'application/json', ...(cookie === null ? {} : { cookie }) }
  return {
    async ask(procedure, input) {
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`
      return dataOf(await answerOf(await fetch(`${http.url}/trpc/${procedure}${query}`, { headers })))
    },
    tell: async (procedure, input) =>
      dataOf(await http.post(`/trpc/${procedure}`, JSON.stringify(input ?? {}), headers)),
  }
}

/** Signs in as the pages do; the session's cookie. Waits where too many came at once. */
export async function signIn(http: Http, account: { email: string; password: string }): Promise<string> {
  for (;;) {
    const response = await fetch(`${http.url}/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: http.origin },
      body: JSON.stringify(account),
    })
    if (response.status === 429) {
      const seconds = Number(response.headers.get('x-retry-after') ?? 5)
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 100))
      continue
    }
    await answerOf(response)
    return response.headers
      .getSetCookie()
      .map((one) => one.split(';')[0])
      .join('; ')
  }
}
