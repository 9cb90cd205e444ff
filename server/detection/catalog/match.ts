// Says which catalogued tool or hardware a check-in's item is. Pure and synchronous: a few map look-ups per item.
import { COMPOSITE, catalog, onCatalogChange, type ToolIndex } from './catalog.ts'
import type { Hardware, Platform, Tool, ToolFamily, usbInterfaces } from './entries.ts'
import { findTrace, foldText, startsWithWords, withoutEdition, withoutNote } from './trace-index.ts'

/** A program as a check-in tells it; only the name is certain to be there. */
export interface SoftwareItem {
  name: string
  version?: string | undefined
  publisher?: string | undefined
  identifier?: string | undefined
  path?: string | undefined
  kind?: 'app' | 'program' | 'package' | 'extension' | 'service' | 'process' | undefined
}

export interface ToolHit {
  toolId: string
  name: string
  family: ToolFamily
  by: 'identifier' | 'name' | 'process' | 'extension' | 'service' | 'resolver' | 'port'
  /** Whether somebody else can drive the machine through it. */
  drives: boolean
}

export interface UsbItem {
  /** Four hex digits, in either case. */
  vendorId: string
  productId: string
  vendor?: string | undefined
  product?: string | undefined
  serial?: string | undefined
  /** What it is, in the source's words: keyboard, pointer, storage. */
  interfaces?: string[] | undefined
}

export interface DisplayItem {
  manufacturer?: string | undefined
  /** Hex digits, with or without `0x`. */
  productCode?: string | undefined
  name?: string | undefined
  serial?: string | undefined
}

export interface HardwareHit {
  hardwareId: string
  name: string
  family: Hardware['family']
  by: 'usb' | 'display' | 'hostname' | 'mac'
  /** The device's own default identity, attached to the laptop: weighs alone. Never so for a neighbour. */
  exceptional: boolean
}

/** By what an item of each kind may be known, in the order tried. Packages share display names, so those do not count. */
const ways = {
  app: ['identifier', 'name', 'process'],
  program: ['identifier', 'name', 'process'],
  package: ['identifier'],
  extension: ['extension'],
  service: ['service', 'identifier', 'name', 'process'],
  process: ['process', 'identifier'],
  unknown: ['identifier', 'name', 'service', 'process', 'extension'],
} as const satisfies Record<NonNullable<SoftwareItem['kind']> | 'unknown', (keyof typeof finders)[]>

const finders = {
  identifier: findIdentifier,
  name: findName,
  process: findProcess,
  extension: findExtension,
  service: findService,
} as const satisfies Partial<Record<ToolHit['by'], (index: ToolIndex, item: SoftwareItem) => Tool | null>>

/** What was asked before: the same programs stand on every laptop, and a dossier asks after all that ever stood on one. */
const asked = new Map<string, ToolHit | null>()
onCatalogChange(() => asked.clear())
/** Some hundred bytes each. */
const ASKED_MAX = 20_000

/** The tool an installed or running item belongs to, or null. A platform of null asks all platforms. */
export function matchSoftware(item: SoftwareItem, platform: Platform | null): ToolHit | null {
  const { kind, identifier, name, publisher, path } = item
  const key = `${platform}\n${kind}\n${identifier}\n${name}\n${publisher}\n${path}`
  const known = asked.get(key)
  if (known !== undefined) return known
  const hit = searchSoftware(item, platform)
  if (asked.size >= ASKED_MAX) asked.clear()
  asked.set(key, hit)
  return hit
}

function searchSoftware(item: SoftwareItem, platform: Platform | null): ToolHit | null {
  const index = catalog.toolsOn[platform ?? 'any']
  for (const by of ways[item.kind ?? 'unknown']) {
    const tool = finders[by](index, item)
    if (tool) return toolHit(tool, by)
  }
  // A program that is listed though its maker has none for this system, or under what people call it.
  const named = isTitle(item) ? findName(catalog.toolsOn.any, item) : null
  return named && toolHit(named, 'name')
}

/** What people call a program. No distribution names a package with capitals or blanks. */
const isTitle = ({ kind, name }: SoftwareItem): boolean =>
  kind === 'app' || kind === 'program' || (kind === 'package' && /[A-Z ]/.test(name))

const toolHit = (tool: Tool, by: ToolHit['by']): ToolHit => ({
  toolId: tool.id,
  name: tool.name,
  family: tool.family,
  by,
  drives: tool.drives,
})

/**
 * The tool whose executable waits for a caller there, or null. A port alone is nobody's: many share 5900. An executable
 * whose name others use too counts on its own ports only.
 */
export function matchListener(
  { port, process }: { port: number; process?: string | undefined },
  platform: Platform | null,
): ToolHit | null {
  if (!process) return null
  const index = catalog.toolsOn[platform ?? 'any']
  const file = fileName(process)
  const tool =
    findTrace(index.processes, file) ?? index.listens.get(file)?.find(({ ports }) => ports.includes(port))?.tool
  return tool ? toolHit(tool, 'port') : null
}

/** The tool that gave the laptop this DNS server, or null. */
export function matchResolver(address: string): ToolHit | null {
  const tool = catalog.resolvers.get(address)
  return tool ? toolHit(tool, 'resolver') : null
}

function findIdentifier(index: ToolIndex, item: SoftwareItem): Tool | null {
  const byIdentifier = item.identifier ? findTrace(index.identifiers, foldText(item.identifier)) : null
  if (byIdentifier || item.kind !== 'package') return byIdentifier
  return findTrace(index.identifiers, foldText(item.name))
}

function findExtension(index: ToolIndex, item: SoftwareItem): Tool | null {
  if (item.identifier) return findTrace(index.extensions, foldText(item.identifier))
  const name = foldText(item.name)
  return findTrace(index.extensions, name) ?? findTrace(index.extensionNames, name)
}

function findService(index: ToolIndex, item: SoftwareItem): Tool | null {
  const name = foldText(item.name)
  return (
    findTrace(index.services, name) ??
    findTrace(index.services, withoutSuffix(name, '.service')) ??
    (item.identifier ? findTrace(index.services, foldText(item.identifier)) : null)
  )
}

function findProcess(index: ToolIndex, item: SoftwareItem): Tool | null {
  const isFile = item.kind === undefined || item.kind === 'process' || /\.exe$/i.test(item.name)
  const byName = isFile ? findTrace(index.processes, fileName(item.name)) : null
  return byName ?? (item.path ? findTrace(index.processes, fileName(item.path)) : null)
}

function findName(index: ToolIndex, item: SoftwareItem): Tool | null {
  const full = withoutSuffix(withoutSuffix(foldText(item.name), '.app'), '.exe')
  const plain = withoutEdition(full)
  return (
    findTrace(index.names, full) ??
    findTrace(index.names, plain) ??
    findTrace(index.names, withoutNote(plain)) ??
    findSigned(index, plain, item.publisher)
  )
}

function findSigned(index: ToolIndex, name: string, publisher: string | undefined): Tool | null {
  const candidates = index.signed.get(name)
  if (!candidates || !publisher) return null
  const folded = foldText(publisher)
  return candidates.find((candidate) => startsWithWords(folded, candidate.publisher))?.tool ?? null
}

/** The executable of a path or of a service's command line, folded, without folder, arguments and ending. */
function fileName(path: string): string {
  const folded = foldText(path)
  const quoted = folded.startsWith('"') ? (folded.slice(1).split('"', 1)[0] ?? '') : folded
  const end = quoted.indexOf('.exe ')
  const file = end < 0 ? quoted : quoted.slice(0, end)
  const trimmed = file.endsWith('/') || file.endsWith('\\') ? file.slice(0, -1) : file
  const name = trimmed.slice(Math.max(trimmed.lastIndexOf('/'), trimmed.lastIndexOf('\\')) + 1)
  return withoutSuffix(withoutSuffix(name, '.exe'), '.app')
}

function withoutSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
}

/**
 * The device that shows itself so on the USB bus, or null. Of several identities an exceptional one wins. A platform of
 * null is not known, and leaves out what counts on some only.
 */
export function matchUsb(usb: UsbItem, platform: Platform | null): HardwareHit | null {
  const item = {
    vendorId: usb.vendorId.toLowerCase(),
    productId: usb.productId.toLowerCase(),
    vendor: foldText(usb.vendor ?? ''),
    product: foldText(usb.product ?? ''),
    serial: foldText(usb.serial ?? ''),
  }
  const keys = [`${item.vendorId}:${item.productId}`, item.product, item.vendor, COMPOSITE]
  const is = new Set((usb.interfaces ?? []).flatMap(interfaceOf))
  return strongest(
    keys
      .flatMap((key) => catalog.hardwareIndex.usb.get(key) ?? [])
      .filter(({ identity }) => identity.interfaces?.every((one) => is.has(one)) !== false)
      .filter(({ identity: { platforms } }) => platforms?.some((one) => one === platform) !== false),
    item,
    'usb',
  )
}

/** Sources write it as the system does: "HID Keyboard", "Mass Storage". */
function interfaceOf(text: string): (typeof usbInterfaces)[number][] {
  const folded = foldText(text)
  if (folded.includes('keyboard')) return ['keyboard']
  if (/pointer|mouse|tablet/.test(folded)) return ['pointer']
  return folded.includes('storage') || folded.includes('disk') ? ['storage'] : []
}

/** The device that shows itself so as a monitor, or null. */
export function matchDisplay(display: DisplayItem): HardwareHit | null {
  const item = {
    manufacturer: foldText(display.manufacturer ?? ''),
    productCode: foldText(display.productCode ?? '')
      .replace(/^0x/, '')
      .padStart(4, '0'),
    name: foldText(display.name ?? ''),
    serial: foldText(display.serial ?? ''),
  }
  const keys = [`${item.manufacturer}:${item.productCode}`, item.name, item.serial]
  return strongest(
    keys.flatMap((key) => catalog.hardwareIndex.displays.get(key) ?? []),
    item,
    'display',
  )
}

interface Candidate {
  identity: { exceptional: boolean }
  hardware: Hardware
}

function strongest(candidates: Candidate[], item: Record<string, string>, by: 'usb' | 'display'): HardwareHit | null {
  const held = candidates.filter(({ identity }) => holds(identity, item))
  const best =
    held.find(({ identity }) => identity.exceptional) ??
    held.find(({ hardware }) => hardware.family !== 'gadget') ??
    held.at(-1)
  return best ? hardwareHit(best.hardware, by, best.identity.exceptional) : null
}

function holds(identity: { exceptional: boolean }, item: Record<string, string>): boolean {
  return Object.entries(identity).every(
    ([member, value]) => typeof value !== 'string' || item[member] === foldText(value),
  )
}

function hardwareHit(hardware: Hardware, by: HardwareHit['by'], exceptional: boolean): HardwareHit {
  return { hardwareId: hardware.id, name: hardware.name, family: hardware.family, by, exceptional }
}

/** The device that a neighbour on the LAN seems to be, or null. Never exceptional: it may be anybody's in the house. */
export function matchNeighbour(neighbour: {
  mac?: string | undefined
  hostname?: string | undefined
}): HardwareHit | null {
  const { hostnames, ouis } = catalog.hardwareIndex
  const [label = ''] = foldText(neighbour.hostname ?? '').split('.', 1)
  const byName = label ? findTrace(hostnames, label) : null
  if (byName) return hardwareHit(byName, 'hostname', false)
  const digits = (neighbour.mac ?? '').toLowerCase().replace(/[^0-9a-f]/g, '')
  const lengths = [9, 8, 7, 6]
  const byMac = lengths.map((length) => ouis.get(digits.slice(0, length))).find((entry) => entry !== undefined)
  return byMac ? hardwareHit(byMac, 'mac', false) : null
}
