// A body as a person reads it: JSON laid out, anything else as it is.

/** Never throws: half a JSON is shown as the text it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
