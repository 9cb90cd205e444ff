// The house's secret: one value outside the database, from which every key is derived.
import { hash, hkdfSync, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from './lib/errors.ts'

export interface Keys {
  /** For better-auth: sessions and TOTP secrets. */
  auth: string
  /** Seed of the Ed25519 key that signs checkpoints. */
  signing: Uint8Array
  /** AES-256, for secrets that come by a page and are kept in the database. */
  settings: Uint8Array
  /** A keyed hash for values that must only ever be compared. */
  pseudonym(value: string): string
}

/**
 * Reads `secret` in the data folder, or makes it at the first start. It is not in the database, so that the
 * database's owner can neither sign checkpoints nor undo the hashes; keep a copy of it with your backups.
 */
export async function loadKeys(dataFolder: string): Promise<Keys> {
  const file = path.join(dataFolder, 'secret')
  await mkdir(dataFolder, { recursive: true })
  // 'wx': of two first starts at once, one writes and both read the same.
  await writeFile(file, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST')
        throw new AppError(
          'unavailable',
          `The secret cannot be kept in ${dataFolder}: ${error.message}. Name another folder in TELLTALE_DATA.`,
        )
    },
  )
  await chmod(file, 0o600).catch(() => {})
  const secret = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
  if (secret.length !== 32)
    throw new AppError(
      'invalid',
      `The file ${file} does not hold a secret of 32 bytes: put back the one that was there.`,
    )
  const derive = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', `telltale ${purpose}`, 32))
  const pseudonymKey = derive('pseudonym')
  return {
    auth: derive('auth').toString('base64'),
    signing: derive('signing'),
    settings: derive('settings'),
    pseudonym: hmac(pseudonymKey),
  }
}

/** HMAC-SHA-256 (RFC 2104), its first 128 bits in base64url: made of two plain hashes, at a third of what createHmac costs. */
function hmac(key: Buffer): (value: string) => string {
  const padded = (pad: number) => Buffer.concat([key, Buffer.alloc(64 - key.length)]).map((byte) => byte ^ pad)
  const [inner, outer] = [padded(0x36), padded(0x5c)]
  return (value) => {
    const digest = hash('sha256', Buffer.concat([inner, Buffer.from(value)]), 'buffer')
    return hash('sha256', Buffer.concat([outer, digest]), 'base64url').slice(0, 22)
  }
}
