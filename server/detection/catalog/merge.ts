// Puts tools of another list beside ours: a trace that is somebody's already stays theirs.
import { partsOf, type Tool, type Traces } from './entries.ts'
import { foldText, squeeze } from './trace-index.ts'

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
const nameKey = (name: string) => `called\n${squeeze(foldText(name))}`

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
    if (known) found.set(entry.id, joined(known, { ...entry, traces }))
    else if (partsOf(traces).length > 0) {
      found.set(entry.id, { ...entry, sources: namedSources(entry.sources, traces), traces })
      for (const text of [entry.id, entry.name]) owners.set(nameKey(text), entry.id)
    }
  }
  return { tools: [...found.values()], refused }
}

function tracesOf(tool: Tool): [Kind, string][] {
  return partsOf(tool.traces).flatMap((part) =>
    kinds.flatMap((kind) => (part[kind] ?? []).map((trace): [Kind, string] => [kind, trace])),
  )
}

/** An entry's traces without those that are another's; what is left is its own from now on. */
function own(entry: Tool, owners: Owners, refused: Merged['refused']): Tool['traces'] {
  return filtered(entry.traces, (kind, trace) => {
    const owner = owners.get(keyOf(kind, trace))
    if (owner === undefined) owners.set(keyOf(kind, trace), entry.id)
    else if (owner !== entry.id) refused.push({ toolId: entry.id, trace, owner })
    return owner === undefined || owner === entry.id
  })
}

type Part = keyof Tool['traces']

/** The traces that are to be kept; where nothing by which anything is matched is left, nothing is. */
function filtered(traces: Tool['traces'], keep: (kind: Kind, trace: string, part: Part) => boolean): Tool['traces'] {
  const parts = (Object.entries(traces) as [Part, Traces[]][]).map(([part, all]) => {
    const kept = all.map((one) => {
      const left: Traces = { ...one }
      for (const kind of kinds) {
        const texts = (one[kind] ?? []).filter((trace) => keep(kind, trace, part))
        if (texts.length > 0) left[kind] = texts
        else delete left[kind]
      }
      return left
    })
    return [part, kept.filter(isSomething)] as const
  })
  return Object.fromEntries(parts.filter(([, all]) => all.length > 0))
}

/** Ports and names that a tool calls are no trace: nothing is matched by them. */
const isSomething = (part: Traces) =>
  [...kinds, 'signed' as const, 'listens' as const].some((kind) => part[kind] !== undefined)

/** A tool with what another list has beside it: a source of the same key is told apart by a number. */
export function joined(known: Tool, entry: Tool): Tool {
  const has = (kind: Kind, trace: string, part: Part) =>
    (known.traces[part] ?? []).some((one) => one[kind]?.some((text) => foldText(text) === foldText(trace)) === true)
  const added = filtered(entry.traces, (kind, trace, part) => !has(kind, trace, part))
  const renamed = new Map(
    Object.entries(namedSources(entry.sources, added)).map(([key, source]) => [key, keyIn(known.sources, key, source)]),
  )
  const sources = { ...known.sources }
  for (const [key, to] of renamed) sources[to] = entry.sources[key]!
  const parts = [...new Set([...Object.keys(known.traces), ...Object.keys(added)])] as Part[]
  const traces = parts.map((part) => [
    part,
    [
      ...(known.traces[part] ?? []),
      ...(added[part] ?? []).map((one) => ({ ...one, source: renamed.get(one.source)! })),
    ],
  ])
  return { ...known, sources, traces: Object.fromEntries(traces) as Tool['traces'] }
}

/** Under which key a source stands among others, or may be put there. */
function keyIn(sources: Tool['sources'], key: string, source: string): string {
  const same = Object.keys(sources).find((one) => sources[one] === source)
  if (same !== undefined) return same
  let free = key
  for (let count = 2; free in sources; count += 1) free = `${key} ${count}`
  return free
}

/** The sources that traces still name. */
function namedSources(sources: Tool['sources'], traces: Tool['traces']): Tool['sources'] {
  const named = new Set(partsOf(traces).map(({ source }) => source))
  return Object.fromEntries(Object.entries(sources).filter(([key]) => named.has(key)))
}
