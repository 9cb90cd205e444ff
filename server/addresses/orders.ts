// How countries write their addresses: what stands first, and in which language streets and units are named.

const GERMAN = new Set(['DE', 'AT', 'CH', 'LI'])
/** Where the house number stands in front of the street; an unknown country is read so too. */
const NUMBER_FIRST = new Set('US CA GB IE AU NZ FR IN SG ZA LU MT PH MC HK LK PK NG KE IL'.split(' ').concat(''))
/** Where streets are named by English words. */
const ENGLISH = new Set('US CA GB IE AU NZ ZA IN SG MT PH HK LK PK NG KE'.split(' ').concat(''))
/** Where Nordic vowels are also written as two letters. */
const NORDIC = new Set(['DK', 'NO', 'SE', 'FI', 'IS'])
/** Whose usual order and street words are known well enough for a key; elsewhere a street must show itself. */
const KNOWN_ORDER = new Set(
  `US CA GB IE AU NZ DE AT CH LI FR NL BE LU IT ES PT PL CZ SK HU SI HR SE NO DK FI IS EE LV LT RO BG GR RU UA JP`
    .split(' ')
    .concat(''),
)

export const isGerman = (country: string) => GERMAN.has(country)
export const isEnglish = (country: string) => ENGLISH.has(country)
export const isNordic = (country: string) => NORDIC.has(country)
export const isNumberFirst = (country: string) => NUMBER_FIRST.has(country)
export const hasKnownOrder = (country: string) => KNOWN_ORDER.has(country)

/** The language of a country's units and short forms. */
export function languageOf(country: string): 'english' | 'german' | 'other' {
  if (isGerman(country)) return 'german'
  return isEnglish(country) ? 'english' : 'other'
}
