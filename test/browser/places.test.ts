// An admin looks after the data behind places in a real browser: its age, a set fetched, a file named, an address tried.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Mirror, startMirror } from '../fixtures/mirror.ts'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

inBrowser('the data behind places', () => {
  let browser: Browser
  let service: TestService
  let mirror: Mirror

  beforeAll(async () => {
    browser = await openBrowser()
    mirror = await startMirror()
    service = await startTestService({ PLACES_MIRROR: mirror.url })
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    await mirror?.close()
  })

  it('is listed with its credit, fetched when asked, and says what it would say of an address', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/settings')
    const card = page.getByRole('region', { name: 'Places of addresses' })
    await card.getByRole('link', { name: 'IP Geolocation by DB-IP' }).waitFor()
    const vpn = card
      .getByRole('list', { name: 'Files in use' })
      .getByRole('listitem')
      .filter({ hasText: 'X4BNet VPN ranges' })
    await vpn.getByText('not fetched yet').waitFor()
    await vpn.getByRole('button', { name: 'Fetch X4BNet VPN ranges' }).click()
    await vpn.getByText('The answer was 404.').waitFor()
    mirror.serveVpn()
    await vpn.getByRole('button', { name: 'Fetch X4BNet VPN ranges' }).click()
    await vpn.getByText('✓ Newer data is in use.').waitFor()
    await vpn.getByText('of today').waitFor()
    await card.getByLabel('What would Telltale say of an address?').fill('20.0.2.9')
    await card.getByRole('button', { name: 'Look' }).click()
    await card.getByText('VPN ranges: VPN exit').waitFor()
    await vpn.getByRole('switch', { name: 'Use X4BNet VPN ranges' }).click({ force: true })
    await vpn.getByText('switched off').waitFor()
    await card.getByText('VPN ranges: VPN exit').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('refuses a file that is none beside its field, by keyboard and on a narrow screen too', async () => {
    const { page } = await openTab(browser, service, await service.signIn('admin'), { width: 380 })
    await page.goto('/settings')
    const card = page.getByRole('region', { name: 'Places of addresses' })
    const field = card.getByLabel('A file of your own')
    await field.fill('/nowhere/city.mmdb')
    await field.press('Enter')
    await card.getByText('/nowhere/city.mmdb is not there').waitFor()
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(380)
    await page.context().close()
  })
})
