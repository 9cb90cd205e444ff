// EasyPost as the carrier port: addresses, rates, labels, refunds, trackers, webhooks. Facts: wire-formats 1.
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { AppError } from '../../lib/errors.ts'
import { createFetch } from '../../lib/fetch.ts'
import type { Carrier, ParcelOrder, PostalAddress } from '../../ports.ts'
import { trackerAnswerSchema } from './easypost.ts'
import { shipmentSchema, verdictSchema, webhookSchema, webhooksSchema } from './easypost-answers.ts'
import { createCalls } from './easypost-calls.ts'

export interface EasyPostCarrierOptions {
  apiKey: string
  /** Null: EasyPost's own. */
  baseUrl: string | null
  /** Whether labels may lie at a private address: only where the base URL does, by the operator's own word. */
  allowPrivate: boolean
  /** For one call; EasyPost waits for carriers, so less than half a minute breaks purchases that work. */
  timeoutMs?: number
  wait?(ms: number): Promise<void>
}

const timeoutMs = 40_000
const labelBytesMax = 8 * 1024 * 1024
const anything = z.unknown()

/** EasyPost behind the port. Makes no call by itself. Errors: see the port. */
export function createEasyPostCarrier(options: EasyPostCarrierOptions): Carrier {
  const call = createCalls({ timeoutMs, wait: (ms) => sleep(ms), ...options })
  const fetchLabel = createFetch({
    allowPrivate: options.allowPrivate,
    timeoutMs: options.timeoutMs ?? timeoutMs,
    maxBytes: labelBytesMax + 1,
  })
  const read: Carrier['read'] = (externalId) =>
    call(shipmentSchema, (client) => client.Shipment.retrieve(pathPart(externalId)))
  /** Null where 429 says that nothing was done, and when it cannot be read either. */
  const readAfter = async (error: unknown, externalId: string) => {
    if (error instanceof AppError && error.problem === 'too_many') return null
    return read(externalId).catch(() => null)
  }
  return {
    name: 'easypost',
    mode: options.apiKey.startsWith('EZTK') ? 'test' : 'production',
    // Its only such option is USPS's endorsement against forwarding (wire-formats 1.3).
    canForbidRedirect: (carrier) => /^usps/i.test(carrier),
    verifyAddress: (address) =>
      call(verdictSchema, (client) => client.Address.create({ ...addressOf(address), verify: true })),
    quote: (order) => call(shipmentSchema, (client) => client.Shipment.create(shipmentOf(order))),
    read,
    async buy({ externalId, rateId }) {
      try {
        return await call(shipmentSchema, (client) => client.Shipment.buy(pathPart(externalId), rateId))
      } catch (error) {
        // Bought before, or perhaps just now: what EasyPost has is the truth.
        const known = await readAfter(error, externalId)
        if (known?.label) return known
        throw error
      }
    },
    label: async (url) => pdfOf(await fetchLabel(url).catch(unfetched)),
    async refund(externalId) {
      try {
        return await call(shipmentSchema, (client) => client.Shipment.refund(pathPart(externalId)))
      } catch (error) {
        const known = await readAfter(error, externalId)
        if (known?.refund) return known
        throw error
      }
    },
    track: ({ trackingCode, carrier }) =>
      call(trackerAnswerSchema, (client) =>
        client.Tracker.create({ tracking_code: trackingCode, ...carrierOf(carrier) }),
      ),
    readTracker: (trackerId) => call(trackerAnswerSchema, (client) => client.Tracker.retrieve(pathPart(trackerId))),
    // EasyPost has no call that stops a parcel on its way: somebody has to ring the carrier.
    intercept: async () => false,
    webhooks: {
      register: ({ url, secret }) =>
        call(webhookSchema, (client) => client.Webhook.create({ url, webhook_secret: secret })),
      setSecret: async ({ id, secret }) => {
        await call(anything, (client) => client.Webhook.update(pathPart(id), { webhook_secret: secret }))
      },
      list: () => call(webhooksSchema, (client) => client.Webhook.all()),
      remove: async (id) => {
        await call(anything, (client) => client.Webhook.delete(pathPart(id))).catch((error) => {
          if (!(error instanceof AppError && error.problem === 'not_found')) throw error
        })
      },
    },
  }
}

/** An id within a path: ids of webhooks come from outside, and none may lead elsewhere. */
function pathPart(id: string): string {
  if (/^[\w-]{1,100}$/.test(id)) return id
  throw new AppError('invalid', 'This is no id of EasyPost.')
}

function addressOf(address: PostalAddress) {
  const { name, company, line1, line2, city, region, postalCode, country, phone, email } = address
  const written = {
    name,
    company,
    street1: line1,
    street2: line2,
    city,
    state: region,
    zip: postalCode,
    country,
    phone,
    email,
  }
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== ''))
}

const inches = (cm: number) => Math.max(0.1, Math.round((cm / 2.54) * 10) / 10)
/** Rounded up, since a carrier bills what it weighs. */
const ounces = (grams: number) => Math.max(0.1, Math.ceil((grams / 28.349523125) * 10) / 10)

const confirmations = { signature: 'SIGNATURE', 'adult signature': 'ADULT_SIGNATURE' } as const

/**
 * The parameters of a Shipment. EasyPost swaps the two addresses of a return itself and wants them as they were on the way out:
 * https://docs.easypost.com/docs/shipments/returns
 */
function shipmentOf(order: ParcelOrder) {
  const { from, to, parcel, signature } = order
  return {
    reference: order.reference,
    is_return: order.isReturn,
    from_address: addressOf(order.isReturn ? to : from),
    to_address: addressOf(order.isReturn ? from : to),
    parcel: {
      length: inches(parcel.lengthCm),
      width: inches(parcel.widthCm),
      height: inches(parcel.heightCm),
      weight: ounces(parcel.weightGrams),
    },
    options: {
      label_format: 'PDF',
      ...(signature === 'none' ? {} : { delivery_confirmation: confirmations[signature] }),
      ...(order.holdForPickup ? { hold_for_pickup: true } : {}),
      ...(order.forbidRedirect ? { endorsement: 'RETURN_SERVICE_REQUESTED' } : {}),
    },
  }
}

const spelled: Record<string, string | null> = {
  ups: 'UPS',
  usps: 'USPS',
  fedex: 'FedEx',
  // DHL is several carriers to EasyPost: it tells from the number which.
  dhl: null,
}

/** The carrier as EasyPost spells it; none where it is better at telling than we are. */
function carrierOf(carrier: string | null): { carrier?: string } {
  const key = carrier?.trim().toLowerCase() ?? ''
  const name = key in spelled ? spelled[key] : carrier?.trim()
  return name ? { carrier: name } : {}
}

const unfetchedText = (why: string) =>
  `The label could not be fetched, so nothing was printed; try again in a minute. (${why})`

function unfetched(error: unknown): never {
  throw error instanceof AppError && error.problem === 'unavailable'
    ? new AppError('unavailable', unfetchedText(error.message))
    : error
}

function pdfOf({ status, bytes }: { status: number; bytes: Buffer }): Uint8Array {
  if (status !== 200) throw new AppError('unavailable', unfetchedText(`it was answered with ${status}`))
  if (bytes.length > labelBytesMax) throw new AppError('too_large', 'The label is larger than a label can be.')
  if (bytes.subarray(0, 4).toString('latin1') !== '%PDF')
    throw new AppError('unavailable', 'What lies at the label’s address is no PDF.')
  return bytes
}
