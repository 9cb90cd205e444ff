// sweep, drain, backtest: judging.
import { type Command, InvalidArgumentError } from 'commander'
import { backtest } from '../detection/backtest.ts'
import { detect } from '../detection/engine.ts'
import { ruleById, rules } from '../detection/rules/index.ts'
import { loadRule } from '../detection/settings.ts'
import { forecast, sweep } from '../detection/sweep.ts'
import { compareRecords } from '../devices/comparing.ts'
import { readInbox } from '../inbox.ts'
import { AppError } from '../lib/errors.ts'
import type { OpenHouse } from '../main.ts'
import { deliver, hasUndelivered } from '../outbox.ts'
import { readTime } from './access.ts'
import { print, withHouse } from './opening.ts'

export function detectionCommands(program: Command): void {
  program
    .command('sweep')
    .description('judge what is due by the passing of time; with a future time, say what would be raised')
    .option('--at <time>', 'as of then, ISO 8601', readTime)
    .option('--json', 'answer in JSON')
    .action(async (options: { at?: Date; json?: boolean }) => {
      await withHouse(async (house) => {
        const at = options.at ?? house.clock()
        if (at > house.clock()) {
          const found = await forecast(house.db, at)
          print(
            options.json,
            { at: at.toISOString(), would: found },
            found.map((one) => `${one.serialNumber ?? one.deviceId}  ${one.rule}  ${one.summary}`).join('\n') ||
              'nothing would be raised',
          )
          return
        }
        const swept = await sweep(house, { at, automatic: false })
        const judged = await detect(house)
        print(
          options.json,
          { at: at.toISOString(), ...swept },
          `${swept.devices} devices judged, ${swept.raised + judged.raised} findings raised`,
        )
      })
    })
  program
    .command('drain')
    .description('return when everything received so far is read, judged and delivered once')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const counts = await withHouse(drain)
      print(
        options.json,
        counts,
        `${counts.read} read, ${counts.failed} failed, ${counts.setAside} set aside; ${counts.judged} facts judged, ${counts.raised} findings raised; ${counts.delivered} delivered, ${counts.undelivered} not`,
      )
    })
  program
    .command('backtest')
    .description('what a rule would have raised')
    .argument('<rule>')
    .option('--days <days>', 'over how long', readDays, 90)
    .option('--param <k=v>', 'a parameter other than as set; may be given again', collect, {})
    .option('--json', 'answer in JSON')
    .action(async (ruleId: string, options: { days: number; param: Record<string, unknown>; json?: boolean }) => {
      if (ruleById(ruleId) === undefined)
        throw new AppError(
          'not_found',
          `There is no rule “${ruleId}”; there are ${rules.map((rule) => rule.id).join(', ')}.`,
        )
      const result = await withHouse(async (house) => {
        const params = { ...(await loadRule(house.db, ruleId)).params, ...options.param }
        return backtest(house.db, { ruleId, days: options.days, params, now: house.clock() })
      })
      const lines = result.matches
        .slice(0, 10)
        .map(
          (match) =>
            `${match.at.slice(0, 10)}  ${match.serialNumber ?? match.deviceId}  ${match.summary}${match.backfill ? '  (backfill)' : ''}`,
        )
      print(
        options.json,
        result,
        [
          `${result.matches.length} in ${result.days} days over ${result.devices} devices: ${result.findingsPerWeek} a week, and ${result.casesPerWeek} cases a week by this rule alone`,
          ...lines,
        ].join('\n'),
      )
    })
}

/** Reads, judges and delivers until nothing is left that was not tried, beside whoever else does the same. */
export async function drain(
  house: Pick<OpenHouse, 'db' | 'clock' | 'world' | 'readers' | 'log' | 'outside' | 'carrier' | 'sinks'>,
) {
  const counts = { read: 0, failed: 0, setAside: 0, judged: 0, raised: 0, delivered: 0, undelivered: 0 }
  for (let round = 0; round < 100; round++) {
    const read = await readInbox(house)
    const judged = await detect(house)
    await compareRecords(house)
    const sent = await deliver(house)
    counts.read += read.read
    counts.failed += read.failed
    counts.setAside += read.setAside
    counts.judged += judged.events
    counts.raised += judged.raised
    counts.delivered += sent.delivered
    counts.undelivered += sent.failed
    const isQuiet = read.read + read.failed + read.setAside + judged.events + sent.delivered + sent.failed === 0
    if (isQuiet && !(await isBusy(house))) return counts
    if (isQuiet) await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return counts
}

/** Whether another process still has something in hand: rows it claimed are out of our sight, not done. */
async function isBusy(house: Pick<OpenHouse, 'db' | 'sinks'>): Promise<boolean> {
  const waiting = await house.db
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', 'waiting')
    .limit(1)
    .executeTakeFirst()
  return waiting !== undefined || (await hasUndelivered(house.db, house.sinks))
}

function readDays(text: string): number {
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 3650)
    throw new InvalidArgumentError('Say a number of days from 1 to 3650.')
  return days
}

function collect(text: string, was: Record<string, unknown>): Record<string, unknown> {
  const [, key, value] = /^([\w.]+)=(.*)$/s.exec(text) ?? []
  if (key === undefined || value === undefined) throw new InvalidArgumentError('Say it like days=7.')
  return {
    ...was,
    [key]: /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value === 'true' ? true : value === 'false' ? false : value,
  }
}
