// People at work in a real browser: a case worked to its end, a parcel released by a second person, a file imported and taken back.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { diverted, foundCompany } from './company.ts'

inBrowser('people at work', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('signs in by password and lands in the queue, the worst case on view with its reasons', async () => {
    await service.signIn('analyst')
    const { page, complaints } = await openTab(browser, service, null)
    await page.goto('/cases')
    await page.getByLabel('E-mail').fill('analyst@example.com')
    await page.locator('input[name=password]').fill('correct horse battery')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Cases' }).waitFor()
    await page.getByText('Parcel redirected on its way').first().waitFor()
    expect(await page.getByText(diverted.serial).count()).toBeGreaterThan(0)
    expect(complaints.filter((text) => !text.includes('401'))).toEqual([])
    await page.context().close()
  })

  it('finds a pasted serial number and opens its page at once', async () => {
    const { page } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/cases')
    await page.getByRole('heading', { name: 'Cases' }).waitFor()
    await page.keyboard.press('Control+k')
    await page.getByLabel('Serial, tag, tracking number, reference, e-mail, name or case').fill(diverted.serial)
    await page.getByRole('listbox', { name: 'Found' }).getByRole('option').first().waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/devices\/dev_/)
    await page.getByText('Redirected').first().waitFor()
    await page.context().close()
  })

  it('takes a case, comments it and closes it with an outcome and a note; the ledger and the sink hear of it', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto('/cases')
    await page
      .getByRole('link', { name: /Parcel redirected on its way/ })
      .first()
      .click()
    await page.getByRole('region', { name: 'Why this case' }).waitFor()
    await page.getByRole('button', { name: /^Assign to me/ }).click()
    await page.getByText('Case taken by').first().waitFor()
    await page.getByRole('button', { name: /^Comment/ }).click()
    await page.getByRole('dialog').getByLabel('Comment').fill('Called the known number: nobody answered.')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /comment/i })
      .click()
    await page.getByText('Called the known number').first().waitFor()
    await page.getByRole('button', { name: /^Close…/ }).click()
    await page.getByRole('dialog').getByLabel('Confirmed').check()
    await page.getByRole('dialog').getByLabel('What was found, and how').fill('The carrier confirms the redirect.')
    await page.getByRole('dialog').getByRole('button', { name: 'Close the case' }).click()
    await page.getByText('Case closed: confirmed').first().waitFor()
    await service.drain()
    expect(service.alerts.came.map((one) => JSON.parse(one.body).type)).toContain('case.closed')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('shows a whole address only for a reason, which is recorded', async () => {
    const { page } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/people')
    await page.getByRole('link', { name: diverted.name }).click()
    await page.getByText('Boston').first().waitFor()
    expect(await page.content()).not.toContain(diverted.street)
    await page
      .getByRole('button', { name: /show the whole address/i })
      .first()
      .click()
    await page.getByRole('dialog').getByRole('textbox').fill('Checking the label against the order')
    await page.getByRole('dialog').getByRole('button', { name: /show/i }).click()
    await page.getByText(diverted.street).waitFor()
    const revealed = await service.database.db
      .selectFrom('ledger')
      .select('payload')
      .where('kind', '=', 'address.revealed')
      .execute()
    expect(revealed).toHaveLength(1)
    await page.context().close()
  })

  it('releases a held parcel with a reason, and only then lets it be shipped', async () => {
    const { page } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/shipments')
    await page.getByRole('link', { name: /B2/ }).first().click()
    await page.getByRole('heading', { name: /held/i }).first().waitFor()
    expect(
      await page
        .getByRole('button', { name: /^Mark.*shipped|^Shipped|^Ship/ })
        .first()
        .isDisabled(),
    ).toBe(true)
    await page.getByRole('button', { name: /^Release/ }).click()
    await page
      .getByRole('dialog')
      .getByLabel('What was checked?')
      .fill('Called him on the number from before the change.')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /release/i })
      .click()
    await page.getByText('Released by a second person').first().waitFor()
    await page.context().close()
  })

  it('imports pasted rows after a dry run that names the bad line, and takes the import back', async () => {
    const { page } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/import')
    await page.getByLabel('What is in it').selectOption('devices')
    await page
      .getByLabel('Paste')
      .fill('serial_number;model;purchased_on\nPASTE00001;ThinkPad T14;2026-02-03\nPASTE00002;ThinkPad T14;next week\n')
    await page.getByRole('button', { name: 'Read what I pasted' }).click()
    await page.getByRole('button', { name: 'Check without importing' }).click()
    await page
      .getByText(/must be a day/)
      .first()
      .waitFor()
    expect(
      await service.database.db.selectFrom('devices').select('id').where('serial_number', '=', 'PASTE00001').execute(),
    ).toEqual([])
    await page.getByRole('button', { name: 'Import 1 line' }).click()
    await page.getByRole('button', { name: 'Undo this import' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo it' }).click()
    await expect
      .poll(
        async () =>
          (
            await service.database.db
              .selectFrom('devices')
              .select('withdrawn_at')
              .where('serial_number', '=', 'PASTE00001')
              .executeTakeFirst()
          )?.withdrawn_at ?? null,
      )
      .not.toBeNull()
    await page.context().close()
  })

  it('shows a new case without being reloaded', async () => {
    const { page } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/cases')
    await page.getByRole('heading', { name: 'Cases' }).waitFor()
    const token = await service.token({ scopes: ['checkins:write'] })
    const checkIn = {
      serialNumber: diverted.serial,
      reportedAt: new Date().toISOString(),
      publicIp: '72.208.248.11',
      platform: 'darwin',
      usbDevices: [
        { vendorId: '1d6b', productId: '0104', vendor: 'PiKVM', product: 'PiKVM Composite Device', serial: 'CAFEBABE' },
      ],
    }
    await service.send('POST', '/checkins', JSON.stringify(checkIn), token.headers)
    await page.getByText('PiKVM', { exact: false }).first().waitFor()
    await page.context().close()
  })
})
