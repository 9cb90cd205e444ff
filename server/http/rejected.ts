// What came with a proof and could not be applied: kept in the inbox, and named in the answer.
import type { Token } from '../access/tokens.ts'
import type { House } from '../house.ts'
import { keepRejected } from '../inbox.ts'
import { AppError, type Fault, faultsText, messageOf } from '../lib/errors.ts'
import type { Body, Item } from './body.ts'

export interface Rejected {
  index: number
  body: unknown
  faults: Fault[]
}

/** Runs what reads a body; one that cannot be read at all is kept too, and its error thrown. */
export async function keepingUnreadable<T>(
  house: House,
  { source, token, body }: { source: string; token: Token; body: Body },
  read: () => T,
): Promise<T> {
  try {
    if (body.problem !== null) throw new AppError('unreadable', body.problem)
    return read()
  } catch (error) {
    if (error instanceof AppError && error.problem === 'unreadable')
      await keepRejected(house.db, house.clock(), {
        source,
        tokenId: token.id,
        items: [{ body: body.bytes, reason: messageOf(error) }],
      })
    throw error
  }
}

export const unreadable = (items: Item[]): Rejected[] =>
  items.flatMap((item) =>
    'problem' in item
      ? [{ index: item.index, body: Buffer.from(item.text), faults: [{ path: '', problem: item.problem }] }]
      : [],
  )

export const keepRejects = (house: House, source: string, token: Token, rejected: Rejected[]): Promise<void> =>
  keepRejected(house.db, house.clock(), {
    source,
    tokenId: token.id,
    items: rejected.map((one) => ({ body: one.body, reason: faultsText(one.faults) })),
  })

export const answerOf = (rejected: Rejected[]): { index: number; problem: string }[] =>
  rejected.toSorted((a, b) => a.index - b.index).map(({ index, faults }) => ({ index, problem: faultsText(faults) }))
