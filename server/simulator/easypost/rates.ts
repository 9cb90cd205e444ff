// What carriers ask for a parcel: a price per carrier, service, weight and distance by country. Invented, and always the same.
import type { Address } from './addresses.ts'
import type { Books } from './books.ts'
import { hexOf } from './tracker-body.ts'

export interface Rate {
  id: string
  object: 'Rate'
  created_at: string
  updated_at: string
  mode: 'production' | 'test'
  service: string
  carrier: string
  rate: string
  currency: string
  retail_rate: string | null
  retail_currency: string | null
  list_rate: string
  list_currency: string
  billing_type: 'easypost' | 'carrier'
  delivery_days: number | null
  delivery_date: string | null
  delivery_date_guaranteed: boolean
  est_delivery_days: number | null
  shipment_id: string
  carrier_account_id: string
}

interface Tariff {
  carrier: string
  service: string
  /** In cents, for the first pound; a cent per further ounce times `perOunce`. */
  base: number
  perOunce: number
  days: number | null
}

const domestic: Tariff[] = [
  { carrier: 'USPS', service: 'GroundAdvantage', base: 845, perOunce: 4, days: 4 },
  { carrier: 'USPS', service: 'Priority', base: 1190, perOunce: 6, days: 2 },
  { carrier: 'USPS', service: 'Express', base: 3310, perOunce: 11, days: 1 },
  { carrier: 'UPS', service: 'Ground', base: 1340, perOunce: 5, days: 4 },
  { carrier: 'UPS', service: '2ndDayAir', base: 2895, perOunce: 10, days: 2 },
  { carrier: 'UPS', service: 'NextDayAir', base: 5420, perOunce: 18, days: 1 },
  { carrier: 'FedEx', service: 'FEDEX_GROUND', base: 1385, perOunce: 5, days: 3 },
  { carrier: 'FedEx', service: 'FEDEX_2_DAY', base: 2740, perOunce: 10, days: 2 },
  { carrier: 'FedEx', service: 'PRIORITY_OVERNIGHT', base: 5210, perOunce: 17, days: 1 },
]

const abroad: Tariff[] = [
  { carrier: 'UPS', service: 'UPSSaver', base: 8120, perOunce: 22, days: 3 },
  { carrier: 'FedEx', service: 'INTERNATIONAL_ECONOMY', base: 7440, perOunce: 20, days: 5 },
  { carrier: 'FedEx', service: 'INTERNATIONAL_PRIORITY', base: 9265, perOunce: 24, days: 3 },
  { carrier: 'DHLExpress', service: 'ExpressWorldwide', base: 8690, perOunce: 21, days: 3 },
]

const signatureCents: Record<string, number> = {
  SIGNATURE: 395,
  INDIRECT_SIGNATURE: 395,
  ADULT_SIGNATURE: 780,
  SIGNATURE_RESTRICTED: 780,
  ADULT_SIGNATURE_RESTRICTED: 980,
}

export interface Message {
  carrier: string
  carrier_account_id: string
  type: string
  message: string
}

/** Rates of whoever takes this parcel, and what the others said instead. */
export function ratesFor(
  books: Books,
  shipment: { id: string; from: Address; to: Address; ounces: number; signature: string | null; at: string },
): { rates: Rate[]; messages: Message[] } {
  const { from, to, ounces } = shipment
  const isDomestic = from.country === to.country
  const tariffs = isDomestic ? domestic : abroad
  const messages: Message[] = []
  if (!isDomestic) messages.push(complaint('USPS', 'shipment.customs_info is required for international shipments.'))
  const isPostBox = /^p\.? ?o\.? ?box\b/i.test(to.street1 ?? '')
  const taken = tariffs.filter(({ carrier }) => {
    if (carrier === 'USPS' && ounces > 1120) return false
    return !isPostBox || carrier === 'USPS'
  })
  if (isPostBox)
    for (const carrier of ['UPS', 'FedEx'])
      messages.push(complaint(carrier, `${carrier} does not deliver to a post office box.`))
  return { rates: taken.map((tariff) => rateOf(books, shipment, tariff)), messages }
}

const accountOf = (carrier: string) => `ca_${hexOf(carrier)}`

const complaint = (carrier: string, message: string): Message => ({
  carrier,
  carrier_account_id: accountOf(carrier),
  type: 'rate_error',
  message,
})

const money = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`

function rateOf(
  books: Books,
  { id, ounces, signature, at }: { id: string; ounces: number; signature: string | null; at: string },
  { carrier, service, base, perOunce, days }: Tariff,
): Rate {
  const cents = base + Math.max(0, Math.ceil(ounces) - 16) * perOunce + (signatureCents[signature ?? ''] ?? 0)
  const isUsps = carrier === 'USPS'
  return {
    id: books.newId('rate'),
    object: 'Rate',
    created_at: at,
    updated_at: at,
    mode: books.mode,
    service,
    carrier,
    rate: money(cents),
    currency: 'USD',
    retail_rate: isUsps ? money(Math.round(cents * 1.2)) : null,
    retail_currency: isUsps ? 'USD' : null,
    list_rate: money(Math.round(cents * 1.1)),
    list_currency: 'USD',
    billing_type: isUsps ? 'easypost' : 'carrier',
    delivery_days: days,
    delivery_date: null,
    delivery_date_guaranteed: false,
    est_delivery_days: days,
    shipment_id: id,
    carrier_account_id: accountOf(carrier),
  }
}
