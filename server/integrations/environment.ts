// What the vendors' environment schemas are made of.
import { z } from 'zod'

export const optionalSecret = z.string().trim().min(1).optional()

export const optionalUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).optional()

/**
 * An object of variables that mean nothing alone: whatever is missing while another one is set is named beside every other
 * fault. Those of `dispensable` may be left out, and need the others too.
 */
export function allOrNone<Shape extends z.ZodRawShape>(
  shape: Shape,
  dispensable: (keyof Shape & string)[] = [],
): z.ZodObject<Shape> {
  const names = Object.keys(shape)
  const partnerOf = (name: string, env: unknown) =>
    names.find((other) => other !== name && (env as Record<string, unknown>)[other] !== undefined)
  return names
    .filter((name) => !dispensable.includes(name))
    .reduce((schema, name) => {
      const isComplete = (env: Record<string, unknown>) => env[name] !== undefined || partnerOf(name, env) === undefined
      const error = ({ input }: { input?: unknown }) => `is needed with ${partnerOf(name, input)}`
      return schema.refine(isComplete, { path: [name], error, when: () => true })
    }, z.object(shape))
}
