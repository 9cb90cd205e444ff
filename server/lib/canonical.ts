// Canonical JSON (RFC 8785), several times as fast as the library that a test holds it to: it is what check-ins are compared by.

/** RFC 8785 canonical JSON of what JSON can hold; members that are undefined are left out. */
export function canonicalText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${textsOf(value).join(',')}]`
  const names = Object.keys(value)
  if (isPlain(value as Record<string, unknown>, names)) return JSON.stringify(value)
  names.sort()
  let text = ''
  for (const name of names) {
    const one = (value as Record<string, unknown>)[name]
    if (one !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalText(one)}`
  }
  return `{${text}}`
}

/** Whether JSON itself writes an object canonically: its names stand in order, and it holds nothing that has names. */
function isPlain(value: Record<string, unknown>, names: string[]): boolean {
  for (let at = 0; at < names.length; at++) {
    if (at > 0 && names[at - 1]! > names[at]!) return false
    if (typeof value[names[at]!] === 'object' && value[names[at]!] !== null) return false
  }
  return true
}

/** Of lists: each is hashed and compared, and its programs are most of a check-in. */
const listTexts = new WeakMap<unknown[], string[]>()

/** The canonical texts of a list's items. */
export function textsOf(list: unknown[]): string[] {
  const known = listTexts.get(list)
  if (known !== undefined) return known
  const texts = list.map(canonicalText)
  listTexts.set(list, texts)
  return texts
}

/** Remembers the texts of a list that is made of known ones. */
export function keepTexts(list: unknown[], texts: string[]): void {
  listTexts.set(list, texts)
}
