// Connectors in a real browser: what is set up and what is not, a test and its answer, a sync, a refusal, a record tried again.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { markFailing, noteHeard } from '../../server/checkins/source-health.ts'
import { keepUnreadable } from '../../server/inbox.ts'
import { simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { type KandjiServer, startKandji } from '../../server/simulator/mdm/kandji-server.ts'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

inBrowser('connectors', () => {
  let browser: Browser
  let service: TestService
  let mdm: KandjiServer

  beforeAll(async () => {
    browser = await openBrowser()
    const at = new Date(Date.now() - 60_000)
    mdm = await startKandji({
      token: 'the right token',
      computers: [1, 2, 3].map((number) => simulatedComputer({ number, at })),
    })
    service = await startTestService({ KANDJI_URL: mdm.url, KANDJI_TOKEN: 'the right token' })
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    await mdm?.close()
  })

  it('says what could be set up by the names of its variables, tests what is set up, and asks it at once', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/cases')
    await page.getByRole('link', { name: 'Connectors' }).click()
    const row = page.getByRole('listitem', { name: 'kandji' })
    await row.getByText('nothing yet', { exact: true }).waitFor()
    await page.getByRole('region', { name: 'Not set up' }).getByText('INTUNE_TENANT_ID').waitFor()
    expect(await page.content()).not.toContain('the right token')
    await row.getByRole('button', { name: 'Test kandji' }).click()
    await row.getByText('It works: It answered with a Mac').waitFor()
    await row.getByRole('button', { name: 'Sync now kandji' }).click()
    await row.getByText('ok', { exact: true }).waitFor()
    await row.getByText('last whole sync').waitFor()
    await row.getByRole('button', { name: 'show syncs and failures' }).click()
    await row.getByRole('table', { name: 'Syncs of kandji' }).getByText('whole').waitFor()
    expect(page.url()).toContain('source=kandji')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('shows a record that could not be read with its reason, and tries it again', async () => {
    const records = [{ record: { device_id: 7 }, reason: 'device_id: must be text' }]
    await service.database.db
      .transaction()
      .execute((tx) => keepUnreadable(tx, new Date(), { source: 'kandji', records }))
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'), { dark: true })
    await page.goto('/connectors?source=kandji')
    const row = page.getByRole('listitem', { name: 'kandji' })
    await row.getByText('1 record could not be read').waitFor()
    const failures = row.getByRole('list', { name: 'Failures of kandji' })
    await failures.getByText('device_id: must be text').waitFor()
    await failures.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('It is being read again.').waitFor()
    expect(await row.getByRole('button', { name: 'Test kandji' }).isDisabled()).toBe(true)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('lets an admin give up a source that is silent', async () => {
    const at = new Date(Date.now() - 3 * 86_400_000)
    await service.database.db.transaction().execute(async (tx) => {
      await noteHeard(tx, new Map([['old agent', at]]))
      await markFailing(tx, new Date(), { source: 'old agent', why: 'silent', since: at })
    })
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/connectors')
    const row = page.getByRole('listitem', { name: 'old agent' })
    await row.getByText('silent', { exact: true }).waitFor()
    await row.getByRole('button', { name: 'Wait no more' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Wait no more' }).click()
    await row.getByText('nothing yet', { exact: true }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says that the credentials are refused and what to do, beside the navigation too, on a narrow screen', async () => {
    mdm.token = 'another token'
    const { page } = await openTab(browser, service, await service.signIn('admin'), { width: 380 })
    await page.goto('/connectors')
    const row = page.getByRole('listitem', { name: 'kandji' })
    await row.getByRole('button', { name: 'Sync now kandji' }).click()
    await row.getByText('refused', { exact: true }).waitFor()
    await row.getByText('It does not take the credentials').waitFor()
    await row.getByRole('button', { name: 'Test kandji' }).click()
    await row.getByText('It does not work: Iru (Kandji) refused the credentials (401)').waitFor()
    // The page of whoever is refused by a vendor is not the sign-in page.
    expect(new URL(page.url()).pathname).toBe('/connectors')
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(380)
    await page.getByRole('button', { name: 'Open the navigation' }).click()
    await page.getByRole('link', { name: 'Connectors 1' }).waitFor()
    await service.drain()
    expect(service.alerts.came.some((one) => one.body.includes('connector.failing'))).toBe(true)
    await page.context().close()
  })
})
