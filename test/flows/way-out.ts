// A company that ships for real: the whole service beside a carrier's provider that looks like the real one.
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { startTestService, type TestService } from '../service.ts'
import { stockroom } from '../shipping/desk.ts'

export interface ShippingCompany {
  service: TestService
  provider: EasyPostLookAlike
  personId: string
  deviceId: string
  addressId: string
  close(): Promise<void>
}

export const receiver = { name: 'Ines Calder', email: 'ines@example.com', street: '14 Quay St' }
export const serial = 'WAYOUT0001'

/** Starts both, with one person, her approved home, her laptop in stock, and the stockroom's address. */
export async function openShippingCompany(): Promise<ShippingCompany> {
  const provider = await startEasyPost({ apiKey: 'EZAK-way-out', now: () => new Date() })
  const service = await startTestService({ EASYPOST_API_KEY: 'EZAK-way-out', EASYPOST_BASE_URL: provider.url })
  const token = await service.token({ scopes: ['directory:write', 'shipments:write'] })
  const post = async (where: string, body: unknown) => {
    const answer = await service.send('POST', where, JSON.stringify(body), token.headers)
    if (answer.status !== 200 || answer.json.rejected.length > 0) throw new Error(answer.text)
  }
  await post('/people', {
    external_id: 'E1',
    name: receiver.name,
    email: receiver.email,
    phone: '+1 617 555 0111',
    kind: 'employee',
    starts_on: '2020-01-06',
    line1: receiver.street,
    line2: '',
    city: 'Boston',
    region: 'MA',
    postal_code: '02110',
    country: 'US',
    address_verified: 'yes',
  })
  await post('/devices', [
    { serial_number: serial, asset_tag: 'W-1', manufacturer: 'Apple', model: 'MacBook Pro 14', status: 'stock' },
    { serial_number: 'WAYOUT0002', asset_tag: 'W-2', manufacturer: 'Apple', model: 'MacBook Air 13', status: 'stock' },
  ])
  const admin = await service.signIn('admin')
  const set = await service.rpc(admin, 'settings.setStockroom', stockroom)
  if (set.error) throw new Error(set.error.message)
  const people = await service.rpc(admin, 'people.list', { text: receiver.email })
  const devices = await service.rpc(admin, 'devices.list', { text: serial })
  const person = await service.rpc(admin, 'people.get', { id: people.data.people[0].id })
  return {
    service,
    provider,
    personId: person.data.id,
    deviceId: devices.data.devices[0].id,
    addressId: person.data.addresses[0].id,
    async close() {
      await service.stop()
      await provider.close()
    },
  }
}
