import { describe, expect, test } from 'vitest'
import { siteSharedPeripheral as rule } from '../../../server/detection/rules/site-shared-peripheral.ts'
import { cleanDelivery, findingsOf } from '../story.ts'
import { later } from '../together.ts'

const key = { vendorId: '1050', productId: '0407', serial: 'A1B2C3D4E5' }
const value = '1050:0407:a1b2c3d4e5'
const plugged = () => cleanDelivery().checkedIn('2026-03-06', { usbDevices: [key] })

describe('fires', () => {
  test('when one piece went from one person’s laptop to another’s', () => {
    const told = plugged()
      .livesAt('2026-01-05', 'per_2', 'adr_2')
      .shares('2026-02-20', 'per_2', 'peripheral', value, { to: '2026-03-01' })
    expect(findingsOf(rule, told)).toMatchObject([{ weight: 12, facts: { others: 1, 'of these live apart': 1 } }])
  })

  test('less where nobody knows where the other lives', () => {
    const told = plugged().shares('2026-02-20', 'per_2', 'peripheral', value, { to: '2026-03-01' })
    expect(findingsOf(rule, told)).toMatchObject([{ weight: 9 }])
  })

  test('as one finding for all who had it', () => {
    const told = plugged().livesAt('2026-01-05', 'per_2', 'adr_2').livesAt('2026-01-05', 'per_3', 'adr_3')
    told.shares('2026-02-20', 'per_2', 'peripheral', value, { to: '2026-02-22' })
    told.shares('2026-02-23', 'per_3', 'peripheral', value, { to: '2026-03-01' })
    expect(findingsOf(rule, told)).toMatchObject([{ key: value, facts: { others: 2 } }])
  })
})

describe('stays quiet', () => {
  test('where one number is at two laptops at once for weeks: it is the model’s', () => {
    expect(findingsOf(rule, plugged().shares('2026-03-01', 'per_2', 'peripheral', value), later)).toEqual([])
  })

  test('about what IT plugs in everywhere, and at a shared desk', () => {
    const dock = plugged()
    for (let n = 2; n < 9; n++)
      dock.shares(`2026-02-0${n}`, `per_${n}`, 'peripheral', value, { to: `2026-02-0${n}T13:00:00Z` })
    expect(findingsOf(rule, dock)).toEqual([])
    const couple = plugged().livesAt('2026-01-05', 'per_2', 'adr_Boston')
    expect(findingsOf(rule, couple.shares('2026-02-20', 'per_2', 'peripheral', value, { to: '2026-03-01' }))).toEqual(
      [],
    )
  })

  test('about serial numbers that are nobody’s own', () => {
    for (const serial of ['000000000000', '1234567890', 'CAFEBABE', '5&2f0c1d3&0&4', 'AAAA1111']) {
      const told = cleanDelivery().checkedIn('2026-03-06', { usbDevices: [{ ...key, serial }] })
      told.shares('2026-03-01', 'per_2', 'peripheral', `1050:0407:${serial.toLowerCase()}`)
      expect(told.dossier().shared).toEqual([])
    }
  })
})
