// A place as people write it, and as an address of a page names it.

export interface PlaceParts {
  city: string | null
  region: string | null
  country: string | null
}

/** `Phoenix, AZ, US`; what is not known is left out. */
export const placeText = ({ city, region, country }: PlaceParts): string =>
  [city, region, country].filter(Boolean).join(', ') || 'a place that is not known'

/** `US/AZ/Phoenix`, for an address; `//` is the unknown place. */
export const placeKey = ({ city, region, country }: PlaceParts): string =>
  [country, region, city].map((part) => part ?? '').join('/')

/** The other way round; null for what is no such key. */
export function placeOfKey(key: string | undefined): PlaceParts | null {
  const [country, region, ...city] = (key ?? '').split('/')
  if (country === undefined || region === undefined || city.length === 0) return null
  return { country: country || null, region: region || null, city: city.join('/') || null }
}

/** Kinds of networks, in words. */
export const networkWords = {
  home: 'home broadband',
  mobile: 'mobile',
  'carrier NAT': 'shared by a carrier',
  hosting: 'hosting',
  vpn: 'VPN',
  relay: 'relay',
  ours: 'the company’s',
  unknown: 'of a kind not known',
} as const
export type NetworkKind = keyof typeof networkWords
