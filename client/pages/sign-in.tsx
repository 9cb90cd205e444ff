// Signing in: e-mail and password, then a code from one's authenticator where that is set up.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { type FormEvent, useState } from 'react'
import { queryClient } from '../api.ts'
import { signIn, verifyCode } from '../parts/auth-requests.ts'
import { Door } from '../parts/door.tsx'
import { useSearchState } from '../parts/search-state.ts'

export function SignIn() {
  useDocumentTitle('Sign in · Telltale')
  const [{ back }] = useSearchState()
  const [needsCode, setNeedsCode] = useState(false)

  function enter(): void {
    queryClient.clear()
    // Only ever a path of our own.
    location.assign(back && /^\/(?![/\\])/.test(back) ? back : '/cases')
  }

  return (
    <Door title={needsCode ? 'One more step' : 'Sign in'}>
      {needsCode ? (
        <CodeForm onDone={enter} onBack={() => setNeedsCode(false)} />
      ) : (
        <PasswordForm onDone={enter} onCode={() => setNeedsCode(true)} />
      )}
    </Door>
  )
}

/** A form that runs one request at a time and shows what went wrong. */
function useRequest() {
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  async function run(request: () => Promise<void>): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      await request()
    } catch (thrown) {
      setError(thrown instanceof Error ? thrown.message : String(thrown))
    } finally {
      setBusy(false)
    }
  }
  return { error, isBusy, run }
}

function PasswordForm({ onDone, onCode }: { onDone(): void; onCode(): void }) {
  const { error, isBusy, run } = useRequest()
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    void run(async () => {
      const { needsCode } = await signIn(String(form.get('email')), String(form.get('password')))
      if (needsCode) onCode()
      else onDone()
    })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput name="email" type="email" label="E-mail" autoComplete="username" required data-autofocus />
      <PasswordInput name="password" label="Password" autoComplete="current-password" required />
      {error && (
        <p className="check" role="alert">
          {error}
        </p>
      )}
      <Button type="submit" size="sm" loading={isBusy}>
        Sign in
      </Button>
      <p className="small soft">No account, or the password is lost? An admin invites you with a link.</p>
    </form>
  )
}

function CodeForm({ onDone, onBack }: { onDone(): void; onBack(): void }) {
  const [isBackup, setBackup] = useState(false)
  const { error, isBusy, run } = useRequest()
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).replace(/\s/g, '')
    void run(async () => {
      await verifyCode(code, isBackup)
      onDone()
    })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput
        key={String(isBackup)}
        name="code"
        label={isBackup ? 'Backup code' : 'Code'}
        description={
          isBackup
            ? 'One of those you kept when you set this up; each works once.'
            : 'The six digits that your authenticator shows now.'
        }
        autoComplete="one-time-code"
        inputMode={isBackup ? 'text' : 'numeric'}
        required
        data-autofocus
        ref={(field) => field?.focus()}
      />
      {error && (
        <p className="check" role="alert">
          {error}
        </p>
      )}
      <Button type="submit" size="sm" loading={isBusy}>
        Go on
      </Button>
      <div className="row apart small">
        <button type="button" className="link" onClick={() => setBackup(!isBackup)}>
          {isBackup ? 'Use the authenticator' : 'Use a backup code'}
        </button>
        <button type="button" className="link" onClick={onBack}>
          Start again
        </button>
      </div>
    </form>
  )
}
