// What many procedures take.
import { z } from 'zod'

/** An id of ours: what names nothing is said to be not there. */
export const id = z.string().max(100)

/** Why somebody does it, for those who read it later. */
export const reason = z.string().trim().min(3, 'say why, in a few words').max(2000)
