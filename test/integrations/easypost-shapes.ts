// The shapes of EasyPost's answers: every member there is and none that is not, as its recorded answers have them.
import { z } from 'zod'

const prefixed = (prefix: string) => z.string().regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`))
const instant = z.iso.datetime({ offset: true })
const mode = z.enum(['test', 'production'])
const text = z.string().nullable()
const money = z.string().regex(/^\d+\.\d{2}$/)

const entry = z.strictObject({
  code: z.string().regex(/^E\.[A-Z_.0-9]+$/),
  field: z.string(),
  message: z.string(),
  suggestion: text,
})

/** Where EasyPost found it: coordinates as numbers. Where not: an empty object, or nulls. */
const place = z.union([
  z.strictObject({ latitude: z.number(), longitude: z.number(), time_zone: z.string() }),
  z.strictObject({ latitude: z.null(), longitude: z.null(), time_zone: z.null() }),
  z.strictObject({}),
])

const verifications = z.strictObject({
  zip4: z.strictObject({ success: z.boolean(), errors: z.array(entry), details: z.null() }).optional(),
  delivery: z.strictObject({ success: z.boolean(), errors: z.array(entry), details: place }).optional(),
  verify_carrier: z.string().optional(),
})

export const address = z.strictObject({
  id: prefixed('adr'),
  object: z.literal('Address'),
  created_at: instant,
  updated_at: instant,
  name: text,
  company: text,
  street1: z.string(),
  street2: text,
  city: z.string(),
  state: text,
  zip: text,
  country: z.string().length(2),
  phone: text,
  email: text,
  mode,
  carrier_facility: z.null(),
  residential: z.boolean().nullable(),
  federal_tax_id: z.null(),
  state_tax_id: z.null(),
  verifications,
})
export const wrappedAddress = z.strictObject({ address })

const fieldEntry = z.strictObject({
  code: z.string().optional(),
  field: z.string(),
  message: z.string(),
  suggestion: text.optional(),
})
export const refusal = z.strictObject({
  error: z.strictObject({
    code: z.string().regex(/^[A-Z_.]+$/),
    message: z.string(),
    errors: z.union([z.array(fieldEntry), z.array(z.string())]),
  }),
})

const fee = z.strictObject({
  object: z.literal('Fee'),
  type: z.string(),
  amount: z.string().regex(/^\d+\.\d{5}$/),
  charged: z.boolean(),
  refunded: z.boolean(),
})

const location = z.strictObject({
  object: z.literal('TrackingLocation'),
  city: text,
  state: text,
  country: text,
  zip: text,
})

const statuses = [
  'unknown',
  'pre_transit',
  'in_transit',
  'out_for_delivery',
  'delivered',
  'available_for_pickup',
  'return_to_sender',
  'failure',
  'cancelled',
  'error',
] as const

const detail = z.strictObject({
  object: z.literal('TrackingDetail'),
  message: z.string(),
  description: z.string(),
  status: z.enum(statuses),
  status_detail: text,
  datetime: instant,
  source: z.string(),
  carrier_code: text,
  tracking_location: location,
  est_delivery_date: instant.nullable().optional(),
})

const carrierDetail = z.strictObject({
  object: z.literal('CarrierDetail'),
  service: text,
  container_type: text,
  est_delivery_date_local: text,
  est_delivery_time_local: text,
  origin_location: text,
  origin_tracking_location: location.nullable(),
  destination_location: text,
  destination_tracking_location: location.nullable(),
  guaranteed_delivery_date: text,
  alternate_identifier: text,
  initial_delivery_attempt: text,
})

/** In lists, batches and shipments: without `finalized` and `is_return`. */
export const listedTracker = z.strictObject({
  id: prefixed('trk'),
  object: z.literal('Tracker'),
  mode,
  tracking_code: z.string(),
  status: z.enum(statuses),
  status_detail: z.string(),
  created_at: instant,
  updated_at: instant,
  signed_by: text,
  weight: z.number().nullable(),
  est_delivery_date: instant.nullable(),
  shipment_id: prefixed('shp').nullable(),
  carrier: z.string(),
  tracking_details: z.array(detail),
  fees: z.array(fee),
  carrier_detail: carrierDetail.nullable(),
  // Since November 2025.
  delivery_evidence: z.array(z.unknown()).optional(),
  public_url: z.url(),
})

export const tracker = listedTracker.extend({
  fees: z.array(fee).optional(),
  finalized: z.boolean(),
  is_return: z.boolean(),
})
/** Whichever of the two a recording was taken from. */
export const anyTracker = z.union([tracker, listedTracker])
export const trackerList = z.strictObject({ trackers: z.array(listedTracker), has_more: z.boolean() })
export const removed = z.strictObject({ success: z.literal(true) })

const rate = z.strictObject({
  id: prefixed('rate'),
  object: z.literal('Rate'),
  created_at: instant,
  updated_at: instant,
  mode,
  service: z.string(),
  carrier: z.string(),
  rate: money,
  currency: z.string().length(3),
  retail_rate: money.nullable(),
  retail_currency: text,
  list_rate: money,
  list_currency: z.string().length(3),
  billing_type: z.enum(['easypost', 'carrier']),
  delivery_days: z.int().nullable(),
  delivery_date: text,
  delivery_date_guaranteed: z.boolean(),
  est_delivery_days: z.int().nullable(),
  shipment_id: prefixed('shp'),
  carrier_account_id: prefixed('ca'),
})

const parcel = z.strictObject({
  id: prefixed('prcl'),
  object: z.literal('Parcel'),
  created_at: instant,
  updated_at: instant,
  length: z.number().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  predefined_package: text,
  weight: z.number(),
  mode,
})

const label = z.strictObject({
  object: z.literal('PostageLabel'),
  id: prefixed('pl'),
  created_at: instant,
  updated_at: instant,
  date_advance: z.int(),
  integrated_form: z.string(),
  label_date: instant,
  label_resolution: z.int(),
  label_size: z.string(),
  label_type: z.string(),
  label_file_type: z.string(),
  label_url: z.url(),
  label_pdf_url: z.url().nullable(),
  label_zpl_url: z.url().nullable(),
  label_epl2_url: z.url().nullable(),
  label_file: z.null(),
})

/** What EasyPost adds to the options by itself is always there. */
const options = z.looseObject({
  currency: z.literal('USD'),
  payment: z.strictObject({ type: z.literal('SENDER') }),
  date_advance: z.int(),
})

const customsItem = z.strictObject({
  id: prefixed('cstitem'),
  object: z.literal('CustomsItem'),
  created_at: instant,
  updated_at: instant,
  description: z.string(),
  hs_tariff_number: text,
  origin_country: text,
  quantity: z.number(),
  value: z.string(),
  weight: z.number(),
  code: text,
  mode,
  manufacturer: text,
  currency: text,
  eccn: text,
  printed_commodity_identifier: text,
})

const customs = z.strictObject({
  id: prefixed('cstinfo'),
  object: z.literal('CustomsInfo'),
  created_at: instant,
  updated_at: instant,
  contents_explanation: text,
  contents_type: text,
  customs_certify: z.boolean(),
  customs_signer: text,
  eel_pfc: text,
  non_delivery_option: text,
  restriction_comments: text,
  restriction_type: text,
  mode,
  declaration: text,
  customs_items: z.array(customsItem),
})

const message = z.strictObject({
  carrier: z.string(),
  carrier_account_id: prefixed('ca'),
  type: z.string(),
  message: z.string(),
})

const unboughtParts = {
  created_at: instant,
  is_return: z.boolean(),
  messages: z.array(message),
  mode,
  options,
  reference: text,
  status: z.enum(statuses),
  updated_at: instant,
  batch_id: z.null(),
  batch_status: z.null(),
  batch_message: z.null(),
  customs_info: customs.nullable(),
  from_address: address,
  insurance: money.nullable(),
  order_id: z.null(),
  parcel,
  rates: z.array(rate),
  refund_status: z.enum(['submitted', 'refunded', 'rejected']).nullable(),
  scan_form: z.null(),
  to_address: address,
  usps_zone: z.int().nullable(),
  return_address: address,
  buyer_address: address,
  forms: z.array(z.unknown()),
  fees: z.array(fee),
  id: prefixed('shp'),
  object: z.literal('Shipment'),
}

export const unboughtShipment = z.strictObject({
  ...unboughtParts,
  tracking_code: z.null(),
  postage_label: z.null(),
  selected_rate: z.null(),
  tracker: z.null(),
})

export const boughtShipment = z.strictObject({
  ...unboughtParts,
  tracking_code: z.string(),
  postage_label: label,
  selected_rate: rate,
  tracker: listedTracker,
})

export const refunds = z.array(
  z.strictObject({
    id: prefixed('rfnd'),
    object: z.literal('Refund'),
    created_at: instant,
    updated_at: instant,
    tracking_code: z.string(),
    confirmation_number: text,
    status: z.enum(['submitted', 'refunded', 'rejected']),
    carrier: z.string(),
    shipment_id: prefixed('shp'),
  }),
)

export const webhook = z.strictObject({
  id: prefixed('hook'),
  object: z.literal('Webhook'),
  mode,
  url: z.url(),
  created_at: instant,
  disabled_at: instant.nullable(),
  custom_headers: z.array(z.strictObject({ name: z.string(), value: z.string() })),
})
export const webhookList = z.strictObject({ webhooks: z.array(webhook) })

/** Samples shorten ids; recorded ones have 32 digits. */
const eventParts = {
  id: z.string().startsWith('evt_'),
  object: z.literal('Event'),
  description: z.string().regex(/^[a-z_]+\.[a-z]+$/),
  mode,
  status: z.string(),
  created_at: instant,
  user_id: z.string().startsWith('user_'),
}

/** As the API answers it: without the result. */
export const event = z.strictObject({
  ...eventParts,
  updated_at: instant,
  previous_attributes: z.record(z.string(), z.unknown()),
  pending_urls: z.array(z.url()),
  completed_urls: z.array(z.url()),
})
export const eventList = z.strictObject({ events: z.array(z.strictObject(eventParts)), has_more: z.boolean() })

/** As it is posted: with the whole tracker, whose ids are shortened in the official fixture. */
export const postedEvent = event.extend({ result: tracker.extend({ id: z.string().startsWith('trk_') }) })

export const payloadList = z.strictObject({
  payloads: z.array(
    z.strictObject({
      id: prefixed('payload'),
      object: z.literal('Payload'),
      created_at: instant,
      updated_at: instant,
      request_url: z.url(),
      request_headers: z.record(z.string(), z.string()),
      request_body: z.string(),
      response_code: z.int(),
      response_headers: z.record(z.string(), z.string()),
      response_body: z.string().optional(),
      total_time: z.number(),
    }),
  ),
})
