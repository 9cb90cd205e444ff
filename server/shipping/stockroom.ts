// The stockroom's own address: where parcels leave from and returns go to.
import { z } from 'zod'
import type { Act } from '../custody/act.ts'
import { record } from '../custody/record.ts'
import { countryCode } from '../lib/countries.ts'
import type { Db, Tx } from '../lib/database.ts'
import { readSetting, saveSetting } from '../lib/settings.ts'
import { cleanText, type PostalAddress } from '../ports.ts'

const key = 'stockroom'
const part = (max: number) => z.string().max(max).transform(cleanText).pipe(z.string().trim())
const needed = (max: number) => part(max).pipe(z.string().min(1, 'is needed'))

/** A whole address as a label wants it; every part but these five may be empty. */
export const stockroomSchema = z.object({
  name: part(200),
  company: needed(200),
  line1: needed(200),
  line2: part(200),
  city: needed(200),
  region: part(100),
  postalCode: part(40),
  country: part(100).transform(countryCode).pipe(z.string('is no country: write its name or its two letters')),
  phone: needed(60),
  email: z.union([z.literal(''), z.email('must be a mail address')]),
}) satisfies z.ZodType<PostalAddress>

/** Null until somebody has said where the stockroom is. */
export async function readStockroom(db: Db | Tx): Promise<PostalAddress | null> {
  const value = await readSetting(db, key)
  return value === undefined ? null : stockroomSchema.parse(value)
}

export async function setStockroom(tx: Tx, act: Act, address: PostalAddress): Promise<void> {
  await saveSetting(tx, key, address)
  await record(tx, act.now, [
    { kind: 'setting.changed', occurredAt: act.now, actor: act.actor, payload: { setting: key, how: 'set' } },
  ])
}
