// USPS: its own wording and its event codes (wire-formats 2.2).
import { type CarrierTable, change, common, deliveredTo, heldAt, is, notes } from './row.ts'

const events = 'wire-formats 2.2, event codes'

export const usps: CarrierTable = {
  delivered: [
    {
      says: /to recipient by agent/,
      reading: deliveredTo('person'),
      source: notes,
      example: 'Delivered to Recipient by Agent',
    },
    {
      says: /^delivered, in\/at mailbox\b/,
      reading: deliveredTo('address'),
      source: notes,
      example: 'Delivered, In/At Mailbox',
    },
  ],
  words: [
    {
      says: /\bcustomer recall/,
      reading: change('requested', 'sender', 'back'),
      source: 'wire-formats 2.2, code 44: the mailer calls it back',
      example: 'Customer Recall',
    },
    {
      says: /^vacant$|\baddress (?:is )?vacant\b/,
      reading: heldAt('carrier'),
      source: 'wire-formats 2.2, code 26',
      example: 'Vacant',
    },
    {
      says: /^in possession of item$|^usps in possession of item$/,
      reading: is('accepted'),
      source: common,
      example: 'USPS in possession of item',
    },
  ],
  codes: [
    { codes: ['01'], reading: deliveredTo('address'), source: `${events}: the words decide to whom`, example: '' },
    { codes: ['04', '09', '29', '31'], reading: is('returned'), source: events, example: '' },
    { codes: ['05', '21', '22', '23', '24', '25', '26'], reading: heldAt('carrier'), source: events, example: '' },
    { codes: ['06'], reading: is('forwarded'), source: events, example: '' },
    { codes: ['14', '16'], reading: heldAt('counter'), source: events, example: '' },
    { codes: ['17'], reading: deliveredTo('agent'), source: events, example: '' },
    { codes: ['44'], reading: change('requested', 'sender', 'back'), source: events, example: '' },
    { codes: ['OF'], reading: is('out'), source: 'recorded USPS event', example: '' },
    {
      codes: ['07', '10', 'A1', 'EF', 'PA', 'SF', 'T1', 'TL', 'TM'],
      reading: is('moving'),
      source: events,
      example: '',
    },
  ],
}
