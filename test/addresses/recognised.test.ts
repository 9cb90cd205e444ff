// How well places are recognised: those of an independent list, and ordinary addresses left alone.
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import { classifyAddress, HINT_MAX } from '../../server/addresses/classify.ts'
import { knownPlaces } from '../../server/addresses/known-places.ts'
import type { Address } from '../../server/addresses/parse.ts'
import { ordinaryAddresses } from './ordinary.ts'
import { sampleOf } from './sample-of.ts'

const classify = (address: Address) => classifyAddress(address, knownPlaces)
const told = (address: Address) =>
  `${Object.values(address).filter(Boolean).join(' · ')} → ${classify(address).kind}: ${classify(address).why}`

const list = new URL('../../../shared/data/forwarders.csv', import.meta.url)
const isAbsent = !existsSync(list)

/** Our words for the kinds of that list. */
const kindsOf: Record<string, string[]> = {
  freight_forwarder: ['freight forwarder'],
  courier_locker_fl: ['freight forwarder'],
  marketplace_hub: ['freight forwarder'],
  border_parcel_depot: ['freight forwarder'],
  virtual_mailbox: [],
  domicile_mail_forwarder: [],
  cmra_brand: [],
  registered_agent: ['registered agent'],
  formation_agent: ['registered agent', 'virtual office'],
  offshore_hub: ['registered agent', 'virtual office'],
  virtual_office: ['virtual office'],
  hotel_brand: ['hotel'],
  self_storage_brand: ['self-storage'],
  parcel_locker: ['locker or counter'],
}

interface Row {
  kind: string
  line1: string
  unit_pattern: string
  city: string
  region: string
  postal: string
  country: string
  confidence: string
}

describe.skipIf(isAbsent && process.env['CI'] === undefined)('an independent list of such places', () => {
  const rows = () =>
    (parse(readFileSync(list, 'utf8'), { columns: true }) as Row[]).filter(
      (row) => Number(row.confidence) >= 0.9 && row.line1 !== '',
    )
  const addressOf = (row: Row, line2: string): Address => ({
    line1: row.line1,
    line2,
    city: row.city,
    region: row.region,
    postalCode: row.postal,
    country: row.country,
  })

  test.each([
    ['as it is listed', () => ''],
    ['with a unit of the form that it gives', (row: Row) => sampleOf(row.unit_pattern)],
  ])('is recognised in at least 80 of 100 sure entries, %s', (_, line2Of) => {
    const missed = rows().filter((row) => {
      const { kind, confidence } = classify(addressOf(row, line2Of(row)))
      return confidence < HINT_MAX || ![...(kindsOf[row.kind] ?? []), 'mail drop'].includes(kind)
    })
    const share = 1 - missed.length / rows().length
    expect(share, missed.map((row) => told(addressOf(row, line2Of(row)))).join('\n')).toBeGreaterThanOrEqual(0.8)
  })
})

test('500 ordinary addresses of nine countries are none of them', () => {
  const addresses = ordinaryAddresses(500)
  expect(new Set(addresses.map((address) => JSON.stringify(address))).size).toBeGreaterThan(450)
  const flagged = addresses.filter((address) => classify(address).confidence >= HINT_MAX)
  expect(flagged.map(told)).toEqual([])
})
