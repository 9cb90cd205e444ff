// inbox: what could not be read, and another try.
import type { Command } from 'commander'
import { listInbox, readInbox, retryInbox } from '../inbox.ts'
import { print, withHouse } from './opening.ts'

export function inboxCommands(program: Command): void {
  const inbox = program.command('inbox').description('what came in and could not be read')
  inbox
    .command('list')
    .description('list what is kept, newest first')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const rows = await withHouse((house) => listInbox(house.db, { limit: 200 }))
      print(
        options.json,
        rows,
        rows
          .map((row) => `${row.id}  ${row.source}  ${row.receivedAt}  ${row.status}  ${row.reason ?? ''}`)
          .join('\n') || 'nothing is kept',
      )
    })
  inbox
    .command('retry')
    .description('try one again, or all')
    .argument('[id]')
    .option('--json', 'answer in JSON')
    .action(async (id: string | undefined, options: { json?: boolean }) => {
      const counts = await withHouse(async (house) => {
        const retried = await retryInbox(house.db, house.clock(), id ?? null)
        return { retried, ...(await readInbox(house)) }
      })
      print(
        options.json,
        counts,
        `${counts.retried} tried again: ${counts.read} read, ${counts.setAside} set aside, ${counts.failed} failed`,
      )
      process.exitCode = counts.failed === 0 ? 0 : 1
    })
}
