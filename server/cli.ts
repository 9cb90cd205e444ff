// The commands of CONTRACTS: each a call of what main.ts composes.
import { pathToFileURL } from 'node:url'
import { Command, CommanderError } from 'commander'
import { accessCommands } from './commands/access.ts'
import { catalogCommands } from './commands/catalog.ts'
import { connectorCommands } from './commands/connectors.ts'
import { dataCommands } from './commands/data.ts'
import { databaseCommands } from './commands/database.ts'
import { detectionCommands } from './commands/detection.ts'
import { importCommands } from './commands/import.ts'
import { inboxCommands } from './commands/inbox.ts'
import { serviceCommands } from './commands/service.ts'
import { AppError, messageOf } from './lib/errors.ts'
import { isDebugging } from './main.ts'

/** The program. Exits: 0 done, 1 failed, 2 used wrongly. */
export function createProgram(): Command {
  const program = new Command('telltale')
    .description('Custody and diversion tracker for a company’s laptops.')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text) })
    .showHelpAfterError('(see --help)')
  for (const add of [
    serviceCommands,
    importCommands,
    accessCommands,
    detectionCommands,
    catalogCommands,
    inboxCommands,
    connectorCommands,
    dataCommands,
    databaseCommands,
  ])
    add(program)
  return program
}

/** Runs one command line; the exit code. */
export async function run(args: string[]): Promise<number> {
  try {
    const program = createProgram()
    for (const command of program.commands) inherit(command)
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${error instanceof AppError ? error.message : `failed: ${messageOf(error)}`}\n`)
    if (!(error instanceof AppError) && isDebugging()) process.stderr.write(`${(error as Error).stack}\n`)
    return 1
  }
}

// commander's subcommands do not take over their parent's way of leaving.
function inherit(command: Command): void {
  command.exitOverride()
  for (const sub of command.commands) inherit(sub)
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const code = await run(process.argv.slice(2))
  process.exit(code)
}
