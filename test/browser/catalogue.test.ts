// The catalogue in a real browser: what is on the laptops, one tool's traces, an approval by two people, and a proposal decided.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { followCommon } from '../../server/detection/common.ts'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { daysAgo, hire, sender } from './fleet.ts'

const STAFF = 24
const staff = Array.from({ length: STAFF }, (_, index) => index)
const serialOf = (index: number) => `CATFLEET${String(index).padStart(3, '0')}`

/** A company at as many homes: most have RustDesk, two have AnyDesk. */
async function foundFleet(service: TestService): Promise<void> {
  const send = await sender(service)
  await hire(
    send,
    staff.map((index) => ({
      name: `Fleet Person ${index}`,
      email: `fleet${index}@example.com`,
      line1: `${100 + index} Maple Street`,
      department: 'Support',
      serialNumber: serialOf(index),
    })),
  )
  await send(
    '/checkins',
    staff.map((index) => ({
      serialNumber: serialOf(index),
      reportedAt: daysAgo(2),
      platform: 'darwin',
      software: [
        { name: 'Slack', kind: 'app' },
        ...(index < 15 ? [{ name: 'RustDesk', kind: 'app' }] : []),
        ...(index > 21 ? [{ name: 'AnyDesk', kind: 'app', identifier: 'com.philandro.anydesk' }] : []),
      ],
    })),
  )
  await followCommon(service.service.house)
  await service.drain()
}

inBrowser('the catalogue', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundFleet(service)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('lists what is on the laptops first, is searched and filtered by its address, and opens an entry by its link', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/catalogue')
    const table = page.getByRole('table', { name: 'Tools and hardware' })
    await table.getByRole('row', { name: /RustDesk.*15.*waits for a word/ }).waitFor()
    expect(await table.getByRole('row').nth(1).textContent()).toContain('RustDesk')
    await page.getByRole('searchbox', { name: 'Name or publisher' }).fill('anydesk')
    await page.waitForURL(/text=anydesk/)
    await table.getByRole('link', { name: /AnyDesk/ }).click()
    await page.getByRole('heading', { name: 'AnyDesk' }).waitFor()
    await page.getByRole('region', { name: 'On laptops now' }).getByText('2 laptops').waitFor()
    const traces = page.getByRole('table', { name: 'Traces by system and kind' })
    const onMac = traces.getByRole('row', { name: /macOS bundle or package id/ }).filter({ hasText: 'com.philandro' })
    expect(await onMac.getByRole('link').getAttribute('href')).toMatch(/^https:\/\//)
    await page
      .getByRole('region', { name: 'On laptops now' })
      .getByRole('link', { name: serialOf(22) })
      .click()
    await page.waitForURL(/\/devices\/dev_/)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('takes an approval asked by one and approved by another,', async () => {
    const asker = await openTab(browser, service, await service.signIn('provisioner'))
    await asker.page.goto('/catalogue/anydesk')
    await asker.page.getByRole('button', { name: 'Ask to approve it…' }).click()
    const dialog = asker.page.getByRole('dialog')
    await dialog.getByLabel('For whom').selectOption('column')
    await dialog.getByLabel('Says').fill('Support')
    await dialog.getByLabel('Why the company vouches for it').fill('The support desk works with it')
    await dialog.getByRole('button', { name: 'Ask for it' }).click()
    await asker.page
      .getByText(/Asked by/)
      .first()
      .waitFor()
    expect(await asker.page.getByRole('button', { name: /Approve…/ }).count()).toBe(0)
    expect(asker.complaints).toEqual([])

    const decider = await openTab(browser, service, await service.signIn('analyst'))
    await decider.page.goto('/catalogue?tab=approvals')
    const line = decider.page.getByRole('listitem').filter({ hasText: 'AnyDesk' })
    await line.getByText('people whose department is Support').waitFor()
    await line.getByText('Now on 2 laptops').waitFor()
    await line.getByRole('button', { name: /Approve…/ }).click()
    await decider.page.getByRole('dialog').getByRole('textbox').fill('The desk confirmed it')
    await decider.page.getByRole('dialog').getByRole('button', { name: 'Approve it' }).click()
    await line.getByText(/In force until/).waitFor()
    expect(decider.complaints).toEqual([])
    await asker.page.context().close()
    await decider.page.context().close()
  })

  it('shows what most of the fleet has as one proposal, and decides it by keyboard on a narrow, dark page', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'), {
      width: 380,
      dark: true,
    })
    await page.goto('/catalogue?tab=approvals')
    const line = page.getByRole('listitem').filter({ hasText: 'RustDesk' })
    await line.getByText('15 of 24 people', { exact: false }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    await line.getByRole('button', { name: /Refuse…/ }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').getByRole('textbox').fill('Nobody here rolled it out')
    await page.keyboard.press('Control+Enter')
    await page.getByText(/laptops will be judged again/).waitFor()
    await page.goto('/catalogue?tab=past')
    await page
      .getByRole('listitem')
      .filter({ hasText: 'RustDesk' })
      .getByText('Not approved', { exact: false })
      .waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
