// The catalogue's families and approvals in words.
import type { Outputs } from '../api.ts'

type Family = Outputs['catalog']['list']['entries'][number]['family']
export type Approval = Outputs['catalog']['approvals']['rows'][number]

export const familyWords: Record<Family, string> = {
  'remote desktop': 'Remote desktop',
  rmm: 'Remote management',
  'tunnel or mesh': 'Tunnel or mesh VPN',
  'ip-kvm': 'IP-KVM',
  capture: 'Capture hardware',
  gadget: 'USB gadget',
  'keep-awake': 'Keep-awake',
  'virtual camera or audio': 'Virtual camera or audio',
  vpn: 'VPN named in reports',
}

export const whatWords: Record<Approval['what'], string> = {
  tool: 'Tool or device',
  publisher: 'Everything of a publisher',
  network_exit: 'Network exit',
  entry_off: 'Entry switched off',
}

/** Whom an approval is for: "everybody", "contractors", "people whose department is IT". */
export function groupWords(people: Approval['people']): string {
  if (people === null) return 'everybody'
  if ('kind' in people) return people.kind === 'contractor' ? 'contractors' : 'employees'
  return `people whose ${people.column} is ${people.value}`
}

/** "12 laptops". */
export const laptopsText = (count: number): string => `${count} ${count === 1 ? 'laptop' : 'laptops'}`
