// Remembers an answer for a while, per database: for numbers that are dear to count and need not be of this second.

/** A function that asks at most once per `ms` and key; a failed answer is not remembered. Wall-clock time. */
export function remember<K extends object, T>(
  ms: number,
  ask: (key: K) => Promise<T>,
): ((key: K) => Promise<{ at: Date; value: T }>) & { forget(key: K): void } {
  const answers = new WeakMap<K, { until: number; answer: Promise<{ at: Date; value: T }> }>()
  const asked = (key: K) => {
    const known = answers.get(key)
    if (known && known.until > Date.now()) return known.answer
    const answer = ask(key).then((value) => ({ at: new Date(), value }))
    answers.set(key, { until: Date.now() + ms, answer })
    answer.catch(() => answers.delete(key))
    return answer
  }
  return Object.assign(asked, { forget: (key: K) => void answers.delete(key) })
}
