// backup, restore, verify: the database as a whole.
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { verifyPresence } from '../checkins/presence.ts'
import { type Checkpoint, verifyLedger } from '../custody/ledger.ts'
import { backup, restore } from '../lib/backup.ts'
import { connect } from '../lib/database.ts'
import { AppError, messageOf } from '../lib/errors.ts'
import { startPostgres } from '../lib/postgres.ts'
import { readConfig } from '../main.ts'
import { print, quietLog, withHouse } from './opening.ts'

export function databaseCommands(program: Command): void {
  program
    .command('backup')
    .description('write the whole database to a file; keep the data folder’s “secret” with it')
    .argument('<file>')
    .option('--json', 'answer in JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const made = await withHouse((house) => backup(house.pool, file))
      print(options.json, made, `${made.rows} rows of ${made.tables} tables written to ${file}`)
    })
  program
    .command('restore')
    .description('bring a backup back, into an empty database, with the service stopped')
    .argument('<file>')
    .option('--json', 'answer in JSON')
    .action(async (file: string, options: { json?: boolean }) => {
      const config = readConfig()
      // Not through the house: opening that would already write into the database that has to be empty.
      const postgres =
        config.databaseUrl === null
          ? await startPostgres({ folder: config.dataFolder, log: quietLog, as: 'service' })
          : null
      const { pool } = connect(postgres?.url ?? config.databaseUrl!, {
        max: 2,
        applicationName: 'telltale restore',
        log: quietLog,
      })
      try {
        const restored = await restore(pool, file)
        print(options.json, restored, `${restored.rows} rows of ${restored.tables} tables restored`)
      } finally {
        await pool.end()
        await postgres?.stop()
      }
    })
  program
    .command('verify')
    .description('check the ledger; with a file, also against checkpoints that were kept outside')
    .argument('[file]', 'a checkpoint or an alert that carried one, JSON, one a line')
    .option('--json', 'answer in JSON')
    .action(async (file: string | undefined, options: { json?: boolean }) => {
      const held = file === undefined ? [] : await readCheckpoints(file)
      const verdict = await withHouse(async (house) => {
        const ledger = await verifyLedger(house.db, held)
        return ledger.ok ? { ...ledger, bad: await verifyPresence(house.db) } : ledger
      })
      const erased = verdict.erased.map(
        (one) => `event ${one.seq}: payload erased at ${one.at} by ${describe(one.by)}: ${one.reason}`,
      )
      const says =
        verdict.bad === null
          ? `the ledger holds: ${verdict.events} events, ${verdict.checkpoints} checkpoints`
          : `THE LEDGER DOES NOT HOLD: event ${verdict.bad.seq} ${verdict.bad.problem}`
      print(options.json, { ...verdict, ok: verdict.bad === null }, [says, ...erased].join('\n'))
      process.exitCode = verdict.bad === null ? 0 : 1
    })
}

const describe = (actor: { type: string; id?: string; name?: string; part?: string }) =>
  `${actor.type} ${actor.id ?? actor.name ?? actor.part ?? ''}`.trim()

/** Checkpoints as they left the house: alone, or inside the alert that carried them. */
async function readCheckpoints(file: string): Promise<Checkpoint[]> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new AppError('not_found', `${file} cannot be read: ${messageOf(error)}`)
  })
  const one = tryJson(text)
  const values =
    one === undefined
      ? text
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map(tryJson)
      : Array.isArray(one)
        ? one
        : [one]
  // A log of all alerts is what a receiver keeps: what carries no checkpoint is passed over.
  const found = values.flatMap((value) => checkpointIn(value) ?? [])
  if (found.length === 0) throw new AppError('unreadable', `${file} holds no checkpoints.`)
  return found
}

function checkpointIn(value: unknown): Checkpoint | null {
  const found =
    (value as { data?: { checkpoint?: Checkpoint } } | null | undefined)?.data?.checkpoint ??
    (value as Checkpoint | null | undefined)
  return typeof found?.seq === 'number' && typeof found.hash === 'string' && typeof found.publicKey === 'string'
    ? found
    : null
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
