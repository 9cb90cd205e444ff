// Shipments: rated, bought once, refunded while nothing has moved (wire formats 1.3).
import { type Address, addressFrom, type Locate, verify } from './addresses.ts'
import type { Books, Refund } from './books.ts'
import { customsOf } from './customs.ts'
import { type Message, type Rate, ratesFor } from './rates.ts'
import { missing, notFound, Refusal } from './refusal.ts'
import { hexOf, instant } from './tracker-body.ts'
import { listedTracker, type Tracker, trackerOfLabel } from './trackers.ts'

interface Label {
  object: 'PostageLabel'
  id: string
  created_at: string
  updated_at: string
  date_advance: number
  integrated_form: 'none'
  label_date: string
  label_resolution: number
  label_size: string
  label_type: 'default'
  label_file_type: 'application/pdf' | 'image/png'
  label_url: string
  label_pdf_url: string | null
  label_zpl_url: null
  label_epl2_url: null
  label_file: null
}

interface ParcelBody {
  id: string
  object: 'Parcel'
  created_at: string
  updated_at: string
  length: number | null
  width: number | null
  height: number | null
  predefined_package: string | null
  /** Ounces. */
  weight: number
  mode: 'production' | 'test'
}

export interface Shipment {
  id: string
  createdAt: string
  updatedAt: string
  reference: string | null
  isReturn: boolean
  options: Record<string, unknown>
  customs: object | null
  to: Address
  from: Address
  returnTo: Address
  buyer: Address
  parcel: ParcelBody
  rates: Rate[]
  messages: Message[]
  insurance: string | null
  selected: Rate | null
  label: Label | null
  tracker: Tracker | null
  refund: Refund['status'] | null
}

type Typed = Record<string, unknown>

const isObject = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Makes a shipment with its rates. Both addresses change places on a return. Throws Refusal. */
export function createShipment(books: Books, body: Typed): Shipment {
  const typed = body['shipment']
  if (!isObject(typed)) throw missing('shipment')
  const at = instant(books.now())
  const asked = {
    to: addressFrom(books, typed['to_address'], 'to_address'),
    from: addressFrom(books, typed['from_address'], 'from_address'),
  }
  const isReturn = typed['is_return'] === true
  // Whoever asks leaves the addresses as on the way out: EasyPost's documentation on returns.
  const { to, from } = isReturn ? { to: asked.from, from: asked.to } : asked
  const id = books.newId('shp')
  const parcel = parcelOf(books, typed['parcel'], at)
  const options: Typed = {
    ...(isObject(typed['options']) ? typed['options'] : {}),
    currency: 'USD',
    payment: { type: 'SENDER' },
    date_advance: 0,
  }
  const signature = typeof options['delivery_confirmation'] === 'string' ? options['delivery_confirmation'] : null
  const { rates, messages } = ratesFor(books, { id, from, to, ounces: parcel.weight, signature, at })
  const shipment: Shipment = {
    id,
    createdAt: at,
    updatedAt: at,
    reference: typeof typed['reference'] === 'string' ? typed['reference'] : null,
    isReturn,
    options,
    customs: isObject(typed['customs_info']) ? customsOf(books, typed['customs_info'], at) : null,
    to,
    from,
    returnTo: isObject(typed['return_address']) ? addressFrom(books, typed['return_address'], 'return_address') : from,
    buyer: isObject(typed['buyer_address']) ? addressFrom(books, typed['buyer_address'], 'buyer_address') : to,
    parcel,
    rates,
    messages,
    insurance: null,
    selected: null,
    label: null,
    tracker: null,
    refund: null,
  }
  books.shipments.set(id, shipment)
  return shipment
}

function parcelOf(books: Books, typed: unknown, at: string): ParcelBody {
  if (!isObject(typed)) throw missing('parcel')
  const number = (name: string) => {
    const value = Number(typed[name] ?? Number.NaN)
    return Number.isFinite(value) ? value : null
  }
  const weight = number('weight')
  if (weight === null || weight <= 0)
    throw new Refusal(422, 'PARAMETER.INVALID', 'Wrong parameter type.', [
      { field: 'weight', message: 'must be a number greater than zero' },
    ])
  return {
    id: books.newId('prcl'),
    object: 'Parcel',
    created_at: at,
    updated_at: at,
    length: number('length'),
    width: number('width'),
    height: number('height'),
    predefined_package: typeof typed['predefined_package'] === 'string' ? typed['predefined_package'] : null,
    weight,
    mode: books.mode,
  }
}

/** By id, or by the reference it was given (EasyPost's documentation: "may be used in place of id values"). */
export function shipmentOf(books: Books, id: string): Shipment {
  const found = books.shipments.get(id) ?? [...books.shipments.values()].findLast((one) => one.reference === id)
  if (found === undefined) throw notFound('The shipment was not found.')
  return found
}

/** Buys one rate; a second time is refused. Throws Refusal. */
export function buyShipment(books: Books, id: string, body: Typed, locate: Locate): Shipment {
  const shipment = shipmentOf(books, id)
  if (shipment.label !== null)
    throw new Refusal(422, 'SHIPMENT.POSTAGE.EXISTS', 'Postage already exists for this shipment.')
  const rateId = isObject(body['rate']) ? body['rate']['id'] : undefined
  if (typeof rateId !== 'string') throw missing('rate')
  const rate = shipment.rates.find((one) => one.id === rateId)
  if (rate === undefined) throw notFound('The rate was not found for this shipment.')
  const at = instant(books.now())
  verify(shipment.to, { zip4: true, delivery: true, carrier: null }, locate)
  shipment.selected = { ...rate, updated_at: at }
  shipment.label = labelOf(books, shipment, at)
  shipment.tracker = trackerOfLabel(books, { ...shipment, rate })
  shipment.insurance = typeof body['insurance'] === 'string' ? body['insurance'] : null
  shipment.updatedAt = at
  return shipment
}

function labelOf(books: Books, { id, options }: Shipment, at: string): Label {
  const isPdf = String(options['label_format'] ?? 'PNG').toUpperCase() === 'PDF'
  const url = `${books.origin()}/labels/${hexOf(`${id} label`)}.${isPdf ? 'pdf' : 'png'}`
  return {
    object: 'PostageLabel',
    id: books.newId('pl'),
    created_at: at,
    updated_at: at,
    date_advance: 0,
    integrated_form: 'none',
    label_date: at,
    label_resolution: 300,
    label_size: '4x6',
    label_type: 'default',
    label_file_type: isPdf ? 'application/pdf' : 'image/png',
    label_url: url,
    label_pdf_url: isPdf ? url : null,
    label_zpl_url: null,
    label_epl2_url: null,
    label_file: null,
  }
}

/** `GET /shipments/:id/label?file_format=PDF`: the same label as a PDF. */
export function convertLabel(books: Books, id: string, format: string | undefined): Shipment {
  const shipment = shipmentOf(books, id)
  if (shipment.label === null) throw notPurchased()
  if (format?.toUpperCase() === 'PDF') shipment.label.label_pdf_url = shipment.label.label_url.replace(/png$/, 'pdf')
  return shipment
}

const notPurchased = () =>
  new Refusal(422, 'SHIPMENT.POSTAGE.MISSING', 'Postage has not been purchased for this shipment.')

/** Asks for the money back; a carrier that has the parcel refuses. Throws Refusal. */
export function refundShipment(books: Books, id: string): Shipment {
  const shipment = shipmentOf(books, id)
  if (shipment.label === null || shipment.tracker === null || shipment.selected === null) throw notPurchased()
  if (shipment.refund === 'submitted' || shipment.refund === 'refunded')
    throw new Refusal(422, 'SHIPMENT.REFUND.EXISTS', 'A refund has already been requested for this shipment.')
  const hasMoved = shipment.tracker.scans.some(({ status }) => status !== 'pre_transit')
  shipment.refund = hasMoved ? 'rejected' : 'submitted'
  shipment.updatedAt = instant(books.now())
  books.refunds.push({
    id: books.newId('rfnd'),
    object: 'Refund',
    created_at: shipment.updatedAt,
    updated_at: shipment.updatedAt,
    tracking_code: shipment.tracker.trackingCode,
    confirmation_number: null,
    status: shipment.refund,
    carrier: shipment.tracker.carrier,
    shipment_id: shipment.id,
  })
  return shipment
}

/** `POST /refunds`: by carrier and tracking codes; answers a list. Throws Refusal. */
export function refundCodes(books: Books, body: Typed): Refund[] {
  const typed = body['refund']
  if (!isObject(typed)) throw missing('refund')
  const codes = [typed['tracking_codes']].flat().filter((code) => typeof code === 'string')
  if (codes.length === 0) throw missing('tracking_codes')
  return codes.map((code) => {
    const shipment = [...books.shipments.values()].find(({ tracker }) => tracker?.trackingCode === code)
    if (shipment === undefined) throw notFound(`No shipment has the tracking code ${code}.`)
    refundShipment(books, shipment.id)
    return books.refunds.at(-1)!
  })
}

/** Carriers pay back what was asked for. */
export function payRefunds(books: Books): void {
  for (const refund of books.refunds.filter(({ status }) => status === 'submitted')) {
    refund.status = 'refunded'
    shipmentOf(books, refund.shipment_id).refund = 'refunded'
    books.tell('refund.successful', { ...refund, mode: books.mode }, { status: 'submitted' })
  }
}

/** As the API answers it. */
export function shipmentBody(books: Books, shipment: Shipment) {
  const { label, tracker, to } = shipment
  return {
    created_at: shipment.createdAt,
    is_return: shipment.isReturn,
    messages: shipment.messages,
    mode: books.mode,
    options: shipment.options,
    reference: shipment.reference,
    status: tracker === null ? 'unknown' : listedTracker(books, tracker).status,
    tracking_code: tracker?.trackingCode ?? null,
    updated_at: shipment.updatedAt,
    batch_id: null,
    batch_status: null,
    batch_message: null,
    customs_info: shipment.customs,
    from_address: shipment.from,
    insurance: shipment.insurance,
    order_id: null,
    parcel: shipment.parcel,
    postage_label: label,
    rates: shipment.rates,
    refund_status: shipment.refund,
    scan_form: null,
    selected_rate: shipment.selected,
    tracker: tracker === null ? null : listedTracker(books, tracker),
    to_address: to,
    usps_zone: to.country === 'US' ? 4 : null,
    return_address: shipment.returnTo,
    buyer_address: shipment.buyer,
    forms: [],
    fees:
      shipment.selected === null ? [] : [fee('LabelFee', '0.00000'), fee('PostageFee', `${shipment.selected.rate}000`)],
    id: shipment.id,
    object: 'Shipment',
  }
}

const fee = (type: string, amount: string) => ({ object: 'Fee', type, amount, charged: true, refunded: false })
