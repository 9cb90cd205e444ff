// Turns whatever was typed for a country or a region into its usual code.
import { plainText } from './plain.ts'

/** What people type and `Intl.DisplayNames` does not know; keys are `plainText`. */
const COUNTRY_ALIASES: Record<string, string> = {
  'united states of america': 'US',
  'u s a': 'US',
  'u s': 'US',
  america: 'US',
  uk: 'GB',
  'u k': 'GB',
  'great britain': 'GB',
  britain: 'GB',
  england: 'GB',
  scotland: 'GB',
  wales: 'GB',
  'northern ireland': 'GB',
  holland: 'NL',
  'the netherlands': 'NL',
  'czech republic': 'CZ',
  korea: 'KR',
  'republic of korea': 'KR',
  'russian federation': 'RU',
  turkey: 'TR',
  'viet nam': 'VN',
  uae: 'AE',
  'hong kong': 'HK',
  macau: 'MO',
  'ivory coast': 'CI',
}

/** ISO 3166-1 alpha-3 of the countries that exports spell that way. */
const ALPHA3: Record<string, string> = {
  usa: 'US',
  can: 'CA',
  gbr: 'GB',
  deu: 'DE',
  fra: 'FR',
  esp: 'ES',
  ita: 'IT',
  nld: 'NL',
  bel: 'BE',
  che: 'CH',
  aut: 'AT',
  irl: 'IE',
  prt: 'PT',
  pol: 'PL',
  swe: 'SE',
  nor: 'NO',
  dnk: 'DK',
  fin: 'FI',
  aus: 'AU',
  nzl: 'NZ',
  ind: 'IN',
  chn: 'CN',
  jpn: 'JP',
  kor: 'KR',
  sgp: 'SG',
  mex: 'MX',
  bra: 'BR',
  zaf: 'ZA',
  are: 'AE',
  isr: 'IL',
  ukr: 'UA',
  rou: 'RO',
  phl: 'PH',
}

/** USPS Publication 28, appendix B: states, territories, and the three military regions. */
const US_REGIONS = `AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware
DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky
LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana
NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota
OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas
UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming|PR Puerto Rico|GU Guam
VI Virgin Islands|AS American Samoa|MP Northern Mariana Islands|AA Armed Forces Americas|AE Armed Forces Europe
AP Armed Forces Pacific`

/** Canada Post's codes. */
const CA_REGIONS = `AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador
NL Newfoundland|NS Nova Scotia|NT Northwest Territories|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec
SK Saskatchewan|YT Yukon|YT Yukon Territory`

/** Codes that `Intl` names though they are groupings, reservations or withdrawn. */
const NOT_COUNTRIES = new Set(
  'AC AN BU CP CQ CS DD DG EA EU EZ FX IC NT QO SU TA TP UK UN XA XB YD YU ZR ZZ'.split(' '),
)

const regions: Record<string, Map<string, string>> = { US: regionTable(US_REGIONS), CA: regionTable(CA_REGIONS) }
const countries = countryTable()

/** ISO 3166-1 alpha-2 code, upper case, of a country typed as a code or as its name in English or in its own language; or null. */
export function countryCode(text: string | null): string | null {
  return countries.get(plainText(text ?? '')) ?? null
}

/** Code of a US or Canadian region typed as code or name, upper case; null for other countries and unknown names. */
export function regionCode(country: string, text: string | null): string | null {
  return regions[country]?.get(plainText(text ?? '')) ?? null
}

function regionTable(text: string): Map<string, string> {
  const table = new Map<string, string>()
  for (const entry of text.split(/[|\n]/)) {
    const code = entry.slice(0, 2)
    table.set(code.toLowerCase(), code).set(plainText(entry.slice(3)), code)
  }
  return table
}

/** Names in the languages of the countries we ship to most; English last, so that it wins. */
function countryTable(): Map<string, string> {
  const table = new Map<string, string>()
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ']
  const pairs = letters.flatMap((first) => letters.map((second) => first + second))
  for (const language of ['nl', 'pl', 'pt', 'it', 'es', 'fr', 'de', 'en']) {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of pairs) {
      const name = NOT_COUNTRIES.has(code) ? undefined : names.of(code)
      if (name) table.set(plainText(name), code).set(code.toLowerCase(), code)
    }
  }
  for (const [name, code] of Object.entries({ ...ALPHA3, ...COUNTRY_ALIASES })) table.set(name, code)
  return table
}
