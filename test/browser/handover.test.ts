// Handing over in a real browser: a phone of 380 px opens a link, a technician's screen is signed, an address is reviewed.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab, type Tab } from './browser.ts'
import { diverted, foundCompany } from './company.ts'

const PHONE = 380
const stocked = 'BRW0000009'
const waiting = { serial: 'BRW0000003', reference: 'B3' }

inBrowser('handing over', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    const { headers } = await service.token({ scopes: ['directory:write', 'shipments:write'] })
    const post = (where: string, body: object) => service.send('POST', where, JSON.stringify(body), headers)
    const device = { model: 'ThinkPad T14', status: 'stock' }
    await post(
      '/devices',
      [stocked, waiting.serial].map((serial_number) => ({ ...device, serial_number })),
    )
    await post('/shipments', {
      reference: waiting.reference,
      direction: 'out',
      serial_number: waiting.serial,
      person_email: diverted.email,
      ordered_at: new Date().toISOString(),
    })
    await service.drain()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  const staff = async (role: 'provisioner' | 'analyst' | 'auditor') =>
    openTab(browser, service, await service.signIn(role))
  const phone = (dark = false): Promise<Tab> => openTab(browser, service, null, { width: PHONE, dark })
  /** Nothing sticks out at the side. */
  const fits = async (page: Page) =>
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(PHONE)

  /** Makes a link on the page of a parcel, where it is shown once since no mail is set up. */
  async function linkFrom(page: Page, reference: string, button: string): Promise<string> {
    await page.goto(`/shipments?text=${reference}`)
    await page.getByRole('main').getByRole('link', { name: reference }).first().click()
    await page.getByRole('button', { name: button }).click()
    const link = await page.getByRole('dialog').locator('.secret').innerText()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    return link
  }

  it('a phone accepts what was delivered: with the end of the number, the terms and a drawn signature; once', async () => {
    const { page, complaints } = await staff('provisioner')
    const link = await linkFrom(page, 'B1', 'Ask what they received')
    const receiver = await phone()
    await receiver.page.goto(link)
    await receiver.page.getByLabel('I have received it').check()
    await fits(receiver.page)
    expect(await receiver.page.content()).not.toContain(diverted.serial)
    await receiver.page.getByLabel('Last four characters').fill('9999')
    await receiver.page.getByLabel('I have read this').check()
    await receiver.page.getByRole('textbox', { name: 'Your name' }).fill(diverted.name)
    await receiver.page.getByLabel('drawing').check()
    await receiver.page.getByRole('button', { name: 'Sign and send' }).click()
    await receiver.page.getByText('Draw your signature in the field').waitFor()
    const pad = (await receiver.page.getByRole('img', { name: /draw your signature/ }).boundingBox())!
    await receiver.page.mouse.move(pad.x + 30, pad.y + 60)
    await receiver.page.mouse.down()
    await receiver.page.mouse.move(pad.x + 120, pad.y + 20, { steps: 5 })
    await receiver.page.mouse.move(pad.x + 200, pad.y + 80, { steps: 5 })
    await receiver.page.mouse.up()
    await receiver.page.getByRole('button', { name: 'Sign and send' }).click()
    await receiver.page.getByText('4 tries are left').waitFor()
    await receiver.page.getByLabel('Last four characters').fill(diverted.serial.slice(-4))
    await receiver.page.getByRole('button', { name: 'Sign and send' }).click()
    const thanks = receiver.page.getByRole('heading', { name: 'Thank you' })
    await thanks.waitFor()
    expect(await thanks.evaluate((heading) => heading === document.activeElement), 'the focus is not lost').toBe(true)
    await receiver.page.goto(link)
    await receiver.page.getByText('This link was used already').waitFor()
    expect(receiver.complaints).toEqual([])
    await page.goto('/handovers?view=answered')
    await page
      .getByRole('main')
      .getByRole('link', { name: /Delivery/ })
      .click()
    await page.getByRole('img', { name: `Signature of ${diverted.name}` }).waitFor()
    await page.getByText('Terms as signed').waitFor()
    await page.setViewportSize({ width: PHONE, height: 800 })
    await fits(page)
    expect(complaints).toEqual([])
    await page.context().close()
    await receiver.page.context().close()
  })

  it('a phone gives another address; who saw the link cannot approve it, somebody else can', async () => {
    const { page } = await staff('provisioner')
    const link = await linkFrom(page, waiting.reference, 'Ask about the address')
    const receiver = await phone(true)
    await receiver.page.goto(link)
    await receiver.page.getByText('Boston').waitFor()
    expect(await receiver.page.content()).not.toContain('Quay')
    await receiver.page.getByLabel(/house number or postal code/).fill('999')
    await receiver.page.getByRole('button', { name: 'Yes, send it there' }).click()
    await receiver.page.getByText('4 tries are left').waitFor()
    await receiver.page.getByRole('button', { name: 'No, another address' }).click()
    await receiver.page.getByLabel('Street and house number').fill('3 Elm Street')
    await receiver.page.getByLabel('ZIP code').fill('80205')
    await receiver.page.getByLabel('City').fill('Denver')
    await receiver.page.getByLabel('State').fill('CO')
    await fits(receiver.page)
    await receiver.page.getByRole('button', { name: 'Give this address' }).click()
    await receiver.page.getByText('Your address is noted').waitFor()
    expect(receiver.complaints).toEqual([])
    await receiver.page.context().close()

    const decide = async (reviewer: Page) => {
      await reviewer.goto('/addresses')
      const card = reviewer.getByRole('region', { name: diverted.name })
      await card.getByText('from hand-over link').first().waitFor()
      await card.getByRole('button', { name: 'Approve…' }).click()
      await reviewer.getByRole('dialog').getByLabel('How was it checked?').fill('Called her on the number on file.')
      await reviewer.getByRole('dialog').getByRole('button', { name: 'Approve it' }).click()
    }
    await decide(page)
    await page.getByRole('dialog').getByText('somebody else has to do it').waitFor()
    const analyst = await staff('analyst')
    await decide(analyst.page)
    await analyst.page.getByText('The address is approved.').waitFor()
    await page.context().close()
    await analyst.page.context().close()
  })

  it('at the counter a laptop goes out of stock by keyboard alone, and the receiver need not read its number', async () => {
    const { page, complaints } = await staff('provisioner')
    await page.setViewportSize({ width: PHONE, height: 800 })
    await page.goto('/counter')
    await page.getByLabel('Who receives it?').fill('Ines')
    await page.getByRole('button', { name: diverted.name }).press('Enter')
    await page.getByLabel('Which laptops?').fill(stocked)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: `take out ${stocked}` }).waitFor()
    await page.getByRole('button', { name: 'Go on to signing' }).press('Enter')
    await page.getByLabel('I have received it').press('Space')
    await page.getByLabel('I cannot read it').press('Space')
    await page.getByLabel('I have read this').press('Space')
    await page.getByRole('textbox', { name: 'Your name' }).fill(diverted.name)
    await fits(page)
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/handovers\/hnd_/)
    await page.getByText('on the screen of provisioner person').waitFor()
    await page.getByText('could not read the serial number').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('asks for a serial number at any time, and shows on the device what came of it', async () => {
    const { page } = await staff('analyst')
    await page.goto(`/devices?text=${stocked}`)
    await page.getByRole('main').getByRole('link', { name: stocked }).click()
    await page.getByRole('button', { name: 'Ask for the serial number' }).click()
    const link = await page.getByRole('dialog').locator('.secret').innerText()
    await page.getByRole('button', { name: 'I have copied it' }).click()
    const receiver = await phone()
    await receiver.page.goto(link)
    await receiver.page.getByLabel('Last four characters').fill(stocked.slice(-4))
    await receiver.page.getByRole('button', { name: 'Send' }).click()
    await receiver.page.getByRole('heading', { name: 'Thank you' }).waitFor()
    await page.getByRole('region', { name: 'Hand-overs' }).getByText('number read back').waitFor()
    await page.context().close()
    await receiver.page.context().close()
  })

  it('a link that nobody made says so', async () => {
    const { page } = await phone()
    await page.goto(`/h/${'A'.repeat(43)}`)
    await page.getByText('This link is not known here').waitFor()
    await page.context().close()
  })
})
