// One's own account: name and role, the second factor, the password, the keys, and signing out.
import { Button, PasswordInput, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { showDone, showError } from '../api.ts'
import { callAuth } from '../parts/auth-call.ts'
import { ErrorNote } from '../parts/error-note.tsx'
import { useKeySetting } from '../parts/keys.tsx'
import { useMe } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { TwoFactor } from '../parts/two-factor.tsx'
import '../parts/account.css'

const roleWords = {
  admin: 'You may do everything here, users and tokens too.',
  provisioner: 'You import, ship, hand over and take back. Cases and rules you can read.',
  analyst: 'You work cases, set rules and hold parcels.',
  auditor: 'You read everything and change nothing.',
}

export function Account() {
  const me = useMe()
  const [areKeysOn, setKeysOn] = useKeySetting()
  const [isLeaving, setLeaving] = useState(false)
  const signOut = async () => {
    setLeaving(true)
    await callAuth('/sign-out').catch(showError)
    location.assign('/sign-in')
  }
  return (
    <>
      <PageHeader
        title="Account"
        actions={
          <Button variant="default" loading={isLeaving} onClick={() => void signOut()}>
            Sign out
          </Button>
        }
      />
      <div className="account">
        <div className="stack">
          <section className="card" aria-labelledby="account-me">
            <header>
              <h2 id="account-me">You</h2>
            </header>
            <dl className="facts">
              <dt>Name</dt>
              <dd>{me.name}</dd>
              <dt>E-mail</dt>
              <dd>{me.email}</dd>
              <dt>Role</dt>
              <dd>
                {me.role}
                <div className="soft small">{roleWords[me.role]}</div>
              </dd>
            </dl>
          </section>
          <section className="card" aria-labelledby="account-keys">
            <header>
              <h2 id="account-keys">Keys</h2>
            </header>
            <Switch
              checked={areKeysOn}
              onChange={(event) => setKeysOn(event.currentTarget.checked)}
              label="Single keys do something"
              description="Such as j and k in lists; press ? on a page to see its keys. For you, in every browser."
            />
          </section>
        </div>
        <div className="stack">
          <TwoFactor isOn={me.twoFactor} />
          <ChangePassword />
        </div>
      </div>
    </>
  )
}

const SHORTEST = 12

function ChangePassword() {
  const [was, setWas] = useState('')
  const [next, setNext] = useState('')
  const [again, setAgain] = useState('')
  const change = useMutation({
    mutationFn: () =>
      callAuth('/change-password', { currentPassword: was, newPassword: next, revokeOtherSessions: true }),
    meta: { showsErrors: true },
    onSuccess() {
      setWas('')
      setNext('')
      setAgain('')
      showDone('The password is changed. Your other sessions are signed out.')
    },
  })
  const shortFault = next !== '' && next.length < SHORTEST ? `at least ${SHORTEST} characters` : null
  const againFault = again !== '' && again !== next ? 'not the same as above' : null
  const isReady = was !== '' && next.length >= SHORTEST && again === next
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) change.mutate()
  }
  return (
    <section className="card" aria-labelledby="account-password">
      <header>
        <h2 id="account-password">Password</h2>
      </header>
      <form className="stack" onSubmit={submit}>
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          value={was}
          onChange={(event) => setWas(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description={`At least ${SHORTEST} characters; a few words do well`}
          autoComplete="new-password"
          required
          value={next}
          error={shortFault}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password again"
          autoComplete="new-password"
          required
          value={again}
          error={againFault}
          onChange={(event) => setAgain(event.currentTarget.value)}
        />
        {change.error && <ErrorNote error={change.error} />}
        <div className="row">
          <Button type="submit" loading={change.isPending} disabled={!isReady}>
            Change the password
          </Button>
        </div>
      </form>
    </section>
  )
}
