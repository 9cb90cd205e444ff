// A source tells another user of the laptop than the person who has it.
import { z } from 'zod'
import {
  custodySteps,
  fading,
  fadingParams,
  hoursAfter,
  hoursBetween,
  isOfPeriod,
  partOf,
  weighProof,
} from '../measure.ts'
import { type DeclarationFact, type Dossier, defineRule, type UserFact } from '../rule.ts'
import { afterThese, earliest, holdsAt, type Span, seenUntil, spansOf } from '../spans.ts'

const WEIGHT = 8

export const wrongUser = defineRule({
  id: 'wrong-user',
  title: 'Used by somebody else',
  severity: 'medium',
  weight: WEIGHT,
  group: 'user',
  layer: 'identity',
  watches: [
    ...custodySteps,
    'identity',
    'device.checked_in',
    'device.match_undone',
    'declaration.made',
    'declaration.ended',
    'time',
  ],
  status: 'stable',
  why: 'Helpers of a farm sign in to several laptops, and one identity is handed on to the next worker. The source that manages a laptop says whose account it is.',
  references: [
    'United States v. Chapman: the host signed in to the laptops herself: https://www.threatshub.org/blog/laptop-farmer-behind-17m-north-korean-it-worker-scam-locked-up-for-8-5-years',
    'FBI IC3, 2025-01-23, on e-mails and telephone numbers that several workers share: https://www.ic3.gov/PSA/2025/PSA250123',
  ],
  attack: ['T1078'],
  falsePositives: [
    'A laptop handed on in the team, of which nobody told us.',
    'IT staff who enrolled it in their own name, or sign in to help.',
    'A second address of the same person.',
  ],
  blindSpots: [
    'A worker behind the person’s own account: the ordinary farm.',
    'Sources that tell a name and no e-mail.',
    'A user who was told at the bench, and whom the source never changed.',
  ],
  runbook: [
    'Ask both people who has the laptop.',
    'If it was handed on, record the hand-over; if they share a household or one acts for the other, declare it.',
    'If the e-mail is nobody’s here, look who it is before you lock anything.',
  ],
  params: z.object({
    graceHours: z
      .number()
      .nonnegative()
      .max(8760)
      .default(72)
      .describe(
        'Hours in which somebody else may sign in, and records of a hand-over may follow. A default, not a fact.',
      ),
    unknownWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans where the e-mail is nobody’s here. A default, not a fact.'),
    disputedShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe('Part of the weight while another source tells the right user. A default, not a fact.'),
    ...fadingParams(14, 60, 'it ended'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const start = dossier.device.acceptedAt ?? dossier.device.firstCheckInAt
    if (start === null || dossier.person === null || isInOurHands(dossier)) return []
    const spans = spansOf(dossier.users)
    const strangers = spans
      .filter(({ fact }) => fact.hasEmail && !isTheirs(dossier, fact.personId))
      .filter((span) => isOfTheirs(dossier, span, start))
      .map((span) => {
        const from = span.from > start ? span.from : start
        return { span, from: afterThese(excuses(dossier, span.fact), from), until: seenUntil(dossier, span) }
      })
      .filter(({ from, until }) => until >= from)
    const waiting = strangers.filter(
      ({ span, from, until }) => span.to === null && hoursBetween(from, until) < params.graceHours,
    )
    const lasting = strangers.filter(({ from, until }) => hoursBetween(from, until) >= params.graceHours)
    const nexts = waiting
      .map(({ from }) => hoursAfter(from, params.graceHours))
      .map((at) => (at > dossier.now ? at : hoursAfter(dossier.now, 24)))
    const findings = [...Map.groupBy(lasting, ({ span }) => span.fact.personId ?? 'unknown')].flatMap(
      ([key, group]) => {
        const { span, from, until } = group.reduce((a, b) => (b.until >= a.until ? b : a))
        const fade = span.to === null ? { share: 1, nextAt: null } : fading(until, dossier.now, params)
        if (fade.nextAt !== null) nexts.push(fade.nextAt)
        const right = spans.filter((one) => isTheirs(dossier, one.fact.personId) && holdsAt(one, until))
        const isDisputed = right.some((one) => one.fact.source !== span.fact.source)
        const base = span.fact.personId === null ? params.unknownWeight : WEIGHT
        const weight = weighProof(partOf(base, fade.share * (isDisputed ? params.disputedShare : 1)), span.fact.proof)
        if (weight < 1) return []
        return [
          {
            key,
            summary:
              span.fact.personId === null
                ? 'Its user has an e-mail that is nobody’s here'
                : `Its user is another person here than the one who has it${isDisputed ? ', by one of two sources' : ''}`,
            evidence: [...new Set(group.map((one) => one.span.fact.seq))].toSorted((a, b) => a - b),
            since: from,
            facts: {
              user: span.fact.personId === null ? 'nobody’s e-mail here' : 'another person here',
              from: from.toISOString(),
              until: span.to?.toISOString() ?? null,
              source: span.fact.source,
              disputed: isDisputed,
              proof: span.fact.proof,
            },
            weight,
          },
        ]
      },
    )
    return { findings, lookAgainAt: earliest(nexts) }
  },
})

const isInOurHands = ({ device }: Dossier) =>
  ['stock', 'ordered', 'packed', 'returning', 'returned', 'repair', 'retired'].includes(device.lifeCycle)

const isTheirs = ({ person, device }: Dossier, personId: string | null) =>
  personId !== null &&
  (personId === person?.id || (device.holder.kind === 'person' && personId === device.holder.personId))

/** Told in this custody period, and not left over from the bench or from whoever had it before. */
function isOfTheirs(dossier: Dossier, span: Span<UserFact>, start: Date): boolean {
  const { assignedAt } = dossier.device
  const isLeftOver = dossier.shipment === null && assignedAt !== null && span.from < assignedAt
  return isOfPeriod(dossier, span) && !isLeftOver && (span.to === null || span.to > start)
}

/** What vouches for such a user: their household, their delegate, or a move from one source to another. */
function excuses({ declarations }: Dossier, { personId }: UserFact): DeclarationFact[] {
  const isBetween = ({ personId: one, otherPersonId: other }: DeclarationFact) => one === personId || other === personId
  return declarations.filter((one) => {
    if (one.kind === 'migration') return true
    if (personId === null) return false
    return one.kind === 'household'
      ? isBetween(one)
      : one.kind === 'delegate' && (one.otherPersonId === null || isBetween(one))
  })
}
