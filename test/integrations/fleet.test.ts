// Fleet's webhooks: who is believed, and the check-in that each activity becomes.
import { describe, expect, test } from 'vitest'
import { createFleet } from '../../server/integrations/mdm/fleet.ts'
import { AppError } from '../../server/lib/errors.ts'
import type { CheckIn } from '../../server/ports.ts'
import { simulatedComputer } from '../../server/simulator/mdm/fleet.ts'
import { activityBody } from '../../server/simulator/mdm/fleet-server.ts'
import { mutationsOf, survives, touches } from './mutations.ts'

const secret = 'a-secret-of-more-than-24-letters'
const source = createFleet({ secret })
const now = new Date('2026-03-09T12:00:00Z')
const computer = simulatedComputer({ number: 7, at: now })
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value))
const activity = (type: Parameters<typeof activityBody>[0]['type'], over: object = {}) => {
  const body = JSON.parse(activityBody({ type, at: now, computer })) as { details: object }
  return { ...body, details: { ...body.details, ...over } }
}
const read = (body: unknown): CheckIn[] =>
  source.read(bytes(body)).flatMap((one) => (one.kind === 'check-in' ? [one.checkIn] : []))

describe('proof', () => {
  const verify = (path: string) => source.verify({ method: 'POST', path, body: bytes({}), header: () => null }, now)

  test('is the secret at the end of the path, and nothing else', () => {
    expect(verify(`/webhooks/fleet/${secret}`)).toBe(true)
    for (const wrong of [
      '/webhooks/fleet',
      '/webhooks/fleet/',
      `/webhooks/fleet/${secret}x`,
      `/webhooks/fleet/${secret}/`,
      `/webhooks/other/${secret}`,
      `/webhooks/fleet/${secret.toUpperCase()}`,
    ])
      expect(verify(wrong), wrong).toBe(false)
  })

  test('without a secret nobody is believed', () => {
    const unset = createFleet(null)
    expect(unset.configured).toBe(false)
    expect(unset.verify({ method: 'POST', path: '/webhooks/fleet/', body: bytes({}), header: () => null }, now)).toBe(
      false,
    )
  })
})

describe('reading', () => {
  test('an enrolment is a check-in that says how', () => {
    expect(read(activity('mdm_enrolled'))).toEqual([
      {
        serialNumber: 'TT00SIM0007',
        reportedAt: '2026-03-09T12:00:00.000Z',
        source: 'fleet',
        platform: 'darwin',
        enrollment: { enrolled: true, method: 'automated' },
      },
    ])
    expect(read(activity('mdm_enrolled', { installed_from_dep: false }))[0]?.enrollment?.method).toBe('manual')
    expect(read(activity('mdm_enrolled', { enrollment_id: 'byod-1' }))[0]?.enrollment?.method).toBe('user')
    expect(read(activity('mdm_enrolled', { installed_from_dep: 'who knows' }))[0]?.enrollment?.method).toBe('unknown')
  })

  test('the end of an enrolment is one that says that it is not enrolled', () => {
    expect(read(activity('mdm_unenrolled'))[0]).toMatchObject({
      serialNumber: 'TT00SIM0007',
      enrollment: { enrolled: false },
    })
  })

  test('the agent’s own enrolment says nothing of the MDM', () => {
    const [checkIn] = read(activity('fleet_enrolled'))
    expect(checkIn?.serialNumber).toBe('TT00SIM0007')
    expect(checkIn?.enrollment).toBeUndefined()
  })

  test('phones, enrolments without a serial number, and all other webhooks are no news and no fault', () => {
    for (const body of [
      activity('mdm_enrolled', { platform: 'ipados' }),
      activity('mdm_enrolled', { platform: undefined, host_display_name: 'iPhone14,6 (TT00SIM0007)' }),
      activity('mdm_enrolled', { host_serial: '', mdm_platform: 'microsoft', platform: 'windows' }),
      activity('wiped_host'),
      activity('ran_script'),
      {
        text: 'More than 20% of your hosts…',
        data: { unseen_hosts: 1, total_hosts: 2, days_unseen: 3, host_ids: [1] },
      },
      { timestamp: now.toISOString(), policy: { id: 1, name: 'Gatekeeper' }, hosts: [{ id: 1, hostname: 'sim-0001' }] },
      { timestamp: now.toISOString(), vulnerability: { cve: 'CVE-2099-0001', hosts_affected: [] } },
      { type: 'constructor', details: {} },
    ])
      expect(read(body)).toEqual([])
  })

  test('an enrolment without a time is refused with what is missing; what is no object is no webhook', () => {
    const faultOf = (body: unknown) => {
      try {
        return read(body)
      } catch (error) {
        return error instanceof AppError ? `${error.problem}: ${error.faults[0]?.path}` : null
      }
    }
    expect(faultOf({ ...activity('mdm_enrolled'), timestamp: null })).toBe('invalid: timestamp')
    expect(faultOf([1])).toBe('invalid: ')
    expect(() => source.read(Buffer.from('{"type":'))).toThrow(AppError)
  })

  test.each(['constructor', 'toString', '__proto__'])('an activity called %s is no news', (type) => {
    expect(read({ ...activity('mdm_enrolled'), type })).toEqual([])
  })

  test('with any member spoilt it is read as far as it goes', () => {
    for (const type of ['mdm_enrolled', 'mdm_unenrolled', 'fleet_enrolled'] as const) {
      const body = activity(type)
      const [whole] = read(body)
      for (const mutation of mutationsOf(body)) {
        const checkIns = survives(mutation, read)
        if (!touches(mutation, ['type', 'timestamp', 'details']) || mutation.how === 'an unknown member beside')
          expect(checkIns, mutation.path.join('.')).toEqual([whole])
      }
    }
  })
})

test('the same activity sent twice is known by its time, and nothing is known without one', () => {
  const key = (body: unknown) => source.deliveryKey(bytes(body))
  expect(key(activity('mdm_enrolled'))).toBe(key(activity('mdm_enrolled')))
  expect(key(activity('mdm_enrolled'))).not.toBe(
    key({ ...activity('mdm_enrolled'), timestamp: '2026-03-09T12:00:01Z' }),
  )
  expect(key({ text: 'no time' })).toBeNull()
  expect(source.deliveryKey(Buffer.from('nonsense'))).toBeNull()
})
