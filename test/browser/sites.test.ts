// Sites in a real browser: four laptops that never leave one router, drawn as a graph and told as a list.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()
const streets = ['12 Maple Street', '80 Quay Street', '5 Harbor Avenue', '231 Elm Street']

/** Four people who live apart; their laptops came, and have been on one router ever since. */
async function foundFarm(service: TestService): Promise<void> {
  const { headers } = await service.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'] })
  const post = async (where: string, body: object) => {
    const answer = await service.send('POST', where, JSON.stringify(body), headers)
    expect(answer.status, answer.text).toBeLessThan(300)
  }
  await post(
    '/people',
    streets.map((line1, index) => ({
      external_id: `S${index}`,
      name: `Site Person ${index}`,
      email: `site${index}@example.com`,
      line1,
      city: 'Boston',
      region: 'MA',
      postal_code: '02118',
      country: 'US',
      address_verified: 'yes',
    })),
  )
  await post(
    '/shipments',
    streets.map((_, index) => ({
      reference: `S${index}`,
      direction: 'out',
      carrier: 'FedEx',
      tracking_code: `SITE${index}`,
      serial_number: `SITE000000${index}`,
      person_email: `site${index}@example.com`,
      ordered_at: daysAgo(20),
      shipped_at: daysAgo(19),
    })),
  )
  for (const day of [12, 1])
    await post(
      '/checkins',
      streets.map((_, index) => ({
        serialNumber: `SITE000000${index}`,
        reportedAt: daysAgo(day),
        platform: 'darwin',
        network: { gatewayMac: 'aa:bb:cc:00:00:01', wifi: { bssid: 'aa:bb:cc:00:00:02' } },
      })),
    )
  await service.drain()
}

inBrowser('sites', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundFarm(service)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('lists a site with its case, and draws who has what from when on, with a list that says the same', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/sites')
    await page
      .getByRole('table', { name: /Sites/ })
      .getByRole('link', { name: /4 people by access point and gateway/ })
      .click()
    await page.getByRole('heading', { name: 'A site of 4 people' }).waitFor()
    const graph = page.getByRole('img', { name: /Graph of 4 people and what they share.*gateway, 4 people/ })
    await graph.locator('canvas').first().waitFor()
    const gateway = page.getByRole('region', { name: /^Gateway/ })
    expect(await gateway.getByRole('listitem').count()).toBe(4)
    expect(await gateway.getByRole('link', { name: 'SITE0000000' }).getAttribute('href')).toMatch(/^\/devices\//)
    await gateway.getByRole('button', { name: 'show its lines' }).click()
    await gateway.getByRole('button', { name: 'show all' }).waitFor()
    // What a home is known by stays in the house.
    expect(await page.content()).not.toMatch(/aa:bb:cc/i)
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/site.png`, fullPage: true })
    await page.getByRole('main').getByRole('link', { name: /^C-/ }).click()
    await page.waitForURL(/\/cases\/\d+/)
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/site-case.png`, fullPage: true })
    expect(complaints).toEqual([])
  })

  it('is read on a narrow screen, and in the dark', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('auditor'), {
      width: 380,
      dark: true,
    })
    await page.goto('/sites')
    await page.getByRole('link', { name: /4 people by/ }).click()
    await page
      .getByRole('img', { name: /Graph of/ })
      .locator('canvas')
      .first()
      .waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    if (process.env['LOOK']) await page.screenshot({ path: `${process.env['LOOK']}/site380.png`, fullPage: true })
    expect(complaints).toEqual([])
  })

  it('is nothing for who only prepares parcels', async () => {
    const { page } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/cases')
    expect(await page.getByRole('navigation').getByRole('link', { name: 'Sites' }).count()).toBe(0)
  })
})
