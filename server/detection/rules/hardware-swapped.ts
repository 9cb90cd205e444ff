// Under one serial number another board reports than the one that was issued, and no repair explains it.
import { z } from 'zod'
import { type Board, boardsOf, wasWithUs } from '../boards.ts'
import { custodySteps, hoursBetween, hoursText, isOfPeriod, weighProof } from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'
import { lastSeenBefore, lastSeenBy, latest } from '../spans.ts'

const WEIGHT = 20
/** A doubt from so long before a swap may be about it still. */
const DOUBT_HOURS = 30 * 24

interface Swap {
  was: Board
  is: Board
  /** When the first board was last known to report. */
  lastSeenAt: Date
  isSameSource: boolean
}

export const hardwareSwapped = defineRule({
  id: 'hardware-swapped',
  title: 'Another machine under the same serial number',
  severity: 'high',
  weight: WEIGHT,
  group: 'machine identity',
  layer: 'hardware',
  watches: [
    ...custodySteps,
    'hardware',
    'device.checked_in',
    'device.changed',
    'device.identity_doubted',
    'device.match_undone',
    'return.opened',
    'return.closed',
    'declaration.made',
    'declaration.ended',
  ],
  status: 'stable',
  why: 'The hardware UUID belongs to the board. When another one reports, the laptop that was issued is somewhere else, or has been opened.',
  references: [
    'Mandiant 2024, on having the serial number read at onboarding: https://cloud.google.com/blog/topics/threat-intelligence/mitigating-dprk-it-worker-threat',
    'DMTF SMBIOS DSP0134, 7.2.1, on the UUID and its byte order: https://www.dmtf.org/standards/smbios',
  ],
  attack: ['T1200'],
  falsePositives: [
    'A board replaced by a repairer of whom nobody told us.',
    'A source that tells an id of its own in the place of the hardware UUID after an update.',
    'A serial number typed by hand into the wrong machine.',
  ],
  blindSpots: [
    'Sources that tell no hardware UUID.',
    'A board that is told with the UUID of the old one.',
    'A swap before the first report that we ever had.',
  ],
  runbook: [
    'Ask IT and the person for a repair; if there was one, declare it with its dates.',
    'Have the serial number read aloud from the case in a video call, and compare it with what the system says.',
    'Look where both boards report from, and whether the old one appears elsewhere.',
    'If nobody can explain it, lock the laptop and ask for it back.',
  ],
  params: z.object({
    otherSourceWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(9)
      .describe('Decibans where one source told the old board and another the new one. A default, not a fact.'),
    doubtedWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(6)
      .describe(
        'Decibans where the report may not be of this laptop at all, or the boards report in turn. A default, not a fact.',
      ),
    virtualWeight: z
      .number()
      .nonnegative()
      .max(20)
      .default(2)
      .describe('Decibans where one of the two is a virtual machine. A default, not a fact.'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    const boards = boardsOf(dossier)
    return swapsOf(dossier, boards).map((swap) => {
      const { was, is, lastSeenAt, isSameSource } = swap
      const isDoubted = isInDoubt(dossier, boards, swap)
      const isVirtual = was.isVirtual || is.isVirtual
      const weight = isVirtual
        ? params.virtualWeight
        : isDoubted
          ? params.doubtedWeight
          : isSameSource
            ? WEIGHT
            : params.otherSourceWeight
      return {
        key: is.key,
        summary: `Another board reports under its serial number, ${hoursText(hoursBetween(lastSeenAt, is.from))} after the one before, and no repair is known`,
        evidence: [was.fact.seq, is.fact.seq].toSorted((a, b) => a - b),
        since: is.from,
        facts: {
          before: was.fact.hardwareUuid,
          after: is.fact.hardwareUuid,
          lastSeenBefore: lastSeenAt.toISOString(),
          at: is.from.toISOString(),
          source: is.fact.source,
          sameSource: isSameSource,
          virtual: isVirtual,
          proof: is.fact.proof,
        },
        weight: weighProof(weight, is.fact.proof),
        exceptional: isSameSource && !isVirtual && !isDoubted,
      }
    })
  },
})

/** Each new board of this custody period, once, with the one that reported last before it. */
function swapsOf(dossier: Dossier, boards: Board[]): Swap[] {
  const found: Swap[] = []
  for (const [index, is] of boards.entries()) {
    if (!isOfPeriod(dossier, { from: is.from, to: is.from })) continue
    const before = boards.slice(0, index)
    if (before.some((one) => one.key === is.key)) continue
    const own = before.findLast((one) => one.fact.source === is.fact.source)
    const was = own ?? before.findLast((one) => !isStillSeen(dossier, one, is.from))
    if (was === undefined) continue
    const seen = lastSeenBefore(dossier, was.fact.source, is.from)
    const lastSeenAt = latest([was.from, seen ?? was.from])!
    if (!wasWithUs(dossier, lastSeenAt, is.from)) found.push({ was, is, lastSeenAt, isSameSource: own !== undefined })
  }
  return found
}

/** Its source goes on to report it: two machines at once, or two sources that differ, and no swap. */
function isStillSeen(dossier: Dossier, { fact, to }: Board, at: Date): boolean {
  const seen = lastSeenBy(dossier, fact.source)
  return to === null ? seen !== null && seen > at : to > at
}

/** Whether it may be two machines, or another's report: then nothing was swapped, and other rules say so. */
function isInDoubt(dossier: Dossier, boards: Board[], { was, is }: Swap): boolean {
  const comesBack = boards.some((one) => one.from > is.from && one.key === was.key)
  // An old doubt that came to nothing says nothing of this swap.
  const isDoubted = dossier.doubts.some(({ at }) => at >= was.from && hoursBetween(at, is.from) <= DOUBT_HOURS)
  return comesBack || is.fact.proof === 'doubtful' || was.fact.proof === 'doubtful' || isDoubted
}
