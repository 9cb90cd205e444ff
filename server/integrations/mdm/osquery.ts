// osquery's TLS plugins: enrolment, configuration, result log and distributed queries (osquery's documentation, "Remote").
import { createHash, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { parseJson } from '../../lib/json.ts'
import { type AgentProtocol, type AgentRequest, type EnrolledAgent, vouchesSchema } from '../../ports.ts'
import { optionalSecret } from '../environment.ts'
import { memoryOf, memoryOfHost } from './osquery-memory.ts'
import { configFor, introductionFor } from './osquery-pack.ts'
import { readKept, readReport } from './osquery-reports.ts'
import { word } from './words.ts'

/** Settings from the environment. The enrol secret is shared by all hosts, so by itself it vouches for nothing. */
export const osqueryEnvironment = z
  .object({
    OSQUERY_ENROLL_SECRET: optionalSecret,
    OSQUERY_VOUCHES: vouchesSchema
      .extract(['nothing', 'enrolment'], { error: 'must be nothing or enrolment' })
      .optional(),
  })
  .refine((env) => env.OSQUERY_VOUCHES === undefined || env.OSQUERY_ENROLL_SECRET !== undefined, {
    path: ['OSQUERY_ENROLL_SECRET'],
    error: 'is needed with OSQUERY_VOUCHES',
    when: () => true,
  })
  .transform(({ OSQUERY_ENROLL_SECRET: enrolSecret, OSQUERY_VOUCHES: vouches = 'nothing' }) =>
    enrolSecret ? { enrolSecret, vouches } : null,
  )

const SOURCE = 'osquery'
/** While a host has not introduced itself it asks every few seconds, for so many seconds. */
const ACCELERATED_SECONDS = 60

const taken = { node_invalid: false }
const refused = { node_invalid: true }

/** The protocol behind `POST /osquery/…`; without settings it takes nobody. */
export function createOsquery(settings: z.output<typeof osqueryEnvironment>): AgentProtocol {
  const expected = settings && sha256(settings.enrolSecret)
  return {
    source: SOURCE,
    title: 'osquery',
    configured: settings !== null,
    vouches: settings?.vouches ?? 'nothing',
    basePath: '/osquery',
    paths: ['enroll', 'config', 'log', 'distributed/read', 'distributed/write'],
    readRequest({ path, body, authorization }) {
      const told = requestSchema.safeParse(body).data ?? {}
      const key = told.node_key ?? /^NodeKey +(\S{1,500})$/i.exec(authorization ?? '')?.[1] ?? ''
      return requestOf(path, { body, key, isProven: expected !== null && isSecret(told.enroll_secret, expected) })
    },
    readReport: (report, about) => readReport(report, { source: SOURCE, ...about }),
    readKept: (body) => readKept(parseJson(body), SOURCE),
    answers: {
      enrolled: (key) => ({ node_key: key, node_invalid: false }),
      refused,
      taken,
    },
  }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest()

const isSecret = (told: string | undefined, expected: Buffer) =>
  told !== undefined && timingSafeEqual(sha256(told), expected)

const requestSchema = z.object({ node_key: word(500), enroll_secret: word(4000), host_identifier: word(300) })

function requestOf(
  path: string,
  { body, key, isProven }: { body: unknown; key: string; isProven: boolean },
): AgentRequest {
  switch (path) {
    case 'enroll': {
      const memory = memoryOfHost(body)
      const hostIdentifier = requestSchema.safeParse(body).data?.host_identifier ?? memory.uuid
      return { is: 'enrolment', isProven, hostIdentifier, memory }
    }
    case 'config':
      return { is: 'question', key, answer: (agent) => configFor(memoryOf(agent.memory).platform) }
    case 'distributed/read':
      return { is: 'question', key, answer: questionsFor }
    default:
      return { is: 'report', key, report: body }
  }
}

/** Right after an enrolment everything is asked for at once, so that the first picture does not wait for the schedule. */
function questionsFor(agent: EnrolledAgent): object {
  const { platform, isIntroduced } = memoryOf(agent.memory)
  const queries = isIntroduced ? {} : introductionFor(platform)
  if (Object.keys(queries).length === 0) return { queries, ...taken }
  return { queries, accelerate: ACCELERATED_SECONDS, ...taken }
}
