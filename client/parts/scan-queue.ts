// Scans on their way to the service: each with an id of its own, kept in this browser until it is answered, never dropped.

export type ScanJob = 'pack' | 'receive'
export type ScanWord = 'good' | 'duplicate' | 'unknown' | 'wrong'

export interface ScanAnswer {
  serial: string
  is: ScanWord
  says: string
  page: string | null
}

export interface Scan {
  /** Ours: sent again under it, it is the same scan. */
  id: string
  job: ScanJob
  /** The parcel being packed; null: whichever waits for the laptop. */
  shipmentId: string | null
  text: string
  at: string
  state: 'sending' | 'waiting' | 'not sent' | 'answered'
  /** Why it was not sent. */
  why: string | null
  answers: ScanAnswer[]
}

/** What went wrong: `isFinal` where sending it again as it is cannot help. */
export interface SendFault {
  isFinal: boolean
  why: string
}

interface QueueOptions {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>
  send(scan: Scan): Promise<ScanAnswer[]>
  faultOf(error: unknown): SendFault
  wait(ms: number): Promise<void>
  now(): Date
}

/** Tried again after so long, and then left to the person. Source: research notes, the interface, 11. */
const RETRY_MS = [2_000, 5_000, 15_000]
const KEY = 'telltale-scan '

export type ScanQueue = ReturnType<typeof createScanQueue>

/** Whether somebody has to look at it: it was refused, or nobody knows it. */
export const isProblem = (scan: Scan): boolean =>
  scan.answers.some((answer) => answer.is === 'unknown' || answer.is === 'wrong')

export function createScanQueue({ storage, send, faultOf, wait, now }: QueueOptions) {
  let scans = loadKept(storage)
  const listeners = new Set<() => void>()

  function change(id: string, over: Partial<Scan>): void {
    scans = scans.map((scan) => (scan.id === id ? { ...scan, ...over } : scan))
    const scan = scans.find((one) => one.id === id)
    if (scan !== undefined) keep(storage, scan)
    for (const listener of listeners) listener()
  }

  async function deliver(id: string): Promise<void> {
    for (let tries = 0; ; tries++) {
      const scan = scans.find((one) => one.id === id)
      if (scan === undefined) return
      change(id, { state: 'sending', why: null })
      try {
        change(id, { answers: await send(scan), state: 'answered' })
        return
      } catch (error) {
        const { isFinal, why } = faultOf(error)
        const pause = isFinal ? undefined : RETRY_MS[tries]
        change(id, { state: pause === undefined ? 'not sent' : 'waiting', why })
        if (pause === undefined) return
        await wait(pause)
      }
    }
  }

  return {
    list: (): readonly Scan[] => scans,
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** Sends what an earlier visit left behind. */
    resume(): void {
      for (const scan of scans) if (scan.state === 'sending' || scan.state === 'waiting') void deliver(scan.id)
    },
    add(input: { job: ScanJob; shipmentId: string | null; text: string }): Promise<void> {
      const id = crypto.randomUUID()
      scans = [{ ...input, id, at: now().toISOString(), state: 'sending', why: null, answers: [] }, ...scans]
      return deliver(id)
    },
    /** Sends again what was not sent. */
    async resend(id: string): Promise<void> {
      if (scans.find((scan) => scan.id === id)?.state === 'not sent') await deliver(id)
    },
    /** Takes one out of the list. What the service has recorded stays recorded. */
    remove(id: string): void {
      storage.removeItem(KEY + id)
      scans = scans.filter((scan) => scan.id !== id)
      for (const listener of listeners) listener()
    },
  }
}

/** What is answered well need not be kept; what nobody knows is kept for later. */
function keep(storage: QueueOptions['storage'], scan: Scan): void {
  if (scan.state === 'answered' && !isProblem(scan)) storage.removeItem(KEY + scan.id)
  else storage.setItem(KEY + scan.id, JSON.stringify(scan))
}

function loadKept(storage: QueueOptions['storage']): Scan[] {
  const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index))
  const kept = keys.flatMap((key) => {
    const text = key?.startsWith(KEY) ? storage.getItem(key) : null
    return text === null ? [] : [JSON.parse(text) as Scan]
  })
  return kept.sort((a, b) => (a.at < b.at ? 1 : -1))
}
