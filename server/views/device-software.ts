// The software of one laptop, searched: each program once, with the version that every source tells.
import type { Platform } from '../detection/catalog/entries.ts'
import type { Db } from '../lib/database.ts'
import { idsOf } from './endpoint.ts'
import { sayItem, type Told } from './facet-words.ts'

export interface Program {
  name: string
  kind: string | null
  publisher: string | null
  startsByItself: boolean
  mark: Told['mark']
  versions: { source: string; version: string | null }[]
}

interface Item {
  name: string
  version?: string
  kind?: string
  publisher?: string
  identifier?: string
  startup?: boolean
}

/** So many programs are told; the rest is counted, and found by searching. */
const PROGRAMS_MAX = 200

/** What the catalogue knows comes first. `sources` are those that told any software at all. */
export async function readSoftware(
  db: Db,
  { deviceId, text, known }: { deviceId: string; text: string; known: boolean },
): Promise<{ programs: Program[]; total: number; marked: number; sources: string[] }> {
  const ids = await idsOf(db, deviceId)
  const rows = await db
    .selectFrom('facets')
    .select(['source', 'facet', 'content'])
    .where('device_id', 'in', ids)
    .where('facet', 'in', ['software', 'posture'])
    .orderBy('source')
    .execute()
  const contents = rows.map((row) => ({ ...row, content: row.content as Record<string, unknown> }))
  const platform = contents.map((row) => row.content['platform']).find((told) => typeof told === 'string') ?? null
  const programs = new Map<string, Program & { words: string }>()
  const telling = contents.filter((row) => Array.isArray(row.content['software']))
  for (const { source, content } of telling)
    for (const item of content['software'] as Item[]) {
      const key = `${item.kind ?? ''} ${(item.identifier ?? item.name).toLowerCase()}`
      const program = programs.get(key) ?? {
        name: item.name,
        kind: item.kind ?? null,
        publisher: item.publisher ?? null,
        startsByItself: false,
        mark: sayItem('software', item, platform as Platform | null).mark,
        versions: [],
        words: '',
      }
      program.startsByItself ||= item.startup === true
      program.versions.push({ source, version: item.version ?? null })
      program.words += ` ${item.name} ${item.publisher ?? ''} ${item.identifier ?? ''}`.toLowerCase()
      programs.set(key, program)
    }
  const asked = text.trim().toLowerCase()
  const all = [...programs.values()]
  const found = all
    .filter((one) => one.words.includes(asked) && (!known || one.mark !== null))
    .sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'en'))
  return {
    programs: found.slice(0, PROGRAMS_MAX).map(({ words: _, ...program }) => program),
    total: found.length,
    marked: all.filter((one) => one.mark !== null).length,
    sources: telling.map((row) => row.source),
  }
}

const rank = ({ mark }: Program) => (mark === null ? 2 : mark.weighs ? 0 : 1)
