// Machine tokens: what may write here, for what, and how far its word counts; made, distrusted and revoked.
import { Button, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { type Outputs, trpc } from '../api.ts'
import { ConfirmDialog } from '../parts/confirm-dialog.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { SecretOnce } from '../parts/secret-once.tsx'
import { Nothing } from '../parts/states.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Time, useNow } from '../parts/time.tsx'
import { TokenForm } from '../parts/token-form.tsx'

type Token = Outputs['access']['tokens'][number]
type Step = { verb: 'revoke' | 'distrust'; token: Token }

export function Tokens() {
  const read = useMay('admin', 'auditor')
  const { may: mayMake } = useMay('admin')
  const tokens = useQuery({ ...trpc.access.tokens.queryOptions(), enabled: read.may })
  const [isMaking, setMaking] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [step, setStep] = useState<Step | null>(null)
  const close = () => setStep(null)
  return (
    <>
      <PageHeader title="Tokens" actions={mayMake && <Button onClick={() => setMaking(true)}>New token…</Button>} />
      {read.may ? (
        <Table
          caption="Tokens, newest first"
          columns={columnsFor(mayMake, setStep)}
          rows={tokens.data}
          idOf={(token) => token.id}
          query={tokens}
          empty={
            <Nothing title="No tokens yet">
              A token lets an agent, an MDM or a script write here: check-ins, people, shipments.{' '}
              {mayMake && 'Make one with “New token”.'}
            </Nothing>
          }
        />
      ) : (
        <Nothing title="Tokens are for administrators and auditors.">{read.why}</Nothing>
      )}
      <TokenForm isOpen={isMaking} onClose={() => setMaking(false)} onSecret={setSecret} />
      <SecretOnce title="The token" secret={secret} onClose={() => setSecret(null)}>
        Whoever has it writes as this source. Put it into the agent’s or the script’s own secret store, not into a file
        that is shared.
      </SecretOnce>
      <Revoke token={step?.verb === 'revoke' ? step.token : null} onClose={close} />
      <Distrust token={step?.verb === 'distrust' ? step.token : null} onClose={close} />
    </>
  )
}

const columnsFor = (mayAct: boolean, onStep: (step: Step) => void): Column<Token>[] => [
  {
    head: 'Name',
    cell: (token) => (
      <>
        <span className="strong">{token.name}</span>
        <div className="soft small">reports as {token.source}</div>
      </>
    ),
  },
  {
    head: 'May',
    isExtra: true,
    cell: (token) => (
      <>
        <span className="mono small">{token.scopes.join(', ')}</span>
        {token.networks.length > 0 && <div className="small soft">only from {token.networks.join(', ')}</div>}
      </>
    ),
  },
  { head: 'Vouches for', width: '7.5rem', isExtra: true, cell: (token) => token.vouches },
  {
    head: 'Last used',
    width: '7rem',
    isExtra: true,
    cell: (token) =>
      token.lastUsedAt === null ? <span className="faint">never</span> : <Time at={token.lastUsedAt} />,
  },
  { head: 'State', width: '12rem', cell: (token) => <TokenState token={token} /> },
  ...(mayAct
    ? [{ head: 'Change', width: '11rem', cell: (token: Token) => <TokenSteps token={token} onStep={onStep} /> }]
    : []),
]

function TokenSteps({ token, onStep }: { token: Token; onStep(step: Step): void }) {
  return (
    <span className="row">
      <button type="button" className="link" onClick={() => onStep({ verb: 'distrust', token })}>
        distrust…
      </button>
      {token.revokedAt === null && (
        <button type="button" className="link" onClick={() => onStep({ verb: 'revoke', token })}>
          revoke…
        </button>
      )}
    </span>
  )
}

/** In force, ended, or no longer believed; each with since when. */
function TokenState({ token }: { token: Token }) {
  const now = useNow()
  const isExpired = token.expiresAt !== null && Date.parse(token.expiresAt) <= now
  return (
    <>
      {token.revokedAt !== null ? (
        <span className="tag">
          revoked <Time at={token.revokedAt} />
        </span>
      ) : isExpired ? (
        <span className="tag">
          expired <Time at={token.expiresAt!} />
        </span>
      ) : (
        <>
          <span className="tag good">✓ in force</span>
          <div className="small soft">
            {token.expiresAt === null ? (
              'no end'
            ) : (
              <>
                ends <Time at={token.expiresAt} />
              </>
            )}
          </div>
        </>
      )}
      {token.distrustedSince !== null && (
        <div className="small check">
          distrusted since <Time at={token.distrustedSince} as="short" />
        </div>
      )}
    </>
  )
}

interface StepProps {
  token: Token | null
  onClose(): void
}

function Revoke({ token, onClose }: StepProps) {
  const revoke = useMutation(
    trpc.access.revokeToken.mutationOptions({ meta: { showsErrors: true }, onSuccess: onClose }),
  )
  return (
    <ConfirmDialog
      isOpen={token !== null}
      onClose={onClose}
      title={`Revoke ${token?.name}?`}
      confirm="Revoke it"
      asked={revoke}
      onConfirm={() => token && revoke.mutate({ id: token.id })}
    >
      <p>
        It ends at once and cannot be brought back: whatever uses it is refused from now on. What it reported stays.
      </p>
    </ConfirmDialog>
  )
}

function Distrust({ token, onClose }: StepProps) {
  const [since, setSince] = useState('')
  const distrust = useMutation(
    trpc.access.distrustToken.mutationOptions({ meta: { showsErrors: true }, onSuccess: onClose }),
  )
  return (
    <ConfirmDialog
      isOpen={token !== null}
      onClose={onClose}
      title={`Distrust ${token?.name}?`}
      confirm="Distrust it"
      isReady={since !== ''}
      asked={distrust}
      onConfirm={() => token && distrust.mutate({ id: token.id, since: new Date(since).toISOString() })}
    >
      <p>
        What it reported from this time on is left out of every judgement. It stays in the ledger, and the token itself
        stays in force: revoke it too if it leaked.
      </p>
      <TextInput
        label="Since"
        type="datetime-local"
        description="Your local time"
        required
        value={since}
        onChange={(event) => setSince(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
