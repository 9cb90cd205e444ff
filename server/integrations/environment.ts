// What the vendors' environment schemas are made of.
import { z } from 'zod'

export const optionalSecret = z.string().trim().min(1).optional()

export const optionalUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional()

/** An object of two variables that mean nothing alone: a missing partner is named beside every other fault. */
export function bothOrNeither<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape> {
  const names = Object.keys(shape)
  return names.reduce((schema, name) => {
    const partner = names.find((other) => other !== name)
    const isComplete = (env: Record<string, unknown>) =>
      !(partner && env[partner] !== undefined) || env[name] !== undefined
    return schema.refine(isComplete, { path: [name], error: `is needed with ${partner}`, when: () => true })
  }, z.object(shape))
}
