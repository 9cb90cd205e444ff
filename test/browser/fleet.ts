// A fleet for the browser tests, brought in through the endpoints: people of Boston with a laptop each, that came by parcel.
import { expect } from 'vitest'
import type { TestService } from '../service.ts'

export const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

/** Sends to the endpoints what they must take. */
export async function sender(service: TestService): Promise<(path: string, body: unknown) => Promise<void>> {
  const { headers } = await service.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'] })
  return async (path, body) => {
    const answer = await service.send('POST', path, JSON.stringify(body), headers)
    expect(answer.status, answer.text).toBeLessThan(300)
  }
}

interface Member {
  name: string
  email: string
  line1: string
  department?: string
  serialNumber: string
}

/** Registers people at home in Boston, and ships each their laptop 19 days ago. */
export async function hire(send: Awaited<ReturnType<typeof sender>>, members: Member[]): Promise<void> {
  await send(
    '/people',
    members.map(({ serialNumber, ...person }) => ({
      ...person,
      external_id: `P ${serialNumber}`,
      city: 'Boston',
      region: 'MA',
      postal_code: '02118',
      country: 'US',
      address_verified: 'yes',
    })),
  )
  await send(
    '/shipments',
    members.map(({ serialNumber, email }) => ({
      reference: `S ${serialNumber}`,
      direction: 'out',
      carrier: 'FedEx',
      tracking_code: `T${serialNumber}`,
      serial_number: serialNumber,
      person_email: email,
      ordered_at: daysAgo(20),
      shipped_at: daysAgo(19),
    })),
  )
}
