// What the simulator sends is what the vendors send: our own adapters believe and read it as it was meant.
import { describe, expect, test } from 'vitest'
import { createEasyPost } from '../../server/integrations/carriers/easypost.ts'
import { createJamf } from '../../server/integrations/mdm/jamf.ts'
import { checkInSchema, type TrackerReport } from '../../server/ports.ts'
import { tools } from '../../server/simulator/background.ts'
import { cityNamed, headquarters } from '../../server/simulator/cities.ts'
import { createCompany } from '../../server/simulator/company.ts'
import { eventBody, type Parcel, signatureHeaders } from '../../server/simulator/easypost.ts'
import { checkInOf, homeUsage } from '../../server/simulator/habits.ts'
import { jamfBody } from '../../server/simulator/jamf.ts'
import { arrivals, journey } from '../../server/simulator/journeys.ts'
import { randomFrom } from '../../server/simulator/random.ts'

const labelAt = new Date('2026-03-02T17:00:00Z')
const easypost = createEasyPost({
  url: 'https://telltale.example.com',
  hasWebhook: () => true,
  verify: (isSignedWith) => isSignedWith('sécret'),
})

const parcelOf = (over: Partial<Parameters<typeof journey>[0]> = {}) =>
  journey({ random: randomFrom(5), carrier: 'FedEx', from: headquarters, to: cityNamed('Denver'), labelAt, ...over })

const bytes = (text: string) => Buffer.from(text)

function reportOf(parcel: Parcel, count = parcel.scans.length): TrackerReport {
  const [report] = easypost.read(bytes(eventBody(parcel, count)))
  if (report?.kind !== 'tracker') throw new Error('no tracker was read')
  return report
}

const readingsOf = (parcel: Parcel) => reportOf(parcel).scans.map(({ reading }) => reading)

describe('EasyPost', () => {
  test('an event carries a proof that holds for its bytes, and for no others', () => {
    const body = eventBody(parcelOf(), 2)
    const headers: Record<string, string> = signatureHeaders('sécret', body)
    const verify = (text: string) =>
      easypost.verify(
        { method: 'POST', path: '/webhooks/easypost', header: (name) => headers[name] ?? null, body: bytes(text) },
        labelAt,
      )
    expect(verify(body)).toBe(true)
    expect(verify(`${body} `)).toBe(false)
  })

  test('each event resends every scan so far and has an id of its own', () => {
    const parcel = parcelOf()
    const all = parcel.scans.map((_, index) => reportOf(parcel, index + 1))
    expect(all.map((report) => report.scans.length)).toEqual(parcel.scans.map((_, index) => index + 1))
    const keys = parcel.scans.map((_, index) => easypost.deliveryKey(bytes(eventBody(parcel, index + 1))))
    expect(new Set(keys).size).toBe(parcel.scans.length)
    expect(easypost.deliveryKey(bytes(eventBody(parcel, 2)))).toBe(keys[1])
  })

  test.each(['FedEx', 'UPS', 'USPS'] as const)('%s: a plain journey reads as one', (carrier) => {
    expect(readingsOf(parcelOf({ carrier })).map(({ is }) => is)).toEqual([
      'created',
      'accepted',
      'moving',
      'moving',
      'moving',
      'out',
      'delivered',
    ])
  })

  test.each(['FedEx', 'UPS'] as const)('%s: a redirect reads as one that the receiver asked for and got', (carrier) => {
    const readings = readingsOf(parcelOf({ carrier, ends: { is: 'redirected', to: cityNamed('Newark') } }))
    expect(readings).toContainEqual({ is: 'delivery change', stage: 'done', by: 'receiver', to: 'address' })
    expect(readings.at(-1)).toEqual({ is: 'delivered', to: 'address' })
  })

  test('customs stand in the journey abroad', () => {
    expect(readingsOf(parcelOf({ to: cityNamed('Leipzig') })).map(({ is }) => is)).toContain('customs')
  })

  test("a complete place has that place's local time, written as UTC; FedEx' label, without one, has UTC", () => {
    const { scans } = reportOf(parcelOf())
    expect(scans[0]!.at).toBe('2026-03-02T17:00:00Z')
    const pickedUp = parcelOf().scans[1]!.at
    expect(scans[1]!.at).toBe(`${new Date(pickedUp.getTime() - 5 * 3_600_000).toISOString().slice(0, 19)}Z`)
  })

  test('USPS names neither codes nor countries', () => {
    const { scans } = reportOf(parcelOf({ carrier: 'USPS' }))
    expect(scans.map((scan) => [scan.carrierCode, scan.place.country])).toEqual(scans.map(() => [null, null]))
  })

  test('some deliveries of events come twice, and some after the next one', () => {
    const times = Array.from({ length: 60 }, (_, seed) => arrivals(randomFrom(seed), parcelOf()))
    const isTwice = times.some((all) => new Set(all.map(({ count }) => count)).size < all.length)
    const inOrder = (all: { at: Date; count: number }[]) =>
      all
        .toSorted((a, b) => a.at.getTime() - b.at.getTime())
        .every(({ count }, index, sorted) => index === 0 || count >= sorted[index - 1]!.count)
    expect([isTwice, times.some((all) => !inOrder(all))]).toEqual([true, true])
  })
})

const company = createCompany(randomFrom(1), labelAt, 1)
const person = company.hire({ city: cityNamed('Denver'), startsOn: labelAt })
const laptop = company.buy('darwin')

describe('Jamf Pro', () => {
  test.each(['ComputerAdded', 'ComputerCheckIn', 'ComputerInventoryCompleted'] as const)(
    '%s is read, nested or flat',
    (event) => {
      const body = jamfBody({
        event,
        at: labelAt,
        laptop,
        person,
        publicIp: '24.8.145.7',
        privateIp: '192.168.1.20',
        osVersion: '15.6',
      })
      const [report] = createJamf({ user: 'jamf', password: 'x' }).read(bytes(body))
      expect(report).toMatchObject({
        checkIn: {
          serialNumber: laptop.serialNumber,
          hardwareUuid: laptop.hardwareUuid,
          reportedAt: labelAt.toISOString(),
          publicIp: '24.8.145.7',
          network: { privateIps: ['192.168.1.20'] },
        },
      })
      expect('computer' in JSON.parse(body).event).toBe(event === 'ComputerCheckIn')
    },
  )
})

describe('the agent', () => {
  test('sends check-ins as CONTRACTS has them, with what is unusual about a stay', () => {
    const usage = homeUsage(laptop, person, labelAt)
    const stay = { ...usage.stays[0]!, unusual: { software: [tools.anyDesk] } }
    const checkIn = checkInSchema.parse(checkInOf(labelAt, usage, stay, labelAt))
    expect(checkIn.timeZone).toBe('America/Denver')
    expect(checkIn.software?.map(({ name }) => name)).toContain('AnyDesk')
  })
})
