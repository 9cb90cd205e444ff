// Calendar days as the service takes them: `YYYY-MM-DD`.

/** In ms. */
export const DAY = 86_400_000

/** What silences, such as a declaration, an approval or a suppression, ends after so many days at the latest. */
export const DAYS_MAX = 180

/** The day so many days after a time in ms. */
export const dayAfter = (ms: number, days: number): string => new Date(ms + days * DAY).toISOString().slice(0, 10)
