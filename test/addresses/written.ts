// Addresses for tests: a US one unless told otherwise.
import type { Address } from '../../server/addresses/parse.ts'

const BOSTON: Address = {
  line1: '14 Quay Street',
  line2: '',
  city: 'Boston',
  region: 'MA',
  postalCode: '02110',
  country: 'US',
}

export function written(line1: string, parts: Partial<Address> = {}): Address {
  return { ...BOSTON, line1, ...parts }
}

const elsewhere = { line2: '', region: '' }
export const berlin = { ...elsewhere, city: 'Berlin', postalCode: '10115', country: 'DE' }
export const london = { ...elsewhere, city: 'London', postalCode: 'SW1A 1AA', country: 'GB' }
export const toronto = { ...elsewhere, city: 'Toronto', region: 'ON', postalCode: 'M5V 2T6', country: 'CA' }
