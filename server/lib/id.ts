// Ids: a prefix that says what the thing is, and 26 characters that sort by the time they were made (ULID).
import { randomBytes } from 'node:crypto'

export type IdPrefix =
  | 'per'
  | 'adr'
  | 'dev'
  | 'shp'
  | 'scn'
  | 'case'
  | 'fnd'
  | 'dcl'
  | 'tok'
  | 'inb'
  | 'msg'
  | 'imp'
  | 'inv'
  | 'tsk'
  | 'cmt'
  | 'lbl'
  | 'pol'
  | 'wrd'
  | 'trm'
  | 'hnd'
  | 'lnk'
  | 'rtn'
  | 'run'
  | 'agt'
  | 'mis'
  | 'viw'
  | 'chg'
  | 'sup'
  | 'apr'
  | 'plc'
  | 'site'

// Crockford's base 32: no I, L, O, U, so that an id can be read out over the phone.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

let lastTime = 0
let lastTail = new Uint8Array(16)

/**
 * A new id, e.g. `dev_01k9…`. Time-ordered, so that indexes grow at one end; random in its last 80 bits, and one more than
 * the last within a millisecond: what is made later in a process sorts later.
 */
export function newId(prefix: IdPrefix): string {
  const now = Date.now()
  if (now > lastTime) lastTail = Uint8Array.from(randomBytes(16), (byte) => byte & 31)
  else countUp(lastTail)
  lastTime = Math.max(now, lastTime)
  let time = lastTime
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = alphabet[time % 32] + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (const digit of lastTail) tail += alphabet[digit]
  return `${prefix}_${head}${tail}`
}

function countUp(digits: Uint8Array): void {
  for (let at = digits.length - 1; at >= 0; at--) {
    digits[at] = (digits[at]! + 1) & 31
    if (digits[at] !== 0) return
  }
}
