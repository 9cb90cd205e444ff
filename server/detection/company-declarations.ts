// What is declared for everybody: it silences across the fleet, so it waits for a second person. And a declaration made longer.
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import type { Actor } from '../custody/events.ts'
import { record } from '../custody/record.ts'
import type { Tx } from '../lib/database.ts'
import { AppError, faultOf } from '../lib/errors.ts'
import { DAY, dayOf, plus } from '../lib/time.ts'
import {
  DECLARATION_DAYS_MAX,
  type DeclarationInput,
  refuseRange,
  refuseUnplaced,
  saveDeclaration,
} from '../people/declarations.ts'
import { proposeChange } from './waiting-changes.ts'

/** What can be declared for everybody. */
export const companyKinds = ['network_exit', 'office', 'tool', 'migration'] as const

export const companyDeclarationSchema = z.object({
  kind: z.enum(companyKinds),
  value: z.string().trim().min(1).max(500),
  startsOn: z.iso.date(),
  endsOn: z.iso.date(),
})
export type CompanyDeclaration = z.infer<typeof companyDeclarationSchema>

export type Made = { state: 'set'; declarationId: string } | { state: 'waiting'; changeId: string }

const inputOf = (asked: CompanyDeclaration, reason: string): DeclarationInput => ({
  ...asked,
  personEmail: null,
  otherEmail: null,
  reason,
})

/** Declares something for everybody; on a page it waits for a second person. */
export async function declareForAll(tx: Tx, act: Act, input: CompanyDeclaration & { reason: string }): Promise<Made> {
  const { reason, ...asked } = input
  if (act.actor.type !== 'user') return { state: 'set', declarationId: await save(tx, act, inputOf(asked, reason)) }
  requireFit(act, asked)
  return {
    state: 'waiting',
    ...(await proposeChange(tx, act, { what: 'declaration', about: asked.kind, asked, reason })),
  }
}

/** Declares what was asked for, by the word of whoever approves it. */
export async function applyDeclaration(
  tx: Tx,
  act: Act,
  input: { asked: unknown; author: Actor; reason: string },
): Promise<void> {
  await save(tx, { ...act, actor: input.author }, inputOf(companyDeclarationSchema.parse(input.asked), input.reason))
}

async function save(tx: Tx, act: Act, input: DeclarationInput): Promise<string> {
  const saved = await saveDeclaration(tx, act, input)
  if (saved.result === 'unchanged') throw new AppError('conflict', 'This is declared already.')
  await record(tx, act.now, saved.events)
  return saved.id
}

/** What can be told before somebody else looks at it; the rest is checked when it is declared. */
function requireFit(act: Act, { kind, value, startsOn, endsOn }: CompanyDeclaration): void {
  refuseUnplaced(act, { kind, value })
  if (kind === 'network_exit') refuseRange(value)
  if (endsOn < startsOn) throw faultOf('endsOn', 'is before it starts')
  const longest = dayOf(plus(new Date(`${startsOn}T00:00:00Z`), DECLARATION_DAYS_MAX * DAY))
  if (endsOn > longest) throw faultOf('endsOn', `is later than ${longest}: ${DECLARATION_DAYS_MAX} days at most`)
}
