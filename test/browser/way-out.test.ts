// The way out in a real browser: person, laptop, address with its questions, policy, rates, bought, printed; and a lost answer.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openShippingCompany, receiver, type ShippingCompany, serial } from '../flows/way-out.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

inBrowser('the way out', () => {
  let browser: Browser
  let company: ShippingCompany

  beforeAll(async () => {
    browser = await openBrowser()
    company = await openShippingCompany()
  })
  afterAll(async () => {
    await browser?.close()
    await company?.close()
  })

  const tabOf = async (role: 'provisioner' | 'admin' | 'auditor', options = {}) =>
    openTab(browser, company.service, await company.service.signIn(role), options)

  it('prepares a shipment step by step, buys its label at the price shown, and prints both papers', async () => {
    const { page, complaints } = await tabOf('provisioner')
    await page.goto('/shipments')
    await page.getByRole('link', { name: 'New shipment' }).click()
    await page.getByLabel('Who is it for?').fill('ines')
    await page.getByRole('link', { name: receiver.name }).click()
    // As a scanner does: the whole number, and Enter.
    await page.getByLabel('Which laptop?').fill(serial)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /send it here/ }).click()
    await page.getByText('There is nothing to ask about this address').waitFor()
    await page.getByRole('button', { name: 'Check with the carriers' }).click()
    await page.getByText('The carriers find it.').waitFor()
    // Where one is stands in the address: it can be reloaded, gone back from and sent to a colleague.
    await page.reload()
    await page.getByText('There is nothing to ask about this address').waitFor()
    await page.getByLabel('Reference').fill('BR-1')
    await page.getByRole('button', { name: 'Prepare it' }).click()
    await page.getByRole('heading', { name: 'Shipment BR-1' }).waitFor()
    await page.getByRole('button', { name: 'Get rates' }).click()
    const buy = page.getByRole('button', { name: /^Buy for \d+\.\d\d USD/ })
    await buy.waitFor()
    const price = /\d+\.\d\d USD/.exec((await buy.textContent()) ?? '')![0]
    await buy.click()
    await page.getByRole('dialog').getByText(price).first().waitFor()
    await page
      .getByRole('dialog')
      .getByRole('button', { name: `Buy for ${price}` })
      .click()
    const label = page.getByRole('region', { name: 'Label' })
    await label.getByText('the parcel is with the carrier from its first scan').waitFor()
    expect(await label.textContent()).toContain(price)
    for (const name of ['Print the label', 'Print the packing slip']) {
      const href = await label.getByRole('link', { name }).getAttribute('href')
      const printed = await page.request.get(href!)
      expect(printed.headers()['content-type']).toBe('application/pdf')
    }
    await label.getByText('not yet').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Cancel it…' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('the wrong laptop')
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()
    await page.getByRole('dialog').getByText('void that first').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('asks about an address that needs it, and goes nowhere on a no', async () => {
    const token = await company.service.token({ scopes: ['directory:write'] })
    const moved = {
      external_id: 'E1',
      name: receiver.name,
      email: receiver.email,
      line1: 'PO Box 441',
      city: 'Phoenix',
    }
    const rest = { line2: '', region: 'AZ', postal_code: '85001', country: 'US', address_verified: 'no' }
    await company.service.send('POST', '/people', JSON.stringify({ ...moved, ...rest }), token.headers)
    const { page, complaints } = await tabOf('provisioner')
    await page.goto(`/shipments/new?person=${company.personId}`)
    await page.getByRole('link', { name: 'WAYOUT0002' }).click()
    await page.getByRole('link', { name: /send it here.*Phoenix/ }).click()
    const kind = page.getByRole('radiogroup', { name: 'This is a PO box. Is that intended?' })
    await kind.getByLabel('No').check()
    await page.getByText('Then it must not go there').waitFor()
    expect(await page.getByRole('button', { name: 'Prepare it' }).isDisabled()).toBe(true)
    for (const group of await page.getByRole('radiogroup').all()) await group.getByLabel('Yes').check()
    await page.getByLabel('Reference').fill('BR-2')
    await page.getByRole('button', { name: 'Prepare it' }).click()
    await page.getByRole('heading', { name: 'Shipment BR-2' }).waitFor()
    await page.getByText('What was asked').waitFor()
    const policy = page.getByRole('region', { name: 'Delivery policy' })
    await policy.getByText('This is a PO box. Is that intended?').waitFor()
    // Held by now, since nobody approved the address: a second person cancels it.
    const second = await tabOf('admin')
    await second.page.goto(page.url())
    await second.page.getByRole('button', { name: 'Cancel it…' }).click()
    await second.page.getByRole('dialog').getByLabel('Reason').fill('it is to go to her home')
    await second.page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()
    await second.page.getByText('Its laptops are free again').waitFor()
    await second.page.context().close()
    await page.goto('/devices?text=WAYOUT0002')
    await page.getByRole('main').getByRole('link', { name: 'WAYOUT0002' }).first().click()
    await page.getByRole('link', { name: 'Send it to somebody' }).waitFor()
    await page.getByRole('button', { name: 'Report…' }).click()
    await page.getByRole('menuitem', { name: 'Retired' }).waitFor()
    // Only what can become of a laptop in stock is offered.
    expect(await page.getByRole('menuitem', { name: 'Lost' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says what to do when the answer to a purchase is lost, and finds the label again', async () => {
    const token = await company.service.token({ scopes: ['directory:write'] })
    const device = { serial_number: 'WAYOUT0003', asset_tag: 'W-3', model: 'MacBook Pro 14', status: 'stock' }
    await company.service.send('POST', '/devices', JSON.stringify(device), token.headers)
    const { page } = await tabOf('provisioner')
    await page.goto(`/shipments/new?person=${company.personId}&address=${company.addressId}`)
    await page.getByRole('link', { name: 'WAYOUT0003' }).click()
    for (const group of await page.getByRole('radiogroup').all()) await group.getByLabel('Yes').check()
    await page.getByLabel('Reference').waitFor()
    for (const group of await page.getByRole('radiogroup').all()) await group.getByLabel('Yes').check()
    await page.getByLabel('Reference').fill('BR-3')
    await page.getByRole('button', { name: 'Prepare it' }).click()
    await page.getByRole('button', { name: 'Get rates' }).click()
    await page.getByRole('button', { name: /^Buy for/ }).click()
    company.provider.fail({ on: 'buy', how: 'close after doing it' })
    company.provider.fail({ on: 'read', how: '500' })
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Buy for/ })
      .click()
    await page.getByText('Nobody knows yet whether this label was bought.').waitFor()
    await page.getByRole('button', { name: 'Look it up now' }).click()
    await page.getByRole('link', { name: 'Print the label' }).waitFor()
    await page.context().close()
  })

  it('shows the lists of what waits, and the same by keyboard and at 380 pixels', async () => {
    const { page, complaints } = await tabOf('auditor', { width: 380 })
    await page.goto('/shipments?waits=scan')
    await page.getByText('its label was bought and no carrier has scanned it').first().waitFor()
    await page.getByText('BR-1').first().waitFor()
    expect(await page.getByRole('link', { name: 'New shipment' }).count()).toBe(0)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(wide).toBeLessThanOrEqual(380)
    await page.goto('/policies')
    await page.getByText('Somebody has to sign for it').first().waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('changes a delivery policy with a reason that its history shows', async () => {
    const { page, complaints } = await tabOf('admin')
    await page.goto('/policies')
    await page.getByRole('button', { name: 'For a country… standard' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Country').fill('Portugal')
    await dialog.getByLabel('An adult signs').check()
    await dialog.getByLabel('Why?').fill('parcels were left with neighbours')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('parcels were left with neighbours').waitFor()
    await page.getByRole('cell', { name: 'PT', exact: true }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
