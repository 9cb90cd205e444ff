// Identity: what tells one laptop from another, and what tells nothing.
import { expect, test } from 'vitest'
import { normaliseSerial, normaliseUuid } from '../../server/devices/identity.ts'

test.each([
  'To be filled by O.E.M.',
  'to be filled by o.e.m.',
  'Default string',
  'System Serial Number',
  'Not Specified',
  'N/A',
  'None',
  '0',
  '0000000',
  'XXXXXXX',
  '------',
  '123456789',
  'Not Defined',
  'System Serial',
  'TBD',
  '   ',
  '',
  null,
  undefined,
])('the serial number %j is no identity', (serial) => {
  expect(normaliseSerial(serial)).toBeNull()
})

test.each([
  [' c02xk1abcdef ', 'C02XK1ABCDEF'],
  ['PF-1X9ZQ', 'PF-1X9ZQ'],
  ['5CG0 123ABC', '5CG0 123ABC'],
  ['VMware-56 4d 1a 2b', 'VMWARE-56 4D 1A 2B'],
])('the serial number %j is compared as %j', (serial, normal) => {
  expect(normaliseSerial(serial)).toBe(normal)
})

test.each([
  'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
  '00000000-0000-0000-0000-000000000000',
  '03000200-0400-0500-0006-000700080009',
  '4C4C4544-0000-2010-8020-80C04F202020',
  '12345678-1234-5678-90AB-CDDEEFAABBCC',
  'Not Settable',
  '',
])('the hardware UUID %j is no identity', (uuid) => {
  expect(normaliseUuid(uuid)).toBeNull()
})

test('a hardware UUID is compared without case and braces', () => {
  expect(normaliseUuid('{4c4c4544-0042-3510-8051-b9c04f333432}')).toBe('4C4C4544-0042-3510-8051-B9C04F333432')
})
