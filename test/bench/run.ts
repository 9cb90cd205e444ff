// `npm run bench -- <name> [--quick]`: measures against a baseline in the same run, prints ratios, exits 1 when one misses.
import { benchAddresses } from './addresses.ts'
import { benchCheckIns } from './checkins.ts'
import { benchDetection } from './detection.ts'
import { type Row, table } from './table.ts'

const benches: Record<string, (options: { quick: boolean; flags: string[] }) => Promise<Row[]>> = {
  addresses: benchAddresses,
  checkins: benchCheckIns,
  detection: benchDetection,
}

const [name = '', ...flags] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined) {
  process.stderr.write(`There is no bench “${name}”. There is: ${Object.keys(benches).join(', ')}.\n`)
  process.exit(2)
}
const rows = await bench({ quick: flags.includes('--quick'), flags })
process.stdout.write(table(rows))
process.exit(rows.every((row) => row.holds) ? 0 : 1)
