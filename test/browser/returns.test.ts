// The way back in a real browser: asked for on a person's page, received with another serial, closed; and passed on.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

const [first, second] = ['RTNTEST001', 'RTNTEST002'] as const

inBrowser('returns', () => {
  let browser: Browser
  let service: TestService
  let cookie: string

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    cookie = await service.signIn('provisioner')
    const token = await service.token({ scopes: ['directory:write'] })
    const people = [
      { external_id: 'E1', name: 'Ines Calder', email: 'ines@example.com' },
      { external_id: 'E2', name: 'Theo Lind', email: 'theo@example.com' },
    ]
    await service.send('POST', '/people', JSON.stringify(people), token.headers)
    const rows = [
      'serial_number,model,status,holder_email',
      ...[first, second].map((serial) => `${serial},MacBook Pro 14,in_service,ines@example.com`),
    ]
    const content = Buffer.from(rows.join('\n')).toString('base64')
    await service.rpc(cookie, 'imports.run', { kind: 'devices', content, fileName: null, mapping: {}, dryRun: false })
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('asks on a person’s page for everything they have, and lists it with filters in the address', async () => {
    const { page, complaints } = await openTab(browser, service, cookie)
    await page.goto('/people')
    await page.getByRole('link', { name: 'Ines Calder' }).click()
    await page.getByRole('button', { name: 'Ask for all of it back…' }).click()
    await page.getByRole('dialog').getByLabel('Why').selectOption('leaving')
    await page.getByRole('dialog').getByRole('button', { name: 'Ask for it back' }).click()
    await page.getByText('Asked back.').first().waitFor()
    await page.goto('/returns?state=due')
    await page.getByRole('link', { name: first }).waitFor()
    await page.getByRole('link', { name: second }).waitFor()
    await page.goto('/returns?state=overdue')
    await page.getByText('No return matches.').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('receives another laptop than the one expected as a problem, then the right one, and closes it into stock', async () => {
    const { page, complaints } = await openTab(browser, service, cookie)
    const receive = async (serial: string) => {
      await page.getByRole('button', { name: 'Receive…' }).click()
      await page.getByRole('dialog').getByLabel('Serial number, read from the laptop').fill(serial)
      await page.getByRole('dialog').getByRole('button', { name: 'Receive it' }).click()
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    }
    await page.goto('/returns')
    await page.getByRole('link', { name: first }).click()
    await page.getByRole('heading', { name: `Return of ${first}` }).waitFor()
    await receive('NOTOURS001')
    await page.getByRole('heading', { name: 'Another laptop came back' }).waitFor()
    await receive(first)
    await page.getByText('the one expected', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Close…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Back in stock').check()
    await dialog.getByLabel('Why, and what was found').fill('As expected.')
    expect(await dialog.getByRole('button', { name: 'Close it' }).isDisabled()).toBe(true)
    await dialog.getByLabel('Data wiped').check()
    await dialog.getByRole('button', { name: 'Close it' }).click()
    await page.getByText('Data wiped: yes.').first().waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('passes a laptop on to the next person, and its return is not asked for any more', async () => {
    const { page } = await openTab(browser, service, cookie)
    await page.goto('/returns?state=due')
    await page.getByRole('link', { name: second }).click()
    await page.getByRole('heading', { name: `Return of ${second}` }).waitFor()
    await page.getByRole('link', { name: 'MacBook Pro 14' }).click()
    await page.getByRole('heading', { name: 'Asked back' }).waitFor()
    await page.getByRole('button', { name: 'Pass on…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Who has it from now on').fill('theo')
    await dialog.getByRole('combobox', { name: /^Person/ }).selectOption({ label: 'Theo Lind, theo@example.com' })
    await dialog.getByLabel('Reason').fill('Takes over her work.')
    await dialog.getByRole('button', { name: 'Pass it on' }).click()
    await page.waitForURL(/\/handovers\/hnd_/)
    await page.goto('/returns?state=due')
    await page.getByText('No return matches.').waitFor()
    await page.context().close()
  })

  it('fits a narrow window, in the dark too', async () => {
    const { page } = await openTab(browser, service, cookie, { width: 380, dark: true })
    await page.goto('/returns')
    await page.getByRole('link', { name: first }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    await page.getByRole('link', { name: first }).click()
    await page.getByRole('heading', { name: `Return of ${first}` }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    await page.context().close()
  })
})
