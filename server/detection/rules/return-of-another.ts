// Another laptop came back in the place of the one that was asked for.
import { z } from 'zod'
import { type Dossier, defineRule, type ReturnFact } from '../rule.ts'

/** People who have two laptops swap them, and stickers are read wrong: that most of these are mix-ups is our own judgement. */
const WEIGHT = 6

export const returnOfAnother = defineRule({
  id: 'return-of-another',
  title: 'Another laptop came back',
  severity: 'medium',
  weight: WEIGHT,
  group: 'return',
  layer: 'custody',
  watches: ['device.received', 'device.status_reported', 'return.opened', 'return.closed'],
  status: 'experimental',
  why: 'Who has passed a laptop on sends back what there is. That it is late, or comes from elsewhere, are other statements, with rules of their own: this one holds from the moment its serial number is read, wherever and however early it came.',
  references: [
    'United States v. Chapman, where laptops of many companies stood in one house, told apart by notes on them: https://www.threatshub.org/blog/laptop-farmer-behind-17m-north-korean-it-worker-scam-locked-up-for-8-5-years',
    'Secureworks incident, with company equipment kept after the dismissal, told by The Register 2024-10-18: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: [],
  falsePositives: [
    'People with two laptops, or a household with two employers, put the wrong one in the box.',
    'A serial number read from the charger, the dock or a replaced bottom case.',
    'A record of ours that has another serial number than the laptop that was sent.',
  ],
  blindSpots: ['A laptop that was taken in unread.', 'A case with the right sticker and another board in it.'],
  runbook: [
    'Keep apart what came, and read its serial number from the screen as well as from the case.',
    'Ask the person, by a number on file, where the one that was asked for is, and to read its serial number back.',
    'Look at where that one checked in last; lock it in the management system until it is found.',
  ],
  params: z.object({
    weight: z
      .number()
      .nonnegative()
      .max(9)
      .default(WEIGHT)
      .describe('Decibans: an analyst looks, and alone it is never more than low. A default, not a fact.'),
  }),
  response: 'case',
  evaluate(dossier, params) {
    if (isBack(dossier)) return []
    return dossier.returns.flatMap((one) => {
      if (one.received?.serial !== 'different' || isSettled(one)) return []
      const { seq, at } = one.received
      return [
        {
          key: one.id,
          summary: 'Another laptop came back than the one that was asked for',
          evidence: [...new Set([seq, one.seq])],
          since: at,
          facts: { receivedAt: at.toISOString(), reason: one.reason },
          weight: params.weight,
        },
      ]
    })
  },
})

/** The right one came after all. */
const isBack = ({ device }: Dossier): boolean => ['stock', 'returned', 'repair'].includes(device.lifeCycle)

/** Somebody closed the return, and not because the laptop is gone. */
const isSettled = ({ closed }: ReturnFact): boolean => closed !== null && closed.outcome !== 'lost'
