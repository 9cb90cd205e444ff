// A signature: a typed name, or one drawn on the screen as the path of an SVG.
import { createHash } from 'node:crypto'
import { z } from 'zod'

/** 100 kB: far more than a hand draws in a minute. */
const DRAWN_MAX = 100_000

const name = z.string().trim().min(2, 'write your name').max(200)

/** `path` is SVG path data of absolute moves and lines only: nothing that a page would run. */
export const signatureSchema = z.discriminatedUnion('how', [
  z.object({ how: z.literal('typed'), name }),
  z.object({
    how: z.literal('drawn'),
    name,
    path: z
      .string()
      .min(10, 'draw your signature, or sign by typing')
      .max(DRAWN_MAX)
      .regex(/^M[ML0-9 .]+$/, 'is no drawing made here'),
  }),
])
export type Signature = z.infer<typeof signatureSchema>

/** What is kept of it. */
export const signatureBytes = (signature: Signature): Buffer =>
  Buffer.from(signature.how === 'typed' ? signature.name : signature.path, 'utf8')

/** SHA-256 of the hand-over's id, a line break and what was signed with, in hex. */
export const signatureDigest = (handoverId: string, bytes: Buffer): string =>
  createHash('sha256').update(`${handoverId}\n`, 'utf8').update(bytes).digest('hex')
