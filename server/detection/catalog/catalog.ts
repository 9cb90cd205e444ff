// The catalogue of remote-access tools and hardware: its data read and checked, and its entries by trace.
import { z } from 'zod'
import { AppError, faultsOf } from '../../lib/errors.ts'
import {
  type DisplayIdentity,
  type Hardware,
  hardwareSchema,
  type Platform,
  partsOf,
  type Tool,
  type Traces,
  toolSchema,
  type UsbIdentity,
} from './entries.ts'
import hardwareData from './hardware.json' with { type: 'json' }
import { withEntries } from './merge.ts'
import toolData from './tools.json' with { type: 'json' }
import {
  addTrace,
  createTraceIndex,
  findTrace,
  foldText,
  squeeze,
  type TraceIndex,
  withoutEdition,
} from './trace-index.ts'

/** The traces of one platform, or of all of them where the platform is not known. */
export interface ToolIndex {
  identifiers: TraceIndex<Tool>
  names: TraceIndex<Tool>
  processes: TraceIndex<Tool>
  services: TraceIndex<Tool>
  extensions: TraceIndex<Tool>
  /** Names of the tools that have extensions, for sources that do not tell an extension's id. */
  extensionNames: TraceIndex<Tool>
  /** By folded display name. */
  signed: Map<string, { publisher: string; tool: Tool }[]>
  /** By folded executable. */
  listens: Map<string, { ports: number[]; tool: Tool }[]>
}

interface HardwareIndex {
  /** By `vendor id:product id`, and by each word the identity gives. */
  usb: Map<string, { identity: UsbIdentity; hardware: Hardware }[]>
  displays: Map<string, { identity: DisplayIdentity; hardware: Hardware }[]>
  hostnames: TraceIndex<Hardware>
  ouis: Map<string, Hardware>
}

export interface Catalog {
  tools: Tool[]
  byId: Map<string, Tool>
  hardware: Hardware[]
  toolsOn: Record<Platform | 'any', ToolIndex>
  declared: TraceIndex<Tool>
  resolvers: Map<string, Tool>
  hardwareIndex: HardwareIndex
}

/**
 * Checks tools and hardware and indexes them. Throws AppError 'invalid' with the path of each fault, and 'conflict'
 * where two entries share an id or a trace.
 */
export function readCatalog(input: { tools: unknown; hardware: unknown }): Catalog {
  const read = z.object({ tools: z.array(toolSchema), hardware: z.array(hardwareSchema) }).safeParse(input)
  if (!read.success) {
    const faults = faultsOf(read.error.issues)
    throw new AppError('invalid', 'the catalogue has faults', faults)
  }
  const { tools, hardware } = read.data
  refuseDoubles([...tools, ...hardware].map((entry) => entry.id))
  return {
    tools,
    hardware,
    byId: new Map(tools.map((tool) => [tool.id, tool])),
    toolsOn: {
      darwin: indexTools(tools, ['darwin', 'any']),
      windows: indexTools(tools, ['windows', 'any']),
      linux: indexTools(tools, ['linux', 'any']),
      chromeos: indexTools(tools, ['any']),
      any: indexTools(tools, ['darwin', 'windows', 'linux', 'any']),
    },
    declared: indexDeclared(tools),
    resolvers: indexResolvers(tools),
    hardwareIndex: indexHardware(hardware),
  }
}

function refuseDoubles(ids: string[]): void {
  const double = ids.find((entry, at) => ids.indexOf(entry) !== at)
  if (double !== undefined) throw new AppError('conflict', `two entries have the id "${double}"`)
}

function indexTools(tools: Tool[], parts: (keyof Tool['traces'])[]): ToolIndex {
  const index: ToolIndex = {
    identifiers: createTraceIndex(),
    names: createTraceIndex(),
    processes: createTraceIndex(),
    services: createTraceIndex(),
    extensions: createTraceIndex(),
    extensionNames: createTraceIndex(),
    signed: new Map(),
    listens: new Map(),
  }
  for (const tool of tools) {
    for (const part of parts) for (const found of tool.traces[part] ?? []) addTraces(index, tool, found)
  }
  return index
}

function addTraces(index: ToolIndex, tool: Tool, found: Traces): void {
  for (const kind of ['identifiers', 'names', 'processes', 'services', 'extensions'] as const) {
    for (const text of found[kind] ?? []) addTrace(index[kind], text, tool)
  }
  if (found.extensions) addTrace(index.extensionNames, tool.name, tool)
  for (const { name, publisher } of found.signed ?? []) {
    push(index.signed, foldText(name), { publisher: foldText(publisher), tool })
  }
  for (const { process, ports } of found.listens ?? []) push(index.listens, foldText(process), { ports, tool })
}

function indexDeclared(tools: Tool[]): TraceIndex<Tool> {
  const index = createTraceIndex<Tool>()
  for (const tool of tools) {
    for (const word of [tool.id, tool.name, ...(tool.aliases ?? [])]) addTrace(index, squeeze(foldText(word)), tool)
  }
  return index
}

function indexResolvers(tools: Tool[]): Map<string, Tool> {
  const resolvers = new Map<string, Tool>()
  for (const tool of tools)
    for (const { resolvers: addresses = [] } of partsOf(tool.traces))
      for (const address of addresses) {
        const taken = resolvers.get(address)
        if (taken !== undefined && taken !== tool)
          throw new AppError('conflict', `DNS server ${address} belongs to two entries`)
        resolvers.set(address, tool)
      }
  return resolvers
}

function indexHardware(hardware: Hardware[]): HardwareIndex {
  const index: HardwareIndex = { usb: new Map(), displays: new Map(), hostnames: createTraceIndex(), ouis: new Map() }
  for (const entry of hardware)
    for (const { usb = [], displays = [], hostnames = [], ouis = [] } of entry.traces) {
      for (const identity of usb) push(index.usb, usbKey(identity), { identity, hardware: entry })
      for (const identity of displays) push(index.displays, displayKey(identity), { identity, hardware: entry })
      for (const hostname of hostnames) addTrace(index.hostnames, hostname, entry)
      for (const oui of ouis) {
        if (index.ouis.has(oui)) throw new AppError('conflict', `MAC block ${oui} belongs to two entries`)
        index.ouis.set(oui, entry)
      }
    }
  return index
}

/** Under which identities are kept that only say what a device is. */
export const COMPOSITE = '(composite)'

/** The one key under which an identity is kept: its ids where it has both, else its product's or its vendor's name. */
function usbKey(usb: UsbIdentity): string {
  if (usb.interfaces) return COMPOSITE
  return usb.vendorId && usb.productId ? `${usb.vendorId}:${usb.productId}` : foldText(usb.product ?? usb.vendor ?? '')
}

function displayKey(display: DisplayIdentity): string {
  const { manufacturer, productCode, name, serial } = display
  return manufacturer && productCode ? `${foldText(manufacturer)}:${productCode}` : foldText(name ?? serial ?? '')
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  map.set(key, [...(map.get(key) ?? []), value])
}

/** The catalogue that ships with us. */
export const shipped = readCatalog({ tools: toolData, hardware: hardwareData })

/** The catalogue in force: what ships with us, and what the company put in. */
export let catalog: Catalog = { ...shipped }

/** Who remembers what was asked of the catalogue forgets it when another comes into force. */
const forgetting: (() => void)[] = []
export const onCatalogChange = (forget: () => void): void => void forgetting.push(forget)

/** Puts the company's tools beside those that ship with us. What they share with another entry stays that one's. */
export function bringInForce(entries: Tool[]): void {
  catalog =
    entries.length === 0
      ? shipped
      : readCatalog({ tools: withEntries(shipped.tools, entries).tools, hardware: hardwareData })
  for (const forget of forgetting) forget()
}

/** The device a person means by its id or its name, or null. */
export function findHardware(text: string): Hardware | null {
  const asked = squeeze(foldText(text))
  return catalog.hardware.find(({ id, name }) => [id, name].some((one) => squeeze(foldText(one)) === asked)) ?? null
}

/** The tool a person means by a free text ("any desk", "AnyDesk 8.1"), or null. */
export function findTool(text: string): Tool | null {
  const folded = foldText(text)
  return (
    findTrace(catalog.declared, squeeze(folded)) ??
    findTrace(catalog.declared, squeeze(withoutEdition(folded))) ??
    findTrace(catalog.toolsOn.any.names, withoutEdition(folded))
  )
}
