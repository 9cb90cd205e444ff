// The endpoints of agents that enrol here: what they report becomes check-ins, answered after their commit.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { type AgentFinder, createAgentFinder, enrolAgent, lockAgents, rememberAgents } from '../checkins/agents.ts'
import { type CheckInItem, recordCheckIns } from '../checkins/record-checkins.ts'
import type { Act } from '../custody/act.ts'
import type { House } from '../house.ts'
import { retrying } from '../imports/import.ts'
import { keepUnreadable, type Unreadable } from '../inbox.ts'
import { AppError, faultsText } from '../lib/errors.ts'
import { isPublicAddress } from '../lib/fetch.ts'
import { gather } from '../lib/gather.ts'
import { parseJson } from '../lib/json.ts'
import { MINUTE } from '../lib/time.ts'
import type { AgentProtocol, AgentRequest, Clock, EnrolledAgent } from '../ports.ts'
import { readBody } from './body.ts'
import { peerOf } from './peer.ts'

type Env = { Bindings: HttpBindings }

/** Every protocol at its base path, to be mounted at the root and before any other middleware. */
export function agentEndpoints(house: House): Hono<Env> {
  const app = new Hono<Env>()
  for (const protocol of house.agents) {
    const receive = receiver(house, protocol)
    for (const path of protocol.paths)
      app.post(`${protocol.basePath}/${path}`, async (c) => c.json(await receive(path, c)))
    app.all(`${protocol.basePath}/*`, () => {
      throw new AppError('not_found', 'There is no such endpoint, or it is not asked so.')
    })
  }
  return app
}

// Names of files need not be UTF-8, and an agent whose report is refused sends it for ever.
const lenient = new TextDecoder()
const textOf = (bytes: Uint8Array) => lenient.decode(bytes)

interface Report {
  agent: EnrolledAgent
  report: unknown
  publicIp: string | null
}

/** Each may hold some hundred check-ins. */
const REPORTS_AT_ONCE = 20

type Outcome = 'taken' | 'refused'

/** From one address: an office may have one for all its laptops, and each enrolment writes an event that stays. */
const ENROLMENTS_PER_MINUTE = 300

/** Counts what comes from an address. Throws AppError 'too_many' where it is more than so many within a minute. */
function createLimit(perMinute: number, clock: Clock): (address: string) => void {
  const counts = new Map<string, number>()
  let minute = 0
  return (address) => {
    const now = Math.floor(clock().getTime() / MINUTE)
    if (now !== minute) counts.clear()
    minute = now
    const count = (counts.get(address) ?? 0) + 1
    counts.set(address, count)
    if (count > perMinute)
      throw new AppError('too_many', 'Too many agents enrol from this address; try again in a minute.')
  }
}

function receiver(house: House, protocol: AgentProtocol): (path: string, c: Context<Env>) => Promise<object> {
  const finder = createAgentFinder(house.db, house.clock)
  const write = (reports: Report[]) => retrying(() => recordReports(house, protocol, finder, reports))
  const record = gather(write, { batchMax: REPORTS_AT_ONCE })
  const { answers } = protocol
  const countEnrolment = createLimit(ENROLMENTS_PER_MINUTE, house.clock)
  const reply = async (request: AgentRequest, peer: string | null): Promise<unknown> => {
    if (request.is === 'enrolment') {
      countEnrolment(peer ?? '')
      return enrol(house, protocol, finder, request)
    }
    const agent = await finder.find(protocol.source, request.key)
    if (agent === null) return answers.refused
    if (request.is === 'question') return request.answer(agent)
    const publicIp = peer !== null && isPublicAddress(peer) ? peer : null
    const [outcome] = await record([{ agent, report: request.report, publicIp }])
    return answers[outcome!]
  }
  return async (path, c) => {
    if (!protocol.configured) throw new AppError('not_found', 'No such source is configured here.')
    const { bytes, problem } = await readBody(c.env.incoming)
    if (problem !== null) throw new AppError('unreadable', problem)
    const authorization = c.req.header('authorization') ?? null
    const request = protocol.readRequest({ path, body: parseJson(textOf(bytes)), authorization })
    return (await reply(request, peerOf(c.env.incoming))) as object
  }
}

const actOf = (house: House, protocol: AgentProtocol): Act => ({
  now: house.clock(),
  actor: { type: 'source', name: protocol.source },
  world: house.world,
})

async function enrol(
  house: House,
  protocol: AgentProtocol,
  finder: AgentFinder,
  { isProven, hostIdentifier, memory }: Extract<AgentRequest, { is: 'enrolment' }>,
): Promise<unknown> {
  if (!isProven || hostIdentifier === null) {
    const why = isProven ? 'without a host identifier' : 'with a wrong secret'
    house.log.warn(`${protocol.title}: an agent asked to enrol ${why}`)
    return protocol.answers.refused
  }
  const { source } = protocol
  const { key, replacedIds } = await house.db
    .transaction()
    .execute((tx) => enrolAgent(tx, actOf(house, protocol), { source, hostIdentifier, memory }))
  for (const id of replacedIds) finder.forget(id)
  return protocol.answers.enrolled(key)
}

/** Reads and records reports, in one transaction with what is remembered of their agents; one whose key has ended is refused. */
async function recordReports(
  house: House,
  protocol: AgentProtocol,
  finder: AgentFinder,
  reports: Report[],
): Promise<Outcome[]> {
  const act = actOf(house, protocol)
  const { outcomes, changed, agents } = await house.db.transaction().execute(async (tx) => {
    const agents = await lockAgents(
      tx,
      reports.map(({ agent }) => agent.id),
    )
    const items: CheckInItem[] = []
    const rejected: Unreadable[] = []
    const outcomes = reports.map(({ agent: { id }, report, publicIp }): Outcome => {
      const agent = agents.get(id)
      if (agent === undefined) return 'refused'
      const { checkIns, unreadable, memory } = protocol.readReport(report, { agent, now: act.now, publicIp })
      agents.set(id, { id, memory })
      items.push(...checkIns.map((checkIn) => itemOf(protocol, checkIn)))
      rejected.push(...unreadable.map(({ body, reason }) => ({ record: body, reason })))
      return 'taken'
    })
    const results = items.length === 0 ? [] : await recordCheckIns(tx, act, items)
    for (const [index, result] of results.entries())
      if (typeof result === 'object')
        rejected.push({ record: items[index]!.checkIn, reason: faultsText(result.faults) })
    await rememberAgents(tx, act.now, [...agents.values()])
    await keepUnreadable(tx, act.now, { source: protocol.source, records: rejected })
    return { outcomes, agents, changed: results.includes('changed') }
  })
  for (const [index, { agent }] of reports.entries()) {
    const now = agents.get(agent.id)
    if (outcomes[index] === 'refused' || now === undefined) finder.forget(agent.id)
    else finder.remember(now)
  }
  if (changed) house.worker.wake('detect')
  return outcomes
}

const itemOf = ({ source, vouches }: AgentProtocol, checkIn: CheckInItem['checkIn']): CheckInItem => ({
  checkIn,
  source,
  vouches,
  tokenId: null,
})
