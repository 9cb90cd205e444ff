// connectors: how every source is, a test of one's settings, and a sync at once.
import type { Command } from 'commander'
import { detect } from '../detection/engine.ts'
import { mdmOf, syncNow, testMdm } from '../sync.ts'
import { type ConnectorView, listConnectors, listRuns } from '../views/connectors.ts'
import { print, withHouse } from './opening.ts'

export function connectorCommands(program: Command): void {
  const connectors = program.command('connectors').description('where laptops are heard of, and how each source is')
  connectors
    .command('list')
    .description('list the sources, those that need somebody first')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const rows = await withHouse((house) => listConnectors(house))
      print(options.json, rows, rows.map(lineOf).join('\n') || 'nothing is set up, and nothing was heard of')
    })
  connectors
    .command('test')
    .description('ask a source for as little as shows that its address and credentials work')
    .argument('<source>')
    .option('--json', 'answer in JSON')
    .action(async (source: string, options: { json?: boolean }) => {
      const answer = await withHouse((house) => testMdm(mdmOf(house, source)))
      print(options.json, answer, `${answer.works ? 'works' : 'does not work'}: ${answer.said}`)
      process.exitCode = answer.works ? 0 : 1
    })
  connectors
    .command('sync')
    .description('ask a source for all that is new, whatever it waits for, and judge it')
    .argument('<source>')
    .option('--json', 'answer in JSON')
    .action(async (source: string, options: { json?: boolean }) => {
      const done = await withHouse(async (house) => {
        const problem = await syncNow(house, mdmOf(house, source))
        await detect(house)
        const [run] = await listRuns(house.db, { source, limit: 1 })
        return { ...run, problem }
      })
      const counts = `${done.records ?? 0} records on ${done.pages ?? 0} pages, ${done.changed ?? 0} changed, ${done.unreadable ?? 0} unreadable`
      print(options.json, done, done.problem === null ? counts : `${done.problem} ${counts}`)
      process.exitCode = done.problem === null ? 0 : 1
    })
}

const lineOf = ({ source, state, lastSuccessAt, heardAt, devicesToday, problem }: ConnectorView) =>
  [
    source,
    state,
    lastSuccessAt === null ? '' : `last whole sync ${lastSuccessAt}`,
    heardAt === null ? 'nothing heard yet' : `last heard ${heardAt}`,
    `${devicesToday} devices today`,
    problem ?? '',
  ]
    .filter((part) => part !== '')
    .join('  ')
