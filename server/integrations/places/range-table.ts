// Ranges of addresses with a label each, as sorted typed arrays: found by halving, kept on disk as they are in memory.
import type { IpAddress, IpRange } from '../../lib/ip.ts'

export interface RangeTable {
  /** Ranges after those that touch were joined. */
  rows: number
  labels: string[]
  v4: Ranges<Uint32Array>
  /** By the upper half of the address: one /64 is one line or one house. */
  v6: Ranges<BigUint64Array>
}

/** Sorted and apart from each other; the label by its number. */
interface Ranges<A> {
  starts: A
  ends: A
  labels: Uint32Array
}

export interface LabelledRange {
  range: IpRange
  label: string
}

/** Of ranges that overlap, the one that begins first keeps what it has: the sources have none but repeats. */
export function buildTable(found: Iterable<LabelledRange>): RangeTable {
  const labels = new Map<string, number>()
  const numberOf = (label: string) => {
    const known = labels.get(label) ?? labels.size
    labels.set(label, known)
    return known
  }
  const v4: Row<number>[] = []
  const v6: Row<bigint>[] = []
  for (const { range, label } of found) {
    if (range.version === 4) v4.push({ start: range.start, end: range.end, label: numberOf(label) })
    else v6.push({ start: range.start >> 64n, end: range.end >> 64n, label: numberOf(label) })
  }
  const [four, six] = [joined(v4, 1), joined(v6, 1n)]
  return {
    rows: four.length + six.length,
    labels: [...labels.keys()],
    v4: {
      starts: Uint32Array.from(four, (row) => row.start),
      ends: Uint32Array.from(four, (row) => row.end),
      labels: Uint32Array.from(four, (row) => row.label),
    },
    v6: {
      starts: BigUint64Array.from(six, (row) => row.start),
      ends: BigUint64Array.from(six, (row) => row.end),
      labels: Uint32Array.from(six, (row) => row.label),
    },
  }
}

/** The label of the range that holds an address; null where none does. */
export function labelAt(table: RangeTable, address: IpAddress): string | null {
  const at =
    address.version === 4
      ? indexIn(table.v4.starts, table.v4.ends, address.value)
      : indexIn(table.v6.starts, table.v6.ends, address.value >> 64n)
  if (at < 0) return null
  return table.labels[(address.version === 4 ? table.v4 : table.v6).labels[at]!] ?? null
}

interface Row<N> {
  start: N
  end: N
  label: number
}

/** Sorted, with what touches and says the same as one. */
function joined<N extends number | bigint>(rows: Row<N>[], one: N): Row<N>[] {
  const done: Row<N>[] = []
  for (const row of rows.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))) {
    const last = done.at(-1)
    const next = last && (((last.end as number) + (one as number)) as N)
    if (last && next !== undefined && row.start <= next && row.label === last.label) {
      if (row.end > last.end) last.end = row.end
    } else if (last === undefined || next === undefined || row.start >= next) done.push({ ...row })
    else if (row.end >= next) done.push({ ...row, start: next })
  }
  return done
}

function indexIn<N extends number | bigint>(starts: ArrayLike<N>, ends: ArrayLike<N>, value: N): number {
  let low = 0
  let high = starts.length - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    if (starts[middle]! > value) high = middle - 1
    else if (ends[middle]! < value) low = middle + 1
    else return middle
  }
  return -1
}

// ── On disk ────────────────────────────────────────────────────────────────────────────────────────────────

// In this machine's order of bytes: the file is made where it is read, and can be fetched again.
const MAGIC = 'telltale ranges 1'
const HEAD_BYTES = 32

/** A table as bytes; `readTable` gives it back. */
export function tableBytes({ labels, v4, v6 }: RangeTable): Buffer {
  const words = Buffer.from(JSON.stringify(labels))
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(MAGIC)
  head.writeUInt32LE(v4.starts.length, 20)
  head.writeUInt32LE(v6.starts.length, 24)
  head.writeUInt32LE(words.length, 28)
  const arrays = [v6.starts, v6.ends, v4.starts, v4.ends, v4.labels, v6.labels]
  return Buffer.concat([head, ...arrays.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength)), words])
}

/** Null where the bytes are no whole table. */
export function readTable(bytes: Buffer): RangeTable | null {
  if (bytes.length < HEAD_BYTES || bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return null
  const [four, six, words] = [bytes.readUInt32LE(20), bytes.readUInt32LE(24), bytes.readUInt32LE(28)]
  if (bytes.length !== HEAD_BYTES + six * 20 + four * 12 + words) return null
  // Copied, so that the arrays begin where their numbers may.
  const { buffer } = new Uint8Array(bytes)
  let at = HEAD_BYTES
  const next = (size: number) => {
    at += size
    return at - size
  }
  const wide = () => new BigUint64Array(buffer, next(six * 8), six)
  const narrow = (length: number) => new Uint32Array(buffer, next(length * 4), length)
  const v6 = { starts: wide(), ends: wide() }
  const v4 = { starts: narrow(four), ends: narrow(four), labels: narrow(four) }
  const v6Labels = narrow(six)
  const labels = JSON.parse(bytes.toString('utf8', at)) as string[]
  return { rows: four + six, labels, v4, v6: { ...v6, labels: v6Labels } }
}
