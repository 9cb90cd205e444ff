// Somebody without an account, on a public link: reads what it shows and answers it.
import { type Procedures, Refused } from './http.ts'

interface Shown {
  isOpen: boolean
  laptops?: { deviceId: string }[]
}

export interface Visitor {
  /** Declines every laptop of a hand-over. Throws Refused where the link is over. */
  decline(link: string, reason: 'not received' | 'damaged' | 'wrong device' | 'other', note: string): Promise<void>
}

export function createVisitor({ tell }: Procedures): Visitor {
  return {
    async decline(link, reason, note) {
      const secret = link.split('/').at(-1) ?? ''
      const { isOpen, laptops = [] } = await tell<Shown>('handovers.show', { secret })
      if (!isOpen) throw new Refused(409, 'The link is over.')
      const items = laptops.map(({ deviceId }) => ({ deviceId, answer: 'declined', reason, note }))
      await tell('handovers.answer', { secret, items })
    },
  }
}
