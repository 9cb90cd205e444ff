// Tuning in a real browser: a rule tried on history and changed, a second person's word, a suppression, and who silenced what.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { diverted, foundCompany } from './company.ts'

const RULE = '/rules/parcel-redirected'

inBrowser('tuning', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    await service.signIn('analyst')
    await service.signIn('admin')
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  const sayWhy = async (page: Page, label: string, text: string, confirm: string) => {
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel(label).fill(text)
    await dialog.getByRole('button', { name: confirm }).click()
    await dialog.waitFor({ state: 'detached' })
  }

  it('finds a rule among the others by its name, and by filters that stand in the address', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/rules?layer=hardware')
    await page.getByRole('link', { name: /^KVM over IP attached/ }).waitFor()
    expect(await page.getByRole('link', { name: /^Delivered elsewhere/ }).count()).toBe(0)
    await page.goto('/rules')
    await page.getByLabel('Name of a rule').fill('Delivered else')
    await page.waitForURL(/text=/)
    await page.getByText(/^1 of \d+$/).waitFor()
    expect(await page.getByRole('main').getByRole('switch').count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says a rule in a sentence, and tries it on history with examples that lead to laptops', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto(RULE)
    await page
      .getByRole('region', { name: 'The rule in a sentence' })
      .getByText('and is sent out as a message')
      .waitFor()
    await page.getByRole('button', { name: 'Run the back-test' }).click()
    await page.getByText('cases a week by this rule alone').waitFor()
    await page.getByRole('link', { name: diverted.serial }).first().click()
    await page.waitForURL(/\/devices\/dev_/)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('lets parameters be saved only as they fit, once they were tried and it is said what becomes of what stands', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/rules/delivered-and-silent')
    const days = page.getByLabel('Days', { exact: true })
    await days.fill('-3')
    await page.getByText('must be', { exact: false }).first().waitFor()
    await days.fill('5')
    const save = page.getByRole('button', { name: 'Save the rule' })
    await page.getByLabel('Why').fill('Parcels are looked for sooner.')
    expect(await save.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Run the back-test' }).click()
    await page.getByText('cases a week by this rule alone').waitFor()
    await page.getByText('Also the existing ones?').waitFor()
    await page.getByLabel('No: only what is new from here on').check()
    await save.click()
    await page.getByText('version 1', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('Parcels are looked for sooner.').waitFor()
    await page.getByText('only what is new', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'Performance' }).click()
    await page.getByRole('heading', { name: /^The last/ }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('has a rule that is set lower wait for somebody else, who finds and approves it', async () => {
    const analyst = await openTab(browser, service, await service.signIn('analyst'))
    await analyst.page.goto(RULE)
    await analyst.page.getByText('watch', { exact: true }).click()
    await analyst.page.getByLabel('Why').fill('Too many of these for now.')
    await analyst.page.getByRole('button', { name: 'Ask for it' }).click()
    const waiting = analyst.page.getByRole('region', { name: 'Waits for a second person' })
    await waiting.waitFor()
    await waiting.getByRole('button', { name: 'Approve…' }).click()
    await analyst.page.getByRole('dialog').getByLabel('Reason').fill('I think so.')
    await analyst.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click()
    await analyst.page.getByText('somebody else has to do it').waitFor()
    await analyst.page.context().close()

    const admin = await openTab(browser, service, await service.signIn('admin'))
    await admin.page.goto('/rules')
    await admin.page.getByRole('link', { name: 'look at it' }).click()
    await admin.page.getByText('Too many of these for now.').waitFor()
    await admin.page.getByRole('button', { name: 'Approve…' }).click()
    await sayWhy(admin.page, 'Reason', 'Agreed for a month.', 'Approve')
    await admin.page.getByText('Nothing waits for a second person').waitFor()
    await admin.page.goto(RULE)
    await admin.page.getByText('version 1', { exact: true }).waitFor()
    expect(admin.complaints).toEqual([])
    await admin.page.context().close()
  })

  it('keeps findings of one person quiet from the page, counted, until it is ended', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/declarations?tab=suppressions')
    await page.getByText('Nothing is suppressed').waitFor()
    await page.getByRole('button', { name: 'Suppress…' }).click()
    await page.getByRole('dialog').getByLabel('Rule').selectOption({ value: 'delivered-elsewhere' })
    await page.getByRole('dialog').getByLabel('Whose').fill(diverted.email)
    await sayWhy(page, 'Why', 'Moved, and the papers are on their way.', 'Suppress it')
    const list = page.getByRole('region', { name: 'Suppressions' })
    await list.getByText('Moved, and the papers are on their way.').waitFor()
    await service.drain()
    await list.getByRole('button', { name: /^end it/ }).click()
    await sayWhy(page, 'Reason', 'The papers came.', 'End it')
    await page.getByText('Nothing is suppressed').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('has a network exit declared on the page, approved by another, and shows whoever audits all of it', async () => {
    const { page } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/declarations')
    await page.getByRole('button', { name: 'Declare for everybody…' }).click()
    await page.getByRole('dialog').getByLabel('The range, such as 203.0.113.0/24').fill('203.0.113.0/24')
    await sayWhy(page, 'Why the company vouches for it', 'Our new provider.', 'Ask for it')
    await page.context().close()

    const admin = await openTab(browser, service, await service.signIn('admin'), { width: 380 })
    await admin.page.goto('/declarations?tab=waiting')
    await admin.page.getByRole('button', { name: 'Approve…' }).click()
    await sayWhy(admin.page, 'Reason', 'It is in the contract.', 'Approve')
    await admin.page.goto('/declarations')
    await admin.page.getByText('203.0.113.0/24').first().waitFor()
    await admin.page.getByText('keeps nothing quiet now').waitFor()
    await admin.page.goto('/declarations?tab=silences')
    await admin.page.getByText('Our new provider.').first().waitFor()
    await admin.page.getByText('No longer suppressed').first().waitFor()
    for (const tab of ['declarations', 'suppressions', 'waiting', 'silences']) {
      await admin.page.goto(`/declarations?tab=${tab}`)
      await admin.page.locator('main h1').first().waitFor()
      const overflow = () => document.documentElement.scrollWidth > document.documentElement.clientWidth
      expect([tab, await admin.page.evaluate(overflow)]).toEqual([tab, false])
    }
    expect(admin.complaints).toEqual([])
    await admin.page.context().close()
  })
})
