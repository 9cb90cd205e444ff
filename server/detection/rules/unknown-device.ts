// A machine is enrolled with us that no import, no order and no person of ours has ever named.
import { z } from 'zod'
import { isVirtual } from '../boards.ts'
import { fading, fadingParams, hoursAfter, hoursBetween, isProven, partOf } from '../measure.ts'
import { type Dossier, defineRule } from '../rule.ts'
import { earliest, inTime, latest } from '../spans.ts'

const WEIGHT = 5

export const unknownDevice = defineRule({
  id: 'unknown-device',
  title: 'Enrolled, and issued by nobody',
  severity: 'low',
  weight: WEIGHT,
  group: 'machine identity',
  layer: 'identity',
  watches: [
    'device.registered',
    'device.match_undone',
    'device.status_reported',
    'shipment.ordered',
    'identity',
    'hardware',
    'time',
  ],
  status: 'stable',
  why: 'Workers of a farm ask to use a machine of their own. One that is enrolled and that nobody issued has no custody to speak of.',
  references: [
    'Google Threat Intelligence, 2025-04, on workers who seek companies that let them use their own machines: https://itpro.com/security/google-warns-that-fake-north-korean-it-workers-have-expanded-to-europe',
    'Secureworks, 2024, on workers who would rather use their own: https://www.theregister.com/2024/10/18/ransom_fake_it_worker_scam/',
  ],
  attack: ['T1200'],
  falsePositives: [
    'A purchase that has not been imported yet.',
    'A company that lets people enrol machines of their own.',
    'Machines for tests, kiosks and meeting rooms.',
  ],
  blindSpots: [
    'Machines that are not enrolled at all.',
    'Virtual machines are left out: every developer has some.',
    'Sources whose word on enrolment is not vouched for.',
  ],
  runbook: [
    'Look in the source that enrolled it whose it is, and when it came.',
    'If it is ours, import it: its reports are adopted, and this ends.',
    'If it is nobody’s, take it out of the source and ask who enrolled it.',
  ],
  params: z.object({
    graceDays: z
      .number()
      .nonnegative()
      .max(730)
      .default(3)
      .describe('Days in which an import may follow. A default, not a fact.'),
    ...fadingParams(60, 180, 'it was last seen'),
  }),
  response: 'notify',
  evaluate(dossier, params) {
    if (isOurs(dossier) || isVirtual(modelOf(dossier))) return []
    const enrolled = inTime(dossier.enrolments).find((one) => one.enrolled !== false && isProven(one.proof))
    const days = dossier.presence.filter((day) => isProven(day.proof))
    const from = earliest([...(enrolled ? [enrolled.at] : []), ...days.map((day) => day.firstAt)])
    const until = latest(days.map((day) => day.lastAt))
    if (from === null || until === null || enrolled === undefined) return []
    if (hoursBetween(from, dossier.now) < params.graceDays * 24)
      return { findings: [], lookAgainAt: hoursAfter(from, params.graceDays * 24) }
    const { share, nextAt } = fading(until, dossier.now, params)
    if (share === 0) return []
    return {
      findings: [
        {
          key: dossier.device.id,
          summary: 'It is enrolled with us, and no import or order names it',
          evidence: [enrolled.seq],
          since: from,
          facts: {
            firstSeen: from.toISOString(),
            source: enrolled.source,
            method: enrolled.method,
            model: modelOf(dossier),
            proof: enrolled.proof,
          },
          weight: partOf(WEIGHT, share),
        },
      ],
      lookAgainAt: nextAt,
    }
  },
})

/** Named by us in any way: imported, ordered, or with its place said by somebody. */
const isOurs = ({ device, person, statuses }: Dossier) => device.isKnown || person !== null || statuses.length > 0

const modelOf = ({ machines }: Dossier): string | null =>
  inTime(machines).findLast((one) => one.model !== null)?.model ?? null
