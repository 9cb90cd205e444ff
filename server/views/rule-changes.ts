// What differs between two settings of a rule, in words.

interface Settings {
  ladder: string
  params: Record<string, unknown>
}

export interface SettingChange {
  /** `ladder`, or the name of a parameter. */
  field: string
  from: string
  to: string
}

/** What differs between two settings of a rule. */
export function changesOf(before: Settings, after: Settings): SettingChange[] {
  const names = [...new Set([...Object.keys(before.params), ...Object.keys(after.params)])]
  const ladder = { field: 'ladder', from: before.ladder, to: after.ladder }
  const params = names.map((field) => ({
    field,
    from: inWords(before.params[field]),
    to: inWords(after.params[field]),
  }))
  return [ladder, ...params].filter((one) => one.from !== one.to)
}

function inWords(value: unknown): string {
  if (value === undefined) return 'not there'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
