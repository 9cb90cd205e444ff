// In words: what people and laptops share.
import type { Outputs } from '../api.ts'

type Kind = Outputs['sites']['read']['values'][number]['kind']

export const linkWords: Record<Kind, { one: string; what: string }> = {
  door: { one: 'Door', what: 'one address, as far as its flat' },
  building: { one: 'Building', what: 'one building' },
  'unit code': { one: 'Customer code', what: 'a forwarder’s kind of unit, at one street number' },
  phone: { one: 'Phone', what: 'one phone number on file' },
  network: { one: 'Network', what: 'one public address at one time' },
  gateway: { one: 'Gateway', what: 'one router' },
  'access point': { one: 'Access point', what: 'one Wi-Fi box' },
  peripheral: { one: 'Peripheral', what: 'one device that is plugged in' },
  tool: { one: 'Tool', what: 'one way for others to drive a laptop' },
}
