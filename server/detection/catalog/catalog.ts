// The catalogue of remote-access tools and hardware: its shapes, its data read and checked, and its entries by trace.
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import hardwareData from './hardware.json' with { type: 'json' }
import { partsOf, withEntries } from './merge.ts'
import toolData from './tools.json' with { type: 'json' }
import { addTrace, createTraceIndex, findTrace, foldText, type TraceIndex, withoutEdition } from './trace-index.ts'

/** A name as a platform shows it; a last `*` stands for whatever follows its last word. */
const trace = z
  .string()
  .min(3)
  .max(120)
  .regex(/^[^*]*[^*\s](?<=[\p{L}\p{N}])\*$|^[^*]+$/u, 'a star stands at the end of a word only')
const traces = z.array(trace).min(1)

const port = z.number().int().min(1).max(65535)

/** What a tool runs on; what runs in a browser only runs on all of these. */
const platform = z.enum(['darwin', 'windows', 'linux'])

/** How one platform shows a tool, as one source tells it. */
const tracesSchema = z.strictObject({
  /** The key of the entry's source that tells all of these. */
  source: z.string(),
  /** Bundle ids, installer receipts and package names of apt, dnf, brew, winget. */
  identifiers: traces.optional(),
  /** Display names, without version, architecture and edition. */
  names: traces.optional(),
  /** Display names that others use too, and so count only with the publisher's (its first words). */
  signed: z
    .array(z.strictObject({ name: trace, publisher: trace }))
    .min(1)
    .optional(),
  /** Executables, without folder and `.exe`. */
  processes: traces.optional(),
  /** Windows services, launchd labels, systemd units. */
  services: traces.optional(),
  /** Browser extension ids. */
  extensions: z
    .array(z.string().regex(/^[a-p]{32}$/))
    .min(1)
    .optional(),
  /** Executables that others use too, and so count only where they wait on the tool's own ports. */
  listens: z
    .array(z.strictObject({ process: trace, ports: z.array(port).min(1) }))
    .min(1)
    .optional(),
  /** Ports that it waits on as it comes, and names that it calls: for who looks into it. Others use them too, so they match nothing. */
  ports: z.array(port).min(1).optional(),
  domains: z.array(z.string().min(3).max(120)).min(1).optional(),
  /** DNS servers that it sets, as addresses that nobody else uses. */
  resolvers: z
    .array(z.union([z.ipv4(), z.ipv6()]))
    .min(1)
    .optional(),
})
export type Traces = z.infer<typeof tracesSchema>

export const drivingFamilies = ['remote desktop', 'rmm', 'tunnel or mesh'] as const
export const contextFamilies = ['keep-awake', 'virtual camera or audio', 'vpn'] as const

const id = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab-case')
/** Where an entry's traces are known from, each by a short key that its traces name: a page, or a file of a maker's own. */
const sources = z
  .record(z.string().regex(/^[a-z0-9][a-z0-9 -]*$/, 'a short key in small letters'), z.string().min(3))
  .refine((all) => Object.keys(all).length > 0, 'a source at least')

/** Whether traces name sources that the entry has, and each source is named. */
const isSourced = (sources: Record<string, string>, traces: { source: string }[]) =>
  new Set(traces.map(({ source }) => source)).symmetricDifference(new Set(Object.keys(sources))).size === 0
const SOURCED = 'each trace names one of the sources, and each source is named'

export const toolSchema = z
  .strictObject({
    id,
    name: z.string().min(1),
    vendor: z.string().min(1),
    family: z.enum([...drivingFamilies, ...contextFamilies]),
    /** Whether somebody else can drive the machine through it. */
    drives: z.boolean(),
    /** What people call it beside its name; for declarations, not for matching. */
    aliases: z.array(z.string().min(1)).optional(),
    /** The systems that a laptop can have it on; lists of others do not always tell. */
    platforms: z.array(platform).min(1).optional(),
    sources,
    /** `any`: what each of its systems shows alike. */
    traces: z.partialRecord(z.enum([...platform.options, 'any']), z.array(tracesSchema).min(1)),
  })
  .refine(({ traces }) => partsOf(traces).length > 0, 'a tool needs a trace')
  .refine(({ traces }) => partsOf(traces).every((part) => Object.keys(part).length > 1), 'a source tells a trace')
  .refine(({ sources, traces }) => isSourced(sources, partsOf(traces)), SOURCED)
  .refine((tool) => tool.family !== 'remote desktop' || tool.drives, 'a remote desktop drives')
  .refine((tool) => !contextFamilies.some((f) => f === tool.family) || !tool.drives, 'this family does not drive')
export type Tool = z.infer<typeof toolSchema>
export type ToolFamily = Tool['family']

const hex = (digits: string) =>
  z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hex digits, lower case`)

/** What a source tells a USB device to be, as far as it matters here. */
export const usbInterfaces = ['keyboard', 'pointer', 'storage'] as const

/** An identity on the USB bus: every member given must hold. Exceptional: that device's own default and nobody else's. */
const usbIdentitySchema = z
  .strictObject({
    vendorId: hex('4').optional(),
    productId: hex('4').optional(),
    vendor: z.string().min(3).optional(),
    product: z.string().min(3).optional(),
    serial: z.string().min(3).optional(),
    /** What it is at the same time: all of these. */
    interfaces: z.array(z.enum(usbInterfaces)).min(2).optional(),
    /** Where its words come from the device itself, if not everywhere: Windows may give those of its driver. */
    platforms: z.array(platform).min(1).optional(),
    exceptional: z.boolean(),
  })
  .refine(
    (u) => (u.vendorId && u.productId) || u.vendor || u.product || u.interfaces,
    'both ids, the words of the device, or what it is',
  )
type UsbIdentity = z.infer<typeof usbIdentitySchema>

/** An identity as a monitor (EDID): every member given must hold. */
const displayIdentitySchema = z
  .strictObject({
    manufacturer: z
      .string()
      .regex(/^[A-Z]{3}$/)
      .optional(),
    productCode: hex('4').optional(),
    name: z.string().min(3).optional(),
    serial: z.string().min(6).optional(),
    exceptional: z.boolean(),
  })
  .refine((d) => (d.manufacturer && d.productCode) || d.name || d.serial, 'maker and product code, a name or a serial')
type DisplayIdentity = z.infer<typeof displayIdentitySchema>

const hardwareTracesSchema = z.strictObject({
  source: z.string(),
  usb: z.array(usbIdentitySchema).min(1).optional(),
  displays: z.array(displayIdentitySchema).min(1).optional(),
  /** First label of a name on the LAN; a last `*` as in traces. */
  hostnames: traces.optional(),
  /** First 6 to 9 hex digits of a MAC address, only where the block is mostly this device's. */
  ouis: z.array(hex('6,9')).min(1).optional(),
})
type HardwareTraces = z.infer<typeof hardwareTracesSchema>

/** All of a device's identities, whoever tells them. */
function identitiesOf(traces: HardwareTraces[]): { usb: UsbIdentity[]; displays: DisplayIdentity[] } {
  return { usb: traces.flatMap(({ usb = [] }) => usb), displays: traces.flatMap(({ displays = [] }) => displays) }
}

const hardwareSchema = z
  .strictObject({
    id,
    name: z.string().min(1),
    /**
     * 'capture': half of a KVM that one builds, such as a capture stick or a keyboard bridge. 'gadget': the shape of any
     * small computer that poses as a keyboard. Both are context only.
     */
    family: z.enum(['ip-kvm', 'capture', 'gadget']),
    sources,
    /** What each source tells of it. */
    traces: z.array(hardwareTracesSchema).min(1),
  })
  .refine(({ sources, traces }) => isSourced(sources, traces), SOURCED)
  .refine(
    ({ family, traces }) =>
      family === 'gadget' ||
      !identitiesOf(traces).usb.some((u) => isGenericGadget(u) && !u.vendor && !u.product && !u.serial),
    'the generic Linux gadget needs its words',
  )
  .refine(({ family, traces }) => {
    const { usb, displays } = identitiesOf(traces)
    return family === 'ip-kvm' || ![...usb, ...displays].some((one) => one.exceptional)
  }, 'what is context only weighs nothing alone')
export type Hardware = z.infer<typeof hardwareSchema>

/** USB ids of the Linux Foundation's multifunction gadgets (usb.ids 1d6b): any board with a USB gadget kernel has them. */
function isGenericGadget(usb: { vendorId?: string | undefined; productId?: string | undefined }): boolean {
  return usb.vendorId === '1d6b' && (usb.productId?.startsWith('010') ?? false)
}

export type Platform = z.infer<typeof platform> | 'chromeos'

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
    const faults = read.error.issues.map((issue) => ({ path: issue.path.join('.'), problem: issue.message }))
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

/** Letters and digits only, so that "Any Desk" and "any-desk" are one declaration. */
export function squeeze(folded: string): string {
  return folded.replace(/[^\p{L}\p{N}]/gu, '')
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
