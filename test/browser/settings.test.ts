// An admin sets the house up in a real browser: a key, its test, the webhook and its rotation, the stockroom.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

const apiKey = 'EZAKof-the-browser'

inBrowser('settings', () => {
  let browser: Browser
  let service: TestService
  let provider: EasyPostLookAlike

  beforeAll(async () => {
    browser = await openBrowser()
    provider = await startEasyPost({ apiKey, now: () => new Date() })
    service = await startTestService({ EASYPOST_WEBHOOK_SECRET: '', EASYPOST_BASE_URL: provider.url })
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    await provider?.close()
  })

  it('say what is missing and what to do, then take a key, test it, and register the webhook', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/settings')
    await page.getByText('Set a key of EasyPost first').waitFor()
    expect(await page.getByRole('button', { name: 'Register the webhook' }).isDisabled()).toBe(true)
    await page.getByLabel('API key').fill(apiKey)
    await page.getByRole('button', { name: 'Keep the key' }).click()
    await page.getByText('✓ production').waitFor()
    expect(await page.content()).not.toContain(apiKey)
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('The provider takes the key (production mode).').waitFor()
    await page.getByRole('button', { name: 'Register the webhook' }).click()
    await page.getByText('✓ webhook registered').waitFor()
    await page.getByRole('button', { name: 'Rotate the secret' }).click()
    await page.getByText('Both secrets hold until the first delivery').waitFor()
    await page.getByRole('button', { name: 'Remove…' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Remove it' }).click()
    await page.getByText('no webhook').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('show a refusal of the provider in its own words', async () => {
    const { page } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/settings')
    await page.getByLabel('Another API key').fill('EZAKof-nobody')
    await page.getByRole('button', { name: 'Keep the key' }).click()
    await page.getByText('The key is kept, encrypted').waitFor()
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('This api key is no longer active', { exact: false }).waitFor()
    await page.context().close()
  })

  it('keep the stockroom’s address, and name what is wrong with it, on a narrow screen too', async () => {
    const { page } = await openTab(browser, service, await service.signIn('admin'), { width: 380 })
    await page.goto('/settings')
    const form = page.getByRole('region', { name: 'Stockroom' })
    await form.getByText('No label can be bought until this is set').waitFor()
    for (const [label, value] of [
      ['Company', 'Fernhill'],
      ['Street and number', '1 Depot Road'],
      ['City', 'Columbus'],
      ['Country', 'Unite'],
      ['Phone', '+1 614 555 0100'],
    ] as const)
      await form.getByLabel(label).fill(value)
    await form.getByRole('button', { name: 'Save the address' }).click()
    await form.getByText('is no country').waitFor()
    await form.getByLabel('Country').fill('United States')
    await form.getByRole('button', { name: 'Save the address' }).click()
    await form.getByText('Where parcels leave from and returns go to.', { exact: true }).waitFor()
    await page.reload()
    expect(await form.getByLabel('Country').inputValue()).toBe('US')
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(380)
    await page.context().close()
  })

  it('are for administrators', async () => {
    const { page } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/settings')
    await page.getByText('Settings are for administrators.').waitFor()
    await page.context().close()
  })
})
