// Sites in a real browser: four laptops that never leave one router, drawn as a graph and told as a list.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { daysAgo, hire, sender } from './fleet.ts'

const streets = ['12 Maple Street', '80 Quay Street', '5 Harbor Avenue', '231 Elm Street']

/** Four people who live apart; their laptops came, and have been on one router ever since. */
async function foundFarm(service: TestService): Promise<void> {
  const send = await sender(service)
  await hire(
    send,
    streets.map((line1, index) => ({
      name: `Site Person ${index}`,
      email: `site${index}@example.com`,
      line1,
      serialNumber: `SITE000000${index}`,
    })),
  )
  for (const day of [12, 1])
    await send(
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
    // Who they are is shown when asked for.
    const people = page.getByRole('region', { name: 'People' })
    await people.getByText('Person 4').waitFor()
    await people.getByRole('button', { name: 'show the names' }).click()
    await people.getByText('Person 4').waitFor({ state: 'detached' })
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
