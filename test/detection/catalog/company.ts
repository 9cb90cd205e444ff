// A company of thirty at different homes, each with a laptop that checks in: what tests of the whole fleet begin with.
import { ipIn, type TestWorld } from '../../world.ts'

export const STAFF = 30

export const emailOf = (index: number): string => `p${index}@example.com`
export const serialOf = (index: number): string => `C02FLEET${String(index).padStart(3, '0')}`

/** `department` is a column of their import that we know no use for. */
export async function foundFleet(world: TestWorld, { homes = STAFF }: { homes?: number } = {}): Promise<void> {
  const staff = Array.from({ length: STAFF }, (_, index) => index)
  await world.importPeople(
    '2026-02-01',
    staff.map((index) => ({
      external_id: `E-${index}`,
      name: `Person ${index}`,
      email: emailOf(index),
      kind: index < 4 ? 'contractor' : 'employee',
      line1: `${100 + (index % homes)} Maple Street`,
      city: 'Boston',
      region: 'MA',
      postal_code: '02118',
      country: 'US',
      address_verified: 'yes',
      department: index < 10 ? 'IT' : 'Sales',
    })),
  )
  await world.importShipments(
    '2026-03-01T12:00:00Z',
    staff.map((index) => ({
      reference: `PO-${index}`,
      direction: 'out',
      carrier: 'UPS',
      tracking_code: `1Z${index}`,
      serial_number: serialOf(index),
      person_email: emailOf(index),
      ordered_at: '2026-03-01T12:00:00Z',
      shipped_at: '2026-03-02T12:00:00Z',
    })),
  )
  await report(world, '2026-03-05', staff)
}

export const anyDesk = { name: 'AnyDesk', identifier: 'com.philandro.anydesk', kind: 'app', startup: true }

/** Reports of some laptops: Slack, and what else is said. */
export async function report(
  world: TestWorld,
  at: string,
  staff: number[],
  { software = [], publicIp }: { software?: object[]; publicIp?: string } = {},
): Promise<void> {
  const reportedAt = new Date(`${at}T12:00:00Z`).toISOString()
  await world.checkInMany(
    at,
    staff.map((index) => ({
      serialNumber: serialOf(index),
      reportedAt,
      platform: 'darwin',
      publicIp: publicIp ?? ipIn('Boston'),
      software: [{ name: 'Slack', kind: 'app' }, ...software],
    })),
  )
}

export const first = (count: number): number[] => Array.from({ length: count }, (_, index) => index)
