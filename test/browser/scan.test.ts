// Scan mode in a real browser: a scanner's keystrokes, the camera, and a connection that goes away.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import bwip from 'bwip-js/node'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab } from './browser.ts'

const [first, second, third] = ['SCANTEST01', 'SCANTEST02', 'SCANTEST03'] as const

/** A film of one barcode as a raw video file (YUV4MPEG2), which Chromium plays as its camera. */
function filmOf(text: string): Buffer {
  const [width, height, bar] = [640, 480, 3]
  const [code] = bwip.raw({ bcid: 'code128', text }) as unknown as { sbs: number[] }[]
  const modules = code!.sbs.flatMap((count, index) => Array.from({ length: count }, () => index % 2 === 0))
  const left = Math.floor((width - modules.length * bar) / 2)
  const luma = Buffer.alloc(width * height, 235)
  for (let y = 120; y < 360; y++)
    modules.forEach((isDark, index) => {
      if (isDark) luma.fill(16, y * width + left + index * bar, y * width + left + (index + 1) * bar)
    })
  const chroma = Buffer.alloc((width * height) / 2, 128)
  const head = Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\n`)
  return Buffer.concat([head, Buffer.from('FRAME\n'), luma, chroma])
}

inBrowser('scan mode', () => {
  let browser: Browser
  let service: TestService
  let folder: string
  let cookie: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'telltale-film-'))
    const film = path.join(folder, 'barcode.y4m')
    await writeFile(film, filmOf(third))
    browser = await openBrowser([
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      `--use-file-for-fake-video-capture=${film}`,
    ])
    service = await startTestService()
    cookie = await service.signIn('provisioner')
    const token = await service.token({ scopes: ['directory:write', 'shipments:write'] })
    const post = async (where: string, body: unknown) => {
      const answer = await service.send('POST', where, JSON.stringify(body), token.headers)
      expect(answer.json.rejected).toEqual([])
    }
    const home = { line1: '9 Oak Ave', line2: '', city: 'Boston', region: 'MA', postal_code: '02110', country: 'US' }
    await post('/people', [
      { external_id: 'E1', name: 'Ines Calder', email: 'ines@example.com', ...home, address_verified: 'yes' },
    ])
    const parcel = { direction: 'out', carrier: 'UPS', person_email: 'ines@example.com', ...home }
    await post('/shipments', [
      { ...parcel, reference: 'SC-1', serial_number: first, ordered_at: '2026-11-01T12:00:00Z' },
      { ...parcel, reference: 'SC-1', serial_number: second, ordered_at: '2026-11-01T12:00:00Z' },
      { ...parcel, reference: 'SC-2', serial_number: third, ordered_at: '2026-11-01T12:00:00Z' },
    ])
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  /** What a scanner does: it types fast, wherever the focus is, and ends with Enter. */
  const scan = async (page: Page, text: string) => {
    await page.keyboard.type(text)
    await page.keyboard.press('Enter')
  }
  const big = (page: Page, word: string) => page.locator('.scan-word', { hasText: new RegExp(`^${word}$`) })
  const packed = async () => {
    const rows = await service.database.db
      .selectFrom('ledger')
      .select('device_id')
      .where('kind', '=', 'shipment.packed')
      .execute()
    return rows.length
  }

  it('packs by scanner at 320 px: good, already, wrong and unknown look and read differently, and unknown ones are kept', async () => {
    const { page, complaints } = await openTab(browser, service, cookie, { width: 320 })
    await page.goto('/scan')
    await page.getByRole('link', { name: /Pack parcels/ }).click()
    await page.getByLabel('Serial number').waitFor()
    await scan(page, `S${first}`)
    await big(page, 'Good').waitFor()
    await page.getByText('(1 of 2)').first().waitFor()
    await scan(page, first)
    await big(page, 'Already').waitFor()
    await page.getByRole('button', { name: 'Sound off' }).click()
    await scan(page, 'NOTOURS001')
    await big(page, 'Unknown').waitFor()
    await page.getByRole('heading', { name: 'Needs a look (1)' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
    await page.reload()
    await page.getByText('NOTOURS001').first().waitFor()
    await page.getByRole('button', { name: 'Take it out' }).click()
    await page.getByText('NOTOURS001').first().waitFor({ state: 'detached' })
    expect(await packed()).toBe(1)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('refuses a laptop in the wrong box, and says which one it belongs in', async () => {
    const { page } = await openTab(browser, service, cookie)
    const { id } = await service.database.db
      .selectFrom('shipments')
      .select('id')
      .where('reference', '=', 'SC-2')
      .executeTakeFirstOrThrow()
    await page.goto(`/scan?job=pack&shipment=${id}`)
    await page.getByText('Only for parcel').waitFor()
    await scan(page, second)
    await big(page, 'Wrong').waitFor()
    await page.getByText('belongs in parcel SC-1').first().waitFor()
    await page.context().close()
  })

  it('keeps a scan while the connection is gone, and undoes or sends it', async () => {
    const { page } = await openTab(browser, service, cookie)
    await page.goto('/scan?job=pack')
    await page.getByLabel('Serial number').waitFor()
    await page.route('**/trpc/scan.pack*', (route) => route.abort())
    await scan(page, second)
    await page.getByText('0 good, 1 not sent yet').waitFor()
    await page.getByText('Stay here until everything is sent').waitFor()
    await page.getByRole('button', { name: 'Undo the last' }).click()
    await page.getByText('0 good, 0 not sent yet').waitFor()
    await scan(page, second)
    await page.getByText('0 good, 1 not sent yet').waitFor()
    await page.unroute('**/trpc/scan.pack*')
    await page.reload()
    await big(page, 'Good').waitFor()
    expect(await packed()).toBe(2)
    await page.context().close()
  })

  it('reads a barcode with the camera, by WebAssembly of our own, once while it stays in view', async () => {
    const { page, complaints } = await openTab(browser, service, cookie)
    const foreign: string[] = []
    page.on('request', (request) => {
      if (!request.url().startsWith(service.base) && !/^(data|blob):/.test(request.url())) foreign.push(request.url())
    })
    await page.goto('/scan?job=pack')
    await page.getByRole('button', { name: 'Use the camera' }).click()
    await big(page, 'Good').waitFor()
    await page.getByText(third).first().waitFor()
    expect(await packed()).toBe(3)
    expect(foreign).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('is not for those who only look', async () => {
    const { page } = await openTab(browser, service, await service.signIn('auditor'))
    await page.goto('/scan?job=pack')
    await page.getByText(/You are an auditor/).waitFor()
    expect(await page.getByLabel('Serial number').count()).toBe(0)
    await page.context().close()
  })
})
