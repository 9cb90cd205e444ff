// Distances on the earth between points and between circles of belief.

export interface Point {
  latitude: number
  longitude: number
}

/** A point with the radius in km within which it is believed. */
export interface Circle extends Point {
  radiusKm: number
}

/** Mean radius of the earth in km (IUGG). */
const EARTH_KM = 6371.0088

/** Great-circle distance in km (haversine, within 0.5 % of the true ellipsoid). */
export function distanceKm(a: Point, b: Point): number {
  const [latitudeA, latitudeB] = [radians(a.latitude), radians(b.latitude)]
  const dLatitude = latitudeB - latitudeA
  const dLongitude = radians(b.longitude - a.longitude)
  const h = Math.sin(dLatitude / 2) ** 2 + Math.cos(latitudeA) * Math.cos(latitudeB) * Math.sin(dLongitude / 2) ** 2
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Least distance in km that two circles allow: 0 where they touch. */
export function gapKm(a: Circle, b: Circle): number {
  return Math.max(0, distanceKm(a, b) - a.radiusKm - b.radiusKm)
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
