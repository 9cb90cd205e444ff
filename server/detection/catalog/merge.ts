// Puts tools of another list beside ours: a trace that is somebody's already stays theirs.
import type { Tool, Traces } from './catalog.ts'
import { foldText } from './trace-index.ts'

export interface Merged {
  tools: Tool[]
  /** What was left out, in words: the trace, and whose it is. */
  refused: { toolId: string; trace: string; owner: string }[]
}

const kinds = ['identifiers', 'names', 'processes', 'services', 'extensions', 'resolvers'] as const
type Kind = (typeof kinds)[number]

/** Each trace's owner, by kind and folded text without its star. */
type Owners = Map<string, string>
const keyOf = (kind: Kind, trace: string) => `${kind}\n${foldText(trace.replace(/\*$/, ''))}`
/** A name that only letters and digits tell apart from another is the same name. */
const nameKey = (name: string) => `called\n${foldText(name).replace(/[^\p{L}\p{N}]/gu, '')}`

/**
 * Adds entries to tools. One with the id of a tool adds its traces to it; another is a tool of its own, unless its name or
 * all of its traces are somebody else's. Every tool in what comes back has a trace, and none is two tools'.
 */
export function withEntries(tools: Tool[], entries: Tool[]): Merged {
  const owners: Owners = new Map()
  for (const tool of tools) {
    for (const text of [tool.id, tool.name, ...(tool.aliases ?? [])]) owners.set(nameKey(text), tool.id)
    for (const [kind, trace] of tracesOf(tool)) owners.set(keyOf(kind, trace), tool.id)
  }
  const found = new Map(tools.map((tool) => [tool.id, tool]))
  const refused: Merged['refused'] = []
  for (const entry of entries) {
    const called = [entry.id, entry.name].map((text) => owners.get(nameKey(text))).find((id) => id && id !== entry.id)
    if (called !== undefined) {
      refused.push({ toolId: entry.id, trace: entry.name, owner: called })
      continue
    }
    const traces = own(entry, owners, refused)
    const known = found.get(entry.id)
    if (known) found.set(entry.id, { ...known, traces: joined(known.traces, traces) })
    else if (Object.values(traces).some(isSomething)) {
      found.set(entry.id, { ...entry, traces })
      for (const text of [entry.id, entry.name]) owners.set(nameKey(text), entry.id)
    }
  }
  return { tools: [...found.values()], refused }
}

function tracesOf(tool: Tool): [Kind, string][] {
  return Object.values(tool.traces).flatMap((part) =>
    kinds.flatMap((kind) => (part?.[kind] ?? []).map((trace): [Kind, string] => [kind, trace])),
  )
}

/** An entry's traces without those that are another's; what is left is its own from now on. */
function own(entry: Tool, owners: Owners, refused: Merged['refused']): Tool['traces'] {
  const parts = Object.entries(entry.traces).map(([platform, part]) => {
    const kept: Traces = { ...part }
    for (const kind of kinds) {
      const left = (part?.[kind] ?? []).filter((trace) => {
        const owner = owners.get(keyOf(kind, trace))
        if (owner === undefined) owners.set(keyOf(kind, trace), entry.id)
        else if (owner !== entry.id) refused.push({ toolId: entry.id, trace, owner })
        return owner === undefined || owner === entry.id
      })
      if (left.length > 0) kept[kind] = left
      else delete kept[kind]
    }
    return [platform, kept] as const
  })
  return Object.fromEntries(parts.filter(([, part]) => isSomething(part)))
}

/** Ports and names that a tool calls are no trace: nothing is matched by them. */
const isSomething = (part: Traces | undefined) =>
  part !== undefined && [...kinds, 'signed' as const, 'listens' as const].some((kind) => part[kind] !== undefined)

function joined(a: Tool['traces'], b: Tool['traces']): Tool['traces'] {
  const platforms = [...new Set([...Object.keys(a), ...Object.keys(b)])] as (keyof Tool['traces'])[]
  return Object.fromEntries(
    platforms.map((platform) => {
      const part: Traces = { ...a[platform] }
      for (const kind of kinds) {
        const all = [...(a[platform]?.[kind] ?? []), ...(b[platform]?.[kind] ?? [])]
        if (all.length > 0) part[kind] = [...new Set(all)]
      }
      return [platform, part]
    }),
  )
}
