// What commands share: opening the house beside a running service or without one, and speaking JSON where asked to.

import type { Act } from '../custody/act.ts'
import { systemActor } from '../custody/events.ts'
import type { Log } from '../house.ts'
import { type OpenHouse, openHouse, readConfig } from '../main.ts'

/** Commands are the operator's own word. */
export const operator = systemActor('command line')

export const quietLog: Log = {
  info: () => {},
  warn: (message) => process.stderr.write(`${message}\n`),
  error: (message) => process.stderr.write(`${message}\n`),
}

/** Opens the house for one command, and closes it whatever happens. */
export async function withHouse<T>(work: (house: OpenHouse, act: Act) => Promise<T>): Promise<T> {
  const house = await openHouse(readConfig(), { as: 'command', log: quietLog })
  try {
    return await work(house, { now: house.clock(), actor: operator, world: house.world })
  } finally {
    await house.close()
  }
}

/** Prints an answer: JSON with `--json`, else words. */
export function print(json: boolean | undefined, value: unknown, words: string): void {
  process.stdout.write(`${json ? JSON.stringify(value) : words}\n`)
}
