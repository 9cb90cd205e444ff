// The order in which the queue stood when a case was opened from it: what “the one before” and “the next” mean there.
const KEY = 'telltale-queue'

/** Keeps the numbers of the cases as they are listed, for this window. */
export function keepQueue(numbers: number[]): void {
  sessionStorage.setItem(KEY, numbers.join(','))
}

/** The cases beside this one; null at an end, or where it was opened from somewhere else. */
export function besideInQueue(number: number): { before: number | null; next: number | null } {
  const queue = (sessionStorage.getItem(KEY) ?? '').split(',').map(Number)
  const at = queue.indexOf(number)
  if (at < 0) return { before: null, next: null }
  return { before: queue[at - 1] ?? null, next: queue[at + 1] ?? null }
}
