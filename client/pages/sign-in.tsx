// Signing in: e-mail and password, then a code from one's authenticator where that is set up.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { queryClient } from '../api.ts'
import { callAuth } from '../parts/auth-call.ts'
import { Door } from '../parts/door.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
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

/** A request to the sign-in service at a time; what went wrong stands in the form. */
const useRequest = <Input, Answer>(
  mutationFn: (input: Input) => Promise<Answer>,
  onSuccess: (answer: Answer) => void,
) => useMutation({ mutationFn, onSuccess, meta: { showsErrors: true } })

function PasswordForm({ onDone, onCode }: { onDone(): void; onCode(): void }) {
  const { error, isPending, mutate } = useRequest(
    (pair: { email: string; password: string }) => callAuth<{ twoFactorRedirect?: boolean }>('/sign-in/email', pair),
    ({ twoFactorRedirect }) => (twoFactorRedirect ? onCode() : onDone()),
  )
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    mutate({ email: String(form.get('email')), password: String(form.get('password')) })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <TextInput name="email" type="email" label="E-mail" autoComplete="username" required data-autofocus />
      <PasswordInput name="password" label="Password" autoComplete="current-password" required />
      {error && <ErrorNote error={error} />}
      <Button type="submit" size="sm" loading={isPending}>
        Sign in
      </Button>
      <p className="small soft">No account, or the password is lost? An admin invites you with a link.</p>
    </form>
  )
}

function CodeForm({ onDone, onBack }: { onDone(): void; onBack(): void }) {
  const [isBackup, setBackup] = useState(false)
  const { error, isPending, mutate } = useRequest(
    (code: string) => callAuth(isBackup ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp', { code }),
    onDone,
  )
  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault()
    mutate(String(new FormData(event.currentTarget).get('code')).replace(/\s/g, ''))
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
      {error && <ErrorNote error={error} />}
      <Button type="submit" size="sm" loading={isPending}>
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
