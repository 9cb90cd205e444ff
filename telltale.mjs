#!/usr/bin/env node
// The `telltale` command: starts the project's own Node on server/cli.ts, whatever Node npm runs on.
import { spawn } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const node = path.join(here, 'node_modules', '.bin', process.platform === 'win32' ? 'node.cmd' : 'node')
const asked = process.argv.slice(2)
// As `npm start` has it: half of what Node takes for what is young, which the service never needs; and bodies count as
// what else is alive does, or every few batches of check-ins would have the whole heap looked through.
const flags = asked[0] === 'start' ? ['--max-semi-space-size=32', '--external-memory-accounted-in-global-limit'] : []
const child = spawn(node, [...flags, path.join(here, 'server', 'cli.ts'), ...asked], { stdio: 'inherit' })
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
