// What the tests of hand-overs begin with: two laptops on their way to Fern in one parcel, and the verbs around them.
import { answerByLink, type HandoverAnswer, type ItemAnswer } from '../../server/devices/answers.ts'
import { openHandover } from '../../server/devices/handovers.ts'
import { linkActor, makeLink, type Purpose } from '../../server/devices/links.ts'
import { fern, order, parcel, type TestWorld, user } from '../world.ts'

export const technician = user('usr_tech')
export const secondSerial = 'C02TALE002'
export const delivered = {
  scans: [{ at: '2026-03-05T12:00:00Z', in: 'Boston', is: { is: 'delivered', to: 'address' } }],
} as const satisfies { scans: unknown[] }

export type Story = Awaited<ReturnType<typeof tell>>

/** Fern's parcel with two laptops, and what can be done about handing them over. */
export async function tell(world: TestWorld) {
  await order(world)
  await world.importShipments('2026-03-01T12:00:00Z', [{ ...parcel, serial_number: secondSerial }])
  const shipment = await world.shipment(parcel.reference)
  const person = await world.person(fern.email)
  const devices = [(await world.device(parcel.serial_number)).id, (await world.device(secondSerial)).id].sort()
  const secretOf = (link: string) => link.split('/h/')[1]!
  const serials: Record<string, string> = {}
  for (const serial of [parcel.serial_number, secondSerial]) serials[(await world.device(serial)).id] = serial
  const story = {
    shipment,
    person,
    devices,
    arrive: (at = '2026-03-05') => world.scan(at, { scans: [...delivered.scans] }),
    open: async (at = '2026-03-02') =>
      (
        await world.run((tx) =>
          openHandover(tx, world.act(at, technician), {
            kind: 'delivery',
            personId: person.id,
            deviceIds: devices,
            shipmentId: shipment.id,
          }),
        )
      ).id,
    /** A link's secret. */
    link: async (handoverId: string, purpose: Purpose, at: string, byHand = false) =>
      secretOf(
        (
          await world.run((tx) =>
            makeLink(tx, world.act(at, technician), { handoverId, purpose, url: 'https://telltale.example', byHand }),
          )
        ).link,
      ),
    /** Everything received, with the right ends, unless a device's answer says otherwise. */
    items: (over: Record<number, Partial<ItemAnswer>> = {}): ItemAnswer[] =>
      devices.map(
        (deviceId, index) =>
          ({ deviceId, answer: 'accepted', lastFour: serials[deviceId]!.slice(-4), ...over[index] }) as ItemAnswer,
      ),
    termsOf: async (handoverId: string) =>
      (await world.db.selectFrom('handovers').select('terms_id').where('id', '=', handoverId).executeTakeFirstOrThrow())
        .terms_id,
    answer: (secret: string, at: string, answer: HandoverAnswer) =>
      world.run((tx) => answerByLink(tx, world.act(at, linkActor), { ...answer, secret, from: '198.51.100.77' })),
    handover: (handoverId: string) =>
      world.db.selectFrom('handovers').selectAll().where('id', '=', handoverId).executeTakeFirstOrThrow(),
    standsAt: async () =>
      (await Promise.all(Object.values(serials).map((one) => world.device(one)))).map((d) => d.life_cycle),
  }
  return story
}
