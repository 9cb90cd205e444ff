// A thread that reads one fetched set: seven hundred thousand rows take seconds, in which the service has to answer.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { AppError, messageOf } from '../../lib/errors.ts'
import { type Compiled, type SourceName, sources } from './sources.ts'

interface Work {
  name: SourceName
  parts: Uint8Array[]
}

type Outcome = { bytes: Uint8Array; rows: number } | { problem: string }

/** What came, as it is kept. Throws 'unreadable' with what is wrong with it. */
export async function compileAside(name: SourceName, parts: Buffer[]): Promise<Compiled> {
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { name, parts } satisfies Work })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', () => reject(new AppError('unreadable', 'The file could not be read to its end.')))
  })
  if ('problem' in outcome) throw new AppError('unreadable', outcome.problem)
  return {
    rows: outcome.rows,
    bytes: Buffer.from(outcome.bytes.buffer, outcome.bytes.byteOffset, outcome.bytes.byteLength),
  }
}

/** In the thread. */
function compile({ name, parts }: Work): Outcome {
  try {
    return sources[name].compile(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)))
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

if (!isMainThread && parentPort !== null && isWork(workerData)) parentPort.postMessage(compile(workerData))

/** Whoever runs in another thread may load this file too. */
function isWork(data: unknown): data is Work {
  return typeof data === 'object' && data !== null && 'parts' in data && 'name' in data
}
