// DHL: its own wording and its codes, most of which are remembered and decide nothing without words that agree (wire-formats 2.2).
import { type CarrierTable, change, deliveredTo, heldAt, is, remembered } from './row.ts'

const vendor = "wire-formats 2.2, one vendor's page"

export const dhl: CarrierTable = {
  delivered: [
    {
      says: /\bpackstation\b(?!.*\b(?:await|available|ready))/,
      reading: deliveredTo('locker'),
      source: remembered,
      example: 'Delivered to Packstation 145',
    },
  ],
  words: [
    {
      says: /\bdelivery (?:was |has been )?changed at the (?:recipient|receiver|consignee)'s request/,
      reading: change('done', 'receiver', 'unknown'),
      source: remembered,
      example: 'Delivery was changed at the recipient’s request',
    },
    {
      says: /^(?:shipment )?handed over to (?:the )?filiale\b/,
      reading: heldAt('counter'),
      source: remembered,
      example: 'Shipment handed over to Filiale',
    },
  ],
  codes: [
    { codes: ['PU'], reading: is('accepted'), source: vendor, example: '' },
    { codes: ['PL', 'DF', 'AF'], reading: is('moving'), source: vendor, example: '' },
    { codes: ['WC'], reading: is('out'), source: vendor, example: '' },
    { codes: ['OK'], reading: deliveredTo('address'), source: vendor, example: '' },
    { codes: ['NH'], reading: is('attempted'), source: vendor, example: '' },
    { codes: ['RT'], reading: is('returned'), source: vendor, example: '' },
    {
      codes: ['CC'],
      reading: heldAt('counter'),
      onlyIf: /\bcollect/,
      source: 'wire-formats 2.2: awaits collection in one source, customs cleared in another',
      example: 'Consignee will collect',
    },
    {
      codes: ['CM'],
      reading: heldAt('carrier'),
      onlyIf: /\bmov(?:ed|ing)\b/,
      source: remembered,
      example: 'Moving house',
    },
    { codes: ['BA'], reading: heldAt('carrier'), onlyIf: /\baddress\b/, source: remembered, example: 'Address query' },
    {
      codes: ['FD'],
      reading: is('moving'),
      onlyIf: /^forwarded for delivery$/,
      source: remembered,
      example: 'Forwarded for delivery',
    },
    {
      codes: ['TP'],
      reading: is('forwarded'),
      onlyIf: /\bthird party\b/,
      source: `${remembered}, weak`,
      example: 'Handed to third party',
    },
    {
      codes: ['AD'],
      reading: change('requested', 'receiver', 'other day'),
      onlyIf: /\b(?:agreed|arranged)\b/,
      source: remembered,
      example: 'Delivery agreed with receiver',
    },
    {
      codes: ['SC'],
      reading: change('done', 'unknown', 'unknown'),
      onlyIf: /\bservice\b.*\bchanged?\b/,
      source: `${remembered}, weak`,
      example: 'Service was changed',
    },
    {
      codes: ['RD'],
      reading: is('returned'),
      onlyIf: /\brejected\b/,
      source: remembered,
      example: 'Rejected at the door',
    },
    { codes: ['OH', 'HP'], reading: heldAt('carrier'), onlyIf: /\bhold/, source: remembered, example: 'Holding area' },
    {
      codes: ['SP'],
      reading: heldAt('counter'),
      onlyIf: /\bservice ?point\b/,
      source: remembered,
      example: 'Service point confirmed',
    },
  ],
}
