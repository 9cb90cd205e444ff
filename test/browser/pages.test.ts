// Every page, wide and narrow, light and dark: it comes up, complains of nothing, and does not scroll sideways.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { diverted, foundCompany } from './company.ts'

inBrowser('every page', () => {
  let browser: Browser
  let service: TestService
  const pages: string[] = []

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    const { db } = service.database
    const device = await db
      .selectFrom('devices')
      .select('id')
      .where('serial_number', '=', diverted.serial)
      .executeTakeFirstOrThrow()
    const person = await db
      .selectFrom('people')
      .select('id')
      .where('email', '=', diverted.email)
      .executeTakeFirstOrThrow()
    const shipment = await db
      .selectFrom('shipments')
      .select('id')
      .where('reference', '=', 'B2')
      .executeTakeFirstOrThrow()
    const found = await db.selectFrom('cases').select('number').orderBy('number').executeTakeFirstOrThrow()
    pages.push(
      '/cases',
      `/cases/${found.number}`,
      '/devices',
      `/devices/${device.id}`,
      '/people',
      `/people/${person.id}`,
      '/shipments',
      `/shipments/${shipment.id}`,
    )
    pages.push(
      '/wordings',
      '/import',
      '/inbox',
      '/messages',
      '/rules',
      '/rules/parcel-redirected',
      '/declarations',
      '/users',
      '/tokens',
      '/account',
    )
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it.each([
    { width: 1440, dark: false },
    { width: 1440, dark: true },
    { width: 380, dark: false },
  ])(
    'comes up at $width px (dark: $dark) with a heading, without a complaint, without scrolling sideways',
    async ({ width, dark }) => {
      const { page, complaints } = await openTab(browser, service, await service.signIn('admin'), { width, dark })
      const wide: string[] = []
      const broken: string[] = []
      for (const path of pages) {
        await page.goto(path)
        await page.locator('main h1').first().waitFor()
        await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' })
        if ((await page.getByText('Something went wrong').count()) > 0) broken.push(path)
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        )
        if (overflow > 1) wide.push(`${path} by ${overflow} px`)
      }
      expect(broken).toEqual([])
      expect(wide).toEqual([])
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  it('can be gone through by keyboard: the link to the content first, and every link with a name', async () => {
    const { page } = await openTab(browser, service, await service.signIn('admin'))
    for (const path of pages) {
      await page.goto(path)
      await page.locator('main h1').first().waitFor()
      const nameless = await page.evaluate(
        () =>
          [...document.querySelectorAll('a, button:not([aria-hidden=true]):not([tabindex="-1"])')].filter(
            (element) =>
              element.checkVisibility() &&
              !element.textContent?.trim() &&
              !element.getAttribute('aria-label') &&
              !element.getAttribute('title'),
          ).length,
      )
      expect({ path, nameless }).toEqual({ path, nameless: 0 })
    }
    await page.goto('/cases')
    await page.locator('main h1').first().waitFor()
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('To the content')
    await page.context().close()
  })

  it('shows the auditor no button that changes anything on a case', async () => {
    const { page } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto(pages[1]!)
    await page.getByRole('region', { name: 'Why this case' }).waitFor()
    for (const name of [/^Take/, /^Comment/, /^Close…/]) {
      const button = page.getByRole('button', { name })
      if ((await button.count()) > 0) expect(await button.first().isDisabled()).toBe(true)
    }
    await page.context().close()
  })
})
