// An invitation: whoever was sent the link names themselves, chooses a password, and is in.
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { type Outputs, queryClient, readError, trpc } from '../api.ts'
import { callAuth } from '../parts/auth-call.ts'
import { Door } from '../parts/door.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { Waiting } from '../parts/states.tsx'

const PASSWORD_MIN = 12

export function Invite() {
  useDocumentTitle('Invitation · Telltale')
  const { secret } = useParams({ strict: false }) as { secret: string }
  const invitation = useQuery({
    ...trpc.access.readInvitation.queryOptions({ secret }),
    retry: false,
    refetchOnWindowFocus: false,
  })
  if (invitation.isPending)
    return (
      <Door title="Invitation">
        <Waiting lines={3} />
      </Door>
    )
  if (invitation.isError)
    return (
      <Door title="This link does not work">
        <p role="alert">{readError(invitation.error).message}</p>
        <p>
          <a href="/sign-in">Sign in instead</a>
        </p>
      </Door>
    )
  return <Joining secret={secret} invitation={invitation.data} />
}

function Joining({ secret, invitation }: { secret: string; invitation: Outputs['access']['readInvitation'] }) {
  const accept = useMutation(trpc.access.acceptInvitation.mutationOptions({ meta: { showsErrors: true } }))
  const [isTooShort, setTooShort] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const password = String(form.get('password'))
    setTooShort(password.length < PASSWORD_MIN)
    if (password.length < PASSWORD_MIN) return
    try {
      const { email } = await accept.mutateAsync({
        secret,
        name: String(form.get('name')),
        email: invitation.email ?? String(form.get('email')),
        password,
      })
      await callAuth('/sign-in/email', { email, password })
      queryClient.clear()
      location.assign('/cases')
    } catch {
      // Shown below the form.
    }
  }

  return (
    <Door title="Welcome">
      <p>
        You are invited as <strong>{invitation.role}</strong>: {duties[invitation.role]}
      </p>
      <form className="stack" onSubmit={submit}>
        <TextInput name="name" label="Your name" autoComplete="name" required maxLength={200} />
        {invitation.email === null ? (
          <TextInput name="email" type="email" label="E-mail" autoComplete="username" required maxLength={320} />
        ) : (
          <TextInput name="email" label="E-mail" autoComplete="username" value={invitation.email} readOnly />
        )}
        <PasswordInput
          name="password"
          label="Password"
          description={`At least ${PASSWORD_MIN} characters; a few words are easy to keep in mind.`}
          autoComplete="new-password"
          required
          error={isTooShort && `It needs at least ${PASSWORD_MIN} characters.`}
        />
        {accept.isError && <ErrorNote error={accept.error} />}
        <Button type="submit" size="sm" loading={accept.isPending}>
          Make the account
        </Button>
      </form>
    </Door>
  )
}

const duties = {
  admin: 'you run the house, its users and its connections.',
  provisioner: 'you prepare, ship and receive laptops.',
  analyst: 'you work the cases.',
  auditor: 'you look at everything and change nothing.',
} as const
