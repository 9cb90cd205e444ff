// Known places in words: the kinds, how sure an entry is, and what stands in its lines.
import type { Outputs } from '../api.ts'

export type KnownPlace = Outputs['knownPlaces']['list']['places'][number]
export type PlaceKind = KnownPlace['kind']

export const placeKinds: { value: PlaceKind; label: string }[] = [
  { value: 'freight forwarder', label: 'freight forwarder' },
  { value: 'mail drop', label: 'mail drop' },
  { value: 'virtual office', label: 'virtual office' },
  { value: 'registered agent', label: 'registered agent' },
  { value: 'locker or counter', label: 'locker or counter' },
  { value: 'hotel', label: 'hotel' },
  { value: 'self-storage', label: 'self-storage' },
  { value: 'po box', label: 'PO box' },
  { value: 'military', label: 'military mail' },
  { value: 'office', label: 'office of ours' },
]

export const kindLabel = (kind: PlaceKind) => placeKinds.find(({ value }) => value === kind)?.label ?? kind

/** `4283 Express Lane, Sarasota, FL 34249, US`; of a place known by its name, where that counts. */
export function whereOf({ line1, city, region, postalCode, country }: Omit<KnownPlace, 'matches'>): string {
  const where = [line1, city, [region, postalCode].filter(Boolean).join(' '), country].filter(Boolean).join(', ')
  return line1 ? where : where ? `by its name, in ${where}` : 'by its name, anywhere'
}

export const sureText = (confidence: number) => `${Math.round(confidence * 100)} %`

/** What is asked, as the end of “somebody asks to …”. */
export const askedWords = {
  add: 'add this entry',
  correct: 'correct this entry',
  'switch off': 'switch this entry off',
} as const
