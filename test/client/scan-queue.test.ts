// Scans outlive a bad connection, a closed page and an error: nothing that was scanned is dropped before it is answered.
import { expect, test } from 'vitest'
import { createScanQueue, type Scan, type ScanAnswer } from '../../client/parts/scan-queue.ts'

const good: ScanAnswer = { serial: 'A1', is: 'good', says: 'Packed.', page: null }
const unknown: ScanAnswer = { serial: 'A1', is: 'unknown', says: 'Nobody knows it.', page: null }

function memory(): Storage {
  const kept = new Map<string, string>()
  return {
    get length() {
      return kept.size
    },
    key: (index) => [...kept.keys()][index] ?? null,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  }
}

/** A queue whose service answers as told, one answer after the other; its waits are written down and over at once. */
function open(answers: (ScanAnswer[] | Error)[], storage = memory()) {
  const waits: number[] = []
  const sent: string[] = []
  const queue = createScanQueue({
    storage,
    now: () => new Date('2026-05-01T12:00:00Z'),
    faultOf: (error) => ({ isFinal: String(error).includes('final'), why: String(error) }),
    async wait(ms) {
      waits.push(ms)
    },
    async send(scan: Scan) {
      sent.push(scan.id)
      const answer = answers.shift() ?? new Error('no connection')
      if (answer instanceof Error) throw answer
      return answer
    },
  })
  return { queue, storage, waits, sent }
}
const scan = { job: 'pack', shipmentId: null, text: 'A1' } as const

test('what is answered is kept no longer, and counts once', async () => {
  const { queue, storage } = open([[good]])
  await queue.add(scan)
  expect(queue.list()).toMatchObject([{ state: 'answered', answers: [good] }])
  expect(storage.length).toBe(0)
})

test('without a connection it is tried again after 2, 5 and 15 seconds under the same id, and then kept as not sent', async () => {
  const { queue, storage, waits, sent } = open([])
  await queue.add(scan)
  expect(waits).toEqual([2_000, 5_000, 15_000])
  expect(new Set(sent).size).toBe(1)
  expect(queue.list()).toMatchObject([{ state: 'not sent', text: 'A1' }])
  expect(storage.length).toBe(1)
})

test('what was not sent can be sent again, and outlives the page', async () => {
  const first = open([])
  await first.queue.add(scan)
  const second = open([[good]], first.storage)
  const [kept] = second.queue.list()
  expect(kept).toMatchObject({ state: 'not sent', text: 'A1' })
  await second.queue.resend(kept!.id)
  expect(second.queue.list()).toMatchObject([{ state: 'answered' }])
  expect(first.storage.length).toBe(0)
})

test('a page that was closed while sending sends when it is opened again', async () => {
  const storage = memory()
  const never = createScanQueue({
    storage,
    now: () => new Date(),
    faultOf: () => ({ isFinal: true, why: '' }),
    wait: async () => {},
    send: () => new Promise(() => {}),
  })
  void never.add(scan)
  const { queue, sent } = open([[good]], storage)
  queue.resume()
  await expect.poll(() => queue.list()[0]?.state).toBe('answered')
  expect(sent).toEqual([never.list()[0]!.id])
})

test('an answer that no second try can change is not tried again, and is kept', async () => {
  const { queue, waits, storage } = open([new Error('final: not allowed')])
  await queue.add(scan)
  expect(waits).toEqual([])
  expect(queue.list()).toMatchObject([{ state: 'not sent', why: expect.stringContaining('not allowed') }])
  expect(storage.length).toBe(1)
})

test('what nobody knows is kept for later, until it is taken out', async () => {
  const { queue, storage } = open([[unknown]])
  await queue.add(scan)
  expect(storage.length).toBe(1)
  queue.remove(queue.list()[0]!.id)
  expect([storage.length, queue.list()]).toEqual([0, []])
})

test('one that is taken out while it waits is not sent again', async () => {
  const storage = memory()
  let tries = 0
  const queue = createScanQueue({
    storage,
    now: () => new Date(),
    faultOf: () => ({ isFinal: false, why: 'no connection' }),
    wait: async () => queue.remove(queue.list()[0]!.id),
    async send() {
      tries += 1
      throw new Error('no connection')
    },
  })
  await queue.add(scan)
  expect([tries, storage.length]).toEqual([1, 0])
})
