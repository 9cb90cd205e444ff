// The check-in of CONTRACTS: what is taken, and how faults are named.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCheckIn } from '../../server/integrations/mdm/generic.ts'

const checkIn = { serialNumber: 'TT00LAP0001', reportedAt: '2026-03-09T10:10:00Z' }

test('a check-in is taken, unknown members are dropped and MAC addresses made alike', () => {
  const read = readCheckIn({ ...checkIn, favouriteColour: 'teal', network: { gatewayMac: '2-0-0-AA-BB-1' } })
  expect(read).toEqual({ ok: true, checkIn: { ...checkIn, network: { gatewayMac: '02:00:00:aa:bb:01' } } })
})

test('every fault is listed with the dotted path of its member', () => {
  const read = readCheckIn({
    ...checkIn,
    reportedAt: 'today',
    publicIp: 'n/a',
    usbDevices: [{ vendorId: '1d6b', productId: 'xyz' }],
  })
  expect(read.ok ? [] : read.faults.map((fault) => fault.path)).toEqual([
    'reportedAt',
    'publicIp',
    'usbDevices.0.productId',
  ])
  expect(read.ok ? [] : read.faults.map((fault) => fault.problem)).not.toContain('Invalid input')
})

test('a check-in that names no device is refused', () => {
  const read = readCheckIn({ reportedAt: checkIn.reportedAt })
  expect(read).toEqual({
    ok: false,
    faults: [{ path: 'serialNumber', problem: 'serialNumber or hardwareUuid is needed' }],
  })
})

test('a NUL in a text is cleaned away', () => {
  expect(readCheckIn({ ...checkIn, hostname: 'a\u0000b' })).toMatchObject({ ok: true, checkIn: { hostname: 'ab' } })
})

test('nothing that JSON can say makes it throw', () => {
  fc.assert(fc.property(fc.jsonValue(), (item) => typeof readCheckIn(item).ok === 'boolean'))
})
