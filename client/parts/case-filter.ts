// The queue's filter as its address has it, in plain words; the side bar counts by the same.
import type { Inputs } from '../api.ts'
import { type Search, wordOf, wordsOf } from './search-state.ts'

type Asked = Inputs['cases']['count']
export type CaseFilter = { [Part in keyof Asked]-?: Exclude<Asked[Part], undefined> }

export const statuses = ['new', 'investigating', 'waiting', 'snoozed', 'closed'] as const
export const severities = ['critical', 'high', 'medium', 'low'] as const
export const dues = ['overdue', 'day'] as const
export const notClosed = statuses.filter((status) => status !== 'closed')

/** What an address asks for. Closed cases are out of sight unless they are asked for. */
export function caseFilterOf(search: Search, myId: string): CaseFilter {
  const assignee = search['assignee'] ?? null
  return {
    status: search['status'] === 'any' ? [] : wordsOf(search['status'], statuses, notClosed),
    severity: wordsOf(search['severity'], severities),
    assignee: assignee === 'me' ? myId : assignee,
    due: wordOf(search['due'], dues),
    escalated: search['escalated'] === 'yes',
  }
}
