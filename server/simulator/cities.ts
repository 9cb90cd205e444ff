// Where the invented people live: real cities, so that places can be told, with public addresses that are placed there.

export interface City {
  name: string
  region: string | null
  country: string
  /** IANA time zone. */
  zone: string
  postalCodes: readonly string[]
  /**
   * Networks of 254 public addresses. Found by trying random /24s of home providers' blocks against the DB-IP City Lite
   * file that ships with npm: each of the 254 is placed in this country and within 60 km of the city's centre.
   */
  networks: readonly string[]
}

type Line = [name: string, region: string | null, country: string, zone: string, postalCodes: string, networks: string]

const lines: Line[] = [
  ['Phoenix', 'AZ', 'US', 'America/Phoenix', '85016 85032', '72.201.129 98.225.83'],
  ['Denver', 'CO', 'US', 'America/Denver', '80205 80220', '174.63.122 24.8.145'],
  ['Austin', 'TX', 'US', 'America/Chicago', '78702 78745', '66.81.100 107.218.165'],
  ['Portland', 'OR', 'US', 'America/Los_Angeles', '97206 97217', '97.115.79 70.98.236'],
  ['Raleigh', 'NC', 'US', 'America/New_York', '27604 27609', '99.12.164 99.78.74'],
  ['Minneapolis', 'MN', 'US', 'America/Chicago', '55406 55418', '75.168.108 174.20.58'],
  ['Nashville', 'TN', 'US', 'America/Chicago', '37206 37211', '75.65.74 68.53.235'],
  ['Tampa', 'FL', 'US', 'America/New_York', '33604 33611', '72.184.129 96.254.98'],
  ['Sacramento', 'CA', 'US', 'America/Los_Angeles', '95816 95822', '73.48.180 69.62.190'],
  ['Kansas City', 'MO', 'US', 'America/Chicago', '64110 64131', '98.164.31 173.155.48'],
  ['Salt Lake City', 'UT', 'US', 'America/Denver', '84105 84106', '67.2.198 68.66.163'],
  ['Pittsburgh', 'PA', 'US', 'America/New_York', '15206 15217', '74.111.118 73.40.134'],
  ['Boise', 'ID', 'US', 'America/Boise', '83704 83706', '71.221.191 75.174.234'],
  ['Madison', 'WI', 'US', 'America/Chicago', '53703 53711', '99.62.236 72.95.72'],
  ['Charlotte', 'NC', 'US', 'America/New_York', '28205 28210', '74.187.82 71.53.108'],
  ['Seattle', 'WA', 'US', 'America/Los_Angeles', '98103 98118', '50.15.82 75.93.173'],
  ['Boston', 'MA', 'US', 'America/New_York', '02118 02130', '73.47.203 70.108.97'],
  ['Chicago', 'IL', 'US', 'America/Chicago', '60618 60625', '24.15.0 96.196.149'],
  ['Atlanta', 'GA', 'US', 'America/New_York', '30307 30316', '74.238.166 70.151.25'],
  ['San Diego', 'CA', 'US', 'America/Los_Angeles', '92104 92117', '98.176.114 68.8.106'],
  ['Albuquerque', 'NM', 'US', 'America/Denver', '87106 87110', '174.28.163 98.60.25'],
  ['Richmond', 'VA', 'US', 'America/New_York', '23220 23225', '71.176.207 76.104.66'],
  ['Omaha', 'NE', 'US', 'America/Chicago', '68104 68132', '184.177.135 174.152.244'],
  ['Columbus', 'OH', 'US', 'America/New_York', '43202 43206', '24.214.164 67.77.119'],
  ['Tucson', 'AZ', 'US', 'America/Phoenix', '85705 85719', '72.211.167 67.1.21'],
  ['Houston', 'TX', 'US', 'America/Chicago', '77008 77035', '173.185.142 73.77.223'],
  ['Newark', 'NJ', 'US', 'America/New_York', '07104 07105', '73.197.135 76.60.22'],
  ['Memphis', 'TN', 'US', 'America/Chicago', '38104 38118', '98.101.198 69.220.146'],
  ['Louisville', 'KY', 'US', 'America/Kentucky/Louisville', '40204 40213', '108.203.196 173.185.57'],
  ['Indianapolis', 'IN', 'US', 'America/Indiana/Indianapolis', '46203 46241', '73.146.8 67.115.43'],
  ['Toronto', 'ON', 'CA', 'America/Toronto', 'M4C|M6H', '99.242.116 142.201.102'],
  ['Calgary', 'AB', 'CA', 'America/Edmonton', 'T2N|T3B', '70.77.34 70.73.207'],
  ['Manchester', null, 'GB', 'Europe/London', 'M14 5AB|M20 2XY', '2.99.125 92.13.21'],
  ['Bristol', null, 'GB', 'Europe/London', 'BS3 4QQ|BS6 6TZ', '86.140.249 82.32.28'],
  ['Leipzig', null, 'DE', 'Europe/Berlin', '04109|04229', '84.134.29 87.122.130'],
  ['Hamburg', null, 'DE', 'Europe/Berlin', '20255|22765', '91.14.119 77.10.149'],
  ['Lisbon', null, 'PT', 'Europe/Lisbon', '1100-001|1200-109', '94.60.246 85.245.198'],
  ['Dubai', null, 'AE', 'Asia/Dubai', '00000', '94.206.94 5.32.62'],
  ['Shenyang', null, 'CN', 'Asia/Shanghai', '110001', '182.202.99 119.115.86'],
]

export const cities: readonly City[] = lines.map(([name, region, country, zone, postalCodes, networks]) => ({
  name,
  region,
  country,
  zone,
  postalCodes: postalCodes.split(country === 'US' ? ' ' : '|'),
  networks: networks.split(' '),
}))

export function cityNamed(name: string): City {
  const city = cities.find((one) => one.name === name)
  if (city === undefined) throw new Error(`The simulator knows no city ${name}.`)
  return city
}

/** Of those people live in: the hubs and the faraway places have other uses. */
export const homeCities = cities.slice(0, 26).filter((city) => city.name !== 'Columbus')
export const abroadCities = cities.filter((city) => ['CA', 'GB', 'DE'].includes(city.country))
/** Stockroom and office. */
export const headquarters = cityNamed('Columbus')
