// Carriers' own event codes, read only where the words say nothing. Codes of conflicting or unsourced meaning are left out.
import type { Reading } from '../../../ports.ts'
import type { CarrierName } from './wording.ts'

const asked = (
  by: 'receiver' | 'sender' | 'unknown',
  to: 'address' | 'counter' | 'back' | 'other day' | 'unknown',
): Reading => ({
  is: 'delivery change',
  stage: 'requested',
  by,
  to,
})
const returned: Reading = { is: 'returned' }
const atCounter: Reading = { is: 'held', at: 'counter' }
const delivered: Reading = { is: 'delivered', to: 'address' }

/**
 * Code to reading per carrier, after wire-formats 2.2, rows marked [3p] with one meaning only. Left out on purpose: DHL (from
 * memory, `CC` conflicting), UPS AH, EG and 028 (redirect or correction), AG (two record types), 013 (anything), FedEx RM and CH (weak).
 */
export const codes: Record<CarrierName, Record<string, Reading>> = {
  ups: {
    '017': atCounter,
    '018': asked('unknown', 'counter'),
    '027': asked('unknown', 'address'),
    '033': asked('unknown', 'back'),
    '034': returned,
    '035': returned,
    '036': returned,
    '037': returned,
    '040': atCounter,
    '054': asked('unknown', 'unknown'),
    UD: asked('receiver', 'address'),
    A7: { is: 'forwarded' },
    T3: asked('sender', 'counter'),
    ZP: atCounter,
    '2Q': atCounter,
    '2W': { is: 'delivered', to: 'person' },
    UF: returned,
    KR: returned,
  },
  fedex: {
    OC: { is: 'created' },
    PU: { is: 'accepted' },
    AR: { is: 'moving' },
    DP: { is: 'moving' },
    IT: { is: 'moving' },
    OD: { is: 'out' },
    DL: delivered,
    RR: asked('receiver', 'unknown'),
    RC: { is: 'delivery change', stage: 'refused', by: 'receiver', to: 'unknown' },
    RA: asked('unknown', 'address'),
    PR: { is: 'delivery change', stage: 'done', by: 'unknown', to: 'address' },
    AS: { is: 'address corrected' },
    HA: asked('unknown', 'counter'),
    HL: atCounter,
    HP: atCounter,
    RT: asked('unknown', 'back'),
    RS: returned,
  },
  usps: {
    '04': returned,
    '06': { is: 'forwarded' },
    '09': returned,
    '14': atCounter,
    '16': atCounter,
    '17': { is: 'delivered', to: 'agent' },
    '29': returned,
    '31': returned,
  },
  dhl: {},
}
