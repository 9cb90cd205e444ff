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
export const paris = { ...elsewhere, city: 'Paris', postalCode: '75011', country: 'FR' }
export const madrid = { ...elsewhere, city: 'Madrid', postalCode: '28013', country: 'ES' }
export const utrecht = { ...elsewhere, city: 'Utrecht', postalCode: '3511 AB', country: 'NL' }
export const warsaw = { ...elsewhere, city: 'Warszawa', postalCode: '00-001', country: 'PL' }
export const tokyo = { ...elsewhere, city: 'Tokyo', postalCode: '100-0001', country: 'JP' }
export const moscow = { ...elsewhere, city: 'Moscow', postalCode: '101000', country: 'RU' }
