// Secrets shown once: 256 bits of which only the hash is kept.
import { createHash, randomBytes } from 'node:crypto'

/** A new secret, in base64url. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** What is kept of a secret: its SHA-256. It needs no salt, since nobody guesses 256 bits. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()
