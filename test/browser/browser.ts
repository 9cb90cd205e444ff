// A real browser for the tests: Debian's Chromium under playwright-core. Where there is none the suites are skipped, but not in CI.
import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { describe } from 'vitest'
import type { TestService } from '../service.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const isRequired = process.env['CI'] !== undefined || process.env['REQUIRE_BROWSER'] !== undefined

if (executablePath === undefined && !isRequired) console.warn('No Chromium here: the browser tests are skipped.')

/** A suite in the browser. In CI a missing browser fails it. */
export const inBrowser = describe.skipIf(executablePath === undefined && !isRequired)

/** `more` are switches that one suite needs, such as a camera of its own. */
export async function openBrowser(more: string[] = []): Promise<Browser> {
  if (executablePath === undefined) throw new Error('CI needs Chromium: .ci/run installs it.')
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  })
}

export interface Tab {
  page: Page
  /** What the console complained of: React, the content security policy, failed requests. */
  complaints: string[]
}

/** A tab of somebody with this session cookie; nobody's without one. */
export async function openTab(
  browser: Browser,
  service: TestService,
  cookie: string | null,
  options: { width?: number; dark?: boolean } = {},
): Promise<Tab> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 900 },
    colorScheme: options.dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
    baseURL: service.base,
  })
  if (cookie !== null) {
    await context.addCookies(
      cookie.split('; ').map((pair) => {
        const at = pair.indexOf('=')
        return { name: pair.slice(0, at), value: pair.slice(at + 1), url: service.base }
      }),
    )
  }
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  return { page, complaints }
}
