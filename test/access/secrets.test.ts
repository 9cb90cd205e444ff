// Secrets from pages: unreadable without the house's key, and under no other name than their own.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { clearSecret, createVault, readSecret, setSecret } from '../../server/access/secrets.ts'
import { openWorld, type TestWorld, user } from '../world.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())
beforeEach(() => world.reset())

const vault = createVault(randomBytes(32))
const act = () => world.act('2026-03-01', user('ada'))
const set = (name: string, value: string) => world.run((tx) => setSecret(tx, act(), vault, { name, value }))
const read = (name: string, using = vault) => readSecret(world.db, using, name)

test('a secret is read back as it was set, and the newest one stands', async () => {
  expect(await read('key')).toBeNull()
  await set('key', 'EZAK-sécret')
  await set('key', 'EZAK-another')
  expect(await read('key')).toMatchObject({ value: 'EZAK-another', setAt: new Date('2026-03-01T12:00:00Z') })
})

test('neither the table nor the ledger shows it', async () => {
  await set('key', 'EZAK-not-to-be-seen')
  expect(await world.dump()).not.toContain('not-to-be-seen')
  expect(await world.events('setting.changed')).toMatchObject([
    { actor: { type: 'user', id: 'ada' }, payload: { setting: 'key', how: 'set' } },
  ])
})

test('what is cleared is gone, and clearing nothing is no event', async () => {
  await set('key', 'EZAK-one')
  expect(await world.run((tx) => clearSecret(tx, act(), 'key'))).toBe(true)
  expect(await read('key')).toBeNull()
  expect(await world.run((tx) => clearSecret(tx, act(), 'key'))).toBe(false)
  expect((await world.events('setting.changed')).map((event) => event.payload?.how)).toEqual(['set', 'cleared'])
})

test('another house cannot open it, nor can it stand in under another name', async () => {
  await set('key', 'EZAK-one')
  await expect(read('key', createVault(randomBytes(32)))).rejects.toMatchObject({ problem: 'conflict' })
  await world.db.updateTable('secrets').set({ name: 'webhook' }).execute()
  await expect(read('webhook')).rejects.toThrow('put that one back, or set it again')
})

test('two secrets of the same text look different', () => {
  const [one, two] = [vault.seal('key', 'same'), vault.seal('key', 'same')]
  expect(one.ciphertext.equals(two.ciphertext)).toBe(false)
})
