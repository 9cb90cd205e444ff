// People of Boston for the tests of sites: each with a laptop that came to them by parcel.
import { fern, type TestWorld } from '../world.ts'

export const streets = ['12 Maple Street', '80 Quay Street', '5 Harbor Avenue', '231 Elm Street']

export const emailOf = (n: number) => `p${n}@example.com`
export const serialOf = (n: number) => `C02TALE00${n}`

/** So many people of Boston, each at home somewhere, with a laptop that came there by parcel. */
export async function hire(world: TestWorld, count: number, over: (n: number) => object = () => ({})): Promise<void> {
  const numbers = Array.from({ length: count }, (_, n) => n + 1)
  await world.importPeople(
    '2026-02-01',
    numbers.map((n) => ({
      ...fern,
      external_id: `E-${n}`,
      name: `Person ${n}`,
      email: emailOf(n),
      line1: streets[n - 1],
      ...over(n),
    })),
  )
  await world.importShipments(
    '2026-03-01T12:00:00Z',
    numbers.map((n) => ({
      reference: `PO-${n}`,
      direction: 'out',
      carrier: 'UPS',
      tracking_code: `1Z${n}`,
      serial_number: serialOf(n),
      person_email: emailOf(n),
      ordered_at: '2026-03-01T12:00:00Z',
    })),
  )
  for (const n of numbers)
    await world.scan('2026-03-05', {
      trackingCode: `1Z${n}`,
      trackerId: `trk_${n}`,
      scans: [
        { at: '2026-03-03T12:00:00Z', in: 'Columbus', is: 'accepted' },
        { at: '2026-03-05T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } },
      ],
    })
  await world.detect('2026-03-05T13:00:00Z')
}
