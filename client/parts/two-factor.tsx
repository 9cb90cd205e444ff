// The second factor: a code from an authenticator app, set up by typing its secret, with codes for the day it is lost.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { showDone } from '../api.ts'
import { callAuth } from './auth-call.ts'
import { Copyable } from './copyable.tsx'
import { ErrorNote } from './error-note.tsx'
import './secret-once.css'
import './lines.css'

interface SetUp {
  totpURI: string
  backupCodes: string[]
}

export function TwoFactor({ isOn }: { isOn: boolean }) {
  const [password, setPassword] = useState('')
  const [setUp, setSetUp] = useState<SetUp | null>(null)
  const begin = useMutation({
    mutationFn: () => callAuth<SetUp>('/two-factor/enable', { password }),
    meta: { showsErrors: true },
    onSuccess(answer) {
      setPassword('')
      setSetUp(answer)
    },
  })
  const disable = useMutation({
    mutationFn: () => callAuth('/two-factor/disable', { password }),
    meta: { showsErrors: true },
    onSuccess() {
      setPassword('')
      showDone('The second factor is off.')
    },
  })
  const ask = isOn ? disable : begin
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (password !== '') ask.mutate()
  }
  return (
    <section className="card" aria-labelledby="account-two-factor">
      <header>
        <h2 id="account-two-factor">Second factor</h2>
        {isOn ? <span className="tag good">✓ on</span> : <span className="tag">off</span>}
      </header>
      {setUp !== null ? (
        <Confirm setUp={setUp} onDone={() => setSetUp(null)} />
      ) : (
        <form className="stack" onSubmit={submit}>
          <p className="soft">
            {isOn
              ? 'Signing in asks for a code from your authenticator app. Turning it off leaves the password alone.'
              : 'With it, signing in needs a code from an authenticator app too: a password that leaked is not enough.'}
          </p>
          <PasswordInput
            label="Your password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          {ask.error && <ErrorNote error={ask.error} />}
          <div className="row">
            <Button
              type="submit"
              variant={isOn ? 'default' : 'filled'}
              loading={ask.isPending}
              disabled={password === ''}
            >
              {isOn ? 'Turn it off' : 'Set it up'}
            </Button>
          </div>
        </form>
      )}
    </section>
  )
}

/** `JBSW Y3DP …`: the secret in fours, as one types it. */
const inFours = (secret: string) => secret.match(/.{1,4}/g)?.join(' ') ?? secret

function Confirm({ setUp, onDone }: { setUp: SetUp; onDone(): void }) {
  const [code, setCode] = useState('')
  const verify = useMutation({
    mutationFn: () => callAuth('/two-factor/verify-totp', { code }),
    meta: { showsErrors: true },
    onSuccess() {
      showDone('The second factor is on.')
      onDone()
    },
  })
  const secret = new URL(setUp.totpURI).searchParams.get('secret') ?? ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (/^\d{6}$/.test(code)) verify.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <ol className="numbers stack tight">
        <li>
          In your authenticator app, add an account by hand (time-based, six digits) with this key:
          <p className="secret">
            <Copyable text={inFours(secret)} label="Copy the key" />
          </p>
          <a href={setUp.totpURI} className="small">
            or open it in an app on this machine
          </a>
        </li>
        <li>
          Keep these codes where you keep passwords: each signs you in once, should the app be lost. They are shown this
          once.
          <p className="secret">
            <Copyable text={setUp.backupCodes.join(' ')} label="Copy the codes" />
          </p>
        </li>
        <li>
          <TextInput
            label="The code that the app shows now"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={6}
            maw={320}
            data-autofocus
            value={code}
            onChange={(event) => setCode(event.currentTarget.value.replace(/\D/g, ''))}
          />
        </li>
      </ol>
      {verify.error && <ErrorNote error={verify.error} />}
      <div className="row">
        <Button type="submit" loading={verify.isPending} disabled={code.length !== 6}>
          Turn it on
        </Button>
        <Button variant="default" onClick={onDone}>
          Not now
        </Button>
      </div>
    </form>
  )
}
