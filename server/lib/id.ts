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

/** A new id, e.g. `dev_01k9…`. Random in its last 80 bits; time-ordered so that indexes grow at one end. */
export function newId(prefix: IdPrefix): string {
  let time = Date.now()
  let head = ''
  for (let i = 0; i < 10; i++) {
    head = alphabet[time % 32] + head
    time = Math.floor(time / 32)
  }
  let tail = ''
  for (const byte of randomBytes(16)) tail += alphabet[byte & 31]
  return `${prefix}_${head}${tail}`
}
