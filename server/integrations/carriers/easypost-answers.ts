// EasyPost's answers as the port has them: shipments, addresses, webhooks. Shapes: wire-formats 1.2, 1.3 and 1.5.
import { z } from 'zod'
import { type AddressVerdict, cleanText, type PostalAddress, type ProvidedShipment } from '../../ports.ts'

const text = z
  .string()
  .nullish()
  .catch(null)
  .transform((value) => cleanText(value ?? '').trim())
const needed = z
  .string()
  .transform((value) => cleanText(value).trim())
  .pipe(z.string().min(1))
const id = z.string().regex(/^[\w-]{1,100}$/)
const amount = z.union([z.string().regex(/^\d{1,9}(\.\d{1,4})?$/), z.number().nonnegative().transform(String)])
const currency = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .transform((code) => code.toUpperCase())

// ── Shipments ──────────────────────────────────────────────────────────────────────────────────────────────

const rateSchema = z.object({
  id,
  carrier: needed,
  service: needed,
  rate: amount,
  currency,
  delivery_days: z.number().int().nonnegative().nullish().catch(null),
})

const labelSchema = z.object({ label_url: z.url().nullish(), label_pdf_url: z.url().nullish() })

const refunds = ['submitted', 'refunded', 'rejected'] as const

/** A Shipment. A rate that cannot be read is left out; a label that cannot be read is a broken answer. */
export const shipmentSchema = z
  .object({
    id,
    rates: z.array(z.unknown()).nullish().catch(null),
    selected_rate: rateSchema.nullish().catch(null),
    postage_label: labelSchema.nullish(),
    tracking_code: z.string().nullish(),
    tracker: z.object({ id }).nullish().catch(null),
    refund_status: z.enum(refunds).nullish().catch(null),
    messages: z.array(z.unknown()).nullish().catch(null),
  })
  .transform((shipment, context): ProvidedShipment => {
    const label = labelOf(shipment)
    if (label === undefined) {
      context.addIssue({ code: 'custom', path: ['postage_label'], message: 'is incomplete' })
      return z.NEVER
    }
    return {
      externalId: shipment.id,
      rates: (shipment.rates ?? []).flatMap((one) => {
        const rate = rateSchema.safeParse(one).data
        if (rate === undefined) return []
        const { rate: price, delivery_days: deliveryDays = null, ...rest } = rate
        return [{ ...rest, amount: price, deliveryDays }]
      }),
      label,
      refund: shipment.refund_status ?? null,
      messages: (shipment.messages ?? []).flatMap(messageOf),
    }
  })

interface WithLabel {
  selected_rate?: z.output<typeof rateSchema> | null | undefined
  postage_label?: z.output<typeof labelSchema> | null | undefined
  tracking_code?: string | null | undefined
  tracker?: { id: string } | null | undefined
}

/** Null while nothing is bought; undefined where a label is there without what we need of it. */
function labelOf(shipment: WithLabel): ProvidedShipment['label'] | undefined {
  const { selected_rate: rate, postage_label: label, tracking_code: trackingCode, tracker } = shipment
  if (!label) return null
  const url = label.label_pdf_url ?? label.label_url
  if (!rate || !url || !trackingCode) return undefined
  return {
    carrier: rate.carrier,
    service: rate.service,
    amount: rate.rate,
    currency: rate.currency,
    trackingCode: cleanText(trackingCode).trim(),
    trackerId: tracker?.id ?? null,
    url,
  }
}

const messageSchema = z.object({ carrier: text, message: needed })

function messageOf(one: unknown): string[] {
  const parsed = messageSchema.safeParse(one).data
  if (parsed === undefined) return []
  return [(parsed.carrier === '' ? parsed.message : `${parsed.carrier}: ${parsed.message}`).slice(0, 500)]
}

// ── Addresses ──────────────────────────────────────────────────────────────────────────────────────────────

const verificationSchema = z.object({
  success: z.boolean().nullish().catch(null),
  errors: z
    .array(z.object({ code: z.string().catch('unknown') }).catch({ code: 'unknown' }))
    .nullish()
    .catch(null),
  details: z
    .object({ latitude: z.number().min(-90).max(90), longitude: z.number().min(-180).max(180) })
    .nullish()
    .catch(null),
})
type Verification = z.output<typeof verificationSchema>

/** An Address created with `verify`. */
export const verdictSchema = z
  .object({
    name: text,
    company: text,
    street1: text,
    street2: text,
    city: text,
    state: text,
    zip: text,
    country: text,
    phone: text,
    email: text,
    residential: z.boolean().nullish().catch(null),
    verifications: z.object({
      delivery: verificationSchema.nullish().catch(null),
      zip4: verificationSchema.nullish().catch(null),
    }),
  })
  .transform((address): AddressVerdict => {
    const { delivery, zip4 } = address.verifications
    const codes = [...new Set([...codesOf(delivery), ...codesOf(zip4)])].map((code) => cleanText(code).slice(0, 100))
    const result = resultOf(delivery)
    const { latitude = null, longitude = null } = delivery?.details ?? {}
    return {
      result,
      codes,
      residential: address.residential ?? null,
      suggestion: result === 'deliverable' ? addressOf(address) : null,
      point: result === 'deliverable' && latitude !== null && longitude !== null ? { latitude, longitude } : null,
    }
  })

const codesOf = (one: Verification | null | undefined) => (one?.errors ?? []).map((error) => error.code)

/** May stand beside success: the place is found, its unit is not. Source: wire-formats 1.2. */
const soft = new Set(['E.SECONDARY_INFORMATION.MISSING', 'E.SECONDARY_INFORMATION.INVALID', 'E.PO_BOX.INTERNATIONAL'])
/** Say that nobody could look, not that nothing is there. */
const mute = new Set([
  'E.ENGINE.UNAVAILABLE',
  'E.TIMED_OUT',
  'E.TIME_ZONE.UNAVAILABLE',
  'E.COUNTRY.UNSUPPORTED',
  'E.QUERY.UNANSWERABLE',
])

/** Say that something of the address is not there. */
const hard = /^E\.(ADDRESS|HOUSE_NUMBER|STREET|BOX_NUMBER|ZIP|CITY_STATE|STATE)\./

/** Success alone proves nothing: it was recorded beside E.ADDRESS.NOT_FOUND (wire-formats 1.2). */
function resultOf(delivery: Verification | null | undefined): AddressVerdict['result'] {
  const codes = codesOf(delivery)
  if (codes.some((code) => hard.test(code))) return 'undeliverable'
  if (codes.some((code) => mute.has(code))) return 'cannot tell'
  if (delivery?.success === true) return codes.every((code) => soft.has(code)) ? 'deliverable' : 'cannot tell'
  return delivery?.success === false && codes.length > 0 ? 'undeliverable' : 'cannot tell'
}

interface WrittenAddress {
  name: string
  company: string
  street1: string
  street2: string
  city: string
  state: string
  zip: string
  country: string
  phone: string
  email: string
}

function addressOf(address: WrittenAddress): PostalAddress {
  const { name, company, city, country, phone, email } = address
  return {
    ...{ name, company, city, country, phone, email },
    line1: address.street1,
    line2: address.street2,
    region: address.state,
    postalCode: address.zip,
  }
}

// ── Webhooks ───────────────────────────────────────────────────────────────────────────────────────────────

export const webhookSchema = z.object({ id })

export const webhooksSchema = z
  .object({ webhooks: z.array(z.object({ id, url: z.string(), disabled_at: z.string().nullish().catch(null) })) })
  .transform(({ webhooks }) =>
    webhooks.map(({ id, url, disabled_at }) => ({ id, url, disabledAt: disabled_at ?? null })),
  )
