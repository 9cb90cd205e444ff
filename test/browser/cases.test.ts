// Analysts at their queue in a real browser: by keyboard, many at once, in saved views, beside each other, and explained.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestService, type TestService } from '../service.ts'
import { inBrowser, openBrowser, openTab, type Tab } from './browser.ts'
import { foundCompany } from './company.ts'

inBrowser('analysts at their queue', () => {
  let browser: Browser
  let service: TestService

  beforeAll(async () => {
    browser = await openBrowser()
    service = await startTestService()
    await foundCompany(service)
    // A few more in the queue, as detection leaves them.
    const { db } = service.database
    for (const number of [101, 102, 103])
      await db
        .insertInto('cases')
        .values({
          id: `case_extra${number}`,
          number,
          subject_kind: 'person',
          subject_id: `per_extra${number}`,
          title: `Another case ${number}`,
          status: 'new',
          severity: 'low',
          score: 11,
          opened_at: new Date(Date.now() - 3_600_000),
          due_at: new Date(Date.now() + 86_400_000 * number),
        })
        .execute()
  })
  afterAll(async () => {
    await browser?.close()
    await service?.stop()
  })

  const tab = async (
    role: 'analyst' | 'admin' | 'auditor',
    options?: { width?: number; dark?: boolean },
  ): Promise<Tab> => openTab(browser, service, await service.signIn(role), options)
  const queue = async (page: Page, search = '') => {
    await page.goto(`/cases${search}`)
    await page.getByRole('link', { name: /C-101/ }).waitFor()
  }
  const rowOf = (page: Page, number: number) => page.locator('tbody tr').filter({ hasText: `C-${number}` })
  const caseOf = async (number: number) =>
    service.database.db.selectFrom('cases').selectAll().where('number', '=', number).executeTakeFirstOrThrow()

  it('goes through the queue by keys alone, and never acts on them while one types', async () => {
    const { page, complaints } = await tab('analyst')
    await queue(page)
    await page.keyboard.press('j')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('x')
    await page.getByText('1 selected').waitFor()
    await page.keyboard.press('x')
    await page.keyboard.press('k')
    await page.keyboard.press('Enter')
    await page.getByRole('region', { name: 'Who was asked' }).waitFor()
    const first = page.url()
    await page.keyboard.press('ArrowRight')
    await page.waitForURL((url) => url.href !== first)
    await page.getByRole('region', { name: 'Who was asked' }).waitFor()
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL(first)
    await page.keyboard.press('c')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Comment').fill('')
    await page.keyboard.type('a searching note: never closes, jumps or assigns')
    await page.keyboard.press('Control+Enter')
    await page.getByText('a searching note').first().waitFor()
    await dialog.waitFor({ state: 'detached' })
    expect(page.url()).toBe(first)
    await page.keyboard.press('a')
    await page.getByText('Case taken by').first().waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('keeps a half-written comment when the page is loaded anew', async () => {
    const { page } = await tab('analyst')
    await page.goto('/cases/103')
    await page.getByRole('button', { name: /^Comment/ }).click()
    await page.getByRole('dialog').getByLabel('Comment').fill('half a thought')
    await page.keyboard.press('Escape')
    // The focus is where it was before.
    await page.waitForFunction(() => document.activeElement?.textContent?.startsWith('Comment'))
    await page.reload()
    await page.getByRole('button', { name: /^Comment/ }).click()
    expect(await page.getByRole('dialog').getByLabel('Comment').inputValue()).toBe('half a thought')
    await page.context().close()
  })

  it('closes one with r, goes on to the next with n, and escalates with words', async () => {
    const { page } = await tab('analyst')
    await queue(page)
    await page.getByRole('link', { name: /C-101/ }).click()
    await page.getByRole('region', { name: 'Who was asked' }).waitFor()
    await page.keyboard.press('e')
    await page.getByRole('dialog').getByRole('textbox').fill('please look at the depot')
    await page.keyboard.press('Control+Enter')
    await page.getByText('escalated', { exact: true }).first().waitFor()
    await page.keyboard.press('n')
    await page.getByRole('dialog').getByLabel('Benign').check()
    await page.getByRole('dialog').getByLabel('What was found, and how').fill('one of ours')
    await page.getByRole('dialog').getByRole('button', { name: 'Close it and open the next' }).click()
    await page.waitForURL(/\/cases\/102$/)
    expect(await caseOf(101)).toMatchObject({ status: 'closed', outcome: 'benign' })
    await page.context().close()
  })

  it('gives out the most urgent case, says who has it, and lets another take it over only when they mean to', async () => {
    const one = await tab('analyst')
    await one.page.goto('/cases')
    await one.page.getByRole('button', { name: 'Take next' }).click()
    await one.page.getByText(/^With you until/).waitFor()
    const url = one.page.url()
    const other = await tab('admin')
    await other.page.goto(url)
    await other.page.getByText(/Also open here: /).waitFor()
    await other.page.getByRole('button', { name: 'Take over…' }).click()
    await other.page
      .getByRole('dialog')
      .getByText(/It is with .+ until/)
      .waitFor()
    await other.page.getByRole('dialog').getByRole('button', { name: 'Take it over' }).click()
    await other.page.getByText(/^With you until/).waitFor()
    await other.page.getByRole('button', { name: 'Let go' }).click()
    await other.page.getByRole('button', { name: 'Take it for 15 minutes' }).waitFor()
    expect([...one.complaints, ...other.complaints]).toEqual([])
    await one.page.context().close()
    await other.page.context().close()
  })

  it('works many at once: a range by shift, what came of each, and all that match after a look', async () => {
    const { page, complaints } = await tab('analyst')
    await queue(page, '?status=any')
    await rowOf(page, 102).getByRole('checkbox').check()
    await rowOf(page, 103)
      .getByRole('checkbox')
      .click({ modifiers: ['Shift'] })
    const bar = page.getByRole('region', { name: 'Selected cases' })
    await bar.getByText('2 selected').waitFor()
    await bar.getByRole('button', { name: 'Assign to me' }).click()
    await page.getByRole('dialog').getByText('2 done').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Good' }).click()

    await page.getByLabel('Select all rows of this page').check()
    await bar.getByRole('button', { name: 'Close…' }).click()
    await page.getByRole('dialog').getByLabel('Cannot tell').check()
    await page.getByRole('dialog').getByRole('textbox').fill('the end of a drill')
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Close \d+ cases/ })
      .click()
    await page
      .getByRole('dialog')
      .getByText(/C-101 It is closed/)
      .waitFor()
    expect(await caseOf(103)).toMatchObject({ status: 'closed', outcome: 'cannot_tell' })
    await service.database.db.updateTable('cases').set({ status: 'new', closed_at: null, outcome: null }).execute()
    await service.database.db.updateTable('findings').set({ status: 'active' }).execute()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('keeps filters as a view: pinned with its count, marked when it differs, reset, and what the list opens with', async () => {
    const { page, complaints } = await tab('analyst')
    await queue(page, '?severity=low')
    await page.getByRole('button', { name: /^Views: All open cases/ }).click()
    await page.getByRole('menuitem', { name: 'Save as…' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Small things')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    const pinned = page.getByRole('list', { name: 'Pinned views' })
    const low = await service.database.db.selectFrom('cases').select('id').where('severity', '=', 'low').execute()
    await pinned.getByRole('link', { name: new RegExp(`Small things\\s*${low.length}$`) }).waitFor()
    await page.getByRole('button', { name: /Take out: severity/ }).click()
    await page.getByRole('button', { name: 'Views: Small things, changed' }).waitFor()
    await page.getByRole('button', { name: 'Reset' }).click()
    await page.getByRole('button', { name: 'Views: Small things', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Open the list with this view' }).click()
    await page.getByText('The list opens with “Small things”').waitFor()
    await page.goto('/cases')
    await page.getByRole('button', { name: 'Views: Small things', exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('severity')).toBe('low')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('explains a finding with its facts then and now, and what the case would be without it', async () => {
    const { page, complaints } = await tab('auditor')
    await page.goto('/cases?severity=critical,high,medium')
    await page
      .getByRole('link', { name: /Parcel redirected on its way/ })
      .first()
      .click()
    const why = page.getByRole('region', { name: 'Why this case' })
    await why
      .getByRole('button', { name: /Open its facts/ })
      .first()
      .click()
    await why.getByText('The facts, then and now').waitFor()
    await why.getByText('It still holds.').first().waitFor()
    await why
      .getByText(/^Without it: /)
      .first()
      .waitFor()
    await why
      .getByText(/It is said of no other laptop now|Also said of/)
      .first()
      .waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('keeps who was asked, and that asked is not done', async () => {
    const { page, complaints } = await tab('analyst')
    await page.goto('/cases?view=all')
    await page
      .getByRole('link', { name: /Parcel redirected on its way/ })
      .first()
      .click()
    const asked = page.getByRole('region', { name: 'Who was asked' })
    await asked.getByRole('button', { name: 'Answer: The carrier was asked to stop the parcel' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Asked, and waiting').check()
    await dialog.getByLabel('On whom?').fill('the depot')
    await dialog.getByLabel('Reference').fill('TCK-77')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await asked.getByText('waiting on the depot').waitFor()
    await asked.getByRole('button', { name: 'They have acknowledged it: The carrier was asked' }).click()
    await asked.getByText(/^acknowledged/).waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('switches single keys off for a person, wherever they sign in', async () => {
    const { page } = await tab('analyst')
    await queue(page)
    await page.keyboard.press('?')
    await page.getByRole('dialog').getByRole('switch').click()
    await expect
      .poll(async () => (await service.database.db.selectFrom('user_settings').selectAll().execute()).length)
      .toBe(1)
    await page.context().close()
    const again = await tab('analyst')
    await queue(again.page)
    await again.page.keyboard.press('?')
    await again.page.keyboard.press('j')
    expect(await again.page.getByRole('dialog').count()).toBe(0)
    await service.database.db.deleteFrom('user_settings').execute()
    await again.page.context().close()
  })

  it('offers, where a harmless case is closed, to keep its findings quiet for that person', async () => {
    const { page, complaints } = await tab('analyst')
    await page.goto('/cases?view=all')
    await page
      .getByRole('link', { name: /Parcel redirected on its way/ })
      .first()
      .click()
    await page.getByRole('button', { name: /^Close…/ }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Confirmed').check()
    expect(await dialog.getByText('Also keep its findings quiet').count()).toBe(0)
    await dialog.getByLabel('Benign').check()
    await dialog.getByText('Also keep its findings quiet for this person').click()
    await dialog.getByLabel('Parcel redirected on its way').check()
    await dialog.getByLabel('What was found, and how').fill('She asked for it to go to her office.')
    await dialog.getByRole('button', { name: 'Close the case' }).click()
    await page.getByText(/Kept quiet for 30 days|waits for a second person/).waitFor()
    await page.getByText('Case closed: benign').first().waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('works all that match, on every page, once it has said what that would do', async () => {
    const { db } = service.database
    for (let number = 200; number < 255; number++)
      await db
        .insertInto('cases')
        .values({
          id: `case_many${number}`,
          number,
          subject_kind: 'person',
          subject_id: `per_many${number}`,
          title: 'One of many',
          status: 'new',
          severity: 'low',
          score: 10,
          escalated_at: new Date(),
          opened_at: new Date(Date.now() - 60_000),
          assignee_id: number === 254 ? 'somebody' : null,
        })
        .execute()
    const { page, complaints } = await tab('analyst')
    await page.goto('/cases?escalated=yes&view=all&severity=low')
    await page.getByText('55 cases').waitFor()
    await page.getByLabel('Select all rows of this page').check()
    const bar = page.getByRole('region', { name: 'Selected cases' })
    await bar.getByRole('button', { name: 'Select all 55 that match' }).click()
    await bar.getByRole('button', { name: 'Assign them to somebody else' }).click()
    await page.getByRole('menuitem', { name: 'Give them back, to nobody' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('It changes 1 and leaves out 54.').waitFor()
    await dialog.getByRole('button', { name: 'Assign 55 cases' }).click()
    await page.getByRole('dialog').getByText('1 done, 54 left out, 0 failed').waitFor()
    expect((await caseOf(254)).assignee_id).toBeNull()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  it('is usable on a narrow dark screen', async () => {
    const { page, complaints } = await tab('analyst', { width: 380, dark: true })
    await page.goto('/cases?view=all&status=any')
    await page
      .getByRole('link', { name: /Parcel redirected on its way/ })
      .first()
      .click()
    await page.getByRole('region', { name: 'Who was asked' }).waitFor()
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(overflow).toBeLessThanOrEqual(0)
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
