// The way out over HTTP: prepared, bought at the price that was seen, printed, packed, and with the carrier at its first scan.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { easyPostProof } from '../service.ts'
import { openShippingCompany, receiver, type ShippingCompany, serial } from './way-out.ts'

let company: ShippingCompany
beforeAll(async () => {
  company = await openShippingCompany()
})
afterAll(() => company?.close())

const as = async (role: 'admin' | 'provisioner' | 'analyst' | 'auditor') => company.service.signIn(role)
const call = async (name: string, input?: unknown) => company.service.rpc(await as('provisioner'), name, input)
const print = async (path: string, cookie: string | null) =>
  company.service.send('GET', path, undefined, cookie === null ? {} : { cookie })

let shipmentId: string
let label: { id: string; trackingCode: string; amount: string; currency: string; state: string }

it('is prepared for an address that was checked, under the policy in force', async () => {
  const { personId, deviceId, addressId } = company
  const verified = await call('shipments.verifyAddress', { addressId })
  expect(verified.data).toMatchObject({ result: 'deliverable' })
  const outlook = await call('shipments.outlook', { personId, addressId })
  expect(outlook.data).toMatchObject({ tier: 'standard', checks: [] })
  const made = await call('shipments.prepare', {
    personId,
    deviceIds: [deviceId],
    addressId,
    answers: [],
    reference: 'WO-1',
  })
  shipmentId = made.data.shipmentId
  expect((await call('labels.get', { shipmentId })).data).toMatchObject({
    label: null,
    hasStockroom: true,
    policy: { tier: 'standard', signature: 'signature' },
  })
})

it('has rates that cost nothing, and is bought at the price that was seen', async () => {
  const parcel = { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 3000 }
  await call('labels.quote', { shipmentId, parcel })
  const { data } = await call('labels.get', { shipmentId })
  const [rate] = data.label.rates
  const buy = { shipmentId, labelId: data.label.id, rateId: rate.id, currency: rate.currency }
  const other = await call('labels.buy', { ...buy, amount: '0.01' })
  expect(other.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(`is now ${rate.amount}`) })
  expect(company.provider.bought(shipmentId)).toEqual([])
  expect((await call('labels.buy', { ...buy, amount: rate.amount })).error).toBeNull()
  label = (await call('labels.get', { shipmentId })).data.label
  expect(label).toMatchObject({ state: 'bought', trackingCode: company.provider.bought(shipmentId)[0]!.trackingCode })
})

it('prints its label for who ships, and for nobody else', async () => {
  const path = `/documents/labels/${label.id}.pdf`
  const printed = await print(path, await as('provisioner'))
  expect(printed.status).toBe(200)
  expect(printed.headers.get('content-type')).toBe('application/pdf')
  expect(printed.headers.get('cache-control')).toBe('no-store')
  expect(printed.text.startsWith('%PDF')).toBe(true)
  expect((await print(path, null)).status).toBe(401)
  expect((await print(path, await as('analyst'))).status).toBe(403)
  expect((await print('/documents/labels/lbl_nothing.pdf', await as('admin'))).status).toBe(404)
  expect((await print('/documents/labels/..%2Fx.pdf', await as('admin'))).status).toBe(404)
})

it('prints a packing slip without the serial number', async () => {
  const slip = await print(`/documents/slips/${shipmentId}.pdf`, await as('provisioner'))
  expect(slip.status).toBe(200)
  expect(slip.text).not.toContain(serial)
  const timeline = await call('shipments.timeline', { id: shipmentId })
  const titles = timeline.data.entries.map((entry: { title: string }) => entry.title)
  expect(titles).toEqual(expect.arrayContaining(['Label printed', 'Packing slip printed', 'Label bought', 'Prepared']))
})

it('waits for packing and for the first scan, and the lists say so', async () => {
  const waiting = async (waits: string) =>
    (await call('shipments.list', { waits })).data.shipments.map((row: { id: string }) => row.id)
  expect(await waiting('scan')).toEqual([shipmentId])
  expect(await waiting('pack')).toEqual([shipmentId])
  expect(await waiting('label')).toEqual([])
  expect((await call('scan.pack', { scanId: 'scan-0000001', text: serial })).data.results).toMatchObject([
    { is: 'good' },
  ])
  expect((await call('shipments.get', { id: shipmentId })).data).toMatchObject({ status: 'packed', firstScanAt: null })
  expect(await waiting('pack')).toEqual([])
})

it('held, it is not printed; released by a second person, it is', async () => {
  await company.service.rpc(await as('analyst'), 'shipments.hold', { shipmentId, reason: 'call first' })
  const path = `/documents/labels/${label.id}.pdf`
  const refused = await print(path, await as('provisioner'))
  expect(refused.status).toBe(409)
  expect(refused.json.detail).toContain('held')
  expect((await print(`/documents/slips/${shipmentId}.pdf`, await as('provisioner'))).status).toBe(409)
  const released = await company.service.rpc(await as('admin'), 'shipments.release', {
    shipmentId,
    reason: 'called: it is right',
  })
  expect(released.error).toBeNull()
  expect((await print(path, await as('provisioner'))).status).toBe(200)
})

it('is with the carrier from its first scan, not from its label', async () => {
  expect((await call('shipments.get', { id: shipmentId })).data.status).toBe('packed')
  const at = new Date().toISOString()
  const body = JSON.stringify({
    id: 'evt_wayout1',
    object: 'Event',
    mode: 'production',
    description: 'tracker.updated',
    previous_attributes: {},
    created_at: at,
    result: {
      id: 'trk_wayout1',
      object: 'Tracker',
      mode: 'production',
      tracking_code: label.trackingCode,
      status: 'in_transit',
      status_detail: 'received_at_origin_facility',
      created_at: at,
      updated_at: at,
      signed_by: null,
      carrier: 'USPS',
      tracking_details: [
        {
          object: 'TrackingDetail',
          message: 'Accepted at USPS Origin Facility',
          description: '',
          status: 'in_transit',
          status_detail: 'received_at_origin_facility',
          datetime: at,
          source: 'USPS',
          carrier_code: '',
          tracking_location: { object: 'TrackingLocation', city: 'COLUMBUS', state: 'OH', country: 'US', zip: '43215' },
        },
      ],
      carrier_detail: null,
      fees: [],
    },
  })
  expect((await company.service.send('POST', '/webhooks/easypost', body, easyPostProof(body))).status).toBe(200)
  await company.service.drain()
  expect((await call('shipments.get', { id: shipmentId })).data).toMatchObject({
    status: 'shipped',
    firstScanAt: expect.any(String),
  })
  expect((await call('labels.refund', { labelId: label.id })).error).toMatchObject({
    code: 'CONFLICT',
    message: expect.stringContaining('scanned'),
  })
})

it('on its way it is stopped by whoever calls the carrier, and said to be done with one click', async () => {
  const stopped = await company.service.rpc(await as('analyst'), 'shipments.stop', { shipmentId, reason: 'not theirs' })
  expect(stopped.error).toBeNull()
  const [task] = (await call('labels.get', { shipmentId })).data.tasks
  expect(task).toMatchObject({ task: expect.stringContaining('call'), doneAt: null })
  expect((await call('shipments.list', { waits: 'task' })).data.shipments).toHaveLength(1)
  await call('shipments.finishTask', { taskId: task.id })
  expect((await call('labels.get', { shipmentId })).data.tasks[0].doneAt).not.toBeNull()
})

it('one label was bought, and no log, alert or ledger entry names the person or her street', async () => {
  expect(company.provider.bought(shipmentId)).toHaveLength(1)
  const { rows } = await company.service.database.pool.query<{ payload: string }>('select payload::text from ledger')
  const ledger = rows.map((row) => row.payload).join('\n')
  const said = `${company.service.logged.join('\n')}\n${company.service.alerts.came.map((one) => one.body).join('\n')}\n${ledger}`
  expect(said).not.toContain(receiver.street)
  expect(said).not.toContain(receiver.name)
  expect(said).not.toContain('EZAK-way-out')
})
