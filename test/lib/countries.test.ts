import { describe, expect, test } from 'vitest'
import { countryCode, regionCode } from '../../server/lib/countries.ts'

describe('countries and regions as typed', () => {
  test.each([
    ['US', 'US'],
    ['usa', 'US'],
    ['U.S.A.', 'US'],
    ['United States', 'US'],
    ['united states of america', 'US'],
    ['UK', 'GB'],
    ['Great Britain', 'GB'],
    ['Germany', 'DE'],
    ['Deutschland', 'DE'],
    ['España', 'ES'],
    ['Côte d’Ivoire', 'CI'],
    ['South Korea', 'KR'],
    ['Georgia', 'GE'],
  ])('%s is %s', (text, code) => expect(countryCode(text)).toBe(code))

  test.each(['', 'ZZ', 'EU', 'Atlantis', null])('%s is no country', (text) => expect(countryCode(text)).toBeNull())

  test('US and Canadian regions are known by code, name and accent', () => {
    expect(regionCode('US', 'massachusetts')).toBe('MA')
    expect(regionCode('US', 'D.C.')).toBe('DC')
    expect(regionCode('CA', 'Québec')).toBe('QC')
    expect(regionCode('CA', 'MA')).toBeNull()
    expect(regionCode('DE', 'Bayern')).toBeNull()
  })
})
