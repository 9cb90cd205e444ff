// start, demo: the service.
import { type Command, InvalidArgumentError } from 'commander'
import { pino } from 'pino'
import type { Log } from '../house.ts'
import { clearHeap, keepHeapSmall } from '../lib/heap.ts'
import { readConfig, startService } from '../main.ts'

export function serviceCommands(program: Command): void {
  program
    .command('start')
    .description('start the service (what “npm start” runs)')
    .action(async () => {
      const began = performance.now()
      keepHeapSmall()
      const config = readConfig()
      const service = await startService(config, { log: createLog(config.logLevel) })
      const say = (line: string) => process.stdout.write(`${line}\n`)
      if (service.recovered) say(service.recovered)
      say(`Telltale listens on ${config.url} (ready in ${((performance.now() - began) / 1000).toFixed(1)} s)`)
      if (service.adminLink)
        say(`There is nobody here yet. Make the first admin, once, within three days:\n  ${service.adminLink}`)
      clearHeap()
      await untilAsked()
      say('Ending: answering what is under way…')
      await service.stop()
      say('Ended.')
    })
  program
    .command('demo')
    .description('an invented company in a folder of its own, its carrier and MDMs played through the public endpoints')
    .option('--seed <number>', 'which company: the same seed gives the same people, parcels and days', readSeed, 1)
    .option('--fast', 'play the months and the stories at once, then go on at the pace of real time')
    .addHelpText(
      'after',
      `
Four months are played first; then ten stories unfold, an hour in two seconds, until it is ended.
It lives in TELLTALE_DATA (.telltale-demo/ by default) and uses neither DATABASE_URL nor your vendors' settings.
Each start begins anew: what an earlier demo left there is removed. A database that is no demo's is refused, never touched.`,
    )
    .action(async (options: { seed: number; fast?: boolean }) => {
      const { runDemo } = await import('../demo.ts')
      await runDemo({ seed: options.seed, fast: options.fast ?? false, untilAsked })
    })
}

function readSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Say a whole number.')
  return Number(text)
}

/** A log of one JSON line an event, to stderr. */
export function createLog(level: string): Log {
  const log = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
  return {
    info: (message) => log.info(message),
    warn: (message) => log.warn(message),
    error: (message) => log.error(message),
  }
}

/** Resolves at the first SIGINT or SIGTERM. With npm in front a signal may come twice: further ones are ignored. */
export function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.on('SIGINT', () => resolve())
    process.on('SIGTERM', () => resolve())
  })
}
