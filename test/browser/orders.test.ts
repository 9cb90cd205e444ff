// An order from elsewhere in a real browser: prepared here from its page, and the return whose address is nobody's.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openShippingCompany, receiver, type ShippingCompany } from '../flows/way-out.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

inBrowser('an order from elsewhere', () => {
  let browser: Browser
  let company: ShippingCompany
  beforeAll(async () => {
    browser = await openBrowser()
    company = await openShippingCompany()
    const { headers } = await company.service.token({ scopes: ['shipments:write'] })
    const order = { direction: 'out', person_email: receiver.email, ordered_at: new Date().toISOString() }
    const rows = [
      { ...order, reference: 'OR-1', serial_number: 'WAYOUT0002' },
      { ...order, reference: 'OR-2', serial_number: 'NEVERSEEN1' },
      {
        ...order,
        reference: 'OR-3',
        direction: 'return',
        serial_number: 'WAYOUT0001',
        line1: '400 Harbor Boulevard',
        line2: '',
        city: 'Columbus',
        region: 'OH',
        postal_code: '43215',
        country: 'US',
      },
    ]
    await company.service.send('POST', '/shipments', JSON.stringify(rows), headers)
    await company.service.drain()
  })
  afterAll(async () => {
    await browser?.close()
    await company?.close()
  })

  const open = async (reference: string, options: { width?: number } = {}) => {
    const tab = await openTab(browser, company.service, await company.service.signIn('provisioner'), options)
    await tab.page.goto(`/shipments?text=${reference}`)
    await tab.page.getByRole('main').getByRole('link', { name: reference }).first().click()
    await tab.page.getByRole('heading', { name: `Shipment ${reference}` }).waitFor()
    return tab
  }

  it('is prepared with what is known of it, and its label bought', async () => {
    const { page, complaints } = await open('OR-1', { width: 380 })
    await page.getByRole('link', { name: 'Prepare' }).click()
    await page.getByRole('heading', { name: 'Prepare an order' }).waitFor()
    await page.getByText('WAYOUT0002').first().waitFor()
    await page.getByText('There is nothing to ask about this address').waitFor()
    // For whom and what is settled; only the address may be another.
    expect(await page.getByRole('link', { name: /^change/ }).allTextContents()).toEqual(['change the address'])
    expect(await page.getByLabel('Reference').count()).toBe(0)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(380)
    await page.getByRole('button', { name: 'Prepare it' }).click()
    await page.getByRole('heading', { name: 'Shipment OR-1' }).waitFor()
    await page.getByRole('button', { name: 'Get rates' }).click()
    await page.getByRole('button', { name: /^Buy for \d+\.\d\d USD/ }).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('says what is in the way of that', async () => {
    const { page, complaints } = await open('OR-2')
    await page.getByText('NEVERSEEN1 is not on file yet: import the laptop first').waitFor()
    expect(await page.getByRole('link', { name: 'Prepare' }).count()).toBe(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('back to a stockroom goes there, and that address waits for nobody', async () => {
    const { page, complaints } = await open('OR-3')
    const to = page.getByRole('region', { name: 'Goes to' })
    await to.getByText('Columbus, OH').waitFor()
    expect(await to.textContent()).not.toContain('not approved')
    await page.goto('/addresses')
    await page.getByText('No address waits').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
