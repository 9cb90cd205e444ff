// Endpoints in a real browser: sources side by side, a wrong match undone, the mismatch queue worked by keyboard, the map and its list.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { followPlaces } from '../../server/checkins/device-places.ts'
import { followPresence } from '../../server/checkins/device-seen.ts'
import { compareRecords } from '../../server/devices/comparing.ts'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'
import { diverted, foundCompany, moved } from './company.ts'

const PHOENIX = '72.208.248.11'
const PHONE = 380

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** Two sources of one laptop that do not agree, and a second laptop that has long been silent. */
async function checkIn(service: TestService): Promise<void> {
  const agent = await service.token({ scopes: ['checkins:write'], source: 'agent' })
  const mdm = await service.token({ scopes: ['checkins:write'], source: 'inventory' })
  const one = { serialNumber: diverted.serial, platform: 'darwin', publicIp: PHOENIX, timeZone: 'America/Phoenix' }
  const desk = { name: 'AnyDesk', version: '8.1', identifier: 'com.philandro.anydesk', kind: 'app' }
  const send = async (token: typeof agent, body: object) => {
    const answer = await service.send('POST', '/checkins', JSON.stringify(body), token.headers)
    if (answer.status !== 200) throw new Error(answer.text)
  }
  await send(agent, { ...one, reportedAt: ago(2), osVersion: '15.5', software: [{ name: 'Slack', kind: 'app' }, desk] })
  await send(agent, { ...one, reportedAt: ago(0.1), osVersion: '15.6' })
  await send(mdm, { ...one, reportedAt: ago(0.2), osVersion: '15.5', assetTag: 'ANOTHER-9', sourceDeviceId: 'mdm-77' })
  await send(mdm, { serialNumber: moved.serial, reportedAt: ago(45), osVersion: '15.1' })
  await service.drain()
  const { house } = service.service
  await compareRecords(house)
  await followPlaces(house.db)
  await followPresence(house.db)
}

const fits = async (page: Page) =>
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
  ).toBeLessThanOrEqual(1)

inBrowser('endpoints', () => {
  let browser: Browser
  let service: TestService
  let device: string

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    await checkIn(service)
    const row = await service.database.db
      .selectFrom('devices')
      .select('id')
      .where('serial_number', '=', diverted.serial)
      .executeTakeFirstOrThrow()
    device = `/devices/${row.id}`
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  it('shows each source beside the others, what differs and what nobody told', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto(device)
    await page.getByRole('link', { name: 'Endpoint' }).click()
    await page.waitForURL(/tab=endpoint/)
    const posture = page.getByRole('region', { name: 'Posture' })
    await posture.getByText('they differ').waitFor()
    await posture.getByText('15.6').waitFor()
    await posture.getByText(/Not told by any source:.*firewall/).waitFor()
    await page.getByRole('region', { name: 'Network' }).getByText('Phoenix').first().waitFor()
    const software = page.getByRole('region', { name: 'Software' })
    await software.getByText('AnyDesk, remote desktop').waitFor()
    await software.getByLabel('Name, publisher or identifier').fill('slack')
    await software.getByText('AnyDesk, remote desktop').waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByText('first told').first().waitFor()
    await page.goto(`${device}?tab=history&facet=software`)
    await page.getByText('AnyDesk').first().waitFor()
    expect(await page.getByText('time zone').count()).toBe(0)
    await page.getByRole('link', { name: 'Presence' }).click()
    await page.getByRole('table', { name: 'Days on which it was seen' }).getByText('inventory').first().waitFor()
    expect(
      await page
        .getByRole('navigation', { name: /^Parts of/ })
        .locator('[aria-current=page]')
        .count(),
    ).toBe(1)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('settles a mismatch by keyboard, with a reason that stays', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('provisioner'))
    await page.goto('/mismatches?field=asset_tag')
    const list = page.getByRole('list', { name: 'Mismatches' })
    await list.getByText('ANOTHER-9').waitFor()
    await page.keyboard.press('j')
    await page.keyboard.press('o')
    await page.getByRole('dialog').getByLabel('Reason').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    // Left without an answer, the row has the focus again.
    expect(await list.getByRole('link', { name: diverted.serial }).evaluate((row) => row.matches(':focus'))).toBe(true)
    await page.keyboard.press('e')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Explanation').fill('The sticker was replaced at the counter.')
    await page.keyboard.press('Control+Enter')
    await page.getByText('No mismatch matches these filters').waitFor()
    await page.goto('/mismatches?status=settled')
    await page.getByText('The sticker was replaced at the counter.').waitFor()
    await page.getByText('by provisioner person').waitFor()
    expect(await page.getByLabel('asset tag').isDisabled(), 'owners are the admin’s').toBe(true)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('lets an admin say whose word stands', async () => {
    const { page } = await openTab(browser, service, await service.signIn('admin'))
    await page.goto('/mismatches')
    await page.getByLabel('asset tag').selectOption('ask')
    await page.getByText('Set, from now on.').waitFor()
    const { rows } = await service.database.pool.query(`select value from settings where key = 'field owners'`)
    expect(rows[0].value.asset_tag).toBe('ask')
    await page.context().close()
  })

  it('leads from a place on the map to its devices, and finds what is silent', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/map')
    await page.getByRole('img', { name: /Map of the devices’ last places: Phoenix/ }).waitFor()
    await page.getByText('no verdict alone').waitFor()
    await page
      .getByRole('table', { name: /Places/ })
      .getByRole('link', { name: /Phoenix/ })
      .click()
    await page.waitForURL(/\/devices\?place=/)
    await page.getByText(diverted.serial).waitFor()
    expect(await page.getByText(moved.serial).count()).toBe(0)
    await page.goto('/devices?seen=older&sort=silent')
    await page.getByText(moved.serial).waitFor()
    await page.getByText('unknown,').waitFor()
    await page.goto('/devices?proof=doubtful')
    await page.getByText('No device matches these filters').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('undoes a wrong match, and the source tells nothing here any more', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('analyst'))
    await page.goto(`${device}?tab=endpoint`)
    await page.getByRole('button', { name: 'Not this laptop… inventory' }).click()
    await page.getByRole('dialog').getByLabel('Reason').fill('The board was swapped in the workshop.')
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the match' }).click()
    await page.getByText('not matched any more').waitFor()
    await page.getByText('Match undone').waitFor()
    await page.getByText('they differ').waitFor({ state: 'detached' })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('fits a narrow window, in the dark too', async () => {
    const { page, complaints } = await openTab(browser, service, await service.signIn('admin'), {
      width: PHONE,
      dark: true,
    })
    for (const path of [
      '/map',
      '/mismatches?status=settled',
      '/devices?sort=silent',
      `${device}?tab=endpoint`,
      `${device}?tab=history`,
      `${device}?tab=presence`,
    ]) {
      await page.goto(path)
      await page.locator('main h1').first().waitFor()
      await page.locator('main [aria-busy=true]').first().waitFor({ state: 'detached' })
      await fits(page)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
