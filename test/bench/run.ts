// `npm run bench -- <name> [--quick]`: measures against a baseline in the same run, prints ratios, exits 1 when one misses.
import { benchCheckIns } from './checkins.ts'
import { type Row, table } from './table.ts'

const benches: Record<string, (options: { quick: boolean }) => Promise<Row[]>> = { checkins: benchCheckIns }

const [name = '', ...flags] = process.argv.slice(2)
const bench = benches[name]
if (bench === undefined) {
  process.stderr.write(`There is no bench “${name}”. There is: ${Object.keys(benches).join(', ')}.\n`)
  process.exit(2)
}
const rows = await bench({ quick: flags.includes('--quick') })
process.stdout.write(table(rows))
process.exit(rows.every((row) => row.holds) ? 0 : 1)
