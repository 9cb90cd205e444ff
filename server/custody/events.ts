// The vocabulary of the ledger: every fact that can be recorded, in the past tense, with the shape of its payload.
import { z } from 'zod'
import { nameMatches, proofLevels, readingSchema, verdicts, vouchesSchema } from '../ports.ts'

/** Who caused an event: a closed union, so that every reader can say it in words. */
export const actorSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('user'), id: z.string() }),
  z.object({ type: z.literal('token'), id: z.string() }),
  z.object({ type: z.literal('source'), name: z.string() }),
  z.object({ type: z.literal('rule'), id: z.string() }),
  z.object({ type: z.literal('system'), part: z.string() }),
])
export type Actor = z.infer<typeof actorSchema>

/** Facets of a check-in: the parts that change on their own. */
export const facets = ['network', 'software', 'hardware', 'identity', 'posture', 'clock'] as const
export type Facet = (typeof facets)[number]

/** Why a report may not be of the machine it names. */
export const identityDoubts = [
  /** One serial number on several hardware UUIDs: a twin, or two machines alive at once. */
  'serial on several machines',
  /** The id that the source gave to one machine comes from another: an enrolment profile that was copied. */
  'enrolment of another machine',
  /** The hardware UUID of one serial number under another: a board that was moved, or a copied image. */
  'UUID of another machine',
] as const
export type IdentityDoubt = (typeof identityDoubts)[number]

const iso = z.string()
const note = z.object({ noteId: z.string() })
/** The scanning page's own id of a scan: the same again is the same scan. */
const scanned = z.object({ scanId: z.string().optional() })

/** What becomes of a laptop asked back. `withdrawn`: it is not asked back any more, and stays where it is. */
export const returnOutcomes = ['stock', 'repair', 'quarantine', 'disposed', 'kept', 'lost', 'withdrawn'] as const
export type ReturnOutcome = (typeof returnOutcomes)[number]
const fieldChange = z.object({ field: z.string(), from: z.unknown(), to: z.unknown() })

/** How risky a delivery is taken to be, and what a delivery policy asks for it. */
export const tiers = ['standard', 'elevated', 'high'] as const
export type Tier = (typeof tiers)[number]
export const deliveryPolicySchema = z.object({
  /** Services allowed per carrier, as the carrier's provider names them; an empty list is every one, no carriers at all is any. */
  carriers: z.record(z.string(), z.array(z.string())),
  signature: z.enum(['none', 'signature', 'adult signature']),
  holdForPickup: z.boolean(),
  /** Ask that the receiver may not redirect it, where the carrier offers that. */
  forbidRedirect: z.boolean(),
  /** Somebody else than who prepared it has to buy it. */
  secondPerson: z.boolean(),
})
export type DeliveryPolicy = z.infer<typeof deliveryPolicySchema>

/** A city at the finest, with the point we take for it; what rules measure with. */
export const placeSchema = z.object({
  city: z.string().nullable(),
  region: z.string().nullable(),
  country: z.string().nullable(),
  circle: z.object({ latitude: z.number(), longitude: z.number(), radiusKm: z.number() }).nullable(),
})
export type Place = z.infer<typeof placeSchema>

/** Whom an approval is for: a kind of people, or what a column of their import says, such as a department. */
export const peopleGroupSchema = z.union([
  z.object({ kind: z.enum(['employee', 'contractor']) }),
  z.object({ column: z.string(), value: z.string() }),
])
export type PeopleGroup = z.infer<typeof peopleGroupSchema>

/** A tool by its id, a publisher as the catalogue writes it, a network range; `entry_off` is a tool that says nothing here. */
const approved = z.object({
  approvalId: z.string(),
  what: z.enum(['tool', 'publisher', 'network_exit', 'entry_off']),
  value: z.string(),
})

const findingPayload = z.object({
  findingId: z.string(),
  rule: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  weight: z.number(),
  evidence: z.array(z.number().int()),
})

/**
 * Payload per kind. Payloads carry ids, never names, streets or phones: those live in tables that erasure lists
 * (`people/erase.ts`). A new kind is a member here; the compiler then lists the folds to extend.
 */
export const payloads = {
  'ledger.opened': z.object({ demo: z.boolean(), seed: z.number().optional() }),
  'payload.erased': z.object({ seqs: z.array(z.number().int()), reason: z.string(), personId: z.string().optional() }),
  'presence.sealed': z.object({
    day: z.string(),
    rows: z.number().int(),
    digest: z.string(),
    supersedes: z.number().int().nullable(),
  }),

  'person.registered': z.object({ externalId: z.string().nullable() }),
  'person.changed': z.object({ fields: z.array(z.string()) }),
  'person.withdrawn': z.object({ importId: z.string() }),
  'person.erased': z.object({ reason: z.string() }),
  'address.added': z.object({
    addressId: z.string(),
    use: z.enum(['home', 'identity', 'ship_to']),
    source: z.string(),
    approved: z.boolean(),
    /** When it replaced another address, as far as the source knows; null where it is the first or not known. */
    changedAt: iso.nullable(),
    replaces: z.string().nullable(),
  }),
  'address.approved': z.object({ addressId: z.string() }).extend(note.shape),
  'address.refused': z.object({ addressId: z.string() }).extend(note.shape),
  'address.revealed': z.object({ addressId: z.string() }).extend(note.shape),
  /** Whether it is theirs was asked by what was on file before it. */
  'address.asked': z.object({ addressId: z.string(), by: z.enum(['mail', 'phone']) }).extend(note.partial().shape),
  'address.verified': z.object({
    addressId: z.string(),
    provider: z.string(),
    result: z.enum(verdicts),
    /** The provider's own codes. */
    codes: z.array(z.string()),
    residential: z.boolean().nullable(),
  }),
  /** Its keys were made again by a newer normaliser, and differ. */
  'address.keyed': z.object({ addressId: z.string(), normaliserVersion: z.number() }),
  /** Read anew, since the list of places has changed: what it is from here on. */
  'address.classified': z.object({
    addressId: z.string(),
    kind: z.string(),
    confidence: z.number(),
    placeId: z.string().nullable(),
    customerCode: z.boolean(),
  }),

  'device.registered': z.object({ origin: z.enum(['import', 'check-in', 'shipment']) }),
  'device.changed': z.object({ changes: z.array(fieldChange) }),
  'device.withdrawn': z.object({ importId: z.string() }),
  /** An import's or a person's word on where a device stands. */
  'device.status_reported': z.object({
    status: z.enum(['stock', 'in_service', 'repair', 'retired', 'lost']),
    holderId: z.string().nullable(),
    /** Set where somebody said so here, with the device before them; a file or a system otherwise. */
    by: z.literal('person').optional(),
  }),
  'device.accepted': z.object({
    personId: z.string(),
    proof: z.enum(['confirmation', 'signature', 'counter']),
    shipmentId: z.string().nullable(),
  }),
  'device.received': scanned.extend({
    shipmentId: z.string().nullable(),
    returnId: z.string().optional(),
    /** Whether the serial number read at receipt is the one expected; where it differs, this device did not come. */
    serial: z.enum(['same', 'different', 'unread']).optional(),
  }),
  /** From one person straight to the next. */
  'device.transferred': z
    .object({
      fromPersonId: z.string().nullable(),
      toPersonId: z.string(),
      handoverId: z.string().nullable(),
    })
    .extend(note.partial().shape),
  /** The end of the serial number, read from the laptop by whoever has it. */
  'device.read_back': z.object({ handoverId: z.string(), result: z.enum(['same', 'different', 'cannot']) }),
  'device.checked_in': z.object({ source: z.string(), proof: z.enum(proofLevels), late: z.boolean() }),

  'shipment.ordered': z.object({
    direction: z.enum(['out', 'return']),
    personId: z.string().nullable(),
    addressId: z.string().nullable(),
    deviceIds: z.array(z.string()),
    importId: z.string().optional(),
  }),
  'shipment.changed': z.object({
    fields: z.array(z.string()),
    personId: z.string().nullable(),
    addressId: z.string().nullable(),
    deviceIds: z.array(z.string()),
    /** Another address than the one it was prepared for: kept, and the parcel stays where it was bound. */
    reportedAddressId: z.string().optional(),
  }),
  'shipment.prepared': z.object({
    policyId: z.string().nullable(),
    tier: z.enum(tiers),
    country: z.string().nullable(),
    policy: deliveryPolicySchema,
    addressId: z.string(),
    /** The checks of the address that were put as questions, and what was answered. */
    answers: z.array(z.object({ question: z.string(), answer: z.enum(['yes', 'no']) })),
  }),
  'shipment.label_bought': z.object({
    labelId: z.string(),
    carrier: z.string(),
    service: z.string(),
    amount: z.string(),
    currency: z.string(),
    signature: z.enum(['none', 'signature', 'adult signature']),
    holdForPickup: z.boolean(),
    redirect: z.enum(['allowed', 'forbidden', 'not offered']),
  }),
  'shipment.label_refunded': z.object({ labelId: z.string(), state: z.enum(['submitted', 'refunded', 'rejected']) }),
  'shipment.label_printed': z.object({ labelId: z.string().nullable(), what: z.enum(['label', 'packing slip']) }),
  'shipment.task_added': z.object({ taskId: z.string(), task: z.string() }).extend(note.partial().shape),
  'shipment.task_done': z.object({ taskId: z.string() }),
  /** `deviceId` is set where its serial number was scanned into the box. */
  'shipment.packed': scanned.extend({ deviceId: z.string().optional() }),
  'shipment.shipped': z.object({}),
  /** With the import that is undone, or cancelled by a person with a reason. */
  'shipment.withdrawn': z.object({ importId: z.string().optional() }).extend(note.partial().shape),
  'shipment.scanned': z.object({
    scanId: z.string(),
    status: z.string(),
    statusDetail: z.string().nullable(),
    carrierCode: z.string().nullable(),
    reading: readingSchema,
    place: placeSchema,
    /** The carrier's time is an interval (DESIGN 6.4). */
    from: iso,
    to: iso,
    /** Commits to the carrier's own words, which are kept in `scans`. */
    wordsDigest: z.string(),
    confirmed: z.boolean(),
  }),
  /** A scan read anew, since somebody said what its wording means: this reading stands from here on. */
  'shipment.reread': z.object({ scanId: z.string(), reading: readingSchema, wordingId: z.string() }),
  /** The provider said the same when it was asked. */
  'shipment.scan_confirmed': z.object({ scanId: z.string() }),
  /** The name on the parcel against the assignee's: the result only, never the names. */
  'shipment.addressee_compared': z.object({ result: z.enum(nameMatches) }),
  /** Who signed, as a keyed hash, and how that name compares with the assignee's. */
  'shipment.signed': z.object({ signer: z.string(), result: z.enum(nameMatches) }),
  'wording.classified': z
    .object({ wordingId: z.string(), carrier: z.string(), reading: readingSchema })
    .extend(note.partial().shape),
  'shipment.destination_changed': z.object({ from: placeSchema, to: placeSchema }),
  'shipment.held': z
    .object({ by: z.enum(['rule', 'person']), findingId: z.string().nullable(), preparedBy: actorSchema.nullable() })
    .extend(note.partial().shape),
  'shipment.released': z.object({ alone: z.boolean() }).extend(note.shape),

  'policy.set': z
    .object({ policyId: z.string(), tier: z.enum(tiers), country: z.string().nullable() })
    .extend(note.shape),
  /** A setting that a page made; never its value. */
  'setting.changed': z.object({ setting: z.string(), how: z.enum(['set', 'cleared', 'rotated']) }),

  'terms.set': z.object({ termsId: z.string(), kind: z.enum(['issue', 'return']), version: z.number().int() }),
  'handover.opened': z.object({
    handoverId: z.string(),
    kind: z.enum(['delivery', 'counter', 'return', 'transfer', 'read-back']),
    deviceIds: z.array(z.string()),
    termsId: z.string().nullable(),
  }),
  'handover.link_made': z.object({
    handoverId: z.string(),
    linkId: z.string(),
    purpose: z.enum(['address', 'acceptance', 'read-back']),
    expiresAt: iso,
  }),
  'handover.link_withdrawn': z.object({ handoverId: z.string(), linkId: z.string() }),
  'handover.withdrawn': z.object({ handoverId: z.string() }).extend(note.shape),
  /** Something was declined, or another laptop read back: what came of it. */
  'handover.dealt_with': z.object({ handoverId: z.string(), deviceIds: z.array(z.string()) }).extend(note.shape),
  'handover.address_answered': z.object({
    handoverId: z.string(),
    answer: z.enum(['confirmed', 'other']),
    addressId: z.string().nullable(),
    proposedAddressId: z.string().nullable(),
  }),
  'handover.item_answered': z
    .object({
      handoverId: z.string(),
      answer: z.enum(['accepted', 'declined']),
      reason: z.enum(['not received', 'damaged', 'wrong device', 'other']).nullable(),
    })
    .extend(note.partial().shape),
  'handover.signed': z.object({
    handoverId: z.string(),
    termsId: z.string().nullable(),
    termsHash: z.string().nullable(),
    how: z.enum(['typed', 'drawn']),
    /** SHA-256 of what was signed with, salted with the hand-over's id. */
    signatureDigest: z.string(),
    at: z.enum(['link', 'counter']),
  }),

  'return.opened': z.object({
    returnId: z.string(),
    reason: z.enum(['leaving', 'exchange', 'repair', 'asked']),
    dueOn: z.string(),
  }),
  'return.due_changed': z.object({ returnId: z.string(), dueOn: z.string() }).extend(note.partial().shape),
  'return.reminded': z.object({ returnId: z.string(), reminder: z.number().int(), sent: z.boolean() }),
  'return.acknowledged': z.object({ returnId: z.string(), by: z.enum(['person', 'stockroom']) }),
  'return.closed': z
    .object({
      returnId: z.string(),
      outcome: z.enum(returnOutcomes),
    })
    .extend(note.shape),

  'checkin.changed': z.object({
    facet: z.enum(facets),
    source: z.string(),
    proof: z.enum(proofLevels),
    tokenId: z.string().nullable(),
    /** True when it came in after a newer check-in of this device and source; never the current value then. */
    late: z.boolean(),
    capped: z.boolean().optional(),
    first: z.boolean(),
    added: z.array(z.unknown()),
    removed: z.array(z.unknown()),
  }),

  /** A record that proved to be this device's: its reports count as this one's from the first. */
  /** `took`: the columns that the kept record had nothing in, and has the other's since. */
  'device.merged': z.object({
    fromDeviceId: z.string(),
    by: z.enum(['hardware UUID', 'serial number', 'person']),
    took: z.array(z.string()).optional(),
  }),
  'device.unmerged': z.object({ fromDeviceId: z.string() }).extend(note.shape),
  /** Reports of this source were another machine's: from `since` on they are left out, and it is matched anew. */
  'device.match_undone': z.object({ source: z.string(), since: iso, matchedBy: z.string() }).extend(note.shape),
  /** What a report said of itself that belongs to another machine too; `otherDeviceId` where that one is on file. */
  'device.identity_doubted': z.object({
    doubt: z.enum(identityDoubts),
    source: z.string(),
    otherDeviceId: z.string().nullable(),
  }),

  'mismatch.opened': z.object({ mismatchId: z.string(), field: z.string(), source: z.string() }),
  /** The sides agree again, without anybody's doing here. */
  'mismatch.gone': z.object({ mismatchId: z.string(), field: z.string(), source: z.string() }),
  'mismatch.settled': z
    .object({
      mismatchId: z.string(),
      field: z.string(),
      source: z.string(),
      decision: z.enum(['ours', 'theirs', 'neither', 'explained']),
    })
    .extend(note.shape),

  /** `behind`: what is asked has not answered whole for too long. `silent`: none of its devices is heard of any more. */
  'connector.failing': z.object({
    source: z.string(),
    why: z.enum(['refused', 'unreachable', 'unreadable', 'behind', 'silent']),
  }),
  'connector.recovered': z.object({ source: z.string(), failedFrom: iso }),
  'agent.enrolled': z.object({ agentId: z.string(), source: z.string(), again: z.boolean() }),
  'agent.invalidated': z.object({ agentId: z.string(), source: z.string() }).extend(note.partial().shape),
  /** Another file or list tells where addresses are; `builtOn` is its own word. */
  'places.changed': z.object({ dataset: z.string(), builtOn: z.string().nullable(), digest: z.string() }),
  /** The list of known places: what is in force, and what waits for a second person. */
  'place.set': z
    .object({
      placeId: z.string(),
      change: z.enum(['added', 'corrected', 'switched off', 'switched on']),
      alone: z.boolean(),
    })
    .extend(note.shape),
  'place.asked': z.object({ placeId: z.string(), change: z.enum(['add', 'correct', 'switch off']) }).extend(note.shape),
  'place.refused': z.object({ placeId: z.string() }).extend(note.shape),

  'declaration.made': z.object({
    declarationId: z.string(),
    kind: z.string(),
    personId: z.string().nullable(),
    otherPersonId: z.string().nullable(),
    startsOn: z.string(),
    endsOn: z.string().nullable(),
  }),
  'declaration.ended': z.object({ declarationId: z.string() }).extend(note.partial().shape),

  /** Most of the fleet has it: proposed once, and silent until somebody decides. */
  'approval.proposed': approved.extend({
    laptops: z.number().int(),
    people: z.number().int(),
    of: z.number().int(),
  }),
  'approval.asked': approved.extend(note.shape),
  'approval.granted': approved
    .extend({ group: peopleGroupSchema.nullable(), endsOn: iso.nullable(), alone: z.boolean() })
    .extend(note.partial().shape),
  'approval.refused': approved.extend(note.shape),
  'approval.ended': approved.extend(note.partial().shape),
  'catalog.imported': z.object({
    origin: z.string(),
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    skipped: z.number().int(),
  }),

  'finding.raised': findingPayload,
  'finding.changed': findingPayload,
  'finding.cleared': z.object({ findingId: z.string(), rule: z.string(), lateData: z.boolean() }),
  'finding.decided': z.object({ findingId: z.string(), rule: z.string(), outcome: z.string() }),
  'finding.suppressed': z.object({ findingId: z.string(), rule: z.string(), suppressionId: z.string() }),
  'rule.set': z
    .object({
      rule: z.string(),
      ladder: z.string(),
      params: z.record(z.string(), z.unknown()),
      version: z.number().int().optional(),
      /** Findings lead to less than before, or something that stood does no longer. */
      isWeaker: z.boolean().optional(),
    })
    .extend(note.shape),
  'suppression.made': z
    .object({
      suppressionId: z.string(),
      rule: z.string(),
      personId: z.string().nullable(),
      deviceId: z.string().nullable(),
      /** The name of the fact it asks for; its value stays in the table. */
      fact: z.string().nullable(),
      endsAt: iso,
    })
    .extend(note.shape),
  'suppression.ended': z.object({ suppressionId: z.string(), rule: z.string() }).extend(note.shape),
  /** Something that silences waits for a second person. */
  'change.proposed': z
    .object({ changeId: z.string(), what: z.enum(['rule', 'suppression', 'declaration']), about: z.string() })
    .extend(note.shape),
  'change.decided': z
    .object({
      changeId: z.string(),
      what: z.enum(['rule', 'suppression', 'declaration']),
      about: z.string(),
      decision: z.enum(['approved', 'refused']),
      alone: z.boolean(),
    })
    .extend(note.shape),

  'case.opened': z.object({ number: z.number().int(), severity: z.string(), score: z.number() }),
  'case.changed': z.object({ severity: z.string(), score: z.number(), rules: z.array(z.string()) }),
  'case.assigned': z.object({ from: z.string().nullable(), to: z.string().nullable() }),
  'case.commented': note,
  'case.status_set': z.object({ from: z.string(), to: z.string(), until: iso.nullable() }).extend(note.partial().shape),
  'case.closed': z
    .object({ outcome: z.enum(['benign', 'policy_breach', 'confirmed', 'cannot_tell']) })
    .extend(note.shape),
  'case.reopened': note.partial(),
  'case.task_added': z.object({ taskId: z.string(), task: z.string() }),
  'case.task_done': z.object({ taskId: z.string() }),
  /** The case of a site that its person belongs to goes on with it. */
  'case.taken_in': z.object({ into: z.string() }),

  'site.found': z.object({ siteId: z.string(), kinds: z.array(z.string()), personIds: z.array(z.string()) }),
  /** What shows it, or who is there, has become more: only what is new. */
  'site.grown': z.object({ siteId: z.string(), kinds: z.array(z.string()), personIds: z.array(z.string()) }),
  /** Two sites proved to be one. */
  'site.merged': z.object({ siteId: z.string(), fromSiteId: z.string() }),
  'case.escalated': z.object({ escalated: z.boolean() }).extend(note.shape),
  'case.checked': z
    .object({
      item: z.string(),
      from: z.string().nullable(),
      to: z.enum(['done', 'not needed', 'waiting']).nullable(),
    })
    .extend(note.partial().shape),
  'case.acknowledged': z.object({ item: z.string(), at: iso }),
  'case.split': z.object({ from: z.string() }).extend(note.shape),

  'user.invited': z.object({ invitationId: z.string(), role: z.string() }),
  'user.joined': z.object({ userId: z.string(), role: z.string() }),
  'user.disabled': z.object({ userId: z.string() }),
  'user.enabled': z.object({ userId: z.string() }),
  'user.role_set': z.object({ userId: z.string(), from: z.string(), to: z.string() }),
  'token.created': z.object({
    tokenId: z.string(),
    source: z.string(),
    scopes: z.array(z.string()),
    vouches: vouchesSchema,
    expiresAt: iso.nullable(),
  }),
  'token.revoked': z.object({ tokenId: z.string() }),
  'token.distrusted': z.object({ tokenId: z.string(), since: iso }),

  'import.applied': z.object({
    importId: z.string(),
    what: z.string(),
    created: z.number().int(),
    updated: z.number().int(),
    unchanged: z.number().int(),
    rejected: z.number().int(),
  }),
  'import.undone': z.object({ importId: z.string(), undone: z.number().int(), kept: z.number().int() }),
} as const

export type EventKind = keyof typeof payloads
export type Payload<K extends EventKind> = z.infer<(typeof payloads)[K]>

/** The things an event is about; each is an id or null. */
export interface Subjects {
  deviceId: string | null
  personId: string | null
  shipmentId: string | null
  caseId: string | null
}

/** A fact before it is recorded. `occurredAt` is theirs; `recordedAt` and `seq` are the ledger's to give. */
export type NewEvent = {
  [K in EventKind]: Partial<Subjects> & { kind: K; occurredAt: Date; actor: Actor; payload: Payload<K> }
}[EventKind]

/** A recorded fact. `payload` is null once erased. */
export type LedgerEvent = {
  [K in EventKind]: Subjects & {
    seq: number
    kind: K
    occurredAt: Date
    recordedAt: Date
    actor: Actor
    payload: Payload<K> | null
  }
}[EventKind]

export const systemActor = (part: string): Actor => ({ type: 'system', part })
