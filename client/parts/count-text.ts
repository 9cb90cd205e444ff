// How many there are, in words.

/** `38 people`, `1 person`, `10,000 and more people`: lists stop counting there. Empty while it is not known. */
export function countText(total: number | undefined, one: string, many: string): string {
  if (total === undefined) return ''
  if (total > 10_000) return `10,000 and more ${many}`
  return `${total.toLocaleString('en')} ${total === 1 ? one : many}`
}
