// A bench for parcels: Fern, her laptop in stock, a stockroom, and a carrier's provider that looks like the real one.
import { judgeShipment } from '../../server/detection/engine.ts'
import { retrying } from '../../server/imports/import.ts'
import { createEasyPostCarrier } from '../../server/integrations/carriers/easypost-carrier.ts'
import type { Carrier, PostalAddress, Rate } from '../../server/ports.ts'
import { labelsOf } from '../../server/shipping/label-rows.ts'
import { buyLabel, type LabelDesk, quoteLabel, settleLabels } from '../../server/shipping/labels.ts'
import { outlookOf, prepareShipment } from '../../server/shipping/prepare.ts'
import { setStockroom } from '../../server/shipping/stockroom.ts'
import { type EasyPostLookAlike, startEasyPost } from '../../server/simulator/easypost-server.ts'
import { fern, openWorld, type TestWorld, time, user } from '../world.ts'

export const stockroom: PostalAddress = {
  name: 'Stockroom',
  company: 'Example Corp',
  line1: '400 Harbor Boulevard',
  line2: '',
  city: 'Columbus',
  region: 'OH',
  postalCode: '43215',
  country: 'US',
  phone: '+1 614 555 0100',
  email: 'stock@example.com',
}

export const box = { lengthCm: 40, widthCm: 30, heightCm: 10, weightGrams: 3000 }
export const laptop = { serial_number: 'C02TALE001', asset_tag: 'T-1', manufacturer: 'Apple', model: 'MacBook Pro 14' }

export type Bench = Awaited<ReturnType<typeof openBench>>

/** Opens it; the clock stands at `clock.now` until it is moved. */
export async function openBench({ timeoutMs = 10_000 }: { timeoutMs?: number } = {}) {
  const world: TestWorld = await openWorld()
  const clock = { now: time('2026-03-02T09:00:00Z') }
  const provider: EasyPostLookAlike = await startEasyPost({ apiKey: 'EZAK-bench', now: () => clock.now })
  const carrier = createEasyPostCarrier({
    apiKey: 'EZAK-bench',
    baseUrl: provider.url,
    allowPrivate: true,
    timeoutMs,
    wait: async () => {},
  })
  const errors: string[] = []
  const desk = (over: Partial<Carrier> = {}): LabelDesk => ({
    carrier: { ...carrier, ...over },
    clock: () => clock.now,
    run: (work) => retrying(() => world.db.transaction().execute(work)),
    judge: (tx, shipmentId) => judgeShipment(tx, world.detection(clock.now.toISOString()), shipmentId),
    log: { error: (message) => void errors.push(message) },
  })
  const act = (by = 'usr_1') => world.act(clock.now, user(by))
  const self = {
    world,
    clock,
    provider,
    carrier,
    errors,
    desk,
    act,
    /** Fern with her laptop in stock, and where parcels leave from. */
    async found(person: object = {}) {
      await world.importPeople('2025-02-01', [
        { ...fern, phone: '+1 617 555 0111', starts_on: '2025-02-01', ...person },
      ])
      await world.importDevices('2026-02-01', [{ ...laptop, status: 'stock' }])
      await world.run((tx) => setStockroom(tx, act(), stockroom))
      for (const id of ['usr_1', 'usr_2']) await world.addUser(id)
    },
    async ids(email = fern.email, serial = laptop.serial_number) {
      const person = await world.person(email)
      const versions = await world.db
        .selectFrom('address_versions')
        .selectAll()
        .where('person_id', '=', person.id)
        .orderBy('valid_from')
        .orderBy('id')
        .execute()
      return {
        personId: person.id,
        deviceId: (await world.device(serial)).id,
        addressId: versions.at(-1)!.id,
        versions,
      }
    },
    async outlook(addressId?: string) {
      const ids = await self.ids()
      return world.run((tx) =>
        outlookOf(tx, clock.now, { personId: ids.personId, addressId: addressId ?? ids.addressId }),
      )
    },
    /** Prepared by somebody who answers every question with yes. Gives the shipment's id. */
    async prepare(over: { reference?: string; by?: string; addressId?: string; serial?: string } = {}) {
      const ids = await self.ids(fern.email, over.serial)
      const addressId = over.addressId ?? ids.addressId
      const { checks } = await self.outlook(addressId)
      const answers = checks.map((check) => ({ check: check.id, answer: 'yes' as const }))
      const made = await world.run((tx) =>
        prepareShipment(tx, act(over.by), {
          personId: ids.personId,
          deviceIds: [ids.deviceId],
          addressId,
          answers,
          reference: over.reference ?? 'PO-1',
        }),
      )
      return made.shipmentId
    },
    labels: (shipmentId: string) => world.run((tx) => labelsOf(tx, shipmentId)),
    async label(shipmentId: string) {
      const [newest] = await self.labels(shipmentId)
      return newest!
    },
    /** The cheapest rate of a fresh quote. */
    async quote(shipmentId: string, over?: Partial<Carrier>): Promise<{ labelId: string; rate: Rate }> {
      const { labelId } = await quoteLabel(desk(over), act(), { shipmentId, parcel: box })
      const rates = (await self.label(shipmentId)).rates as Rate[]
      return { labelId, rate: rates.toSorted((a, b) => Number(a.amount) - Number(b.amount))[0]! }
    },
    buy(shipmentId: string, { labelId, rate }: { labelId: string; rate: Rate }, over?: Partial<Carrier>, by?: string) {
      const { id: rateId, amount, currency } = rate
      return buyLabel(desk(over), act(by), { shipmentId, labelId, rateId, amount, currency })
    },
    settle: () => settleLabels(desk(), world.act(clock.now)),
    /** Moves the clock on. */
    later: (minutes: number) => {
      clock.now = new Date(clock.now.getTime() + minutes * 60_000)
    },
    async reset() {
      await world.reset()
      clock.now = time('2026-03-02T09:00:00Z')
      errors.length = 0
    },
    async close() {
      await provider.close()
      await world.close()
    },
  }
  return self
}
