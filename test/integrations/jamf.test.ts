// Jamf Pro's webhooks: who is believed, and the check-in that each event becomes.
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createJamf } from '../../server/integrations/mdm/jamf.ts'
import { AppError } from '../../server/lib/errors.ts'
import type { CheckIn } from '../../server/ports.ts'
import { mutationsOf, survives, touches } from './mutations.ts'

const source = createJamf({ user: 'jamf', password: 'pä:ss' })
const now = new Date('2026-03-09T12:00:00Z')
const fixture = JSON.parse(readFileSync(new URL('../fixtures/jamf/computer-check-in.json', import.meta.url), 'utf8'))
const computer = fixture.event.computer
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))

const recording = '../shared/payloads/jamf/webhook-computer-added.json'
const hasRecording = existsSync(recording) || process.env['CI'] !== undefined

function checkInOf(body: Uint8Array): CheckIn {
  const [report] = source.read(body)
  if (report?.kind !== 'check-in') throw new Error('no check-in was read')
  return report.checkIn
}

function webhook(over: object, event: unknown = computer): Uint8Array {
  return bytes({ webhook: { ...fixture.webhook, ...over }, event })
}

describe('proof', () => {
  const verify = (authorization: string | null) =>
    source.verify({ method: 'POST', path: '/webhooks/jamf', body: bytes(fixture), header: () => authorization }, now)
  const basic = (credentials: string) => Buffer.from(credentials).toString('base64')

  test('the right user and password are believed, whatever the case of the scheme', () => {
    expect(verify(`Basic ${basic('jamf:pä:ss')}`)).toBe(true)
    expect(verify(`basic ${basic('jamf:pä:ss')}`)).toBe(true)
  })

  test('anything else is not', () => {
    for (const header of [
      null,
      '',
      'Basic',
      'Basic !!',
      `Basic ${basic('jamf:pä:s')}`,
      `Basic ${basic('Jamf:pä:ss')}`,
      `Bearer ${basic('jamf:pä:ss')}`,
    ]) {
      expect(verify(header)).toBe(false)
    }
  })
})

describe('reading', () => {
  test('a nested check-in becomes a check-in with public and local address told apart', () => {
    expect(checkInOf(bytes(fixture))).toEqual({
      serialNumber: 'TT00LAP0118',
      hardwareUuid: '7C1B5D52-0A6E-4B55-9E0D-2F0C7A4411B8',
      sourceDeviceId: '7C1B5D52-0A6E-4B55-9E0D-2F0C7A4411B8',
      reportedAt: '2026-03-09T10:10:00.000Z',
      source: 'jamf',
      hostname: 'mbp-fern',
      platform: 'darwin',
      osVersion: '26.3',
      model: 'MacBook Pro (14-inch, M4)',
      publicIp: '198.51.100.23',
      user: { name: 'fern', email: 'fern@example.com' },
      enrollment: { enrolled: true, method: 'unknown' },
      network: { privateIps: ['192.168.7.31'] },
    })
  })

  test('a flat event says the same as a nested one', () => {
    expect(checkInOf(webhook({}))).toEqual(checkInOf(bytes(fixture)))
    for (const webhookEvent of ['ComputerInventoryCompleted', 'ComputerAdded']) {
      expect(checkInOf(webhook({ webhookEvent }))).toEqual(checkInOf(bytes(fixture)))
    }
  })

  test('seconds and milliseconds, as number or text, are the same time', () => {
    for (const eventTimestamp of [1773051000, 1773051000000, '1773051000', '1773051000000']) {
      expect(checkInOf(webhook({ eventTimestamp })).reportedAt).toBe('2026-03-09T10:10:00.000Z')
    }
  })

  test('blanks and addresses that are none are absent, never an error', () => {
    const blank = Object.fromEntries(Object.keys(computer).map((name) => [name, '']))
    const checkIn = checkInOf(
      webhook(
        {},
        { ...blank, serialNumber: ' TT00LAP0118 ', ipAddress: 'n/a', reportedIpAddress: '300.1.1.1', udid: null },
      ),
    )
    expect(JSON.parse(JSON.stringify(checkIn))).toEqual({
      serialNumber: 'TT00LAP0118',
      reportedAt: '2026-03-09T10:10:00.000Z',
      source: 'jamf',
      platform: 'darwin',
      enrollment: { enrolled: true, method: 'unknown' },
    })
  })

  test('events about other things say nothing to us', () => {
    for (const webhookEvent of ['ComputerPolicyFinished', 'MobileDeviceCheckIn', 'JSSStartup']) {
      expect(source.read(webhook({ webhookEvent }))).toEqual([])
    }
  })

  test('a computer without identity, an event without time or computer are refused with what is missing', () => {
    const faultOf = (body: Uint8Array) => {
      try {
        source.read(body)
      } catch (error) {
        if (error instanceof AppError) return [error.problem, error.faults[0]?.path]
      }
      return null
    }
    expect(faultOf(webhook({}, { deviceName: 'x' }))).toEqual(['invalid', 'event.serialNumber'])
    expect(faultOf(webhook({ eventTimestamp: null }))).toEqual(['invalid', 'webhook.eventTimestamp'])
    expect(faultOf(webhook({ eventTimestamp: 1e300 }))).toEqual(['invalid', 'webhook.eventTimestamp'])
    expect(faultOf(webhook({}, null))).toEqual(['invalid', 'event'])
    expect(faultOf(bytes({}))).toEqual(['invalid', 'webhook'])
    expect(faultOf(Buffer.from('<xml/>'))).toEqual(['unreadable', undefined])
  })

  test('whatever the bytes, only an AppError is thrown', () => {
    const survives = (body: Uint8Array) => {
      source.deliveryKey(body)
      try {
        source.read(body)
      } catch (error) {
        expect(error).toBeInstanceOf(AppError)
      }
    }
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), survives), { numRuns: 200 })
    const anyComputer = fc.record(
      Object.fromEntries(
        Object.keys(computer).map((name) => [name, fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue())]),
      ),
      { requiredKeys: [] },
    )
    const anyEvent = fc.oneof(fc.jsonValue(), anyComputer, fc.record({ computer: anyComputer }))
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.jsonValue()), anyEvent, (eventTimestamp, event) =>
        survives(webhook({ eventTimestamp }, event)),
      ),
      { numRuns: 300 },
    )
  })

  test('whatever member is spoilt, the rest is kept, and the serial number with it', () => {
    for (const mutation of mutationsOf(fixture)) {
      const found = survives(mutation, (record) => {
        source.deliveryKey(bytes(record))
        return source.read(bytes(record))
      })
      const isTold = ['webhook.webhookEvent', 'webhook.eventTimestamp', 'event.computer.serialNumber']
      if (touches(mutation, isTold)) continue
      const [checkIn] = (found ?? []).map((one) => (one.kind === 'check-in' ? one.checkIn : null))
      expect(checkIn?.serialNumber, mutation.path.join('.')).toBe(computer.serialNumber)
      if (!touches(mutation, ['event.computer.ipAddress'])) expect(checkIn?.publicIp).toBe(computer.ipAddress)
    }
  })

  test.skipIf(!hasRecording)('the recorded ComputerAdded survives whatever is spoilt in it', () => {
    const whole = JSON.parse(readFileSync(recording, 'utf8'))
    for (const mutation of mutationsOf(whole)) {
      const found = survives(mutation, (record) => source.read(bytes(record)))
      if (touches(mutation, ['webhook.webhookEvent', 'webhook.eventTimestamp', 'event.serialNumber'])) continue
      expect(found).toMatchObject([{ checkIn: { serialNumber: whole.event.serialNumber } }])
    }
  })

  test.skipIf(!hasRecording)('the recorded ComputerAdded is read, its seconds as a time', () => {
    const { webhook: head, event } = JSON.parse(readFileSync(recording, 'utf8'))
    expect(checkInOf(readFileSync(recording))).toMatchObject({
      serialNumber: event.serialNumber,
      hardwareUuid: event.udid,
      reportedAt: new Date(head.eventTimestamp * 1000).toISOString(),
      publicIp: event.ipAddress,
      network: { privateIps: [event.reportedIpAddress] },
      user: { name: event.username, email: event.emailAddress },
    })
  })
})

describe('the key of a delivery', () => {
  test('is the same for the same event and another for another', () => {
    const key = source.deliveryKey(bytes(fixture))
    expect(key).toMatch(/^[0-9a-f]{64}$/)
    expect(source.deliveryKey(bytes(fixture))).toBe(key)
    expect(source.deliveryKey(webhook({ eventTimestamp: 1773051000001 }))).not.toBe(key)
  })

  test('is null where there is no time to tell repeats from news', () => {
    for (const body of [bytes({}), webhook({ eventTimestamp: null }), Buffer.from('{')])
      expect(source.deliveryKey(body)).toBeNull()
  })
})
