// Calls of the sign-in service, which speaks plain JSON under /auth.

const pauseText = 'Too many tries: wait a minute, then try again.'
const awayText = 'The service cannot be reached. Look at your connection and try again.'

/** Posts and gives back the answer. Throws an Error with words for a person. */
export async function callAuth<T = unknown>(path: string, body: Record<string, unknown> = {}): Promise<T> {
  const response = await fetch(`/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new Error(awayText)
  })
  const answer = (await response.json().catch(() => null)) as { message?: string } | null
  if (response.ok) return answer as T
  throw new Error(response.status === 429 ? pauseText : (answer?.message ?? `The service answered ${response.status}.`))
}
