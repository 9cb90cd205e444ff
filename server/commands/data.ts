// data: the files behind places, and newer ones.
import type { Command } from 'commander'
import { refreshPlaces } from '../place-files.ts'
import type { PlaceFile } from '../ports.ts'
import { print, withHouse } from './opening.ts'

export function dataCommands(program: Command): void {
  const data = program.command('data').description('the data by which places and operators are told')
  data
    .command('list')
    .description('what is in use, its age and its licence')
    .option('--json', 'answer in JSON')
    .action(async (options: { json?: boolean }) => {
      const files = await withHouse(async (house) => house.placeData.files())
      print(options.json, files, files.map(line).join('\n'))
    })
  data
    .command('refresh')
    .description('fetch newer sets from their makers; one that fails stays as it was')
    .option('--only <name>', 'this one alone, as “data list” names it')
    .option('--json', 'answer in JSON')
    .action(async (options: { only?: string; json?: boolean }) => {
      const results = await withHouse((house, act) => refreshPlaces(house, act, options.only ?? null))
      const words = { new: 'newer data is in use', same: 'nothing newer', failed: 'failed' } as const
      print(
        options.json,
        results,
        results.map(({ name, outcome, problem }) => `${name}  ${problem ?? words[outcome]}`).join('\n'),
      )
      process.exitCode = results.some((one) => one.outcome === 'failed') ? 1 : 0
    })
}

const line = (file: PlaceFile): string =>
  [
    file.id,
    file.title,
    file.isOff
      ? 'off'
      : { shipped: 'ships with Telltale', fetched: 'fetched', own: 'own file', none: 'not fetched' }[file.from],
    file.builtOn ?? '',
    file.rows === null ? '' : `${file.rows} rows`,
    file.licence ?? '',
    file.problem ?? '',
  ]
    .filter((part) => part !== '')
    .join('  ')
