// Users: who may sign in, as what; invited by a one-time link, disabled and enabled here.
import { Button, Modal, NativeSelect, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type Outputs, type Role, readError, trpc } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { useMay, useMe } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time } from '../parts/time.tsx'
import '../parts/lines.css'

type User = Outputs['access']['users'][number]

/** What each role is for, where one chooses it. */
const roleWords: Record<Role, string> = {
  admin: 'everything, users and tokens too',
  provisioner: 'imports, shipments, hand-overs, returns',
  analyst: 'cases, rules, holds',
  auditor: 'reads everything, changes nothing',
}
const roles = Object.keys(roleWords) as Role[]

export function Users() {
  const { may, why } = useMay('admin')
  const me = useMe()
  const users = useQuery({ ...trpc.access.users.queryOptions(), enabled: may })
  const [isInviting, setInviting] = useState(false)
  const [asked, setAsked] = useState<User | null>(null)
  return (
    <>
      <PageHeader title="Users" actions={may && <Button onClick={() => setInviting(true)}>Invite…</Button>} />
      {may ? (
        <Table
          caption="Users and their roles"
          columns={columnsFor(me.userId, setAsked)}
          rows={users.data}
          idOf={(user) => user.id}
          query={users}
          empty={<Nothing title="Nobody is here." />}
        />
      ) : (
        <Nothing title="Users are for administrators.">{why}</Nothing>
      )}
      <Invite isOpen={isInviting} onClose={() => setInviting(false)} />
      <ConfirmDisabled user={asked} onClose={() => setAsked(null)} />
    </>
  )
}

const columnsFor = (ownId: string, onAsk: (user: User) => void): Column<User>[] => [
  {
    head: 'Name',
    cell: (user) => (
      <>
        <span className={user.disabled ? 'soft' : 'strong'}>{user.name}</span>{' '}
        {user.id === ownId && <span className="tag">you</span>}{' '}
        {user.disabled && <span className="tag check">disabled</span>}
        <div className="soft small anywhere">{user.email}</div>
      </>
    ),
  },
  { head: 'Role', width: '10rem', cell: (user) => <RoleSelect user={user} /> },
  {
    head: 'Second factor',
    width: '8rem',
    isExtra: true,
    cell: (user) => (user.twoFactor ? <span className="good">✓ on</span> : <span className="soft">off</span>),
  },
  { head: 'Here since', width: '8rem', isExtra: true, cell: (user) => <Time at={user.createdAt} as="date" /> },
  {
    head: 'May sign in',
    width: '8rem',
    cell: (user) => (
      <button
        type="button"
        className="link"
        disabled={user.id === ownId}
        title={user.id === ownId ? 'Somebody else has to disable you.' : undefined}
        onClick={() => onAsk(user)}
      >
        {user.disabled ? 'enable…' : 'disable…'}
        <span className="visually-hidden"> {user.name}</span>
      </button>
    ),
  },
]

function RoleSelect({ user }: { user: User }) {
  const setRole = useMutation(trpc.access.setRole.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <NativeSelect
      size="xs"
      miw={118}
      aria-label={`Role of ${user.name}`}
      data={roles}
      value={setRole.isPending ? setRole.variables.role : user.role}
      disabled={setRole.isPending}
      error={setRole.error ? readError(setRole.error).message : null}
      onChange={(event) => setRole.mutate({ userId: user.id, role: event.currentTarget.value as Role })}
    />
  )
}

function ConfirmDisabled({ user, onClose }: { user: User | null; onClose(): void }) {
  const setDisabled = useMutation(
    trpc.access.setDisabled.mutationOptions({ meta: { showsErrors: true }, onSuccess: onClose }),
  )
  const verb = user?.disabled ? 'Enable' : 'Disable'
  return (
    <ConfirmDialog
      isOpen={user !== null}
      onClose={onClose}
      title={`${verb} ${user?.name}?`}
      confirm={`${verb} ${user?.name}`}
      asked={setDisabled}
      onConfirm={() => user && setDisabled.mutate({ userId: user.id, disabled: !user.disabled })}
    >
      <p>
        {user?.disabled
          ? `${user.email} may sign in again, as ${user.role}.`
          : `${user?.email} is signed out everywhere at once and cannot sign in. What they did stays in the ledger.`}
      </p>
    </ConfirmDialog>
  )
}

function Invite({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('analyst')
  const [link, setLink] = useState<string | null>(null)
  const invite = useMutation(
    trpc.access.invite.mutationOptions({
      meta: { showsErrors: true },
      onSuccess(done) {
        setLink(done.link)
        setEmail('')
        onClose()
      },
    }),
  )
  const submit = (event: FormEvent) => {
    event.preventDefault()
    invite.mutate({ email: email.trim(), role })
  }
  return (
    <>
      <Modal opened={isOpen} onClose={onClose} title="Invite somebody">
        <form onSubmit={submit} className="stack">
          <TextInput
            label="E-mail"
            type="email"
            required
            data-autofocus
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <NativeSelect
            label="Role"
            data={roles.map((one) => ({ value: one, label: `${one}: ${roleWords[one]}` }))}
            value={role}
            onChange={(event) => setRole(event.currentTarget.value as Role)}
          />
          <p className="soft small">
            You get a link to hand over. It works once, within 72 hours; they choose their own password.
          </p>
          {invite.error && <ErrorNote error={invite.error} />}
          <div className="row">
            <Button type="submit" loading={invite.isPending}>
              Make the link
            </Button>
          </div>
        </form>
      </Modal>
      <SecretOnce title="The invitation's link" secret={link} onClose={() => setLink(null)}>
        Hand it to {invite.variables?.email} yourself, by a way you trust.
      </SecretOnce>
    </>
  )
}
