// Turns what another list says of tools into entries of our catalogue, and says of each why it is one or not.
import { AppError } from '../../lib/errors.ts'
import { type Catalog, shipped } from './catalog.ts'
import { type Tool, type Traces, toolSchema } from './entries.ts'
import type { Listed } from './lolrmm.ts'
import known from './lolrmm-ids.json' with { type: 'json' }
import { joined } from './merge.ts'
import { executableOf, isOrdinary, plainName } from './names.ts'
import { findTrace, foldText, squeeze } from './trace-index.ts'

export interface Converted {
  entries: Tool[]
  /** Records of which nothing was taken, and why. */
  skipped: { name: string; why: string }[]
  /** Names that were left out of an entry, and why. */
  refused: { name: string; trace: string; why: string }[]
}

/** Records of LOLRMM that are a tool of ours under another name, and those that let nobody in, with what they are. */
const same: Record<string, string | undefined> = known.same
const leftOut: Record<string, string | undefined> = known.leftOut

/** What a category of that list is here; whatever is in it lets somebody else in. */
const families: Record<string, Tool['family'] | undefined> = { rat: 'remote desktop', rmm: 'rmm' }

/** Where the list keeps a record, under its id. */
const LOLRMM = 'https://github.com/magicsword-io/LOLRMM/blob/main/yaml/'

/** The records of LOLRMM that are among a tool's sources. */
const lolrmmIds = (sources: Tool['sources']): string[] =>
  Object.values(sources).flatMap((source) =>
    source.startsWith(LOLRMM) ? [source.slice(LOLRMM.length).replace(/\.ya?ml$/, '')] : [],
  )

type Refuse = (trace: string, why: string) => void

/** LOLRMM's records beside a catalogue: a tool that is in it already only gains traces. */
export function convertLolrmm(records: Listed[], catalog: Catalog = shipped): Converted {
  const found = new Map<string, Tool>()
  const skipped: Converted['skipped'] = []
  const refused: Converted['refused'] = []
  const several = filesOfSeveral(records, catalog)
  for (const record of records) {
    const refuse: Refuse = (trace, why) => refused.push({ name: record.name, trace, why })
    const entry = entryOf(record, catalog, several, refuse)
    if ('why' in entry) skipped.push({ name: record.name, why: entry.why })
    else {
      const other = found.get(entry.id)
      found.set(entry.id, other ? joined(other, entry) : entry)
    }
  }
  return { entries: [...found.values()], skipped, refused }
}

function entryOf(
  record: Listed,
  catalog: Catalog,
  several: ReadonlySet<string>,
  refuse: Refuse,
): Tool | { why: string } {
  const isNobodys = leftOut[record.id]
  if (isNobodys !== undefined) return { why: `left out: ${isNobodys}` }
  const family = families[record.category.toLowerCase()]
  if (family === undefined) return { why: `its category is “${record.category}”, neither RAT nor RMM` }
  const ours = oursOf(record, catalog)
  const name = bareName(record.name)
  const sources = { lolrmm: `${LOLRMM}${record.id}.yaml` }
  const entry =
    ours === null
      ? {
          id: kebab(name),
          name,
          vendor: record.signers[0] || name,
          family,
          drives: true,
          sources,
          traces: parts(tracesOf(record, several, refuse), namesOf(name, record, refuse)),
        }
      : { ...ours, sources, traces: parts(tracesOf(record, several, refuse, ours)) }
  const read = toolSchema.safeParse(entry)
  return read.success ? read.data : { why: 'nothing new in it by which a laptop shows this tool alone' }
}

/** The tool of ours that a record is about: by the id that our own entry names as its source, or by its name. */
function oursOf(record: Listed, catalog: Catalog): Tool | null {
  const byId = same[record.id] ?? catalog.tools.find(({ sources }) => lolrmmIds(sources).includes(record.id))?.id
  if (byId !== undefined) return catalog.byId.get(byId) ?? null
  const word = squeeze(foldText(bareName(record.name)))
  return catalog.declared.exact.get(word) ?? null
}

const bareName = (name: string) =>
  name
    .replace(/\(.*?\)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim() || name
const kebab = (name: string) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** Executables that several tools' records name: none of them is told by one. */
function filesOfSeveral(records: Listed[], catalog: Catalog): ReadonlySet<string> {
  const owner = new Map<string, string>()
  const several = new Set<string>()
  for (const record of records) {
    const mine = oursOf(record, catalog)?.id ?? kebab(bareName(record.name))
    for (const path of record.files) {
      const read = executableOf(path)
      if ('why' in read) continue
      const other = owner.get(read.trace)
      if (other !== undefined && other !== mine) several.add(read.trace)
      owner.set(read.trace, mine)
    }
  }
  return several
}

/** What of a record may stand for its tool. `ours`: only what is written like that one, which was looked into by hand. */
function tracesOf(record: Listed, several: ReadonlySet<string>, refuse: Refuse, ours?: Tool): Found {
  const windows: Found = {}
  const processes = record.files.flatMap((path) => {
    const read = executableOf(path)
    if ('why' in read) {
      if (read.why !== 'a folder') refuse(path, read.why)
      return []
    }
    if (several.has(read.trace)) refuse(path, 'other tools have a file of this name')
    else if (ours && read.trace.endsWith('*')) refuse(path, 'a star, on a tool that was looked into by hand')
    else if (ours && isKnown('processes', read.trace)) return []
    else if (ours && !isLike(read.trace, ours)) refuse(path, `not written like ${ours.name}`)
    else if (!ours && read.trace.length < STRANGE_MIN && !isLike(read.trace, record)) refuse(path, 'too short a name')
    else return [read.trace]
    return []
  })
  const services = record.services.flatMap((service) => {
    const read = plainName(service)
    if (ours && 'trace' in read && isKnown('services', read.trace)) return []
    if ('trace' in read && (ours === undefined || isLike(read.trace, ours))) return [read.trace]
    refuse(service, 'why' in read ? read.why : `not written like ${ours?.name}`)
    return []
  })
  if (processes.length > 0) windows.processes = unique(processes)
  if (services.length > 0) windows.services = unique(services)
  return windows
}

type Found = Omit<Traces, 'source'>

function parts(windows: Found, any: Found = {}): Tool['traces'] {
  const found = Object.entries({ windows, any }).filter(([, part]) => Object.keys(part).length > 0)
  return Object.fromEntries(found.map(([part, traces]) => [part, [{ source: 'lolrmm', ...traces }]]))
}

const unique = (texts: string[]) => [...new Map(texts.map((text) => [foldText(text), text])).values()]

/** A shorter file name that is not like its tool's name may be anybody's. */
const STRANGE_MIN = 7

/** Whether the catalogue that ships knows the name already, by itself or by a stem. */
const isKnown = (kind: 'processes' | 'services', trace: string) =>
  findTrace(shipped.toolsOn.any[kind], foldText(trace.replace(/\*$/, ''))) !== null

/** Parts of a tool by which one drives others from here. */
const outgoing = /viewer|client|console|operator|commander|master|chat/

/** Whether a name is a tool's whole name, or an alias of it, with more behind it, and is not that of its other end. */
function isLike(trace: string, tool: { id: string; name: string; aliases?: string[] | undefined }): boolean {
  const folded = squeeze(foldText(trace))
  const starts = [tool.name, tool.id, ...(tool.aliases ?? [])].map((text) => squeeze(foldText(text)))
  return (
    !outgoing.test(folded) &&
    starts.some((start) => start.length >= 6 && folded.startsWith(start) && folded.length > start.length)
  )
}

/** The display name: two words, or one that is written like no word; a plain one counts with its publisher only. */
function namesOf(name: string, { signers }: Listed, refuse: Refuse): Found {
  const read = plainName(name)
  if ('why' in read) {
    refuse(name, read.why)
    return {}
  }
  const isDistinct = /\s/.test(name) ? !isOrdinary(name) : /\p{Ll}\p{Lu}|\d/u.test(name)
  if (isDistinct) return { names: [name] }
  const publishers = signers.filter((signer) => signer.length >= 5)
  if (publishers.length > 0) return { signed: publishers.map((publisher) => ({ name, publisher })) }
  refuse(name, 'one plain word, and nobody says whose: others may have it too')
  return {}
}

/** A list in our own shape: `{ "tools": [...] }`. Throws 'invalid' with every fault. */
export function readOwnList(document: unknown): Tool[] {
  const read = toolSchema
    .array()
    .max(2_000)
    .safeParse((document as { tools?: unknown }).tools)
  if (read.success) return read.data
  const faults = read.error.issues.map((issue) => ({
    path: ['tools', ...issue.path].join('.'),
    problem: issue.message,
  }))
  throw new AppError('invalid', 'The list has faults, so nothing of it was taken.', faults)
}
