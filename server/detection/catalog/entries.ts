// The shapes of the catalogue's entries: remote-access tools and hardware, each trace with the source that tells it.
import { z } from 'zod'

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

/** All of a tool's traces, whatever system they are of. */
export const partsOf = (traces: Partial<Record<string, Traces[]>>): Traces[] =>
  Object.values(traces).flatMap((parts) => parts ?? [])

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
export type UsbIdentity = z.infer<typeof usbIdentitySchema>

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
export type DisplayIdentity = z.infer<typeof displayIdentitySchema>

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

export const hardwareSchema = z
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
