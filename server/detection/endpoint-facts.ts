// What sources told of the laptop itself over time: its clock, its user, its enrolment, its board, what is switched on.
import type { LedgerEvent } from '../custody/events.ts'
import type { ProofLevel } from '../ports.ts'
import type { Dossier, DoubtFact, OutageFact, Said, StatusFact } from './rule.ts'
import { changes, portFacts } from './stays.ts'

type EndpointFacts = Pick<
  Dossier,
  'clocks' | 'users' | 'enrolments' | 'machines' | 'postures' | 'ports' | 'statuses' | 'doubts'
>

/** Every fact of a source holds until its next one; late ones stand in their place. */
export function endpointFacts(events: LedgerEvent[]): EndpointFacts {
  const identity = changes(events, 'identity').map(saidOf)
  return {
    clocks: changes(events, 'clock')
      .map(saidOf)
      .flatMap(({ said, value }) =>
        value('timeZone') === undefined ? [] : [{ ...said, timeZone: String(value('timeZone')) }],
      ),
    users: identity.flatMap(({ said, value, item }) => {
      const email = item('userEmail')
      if (email === undefined && value('userName') === undefined) return []
      return [{ ...said, personId: email?.personId ?? null, hasEmail: email !== undefined }]
    }),
    enrolments: identity.flatMap(({ said, value }) => {
      const told = { enrolled: value('enrolled'), method: value('enrolmentMethod'), attested: value('attested') }
      if (Object.values(told).every((one) => one === undefined)) return []
      return [
        {
          ...said,
          enrolled: (told.enrolled as boolean | undefined) ?? null,
          method: (told.method as 'automated' | undefined) ?? null,
          attested: (told.attested as boolean | undefined) ?? null,
        },
      ]
    }),
    machines: changes(events, 'hardware')
      .map(saidOf)
      .flatMap(({ said, value }) => {
        const told = { hardwareUuid: textOf(value('hardwareUuid')), model: textOf(value('model')) }
        return told.hardwareUuid === null && told.model === null ? [] : [{ ...said, ...told }]
      }),
    postures: changes(events, 'posture')
      .map(saidOf)
      .flatMap(({ said, value }) => {
        const told = {
          remoteLogin: flagOf(value('remoteLogin')),
          screenSharing: flagOf(value('screenSharing')),
          onAc: flagOf(value('onAc')),
          lidClosed: flagOf(value('lidClosed')),
        }
        return Object.values(told).every((one) => one === null) ? [] : [{ ...said, ...told }]
      }),
    ports: portFacts(events),
    statuses: statusFacts(events),
    doubts: doubtFacts(events),
  }
}

/** One change of a facet: who said it, and the members it set. */
function saidOf({ event, payload, added }: ReturnType<typeof changes>[number]) {
  const said: Said = {
    seq: event.seq,
    at: event.occurredAt,
    source: payload.source,
    proof: payload.proof as ProofLevel,
    late: payload.late,
  }
  const item = (member: string) => added.find((one) => one.member === member)
  return { said, item, value: (member: string) => item(member)?.value }
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
const flagOf = (value: unknown) => (typeof value === 'boolean' ? value : null)

function statusFacts(events: LedgerEvent[]): StatusFact[] {
  return events
    .flatMap((event) =>
      event.kind === 'device.status_reported' && event.payload
        ? [{ seq: event.seq, at: event.occurredAt, status: event.payload.status }]
        : [],
    )
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.seq - b.seq)
}

function doubtFacts(events: LedgerEvent[]): DoubtFact[] {
  return events.flatMap((event) =>
    event.kind === 'device.identity_doubted' && event.payload
      ? [{ seq: event.seq, at: event.occurredAt, ...event.payload }]
      : [],
  )
}

/** From when to when each source failed as a whole. */
export function outageFacts(events: LedgerEvent[]): OutageFact[] {
  const found: OutageFact[] = []
  for (const event of events) {
    if (event.payload === null) continue
    const open = (source: string) => found.find((one) => one.source === source && one.to === null)
    if (event.kind === 'connector.failing' && open(event.payload.source) === undefined)
      found.push({ seq: event.seq, source: event.payload.source, from: event.occurredAt, to: null })
    else if (event.kind === 'connector.recovered') {
      const ended = open(event.payload.source)
      if (ended) ended.to = event.occurredAt
    }
  }
  return found
}
