// A small company for the browser tests, brought in through the endpoints: one parcel redirected, one held, one ordinary.
import { easyPostProof, type TestService } from '../service.ts'

export const diverted = {
  serial: 'BRW0000001',
  tracking: 'BRWTRACK1',
  email: 'ines@example.com',
  name: 'Ines Calder',
  street: '14 Quay St',
}
export const moved = { serial: 'BRW0000002', email: 'theo@example.com', name: 'Theo Lind', newStreet: '77 Pine St' }

const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString()

const person = (id: string, name: string, email: string, line1: string) => ({
  external_id: id,
  name,
  email,
  kind: 'employee',
  line1,
  line2: '',
  city: 'Boston',
  region: 'MA',
  postal_code: '02110',
  country: 'US',
  address_verified: 'yes',
})

const detail = (days: number, status: string, message: string, city: string, state: string) => ({
  object: 'TrackingDetail',
  message,
  description: '',
  status,
  status_detail: status === 'delivered' ? 'arrived_at_destination' : 'in_transit',
  datetime: ago(days),
  source: 'FedEx',
  carrier_code: '',
  tracking_location: { object: 'TrackingLocation', city, state, country: 'US', zip: null },
})

const details = [
  detail(8, 'in_transit', 'Picked up', 'COLUMBUS', 'OH'),
  detail(7, 'in_transit', 'Delivery option completed; package redirected to a new address', 'DENVER', 'CO'),
  detail(6, 'delivered', 'Delivered', 'PHOENIX', 'AZ'),
]

/** The carrier's webhook with the first `count` scans. */
export async function track(service: TestService, count: number): Promise<void> {
  const newest = details[count - 1]!
  const tracker = {
    id: 'trk_browser',
    object: 'Tracker',
    mode: 'production',
    tracking_code: diverted.tracking,
    status: newest.status,
    status_detail: newest.status_detail,
    created_at: ago(9),
    updated_at: newest.datetime,
    signed_by: null,
    weight: 80.5,
    carrier: 'FedEx',
    tracking_details: details.slice(0, count),
    carrier_detail: null,
    fees: [],
  }
  const event = {
    id: `evt_browser${count}`,
    object: 'Event',
    mode: 'production',
    description: 'tracker.updated',
    previous_attributes: {},
    created_at: ago(6),
    result: tracker,
  }
  const body = JSON.stringify(event)
  await service.send('POST', '/webhooks/easypost', body, easyPostProof(body))
}

/** Imports the company. The moved person's new, unapproved address came after the order, so that parcel gets held. */
export async function foundCompany(service: TestService): Promise<void> {
  const token = await service.token({ scopes: ['checkins:write', 'directory:write', 'shipments:write'] })
  const post = async (where: string, body: unknown) => {
    const answer = await service.send('POST', where, JSON.stringify(body), token.headers)
    if (answer.status !== 200 || answer.json.rejected.length > 0) throw new Error(answer.text)
  }
  await post('/people', [
    person('E1', diverted.name, diverted.email, diverted.street),
    person('E2', moved.name, moved.email, '9 Oak Ave'),
  ])
  await post(
    '/devices',
    [diverted.serial, moved.serial].map((serial_number, index) => ({
      serial_number,
      asset_tag: `B-${index + 1}`,
      model: 'MacBook Pro 14',
      status: 'stock',
    })),
  )
  const to = { city: 'Boston', region: 'MA', postal_code: '02110', country: 'US' }
  await post('/shipments', {
    reference: 'B1',
    direction: 'out',
    carrier: 'FedEx',
    tracking_code: diverted.tracking,
    serial_number: diverted.serial,
    person_email: diverted.email,
    line1: diverted.street,
    ...to,
    ordered_at: ago(10),
    shipped_at: ago(9),
    addressee: diverted.name,
  })
  await post('/people', { ...person('E2', moved.name, moved.email, moved.newStreet), address_verified: 'no' })
  await post('/shipments', {
    reference: 'B2',
    direction: 'out',
    carrier: 'UPS',
    serial_number: moved.serial,
    person_email: moved.email,
    line1: moved.newStreet,
    ...to,
    ordered_at: ago(0.01),
  })
  await track(service, 3)
  await service.drain()
}
