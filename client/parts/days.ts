// Calendar days as the service takes them: `YYYY-MM-DD`.

/** The day so many days after a time in ms. */
export const dayAfter = (ms: number, days: number): string =>
  new Date(ms + days * 86_400_000).toISOString().slice(0, 10)
