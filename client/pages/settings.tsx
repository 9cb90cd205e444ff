// Settings: one card per system outside, with its state, what is missing, and what to do about it.
import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { trpc } from '../api.ts'
import { CarrierKey, CarrierWebhook } from '../parts/carrier-settings.tsx'
import { ErrorNote } from '../parts/error-note.tsx'
import { useMay } from '../parts/me.ts'
import { PageHeader } from '../parts/page-header.tsx'
import { PlacesSettings } from '../parts/places-settings.tsx'
import { Loaded, Nothing } from '../parts/states.tsx'
import { StockroomForm } from '../parts/stockroom-form.tsx'
import '../parts/account.css'

export function Settings() {
  const { may, why } = useMay('admin')
  const settings = useQuery({ ...trpc.settings.read.queryOptions(), enabled: may })
  return (
    <>
      <PageHeader title="Settings" />
      {may ? (
        <Loaded query={settings} lines={12}>
          {({ carrier, stockroom, mail }) => (
            <div className="account">
              <div className="stack">
                <CarrierKey carrier={carrier} />
                <CarrierWebhook carrier={carrier} />
                <MailCard isSetUp={mail.isSetUp} />
                <PlacesSettings />
              </div>
              <StockroomForm saved={stockroom} />
            </div>
          )}
        </Loaded>
      ) : (
        <Nothing title="Settings are for administrators.">{why}</Nothing>
      )}
    </>
  )
}

function MailCard({ isSetUp }: { isSetUp: boolean }) {
  const test = useMutation(trpc.settings.sendTestMail.mutationOptions({ meta: { showsErrors: true } }))
  return (
    <section className="card" aria-labelledby="settings-mail">
      <header>
        <h2 id="settings-mail">Mail</h2>
        {isSetUp ? <span className="tag good">✓ set up</span> : <span className="tag check">not set</span>}
      </header>
      <div className="stack" aria-live="polite">
        <p className="soft">
          {isSetUp
            ? 'Links to hand-overs and reminders of returns go out by mail.'
            : 'Links and reminders cannot be mailed: set SMTP_URL and MAIL_FROM in the environment, and start again. Until then, links are shown to whoever makes them.'}
        </p>
        {isSetUp && (
          <div className="row">
            <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
              Send a test to me
            </Button>
          </div>
        )}
        {test.error && <ErrorNote error={test.error} />}
        {test.data && <p className="good">✓ Sent to {test.data.to}.</p>}
      </div>
    </section>
  )
}
