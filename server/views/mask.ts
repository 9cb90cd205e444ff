// What of an address is shown without a reason: city, region and country, and what kind of address it is.
import type { AddressVersion } from '../addresses/versions.ts'
import type { AddressClass } from '../ports.ts'

export function maskedAddress(version: AddressVersion) {
  return {
    id: version.id,
    use: version.use,
    city: version.city,
    region: version.region,
    country: version.country,
    source: version.source,
    validFrom: version.valid_from.toISOString(),
    recordedAt: version.recorded_at.toISOString(),
    approved: version.approved_at !== null,
    refused: version.refused_at !== null,
    erased: version.line1 === null,
    class: version.class as Pick<AddressClass, 'kind' | 'why' | 'confidence' | 'customerCode' | 'isOfNoCensusArea'>,
  }
}
