// What the door asks of the sign-in service: a password, then a code. Everything else goes through api.ts.

interface AuthAnswer {
  twoFactorRedirect?: boolean
}

async function post(path: string, body: Record<string, string>): Promise<AuthAnswer> {
  let response: Response
  try {
    response = await fetch(`/auth/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  } catch {
    throw new Error('The service cannot be reached. Look at your connection and try again.')
  }
  const answer = (await response.json().catch(() => null)) as (AuthAnswer & { message?: string }) | null
  if (response.status === 429) throw new Error('Too many tries. Wait a minute, then try again.')
  if (!response.ok)
    throw new Error(
      answer?.message ? `${answer.message}.` : `The service answered ${response.status}. Try again in a moment.`,
    )
  return answer ?? {}
}

/** Throws an error in plain words where the pair does not fit. */
export async function signIn(email: string, password: string): Promise<{ needsCode: boolean }> {
  const answer = await post('sign-in/email', { email, password })
  return { needsCode: answer.twoFactorRedirect === true }
}

/** The second step: six digits of an authenticator, or a backup code. */
export async function verifyCode(code: string, isBackup: boolean): Promise<void> {
  await post(isBackup ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp', { code })
}
