// FedEx: its own wording, its event types and its exception codes (wire-formats 2.2).
import { readChange } from './change.ts'
import { type CarrierTable, change, deliveredTo, heldAt, is, notes, recorded } from './row.ts'

const types = 'wire-formats 2.2, event types'
const exceptions = 'wire-formats 2.2, exception codes of the sandbox'

export const fedex: CarrierTable = {
  delivered: [],
  words: [
    {
      // Its Delivery Manager is the receiver's own service, and its scans speak of a "delivery option".
      says: /\bdelivery option (?:requested|updated|cancelled)$/,
      reading: (text) => readChange(text, 'fedex'),
      source: notes,
      example: 'Delivery option cancelled',
      comesTo: change('refused', 'receiver', 'unknown'),
    },
    {
      says: /^international shipment release\b/,
      reading: is('customs'),
      source: recorded,
      example: 'International shipment release - Import',
    },
  ],
  codes: [
    { codes: ['OC'], reading: is('created'), source: types, example: '' },
    { codes: ['PU'], reading: is('accepted'), source: types, example: '' },
    { codes: ['AR', 'DP', 'IT'], reading: is('moving'), source: types, example: '' },
    { codes: ['OD'], reading: is('out'), source: types, example: '' },
    { codes: ['DL'], reading: deliveredTo('address'), source: types, example: '' },
    { codes: ['DY', 'DD'], reading: is('moving'), source: `${types}: late, and still on its way`, example: '' },
    { codes: ['RR'], reading: change('requested', 'receiver', 'unknown'), source: types, example: '' },
    { codes: ['RC'], reading: change('refused', 'receiver', 'unknown'), source: types, example: '' },
    {
      codes: ['RM'],
      reading: change('done', 'receiver', 'unknown'),
      onlyIf: /\bupdat/,
      source: `${types}: another address or another day`,
      example: 'Update received from the portal',
    },
    { codes: ['RA'], reading: change('requested', 'unknown', 'address'), source: types, example: '' },
    { codes: ['PR'], reading: change('done', 'unknown', 'address'), source: types, example: '' },
    { codes: ['AS'], reading: is('address corrected'), source: types, example: '' },
    { codes: ['CH'], reading: is('cannot tell'), source: `${types}: weak`, example: 'Location changed' },
    { codes: ['HA'], reading: change('requested', 'unknown', 'counter'), source: types, example: '' },
    { codes: ['HL', 'HP'], reading: heldAt('counter'), source: types, example: '' },
    { codes: ['RT'], reading: change('requested', 'unknown', 'back'), source: types, example: '' },
    { codes: ['RS'], reading: is('returned'), source: types, example: '' },
    { codes: ['DE', 'SE'], reading: is('cannot tell'), source: `${types}: the words decide`, example: '' },
    { codes: ['A12'], reading: change('requested', 'unknown', 'counter'), source: exceptions, example: '' },
    { codes: ['A13'], reading: change('done', 'unknown', 'counter'), source: exceptions, example: '' },
    { codes: ['A3', '015A'], reading: heldAt('counter'), source: exceptions, example: '' },
    { codes: ['007'], reading: is('attempted'), source: exceptions, example: '' },
  ],
}
