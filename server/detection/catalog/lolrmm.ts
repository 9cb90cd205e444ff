// Reads LOLRMM's list of remote-access tools, as one JSON file or as its YAML files, into what it says of each tool.
import { parseAllDocuments } from 'yaml'
import { AppError, messageOf } from '../../lib/errors.ts'

/** What one record says, as it says it: nothing of it is trusted yet. */
export interface Listed {
  /** LOLRMM's own id: its file's name, which is the tool's name with underscores. */
  id: string
  name: string
  category: string
  signers: string[]
  /** Executables, with or without folders and stars. */
  files: string[]
  services: string[]
}

const RECORDS_MAX = 5_000
const TEXTS_MAX = 400
const LENGTH_MAX = 300

/**
 * The records of a file: a list or one record, in JSON or YAML. Members are known in either case, since the list is
 * published in both. Throws AppError 'unreadable' where it is neither, 'too_large' above 5,000 records.
 * Source: LOLRMM's template, github.com/magicsword-io/LOLRMM (yaml/), and its export rmm_tools.json.
 */
export function readLolrmm(text: string): Listed[] {
  const records = documentsOf(text).flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [one]))
  if (records.length > RECORDS_MAX)
    throw new AppError('too_large', `There are ${records.length} records: at most ${RECORDS_MAX} are read at a time.`)
  return records.flatMap((record) => {
    const said = membersOf(record)
    const name = textOf(said['name'])
    return name === '' ? [] : [listed(said, name)]
  })
}

/** The documents that a text holds, whatever their shape: a JSON text is one, a YAML text may be several. */
export function documentsOf(text: string): unknown[] {
  const start = text.trimStart()
  if (start.startsWith('[') || start.startsWith('{')) {
    try {
      return [JSON.parse(text)]
    } catch (error) {
      throw new AppError('unreadable', `This is no JSON: ${messageOf(error)}`)
    }
  }
  return [...parseAllDocuments(text)].map((document) => {
    const [fault] = document.errors
    if (fault) throw new AppError('unreadable', `This is no YAML: ${fault.message.split('\n')[0]}`)
    try {
      // A few kilobytes of aliases can stand for gigabytes.
      return document.toJS({ maxAliasCount: 20 }) as unknown
    } catch (error) {
      throw new AppError('unreadable', `This YAML cannot be taken: ${messageOf(error)}`)
    }
  })
}

type Members = Record<string, unknown>

/** A record's members by their names in lower case; nothing where it is no record. */
function membersOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member as unknown]))
}

function listed(said: Members, name: string): Listed {
  const details = membersOf(said['details'])
  const artifacts = membersOf(said['artifacts'])
  const signing = membersOf(said['codesigning'])
  const metadata = [...listOf(said['pemetadata']), ...listOf(details['pemetadata'])].map(membersOf)
  return {
    id: textOf(said['id']) || idOf(name),
    name,
    category: textOf(said['category']),
    signers: texts(signing['signers']),
    files: bounded([
      ...texts(said['executables']),
      ...texts(said['installationpaths']),
      ...texts(details['installationpaths']),
      ...metadata.flatMap((one) => [textOf(one['filename']), textOf(one['originalfilename'])]),
    ]),
    services: bounded([
      ...listOf(artifacts['services']).map((one) => textOf(one) || textOf(membersOf(one)['name'])),
      ...listOf(artifacts['eventlog']).map((one) => textOf(membersOf(one)['servicename'])),
    ]),
  }
}

const idOf = (name: string) => name.toLowerCase().replaceAll(' ', '_')
const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value])
const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim().slice(0, LENGTH_MAX) : '')
const texts = (value: unknown): string[] => listOf(value).map(textOf)
const bounded = (all: string[]): string[] => [...new Set(all.filter((text) => text !== ''))].slice(0, TEXTS_MAX)
