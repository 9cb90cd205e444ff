// What the company approved, and what waits for its word because most of the fleet has it, as of the facts given.
import type { LedgerEvent, PeopleGroup } from '../custody/events.ts'
import { catalog } from './catalog/catalog.ts'
import { foldText } from './catalog/trace-index.ts'
import type { DeclarationFact } from './rule.ts'

/** Who a laptop is meant for, as far as a group of people can name them. */
export interface GroupMember {
  kind: 'employee' | 'contractor'
  /** What their import says beyond what we know columns for. */
  notes?: Record<string, string> | undefined
}

export interface Vouched {
  /** Approvals that cover this person, as declarations of a tool or of a network exit. */
  declarations: DeclarationFact[]
  /** Ids of tools that most of the fleet has and of which nobody has decided. */
  commonTools: ReadonlySet<string>
}

/** An approval without an end, until it is ended. */
const ENDLESS = new Date('9999-12-31T00:00:00Z')

/** Reads it out of a device's facts. `person` null: nobody is meant for it, and only what is for everybody counts. */
export function vouchedFor(events: LedgerEvent[], person: GroupMember | null): Vouched {
  const over = new Map<string, Date>()
  const declarations: DeclarationFact[] = []
  const proposed = new Map<string, Extract<LedgerEvent, { kind: 'approval.proposed' }>>()
  for (const event of events) {
    if (event.payload === null) continue
    if (event.kind === 'approval.proposed') proposed.set(event.payload.approvalId, event)
    else if (event.kind === 'approval.ended' || event.kind === 'approval.refused')
      over.set(event.payload.approvalId, event.occurredAt)
  }
  for (const event of events) {
    if (event.kind !== 'approval.granted' || event.payload === null) continue
    const { approvalId: id, group, endsOn } = event.payload
    proposed.delete(id)
    if (group !== null && (person === null || !isIn(group, person))) continue
    const last = endsOn === null ? ENDLESS : new Date(`${endsOn}T23:59:59Z`)
    const ended = over.get(id)
    const to = ended && ended < last ? ended : last
    declarations.push(...declared(event.payload, { id, from: event.occurredAt, to }))
  }
  const waiting = [...proposed].filter(([id]) => !over.has(id)).map(([, event]) => event)
  for (const { payload, occurredAt } of waiting)
    if (payload?.what === 'network_exit')
      declarations.push(...declared(payload, { id: payload.approvalId, from: occurredAt, to: ENDLESS }))
  const commonTools = waiting.flatMap(({ payload }) => (payload?.what === 'tool' ? [payload.value] : []))
  return { declarations, commonTools: new Set(commonTools) }
}

/** Whether somebody belongs to a group of people. */
export const isIn = (group: PeopleGroup, person: GroupMember): boolean =>
  'kind' in group ? person.kind === group.kind : foldText(person.notes?.[group.column] ?? '') === foldText(group.value)

/** The tools that a publisher makes, as the catalogue knows it. */
export const toolsBy = (publisher: string): string[] =>
  catalog.tools.filter(({ vendor }) => foldText(vendor) === foldText(publisher)).map(({ id }) => id)

type Approved = { what: 'tool' | 'publisher' | 'network_exit' | 'entry_off'; value: string }

function declared({ what, value }: Approved, span: Pick<DeclarationFact, 'id' | 'from' | 'to'>): DeclarationFact[] {
  const nobody = { personId: null, otherPersonId: null, place: null }
  const of = (kind: string, one: string): DeclarationFact => ({ ...span, ...nobody, kind, value: one })
  switch (what) {
    case 'network_exit':
      return [of('network_exit', value)]
    case 'publisher':
      return toolsBy(value).map((id) => of('tool', id))
    case 'tool':
    case 'entry_off':
      return [of('tool', value)]
  }
}
