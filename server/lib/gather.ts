// Gathers single requests for a few milliseconds into one transaction; each is answered after its commit.
import { setTimeout } from 'node:timers/promises'

export type Gather<Item, Result> = (items: Item[]) => Promise<Result[]>

/** Items in a batch below which it is small. */
const SMALL = 4
/** Items that wait before another lane is opened: what is less is better off in one batch. */
const CROWD = 100

interface Pace {
  /** The most items in one transaction. */
  batchMax?: number
  /** So long nothing is written after a small batch, so that under load the next one is larger. */
  restMs?: number
  /** Batches that may be under way at once. */
  lanes?: number
}

interface Waiting<Item, Result> {
  items: Item[]
  resolve(results: Result[]): void
  reject(error: unknown): void
}

/**
 * A function that takes items and answers once they are committed. While batches are being written the next one
 * gathers, so that load makes batches larger instead of queues longer. A batch that fails is tried request by request,
 * so that one request's trouble is not the others'.
 */
export function gather<Item, Result>(
  write: Gather<Item, Result>,
  { batchMax = 500, restMs = 0, lanes = 1 }: Pace = {},
): Gather<Item, Result> {
  let waiting: Waiting<Item, Result>[] = []
  let running = 0
  const run = async () => {
    running++
    // One turn of the event loop: requests that are already here share the first batch.
    await new Promise((resolve) => setImmediate(resolve))
    while (waiting.length > 0) {
      const batch = take(waiting, batchMax)
      waiting = waiting.slice(batch.length)
      await writeBatch(write, batch)
      if (restMs > 0 && countOf(batch) < SMALL) await setTimeout(restMs)
    }
    running--
  }
  return (items) =>
    new Promise((resolve, reject) => {
      waiting.push({ items, resolve, reject })
      if (running === 0 || (running < lanes && countOf(waiting) >= CROWD)) void run()
    })
}

const countOf = (batch: { items: unknown[] }[]) => batch.reduce((sum, one) => sum + one.items.length, 0)

function take<Item, Result>(waiting: Waiting<Item, Result>[], batchMax: number): Waiting<Item, Result>[] {
  let count = 0
  const end = waiting.findIndex((one, index) => {
    count += one.items.length
    return index > 0 && count > batchMax
  })
  return end === -1 ? waiting : waiting.slice(0, end)
}

async function writeBatch<Item, Result>(write: Gather<Item, Result>, batch: Waiting<Item, Result>[]): Promise<void> {
  try {
    const results = await write(batch.flatMap((one) => one.items))
    let at = 0
    for (const one of batch) {
      one.resolve(results.slice(at, at + one.items.length))
      at += one.items.length
    }
  } catch (error) {
    if (batch.length === 1) return batch[0]!.reject(error)
    for (const one of batch) await write(one.items).then(one.resolve, one.reject)
  }
}
