// UPS: its own wording, its three-digit status codes and its two-character activity codes (wire-formats 2.2).
import { type CarrierTable, change, deliveredTo, heldAt, is, notes } from './row.ts'

const list = 'wire-formats 2.2, the public list of three-digit codes'
const logs = 'wire-formats 2.2, activity codes from public logs'

export const ups: CarrierTable = {
  delivered: [
    {
      says: /^delivered to (?:a |the )?(?:ups )?access point(?!.*\b(?:await|available|ready|locker))/,
      reading: heldAt('counter'),
      source: notes,
      example: 'Delivered to UPS Access Point™',
    },
  ],
  words: [
    {
      says: /\bpick-?up time (?:is |has )?(?:over|expired|passed)\b|\bnot (?:picked up|collected) (?:in time|within)\b/,
      reading: is('returned'),
      source: 'wire-formats 2.2, activity codes 5G and 6C',
      example: 'The pickup time has expired.',
    },
  ],
  codes: [
    { codes: ['011'], reading: deliveredTo('address'), source: list, example: '' },
    { codes: ['013'], reading: is('cannot tell'), source: `${list}: anything may be behind it`, example: '' },
    { codes: ['016'], reading: heldAt('carrier'), source: list, example: '' },
    { codes: ['017', '040'], reading: heldAt('counter'), source: list, example: '' },
    { codes: ['018'], reading: change('requested', 'unknown', 'counter'), source: list, example: '' },
    { codes: ['019', '020'], reading: change('requested', 'unknown', 'other day'), source: list, example: '' },
    { codes: ['025', '026'], reading: is('moving'), source: list, example: '' },
    { codes: ['027'], reading: change('requested', 'unknown', 'address'), source: list, example: '' },
    {
      codes: ['028', 'AH', 'EG', 'AG'],
      reading: is('address corrected'),
      onlyIf: /\bcorrect/,
      source: `${list}: a redirect or a correction, as the words have it`,
      example: 'Correction made at origin',
    },
    { codes: ['029', '050'], reading: heldAt('carrier'), source: list, example: '' },
    { codes: ['033'], reading: change('requested', 'unknown', 'back'), source: list, example: '' },
    { codes: ['034', '035', '036', '037'], reading: is('returned'), source: list, example: '' },
    { codes: ['054'], reading: change('requested', 'unknown', 'unknown'), source: list, example: '' },
    { codes: ['055'], reading: change('done', 'unknown', 'other day'), source: list, example: '' },

    { codes: ['UD'], reading: change('requested', 'receiver', 'address'), source: logs, example: '' },
    { codes: ['A7'], reading: is('forwarded'), source: logs, example: '' },
    { codes: ['VM'], reading: change('done', 'unknown', 'unknown'), source: logs, example: '' },
    { codes: ['78'], reading: change('requested', 'unknown', 'unknown'), source: logs, example: '' },
    { codes: ['AA', 'AB', 'AC', 'AD', 'AE', 'AF'], reading: heldAt('carrier'), source: logs, example: '' },
    { codes: ['S7', 'C8', 'ZQ', 'ZP', '2Q'], reading: heldAt('counter'), source: logs, example: '' },
    { codes: ['T3'], reading: change('requested', 'sender', 'counter'), source: logs, example: '' },
    { codes: ['5R'], reading: change('done', 'carrier', 'counter'), source: logs, example: '' },
    { codes: ['2W'], reading: deliveredTo('person'), source: logs, example: '' },
    { codes: ['5G', '6C', 'UF', 'KR'], reading: is('returned'), source: logs, example: '' },
    { codes: ['ZC', '7M', 'MF'], reading: change('requested', 'unknown', 'other day'), source: logs, example: '' },
    { codes: ['SX'], reading: change('done', 'unknown', 'other day'), source: logs, example: '' },
    {
      codes: ['AI', 'ZE', 'ZF', 'ZG', 'ZH', 'ZI'],
      reading: deliveredTo('address'),
      source: `${logs}, each listed under 011`,
      example: '',
    },
    {
      codes: ['FS', 'KB', 'KM', 'KE', 'KD', 'DL', '9E', 'F4'],
      reading: deliveredTo('address'),
      onlyIf: /\bdelivered\b/,
      source: `${logs} and nowhere else`,
      example: 'Consignment delivered',
    },
    { codes: ['LX'], reading: is('moving'), source: logs, example: '' },
  ],
}
