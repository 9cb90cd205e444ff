// Known places in a real browser: found, added, asked to switch off by one and confirmed by another.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

inBrowser('known places', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('are filtered in the address, and say that a missing one clears nobody', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/places?kind=hotel')
    await page.getByRole('link', { name: 'Motel 6' }).waitFor()
    expect(await page.getByText('is not cleared by that').count()).toBe(1)
    expect(await page.getByRole('button', { name: 'Add a place…' }).isDisabled()).toBe(true)
    await page.goto('/places?q=sarasota')
    await page.getByRole('link', { name: /MyUS/ }).first().click()
    await page.waitForURL(/\/places\/myus-sarasota/)
    await page.getByRole('heading', { name: 'MyUS' }).waitFor()
    expect(complaints).toEqual([])
  })

  it('are added by an analyst, at once', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/places')
    await page.getByRole('button', { name: 'Add a place…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Quay Forwarding')
    await dialog.getByLabel('Street and number').fill('14 Quay Street')
    await dialog.getByLabel('City').fill('Boston')
    await dialog.getByLabel('Region or state').fill('MA')
    await dialog.getByLabel('Postal code').fill('02110')
    await dialog.getByLabel('Country').fill('US')
    await dialog.getByLabel('Source').fill('https://example.com/quay')
    await dialog.getByLabel('Form of its units').fill('(a+)+$')
    await dialog.getByLabel('Why?').fill('Their own page prints it')
    await dialog.getByRole('button', { name: 'Add it' }).click()
    await dialog.getByText('anchored alternatives', { exact: false }).waitFor()
    await dialog.getByLabel('Form of its units').fill('^[a-z]{3}\\d{3}$')
    await dialog.getByRole('button', { name: 'Add it' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.goto('/places?from=company')
    await page.getByRole('link', { name: /Quay Forwarding/ }).waitFor()
    // The refused form is a failed request, which the browser tells of.
    expect(complaints.filter((text) => !/422/.test(text))).toEqual([])
  })

  it('are switched off by two', async () => {
    const first = await openTab(browser, service, await service.signIn('analyst'))
    await first.page.goto('/places/shipito-hawthorne')
    await first.page.getByRole('button', { name: 'Switch off…' }).click()
    await first.page.getByLabel('Reason').fill('They have moved away')
    await first.page.getByRole('button', { name: 'Ask to switch it off' }).click()
    await first.page.getByRole('heading', { name: 'Needs a second person' }).waitFor()
    await first.page.getByRole('button', { name: 'Confirm…' }).click()
    await first.page.getByLabel('Reason').fill('I say so myself')
    await first.page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await first.page.getByText('somebody else has to do it', { exact: false }).waitFor()

    const second = await openTab(browser, service, await service.signIn('admin'), { width: 380, dark: true })
    await second.page.goto('/places?state=waits')
    await second.page.getByRole('link', { name: /Shipito/ }).click()
    await second.page.getByText('They have moved away').first().waitFor()
    await second.page.getByRole('button', { name: 'Confirm…' }).click()
    await second.page.getByLabel('Reason').fill('Seen: the hall is empty')
    await second.page.getByRole('button', { name: 'Confirm', exact: true }).click()
    await second.page.getByText('switched off').first().waitFor()
    expect(await second.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    expect(second.complaints).toEqual([])
  })
})
