// Imports: each line on its own, what it came to, and a dry run that says the same and does nothing.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { ImportKind } from '../../server/imports/columns.ts'
import { importRows } from '../../server/imports/import.ts'
import { fern, openWorld, parcel, type TestWorld } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const files: [ImportKind, object[]][] = [
  [
    'people',
    [
      fern,
      { ...fern, external_id: '', email: 'nobody' },
      { external_id: 'E-2', name: 'Bo', email: 'bo@example.com' },
      { ...fern, phone: '1' },
    ],
  ],
  [
    'devices',
    [
      { serial_number: 'C02TALE001', asset_tag: 'A-1' },
      { serial_number: 'N/A' },
      { serial_number: 'C02TALE002', status: 'in_service', holder_email: fern.email },
    ],
  ],
  ['shipments', [parcel, { ...parcel, serial_number: 'C02TALE002' }, { reference: 'PO-2', shipped_at: 'soon' }]],
  [
    'declarations',
    [
      { kind: 'travel', person_email: fern.email, starts_on: '2026-03-01' },
      { kind: 'tool', starts_on: '2026-03-01' },
    ],
  ],
]

test('a dry run says what the run says, and records nothing', async () => {
  for (const [kind, cells] of files) {
    const rows = cells.map((one, index) => ({ line: index + 2, cells: one }))
    const run = (dryRun: boolean) =>
      importRows(world.db, world.act('2026-03-01'), {
        kind,
        rows,
        fileName: null,
        source: 'hr',
        dryRun,
        undoable: true,
      })
    const before = await world.dump()
    const said = await run(true)
    expect(await world.dump()).toBe(before)
    const did = await run(false)
    const plain = (summary: typeof said) => ({
      ...summary,
      importId: null,
      outcomes: summary.outcomes.map((one) => ({
        ...one,
        id: null,
        changes: 'changes' in one ? one.changes.map((change) => change.field) : [],
      })),
    })
    expect(plain(said)).toEqual(plain(did))
    expect(did.rejected).toHaveLength(1)
  }
})

test('a bad line is named with its line and column, and stops no other', async () => {
  const came = await world.importPeople('2026-03-01', [
    fern,
    { external_id: 'E-2', name: 'Bo', starts_on: 'soon' },
    { external_id: 'E-3', name: 'Cy' },
  ])
  expect(came).toMatchObject({ created: 2, updated: 0, unchanged: 0 })
  expect(came.rejected).toMatchObject([
    { line: 3, column: 'starts_on', problem: expect.stringContaining('2026-11-02') },
  ])
})

test('what a line changed stands there from → to; the same again is unchanged and records nothing', async () => {
  await world.importPeople('2026-03-01', [fern])
  const before = (await world.events()).length
  expect(await world.importPeople('2026-03-02', [fern])).toMatchObject({ created: 0, updated: 0, unchanged: 1 })
  expect((await world.events()).length).toBe(before)
  const came = await world.importPeople('2026-03-03', [
    { external_id: fern.external_id, name: 'Fern Quill', phone: '1' },
  ])
  expect(came.outcomes[0]).toMatchObject({
    result: 'updated',
    changes: [
      { field: 'name', from: 'Fern Hollis', to: 'Fern Quill' },
      { field: 'phone', from: null, to: '1' },
    ],
  })
})

test('a line that the database refuses is its own fault only', async () => {
  await world.importPeople('2026-03-01', [fern, { external_id: 'E-2', name: 'Bo', email: 'bo@example.com' }])
  const came = await world.importPeople('2026-03-02', [
    { external_id: 'E-2', email: fern.email },
    { external_id: 'E-3', name: 'Cy' },
  ])
  expect(came.rejected).toMatchObject([{ line: 2 }])
  expect(came.created).toBe(1)
})

test('two files at once that name the same things both come through', async () => {
  const people = Array.from({ length: 30 }, (_, i) => ({
    external_id: `E-${i}`,
    name: `P ${i}`,
    email: `p${i}@example.com`,
  }))
  const both = await Promise.all([
    world.importPeople('2026-03-01', people),
    world.importPeople('2026-03-01', people.toReversed()),
  ])
  expect(both.flatMap((summary) => summary.rejected)).toEqual([])
  expect(both[0]!.created + both[1]!.created).toBe(30)
})

test('more lines than one transaction takes are applied through', async () => {
  const devices = Array.from({ length: 450 }, (_, i) => ({ serial_number: `C02LOT${String(i).padStart(4, '0')}` }))
  expect(await world.importDevices('2026-03-01', devices)).toMatchObject({ created: 450, rejected: [] })
})
