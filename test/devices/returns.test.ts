// The way back: asked for by a leaving date or a person, reminded of, received by its serial number, closed by somebody.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ReturnOutcome } from '../../server/custody/events.ts'
import { followLeavingDates } from '../../server/devices/leaving.ts'
import { receiveDevice, receiveReturned } from '../../server/devices/receipt.ts'
import { nextReminder, remindNow, remindReturns } from '../../server/devices/reminders.ts'
import { closeReturn, openReturn, openReturnsOf, setReturnDue } from '../../server/devices/returns.ts'
import { AppError } from '../../server/lib/errors.ts'
import type { Mail } from '../../server/ports.ts'
import { prepareReturnShipment } from '../../server/shipping/return-parcels.ts'
import { fern, openWorld, type TestWorld, time } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const serial = 'C02TALE001'
const model = 'MacBook Pro 14'

/** Fern has one laptop, or more. */
const fernHas = async (...serials: string[]) => {
  await world.importPeople('2026-02-01', [fern])
  await world.importDevices(
    '2026-02-02',
    serials.map((serial_number) => ({ serial_number, model, status: 'in_service', holder_email: fern.email })),
  )
}
const leaves = (on: string, at: string) => world.importPeople(at, [{ ...fern, leaves_on: on }])
const follow = (now: string) => followLeavingDates({ db: world.db, clock: () => time(now), world: world.world })
const returns = () => world.db.selectFrom('returns').selectAll().orderBy('id').execute()
const theReturn = async () => (await returns())[0]!
const ask = async (at = '2026-03-01', dueOn = '2026-03-20', of = serial) => {
  const { id } = await world.device(of)
  return world.run((tx) => openReturn(tx, world.act(at), { deviceId: id, reason: 'asked', dueOn }))
}
const receive = (at: string, serialRead: string | null, returnId?: string, scanId?: string) =>
  world.run((tx) => receiveReturned(tx, world.act(at), { serialRead, returnId, scanId }))
const close = (outcome: ReturnOutcome, at = '2026-03-25') =>
  world.run(async (tx) =>
    closeReturn(tx, world.act(at), { returnId: (await theReturn()).id, outcome, note: 'looked at it' }),
  )
const notes = async () => (await world.db.selectFrom('notes').select('text').execute()).map((row) => row.text)

/** A mailbox that writes down what came. */
function mailbox(answer?: AppError): Mail & { came: { to: string; subject: string; text: string }[] } {
  const came: { to: string; subject: string; text: string }[] = []
  return {
    came,
    async send(message) {
      if (answer) throw answer
      came.push(message)
    },
  }
}
const remind = (now: string, mail: Mail | null) =>
  remindReturns({ db: world.db, clock: () => time(now), world: world.world, mail })

describe('a leaving date', () => {
  test('asks for everything held back, two weeks before, once', async () => {
    await fernHas(serial, 'C02TALE002')
    await leaves('2026-04-30', '2026-03-01')
    expect(await follow('2026-03-02')).toEqual({ opened: 0, moved: 0 })
    expect(await follow('2026-04-16')).toEqual({ opened: 2, moved: 0 })
    expect(await follow('2026-04-17')).toEqual({ opened: 0, moved: 0 })
    expect(await returns()).toMatchObject([
      { reason: 'leaving', due_on: '2026-04-30', closed_at: null },
      { reason: 'leaving', due_on: '2026-04-30', closed_at: null },
    ])
    expect(await world.events('return.opened')).toHaveLength(2)
  })

  test('that is over already asks at once, and nobody erased or withdrawn is asked', async () => {
    await fernHas(serial)
    await leaves('2026-02-20', '2026-03-01')
    expect(await follow('2026-03-02')).toMatchObject({ opened: 1 })
    await world.reset()
    await fernHas(serial)
    await leaves('2026-02-20', '2026-03-01')
    await world.db
      .updateTable('people')
      .set({ withdrawn_at: time('2026-03-01') })
      .execute()
    expect(await follow('2026-03-02')).toMatchObject({ opened: 0 })
  })

  test('that moves, moves the due day with a note; a day that somebody set by hand stays until it moves again', async () => {
    await fernHas(serial)
    await leaves('2026-04-30', '2026-03-01')
    await follow('2026-04-20')
    await leaves('2026-05-15', '2026-04-21')
    expect(await follow('2026-04-22')).toEqual({ opened: 0, moved: 1 })
    expect(await theReturn()).toMatchObject({ due_on: '2026-05-15', next_reminder_at: time('2026-05-08T15:00:00Z') })
    const { id: returnId } = await theReturn()
    await world.run((tx) =>
      setReturnDue(tx, world.act('2026-04-23'), { returnId, dueOn: '2026-05-20', note: 'away that week' }),
    )
    expect(await follow('2026-04-24')).toEqual({ opened: 0, moved: 0 })
    expect((await theReturn()).due_on).toBe('2026-05-20')
    expect(await world.events('return.due_changed')).toHaveLength(2)
    expect(await notes()).toContain('The leaving date is now 2026-05-15.')
  })

  test('that is taken away leaves the return open, unreminded, with a note for somebody to decide', async () => {
    await fernHas(serial)
    await leaves('2026-04-30', '2026-03-01')
    await follow('2026-04-20')
    await leaves('', '2026-04-21')
    expect(await follow('2026-04-22')).toEqual({ opened: 0, moved: 1 })
    expect(await follow('2026-04-23')).toEqual({ opened: 0, moved: 0 })
    expect(await theReturn()).toMatchObject({ closed_at: null, due_on: '2026-04-30', next_reminder_at: null })
    expect((await notes()).join()).toContain('decide whether')
    await close('withdrawn')
    expect((await world.device(serial)).life_cycle).toBe('in service')
  })

  test('does not ask again for what somebody decided may stay, unless the date moves', async () => {
    await fernHas(serial)
    await leaves('2026-04-30', '2026-03-01')
    await follow('2026-04-20')
    await close('withdrawn', '2026-04-21')
    expect(await follow('2026-04-22')).toMatchObject({ opened: 0 })
    await leaves('2026-05-01', '2026-04-23')
    expect(await follow('2026-04-24')).toMatchObject({ opened: 1 })
  })
})

describe('asking', () => {
  test('happens once per device, and never for what is in the stockroom', async () => {
    await fernHas(serial)
    await world.importDevices('2026-02-02', [{ serial_number: 'C02TALE009', status: 'stock' }])
    await ask()
    await expect(ask()).rejects.toMatchObject({ problem: 'conflict', message: expect.stringContaining('2026-03-20') })
    await expect(ask('2026-03-01', '2026-03-20', 'C02TALE009')).rejects.toMatchObject({
      message: expect.stringContaining('stock'),
    })
  })

  test('for all of it asks for what is not asked for yet', async () => {
    await fernHas(serial, 'C02TALE002')
    await ask()
    const { id: personId } = await world.person(fern.email)
    const all = () =>
      world.run((tx) => openReturnsOf(tx, world.act('2026-03-02'), { personId, reason: 'asked', dueOn: '2026-03-20' }))
    expect(await all()).toHaveLength(1)
    expect(await returns()).toHaveLength(2)
    await expect(all()).rejects.toMatchObject({ problem: 'conflict' })
  })

  test('twice at the same moment opens one return', async () => {
    await fernHas(serial)
    const results = await Promise.allSettled([ask(), ask()])
    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await returns()).toHaveLength(1)
  })
})

describe('reminders', () => {
  test('come a week and a day before, a day and a week after, then weekly, and end', () => {
    const days: string[] = []
    let now = time('2026-03-01')
    for (let done = 0; ; done++) {
      const next = nextReminder('2026-03-20', now, done)
      if (next === null) break
      days.push(next.toISOString().slice(0, 10))
      now = next
    }
    expect(days).toEqual([
      ...['2026-03-13', '2026-03-19', '2026-03-21', '2026-03-27'],
      ...['2026-04-03', '2026-04-10', '2026-04-17', '2026-04-24'],
    ])
  })

  test('are one mail per person to the address on file, with the day and no serial number', async () => {
    await fernHas(serial, 'C02TALE002')
    await ask()
    await ask('2026-03-01', '2026-03-20', 'C02TALE002')
    const mail = mailbox()
    expect(await remind('2026-03-13T14:00:00Z', mail)).toBe(0)
    expect(await remind('2026-03-13T16:00:00Z', mail)).toBe(2)
    expect(await remind('2026-03-13T17:00:00Z', mail)).toBe(0)
    expect(mail.came).toMatchObject([{ to: fern.email, text: expect.stringContaining('2026-03-20') }])
    expect(mail.came[0]!.text).toContain(model)
    expect(JSON.stringify(mail.came)).not.toContain('C02TALE')
    expect(await world.events('return.reminded')).toMatchObject([
      { payload: { reminder: 1, sent: true } },
      { payload: { reminder: 1, sent: true } },
    ])
  })

  test('that could not be mailed say so, and go on', async () => {
    await fernHas(serial)
    await ask()
    await remind('2026-03-14', null)
    await remind('2026-03-20', mailbox(new AppError('unavailable', 'no answer')))
    expect((await world.events('return.reminded')).map((event) => event.payload?.sent)).toEqual([false, false])
    expect(await theReturn()).toMatchObject({ reminders: 2, next_reminder_at: time('2026-03-21T15:00:00Z') })
  })

  test('stop once it was received or closed', async () => {
    await fernHas(serial)
    await ask()
    await receive('2026-03-02', serial)
    const mail = mailbox()
    await remind('2026-03-30', mail)
    expect(mail.came).toEqual([])
    const { id: returnId } = await theReturn()
    await expect(
      remindNow({ db: world.db, clock: () => time('2026-03-03'), world: world.world, mail }, world.act('2026-03-03'), {
        returnId,
      }),
    ).rejects.toMatchObject({ problem: 'conflict' })
  })

  test('carry the label once there is one', async () => {
    await fernHas(serial)
    const returnId = await ask()
    const { shipmentId } = await world.run((tx) => prepareReturnShipment(tx, world.act('2026-03-02'), { returnId }))
    await world.db
      .insertInto('labels')
      .values({
        id: 'lbl_1',
        shipment_id: shipmentId,
        provider: 'test',
        state: 'bought',
        label_url: 'https://labels.example/1.pdf',
        asked_by: '{}',
        asked_at: time('2026-03-02'),
      })
      .execute()
    const mail = mailbox()
    const house = { db: world.db, clock: () => time('2026-03-03'), world: world.world, mail }
    expect(await remindNow(house, world.act('2026-03-03'), { returnId })).toEqual({ sent: true })
    expect(mail.came[0]!.text).toContain('https://labels.example/1.pdf')
  })
})

describe('receipt', () => {
  test('by the serial number expected takes it back, and the stockroom has acknowledged it', async () => {
    await fernHas(serial)
    const returnId = await ask()
    expect(await receive('2026-03-10', serial)).toMatchObject({ is: 'received', serial: 'same', returnId })
    expect(await theReturn()).toMatchObject({
      serial_read: 'same',
      received_at: time('2026-03-10'),
      stock_acknowledged_at: time('2026-03-10'),
    })
    expect(await world.device(serial)).toMatchObject({ life_cycle: 'returned', holder_kind: 'stockroom' })
    expect(await world.events('device.received')).toMatchObject([{ payload: { returnId, serial: 'same' } }])
    expect(await receive('2026-03-11', serial)).toMatchObject({ is: 'already' })
    expect(await world.events('device.received')).toHaveLength(1)
  })

  test('the same scan sent again is the same scan, not a duplicate', async () => {
    await fernHas(serial)
    await ask()
    const first = await receive('2026-03-10', serial, undefined, 'scan-0001')
    expect(await receive('2026-03-10', serial, undefined, 'scan-0001')).toEqual(first)
    expect(await world.events('device.received')).toHaveLength(1)
  })

  test('of another laptop in its place is a problem: the return stays open, and the other one has arrived', async () => {
    await fernHas(serial)
    await world.importPeople('2026-02-01', [{ external_id: 'E-2', name: 'Oren', email: 'oren@example.com' }])
    await world.importDevices('2026-02-02', [
      { serial_number: 'C02OTHER01', status: 'in_service', holder_email: 'oren@example.com' },
    ])
    const returnId = await ask()
    const receipt = await receive('2026-03-10', 'c02other01', returnId)
    expect(receipt).toMatchObject({ serial: 'different', otherDeviceId: (await world.device('C02OTHER01')).id })
    expect(await theReturn()).toMatchObject({ serial_read: 'different', other_serial: 'C02OTHER01', received_at: null })
    const expected = await world.device(serial)
    expect(expected).toMatchObject({ life_cycle: 'in service', holder_kind: 'person' })
    expect(expected.state.contradictions).toMatchObject([{ why: 'another laptop came back in its place' }])
    expect(await world.device('C02OTHER01')).toMatchObject({ life_cycle: 'returned', holder_kind: 'stockroom' })
    await expect(close('stock')).rejects.toMatchObject({ problem: 'conflict' })
    await receive('2026-03-12', serial, returnId)
    expect(await theReturn()).toMatchObject({ serial_read: 'same', received_at: time('2026-03-12') })
  })

  test('of a laptop nobody knows keeps what was read', async () => {
    await fernHas(serial)
    const returnId = await ask()
    expect(await receive('2026-03-10', 'NOTOURS123', returnId)).toMatchObject({
      serial: 'different',
      otherDeviceId: null,
    })
    expect(await theReturn()).toMatchObject({ other_serial: 'NOTOURS123' })
  })

  test('without reading it goes into stock only once it was read after all', async () => {
    await fernHas(serial)
    const returnId = await ask()
    const { id: deviceId } = await world.device(serial)
    await world.run((tx) => receiveDevice(tx, world.act('2026-03-10'), { deviceId }))
    expect(await theReturn()).toMatchObject({ serial_read: 'unread' })
    await expect(close('stock')).rejects.toMatchObject({ message: expect.stringContaining('not read') })
    await receive('2026-03-11', `S${serial}`, returnId)
    expect(await theReturn()).toMatchObject({ serial_read: 'same', received_at: time('2026-03-10') })
    await close('stock')
    expect(await world.device(serial)).toMatchObject({ life_cycle: 'stock', assignee_id: null })
  })

  test('of what nobody asked back is refused with what to do, and of what nobody knows too', async () => {
    await fernHas(serial)
    await expect(receive('2026-03-10', serial)).rejects.toMatchObject({
      problem: 'conflict',
      message: expect.stringContaining('Ask for it back'),
    })
    await expect(receive('2026-03-10', 'NOTOURS123')).rejects.toMatchObject({ problem: 'not_found' })
  })
})

describe('closing', () => {
  const ends: [ReturnOutcome, string, string][] = [
    ['stock', 'stock', 'stockroom'],
    ['repair', 'repair', 'vendor'],
    ['quarantine', 'returned', 'stockroom'],
    ['disposed', 'retired', 'stockroom'],
  ]
  test.each(ends)('%s takes what was received, and nothing else', async (outcome, lifeCycle, holder) => {
    await fernHas(serial)
    await ask()
    await expect(close(outcome)).rejects.toMatchObject({ message: expect.stringContaining('not received') })
    await receive('2026-03-10', serial)
    await close(outcome)
    expect(await world.device(serial)).toMatchObject({ life_cycle: lifeCycle, holder_kind: holder })
    await expect(close(outcome)).rejects.toMatchObject({ problem: 'conflict' })
  })

  test.each([
    ['kept', 'retired'],
    ['lost', 'lost'],
    ['withdrawn', 'in service'],
  ] as const)('%s takes what was never received', async (outcome, lifeCycle) => {
    await fernHas(serial)
    await ask()
    await close(outcome)
    expect((await world.device(serial)).life_cycle).toBe(lifeCycle)
    expect(await world.events('return.closed')).toMatchObject([{ payload: { outcome } }])
  })

  test('says nothing of a laptop that was sent out again before anybody closed it', async () => {
    await fernHas(serial)
    await ask()
    await receive('2026-03-10', serial)
    await world.importShipments('2026-03-12', [
      { reference: 'PO-9', direction: 'out', serial_number: serial, person_email: fern.email },
    ])
    await close('stock')
    expect((await world.device(serial)).life_cycle).toBe('ordered')
  })
})

test('the parcel back is made once, from the approved home, and the laptop is returning from then on', async () => {
  await fernHas(serial)
  const returnId = await ask()
  const prepare = () => world.run((tx) => prepareReturnShipment(tx, world.act('2026-03-02'), { returnId }))
  const { shipmentId } = await prepare()
  expect(await prepare()).toEqual({ shipmentId })
  expect(await world.device(serial)).toMatchObject({ life_cycle: 'returning', holder_kind: 'person' })
  const row = await world.db.selectFrom('shipments').selectAll().executeTakeFirstOrThrow()
  expect(row).toMatchObject({ direction: 'return', address_version_id: expect.any(String) })
})
