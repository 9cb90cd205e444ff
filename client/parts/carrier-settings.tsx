// The provider that buys labels and tracks: its key, its webhook with the secret's rotation, and how asking goes.
import { Button, PasswordInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { type FormEvent, type ReactNode, useState } from 'react'
import { type Outputs, quietly, showDone, trpc } from '../api.ts'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { Copyable } from './copyable.tsx'
import { ErrorNote } from './error-note.tsx'
import { shortTime, Time } from './time.tsx'

type Carrier = Outputs['settings']['read']['carrier']

export function CarrierKey({ carrier }: { carrier: Carrier }) {
  const [key, setKey] = useState('')
  const [isClearing, setClearing] = useState(false)
  const isFixed = carrier.keyFrom === 'environment'
  const set = useMutation(
    trpc.settings.setKey.mutationOptions({
      ...quietly,
      onSuccess() {
        setKey('')
        showDone('The key is kept, encrypted. Test it, and register the webhook.')
      },
    }),
  )
  const clear = useMutation(trpc.settings.clearKey.mutationOptions({ ...quietly, onSuccess: () => setClearing(false) }))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (key.trim() !== '') set.mutate({ key })
  }
  return (
    <section className="card" aria-labelledby="settings-key">
      <header>
        <h2 id="settings-key">{carrier.title}</h2>
        <Mode carrier={carrier} />
      </header>
      <div className="stack">
        {carrier.problem && (
          <p className="check" role="alert">
            {carrier.problem}
          </p>
        )}
        <p className="soft">{keyWords(carrier)}</p>
        {carrier.keySetAt && (
          <p className="soft small">
            Set <Time at={carrier.keySetAt} />. It is never shown again.
          </p>
        )}
        {!isFixed && (
          <form className="stack" onSubmit={submit}>
            <PasswordInput
              label={carrier.keyFrom === null ? 'API key' : 'Another API key'}
              description={
                carrier.webhook.registeredAt === null
                  ? 'From the provider’s dashboard; the production key, for parcels that really go out'
                  : 'With another key the webhook is forgotten here: register it again afterwards'
              }
              autoComplete="off"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
            />
            {set.error && <ErrorNote error={set.error} />}
            <div className="row">
              <Button type="submit" loading={set.isPending} disabled={key.trim() === ''}>
                Keep the key
              </Button>
              {carrier.keyFrom === 'page' && (
                <Button variant="default" onClick={() => setClearing(true)}>
                  Forget the key…
                </Button>
              )}
            </div>
          </form>
        )}
        {carrier.keyFrom !== null && <TestKey />}
      </div>
      <ConfirmDialog
        isOpen={isClearing}
        onClose={() => setClearing(false)}
        title={`Forget the key of ${carrier.title}?`}
        confirm="Forget it"
        asked={clear}
        onConfirm={() => clear.mutate()}
      >
        <p>
          No label can be bought, no address checked and no parcel asked after until another key is set. The webhook is
          forgotten with it; labels bought so far stay as they are.
        </p>
      </ConfirmDialog>
    </section>
  )
}

function Mode({ carrier }: { carrier: Carrier }) {
  if (carrier.mode === null) return <span className="tag check">no key</span>
  return carrier.mode === 'test' ? (
    <span className="tag check">test mode</span>
  ) : (
    <span className="tag good">✓ production</span>
  )
}

function keyWords({ keyFrom, mode }: Carrier): string {
  if (keyFrom === null)
    return 'Without a key, labels cannot be bought here, addresses are not checked, and scans stay unconfirmed.'
  const from = keyFrom === 'environment' ? 'The key is set by the environment, which wins over this page. ' : ''
  if (mode === 'test')
    return `${from}It is a test key: its labels are not valid, and its parcels are never followed or judged. Set the production key before anything really goes out.`
  return `${from}Labels are bought and paid for with it, and scans that weigh are read back.`
}

function TestKey() {
  const test = useMutation(trpc.settings.testKey.mutationOptions(quietly))
  return (
    <div className="stack" aria-live="polite">
      <div className="row">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          Test the connection
        </Button>
        <span className="soft small">Asks for the list of webhooks: costs and changes nothing.</span>
      </div>
      {test.error && <ErrorNote error={test.error} />}
      {test.data && <p className={isFine(test.data) ? 'good' : 'check'}>{testWords(test.data)}</p>}
    </div>
  )
}

type Tested = Outputs['settings']['testKey']

const isFine = ({ webhook }: Tested) => webhook === null || webhook === 'works'

function testWords({ mode, webhook }: Tested): string {
  const taken = `✓ The provider takes the key (${mode} mode).`
  if (webhook === 'unknown to the provider')
    return 'The provider takes the key, but knows nothing of our webhook: remove it here, and register it again.'
  if (webhook === 'switched off by the provider')
    return 'The provider takes the key, but has switched our webhook off, since it was not answered: rotate its secret, which switches it on again.'
  return taken
}

export function CarrierWebhook({ carrier }: { carrier: Carrier }) {
  const { webhook } = carrier
  const [isRemoving, setRemoving] = useState(false)
  const register = useMutation(
    trpc.settings.registerWebhook.mutationOptions({
      ...quietly,
      onSuccess: () => showDone('The webhook is registered.'),
    }),
  )
  const rotate = useMutation(
    trpc.settings.rotateSecret.mutationOptions({ ...quietly, onSuccess: () => showDone('The secret is rotated.') }),
  )
  const remove = useMutation(
    trpc.settings.removeWebhook.mutationOptions({ ...quietly, onSuccess: () => setRemoving(false) }),
  )
  const isRegistered = webhook.registeredAt !== null
  const error = register.error ?? rotate.error
  return (
    <section className="card" aria-labelledby="settings-webhook">
      <header>
        <h2 id="settings-webhook">Tracking</h2>
        {isRegistered ? (
          <span className="tag good">✓ webhook registered</span>
        ) : (
          <span className="tag">{webhook.secretFrom === null ? 'no webhook' : 'webhook by hand'}</span>
        )}
      </header>
      <div className="stack">
        <dl className="facts">
          <dt>Our address</dt>
          <dd>
            <Copyable text={webhook.url} />
          </dd>
          <dt>Secret</dt>
          <dd>{secretWords(webhook.secretFrom)}</dd>
          <dt>Last heard</dt>
          <dd>
            {carrier.heardAt === null ? <span className="faint">nothing yet</span> : <Time at={carrier.heardAt} />}
          </dd>
          <dt>Asked after</dt>
          <dd>
            <Following carrier={carrier} />
          </dd>
        </dl>
        {webhook.rotation === 'both hold' && (
          <p className="soft">Both secrets hold until the first delivery with the new one, or for a day.</p>
        )}
        {webhookWarnings(carrier).map((text) => (
          <p key={text} className="check">
            {text}
          </p>
        ))}
        {error && <ErrorNote error={error} />}
        <div className="row">
          {!isRegistered && (
            <Button loading={register.isPending} disabled={carrier.keyFrom === null} onClick={() => register.mutate()}>
              {webhook.isAsked ? 'Register the webhook again' : 'Register the webhook'}
            </Button>
          )}
          {isRegistered && webhook.secretFrom === 'page' && (
            <Button variant="default" loading={rotate.isPending} onClick={() => rotate.mutate()}>
              {webhook.rotation === 'not taken yet' ? 'Send the new secret again' : 'Rotate the secret'}
            </Button>
          )}
          {(isRegistered || webhook.isAsked) && (
            <Button variant="default" onClick={() => setRemoving(true)}>
              Remove…
            </Button>
          )}
        </div>
      </div>
      <ConfirmDialog
        isOpen={isRemoving}
        onClose={() => setRemoving(false)}
        title="Remove the webhook?"
        confirm="Remove it"
        asked={remove}
        onConfirm={() => remove.mutate()}
      >
        <p>
          {carrier.title} then tells us nothing by itself. With a production key, parcels under way are asked after
          every six hours.
        </p>
      </ConfirmDialog>
    </section>
  )
}

function secretWords(from: Carrier['webhook']['secretFrom']): string {
  if (from === 'environment') return 'set by the environment'
  return from === 'page' ? 'made here, kept encrypted' : 'none'
}

function Following({ carrier: { following, mode } }: { carrier: Carrier }): ReactNode {
  if (mode !== 'production') return <span className="faint">nobody, without a production key</span>
  const { underWay, refused, okAt } = following
  return (
    <>
      {underWay === 1 ? '1 parcel' : `${underWay} parcels`} under way
      {refused > 0 && `, ${refused} of them without an answer`}
      {okAt !== null && (
        <span className="soft">
          , last answer <Time at={okAt} />
        </span>
      )}
    </>
  )
}

/** Each says what to do. */
function webhookWarnings({ keyFrom, title, webhook, following }: Carrier): string[] {
  const said: string[] = []
  if (keyFrom === null && webhook.registeredAt === null && webhook.secretFrom === null)
    said.push(`Set a key of ${title} first, then register the webhook: it is how parcels are followed.`)
  if (webhook.isAsked)
    said.push(
      'The provider’s answer never came. Register it again: what was registered is found, and nothing is doubled.',
    )
  if (webhook.rotation === 'not taken yet')
    said.push('The provider may not have taken the new secret. Both hold meanwhile; send the new one again.')
  if (following.failingSince !== null)
    said.push(
      `${title} has not answered since ${shortTime(following.failingSince)} UTC: ${following.failure ?? ''} Test the connection; if the key was changed there, set the new one here.`,
    )
  return said
}
