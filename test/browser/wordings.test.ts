// A carrier's unknown wording in a real browser: found, given a meaning, read again; and the parcel's scans beside their map.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { easyPostProof, startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { diverted, foundCompany } from './company.ts'

const detail = (hours: number, message: string, city: string, state: string) => ({
  object: 'TrackingDetail',
  message,
  description: '',
  status: 'in_transit',
  status_detail: 'unknown',
  datetime: new Date(Date.now() - hours * 3_600_000).toISOString(),
  source: 'FedEx',
  carrier_code: '',
  tracking_location: { object: 'TrackingLocation', city, state, country: 'US', zip: null },
})

/** Two more scans of the diverted parcel, in words that nobody knows. */
async function tell(service: TestService): Promise<void> {
  const result = {
    id: 'trk_browser',
    object: 'Tracker',
    mode: 'production',
    tracking_code: diverted.tracking,
    status: 'in_transit',
    carrier: 'FedEx',
    updated_at: new Date().toISOString(),
    tracking_details: [
      detail(170, 'Zephyr event 4711', 'CHICAGO', 'IL'),
      detail(169, 'Zephyr event 4712', 'DENVER', 'CO'),
      detail(168, 'Gnorp', 'DENVER', 'CO'),
    ],
  }
  const body = JSON.stringify({ id: 'evt_zephyr', mode: 'production', description: 'tracker.updated', result })
  const answer = await service.send('POST', '/webhooks/easypost', body, easyPostProof(body))
  expect(answer.status).toBe(200)
  await service.drain()
}

inBrowser('delivery wordings', () => {
  let browser: Browser
  let service: TestService
  let shipment: string

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    await tell(service)
    const row = await service.database.db
      .selectFrom('shipments')
      .select('id')
      .where('reference', '=', 'B1')
      .executeTakeFirstOrThrow()
    shipment = `/shipments/${row.id}`
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('an analyst finds what waits in the navigation, says what it means, and its old scans are read again', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/cases')
    await page.getByRole('link', { name: 'Delivery wordings 2' }).click()
    await page.getByRole('heading', { name: 'Delivery wordings' }).waitFor()
    const row = page.getByRole('listitem').filter({ hasText: 'zephyr event #' }).first()
    expect(await row.textContent()).toContain('seen 2 times')
    expect(await row.getByRole('link', { name: 'B1' }).count()).toBe(2)
    await row.getByRole('button', { name: /Say what it means/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('These words mean').selectOption('Somebody changed the delivery, or asked to')
    await dialog.getByLabel('The change was').selectOption('done')
    await dialog.getByLabel('Wanted by').selectOption('the receiver')
    await dialog.getByLabel('It goes to').selectOption('another address')
    await dialog.getByLabel('How do you know?').fill('The carrier said so by telephone.')
    await dialog.getByRole('button', { name: 'Keep this meaning' }).click()
    await page.getByText('Kept; 2 scans mean something else now.').waitFor()
    await row.waitFor({ state: 'detached' })
    expect(await page.getByText('gnorp').count()).toBeGreaterThan(0)
    await page.goto('/wordings?show=classified')
    await page.getByText('Redirected by the receiver to another address').first().waitFor()
    await page.getByText('who said so, and why').click()
    await page.getByText('The carrier said so by telephone.').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('the shipment shows each scan in the carrier’s words with our reading, and a map that the list says in words', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto(shipment)
    const scans = page.getByRole('region', { name: 'Where it went' })
    await scans.getByText('Zephyr event 4711').waitFor()
    expect(await scans.getByText('read anew').count()).toBe(2)
    expect(await scans.getByRole('link', { name: 'say what it means' }).count()).toBe(1)
    const map = scans.getByRole('img', { name: /^Map of the scans: .*Denver/ })
    await map.waitFor()
    expect(await map.locator('circle').count()).toBeGreaterThan(3)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('an auditor reads it all and changes nothing', async () => {
    const { page } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/wordings')
    await page.getByText('gnorp').first().waitFor()
    await page.getByText(/this needs an admin or an analyst/).waitFor()
    expect(await page.getByRole('button', { name: /Say what it means/ }).count()).toBe(0)
    await page.context().close()
  })

  it.each([
    { width: 380, dark: false },
    { width: 1440, dark: true },
  ])('fits into $width px (dark: $dark)', async ({ width, dark }) => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'), { width, dark })
    for (const path of ['/wordings', '/wordings?show=classified', shipment]) {
      await page.goto(path)
      await page.locator('main h1').first().waitFor()
      await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' })
      if (path === shipment) await page.getByRole('img', { name: /^Map of the scans/ }).waitFor()
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(overflow, path).toBeLessThanOrEqual(1)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
