// The data behind places: which files are in use and how old they are, newer ones, and what is known of one address.
import { z } from 'zod'
import type { House } from '../house.ts'
import { DAY } from '../lib/time.ts'
import {
  addPlaceFile,
  readPlaceRefresh,
  readPlaceSettings,
  refreshPlaces,
  removePlaceFile,
  setMonthlyRefresh,
  switchPlaceSet,
} from '../place-files.ts'
import type { PlaceFile } from '../ports.ts'
import { allow, everybody, router } from '../trpc.ts'

const admin = allow('admin')

/** Addresses move: data of so many days is warned of. */
const OLD_DAYS = 90

const filePath = z.string().trim().min(1).max(1000)
const setName = z.string().max(50)

export const placesRouter = router({
  read: admin.query(async ({ ctx: { house } }) => ({
    files: house.placeData.files().map((file) => ({ ...file, ...ageOf(house, file) })),
    refresh: await readPlaceRefresh(house.db),
    monthly: (await readPlaceSettings(house.db)).monthly,
  })),
  /** Whom a page that shows a place must name. */
  credits: everybody.query(({ ctx }) => {
    const used = ctx.house.placeData.files().filter((file) => !file.isOff && file.from !== 'none' && !file.problem)
    const placing = used.filter((file) => file.from === 'own' || file.id === 'cities')
    return [...new Map(placing.flatMap(({ credit }) => (credit ? [[credit.text, credit] as const] : []))).values()]
  }),
  /** What Telltale would say of an address; asks nobody. */
  look: admin
    .input(z.object({ ip: z.union([z.ipv4(), z.ipv6()], { error: 'must be an IP address such as 203.0.113.7' }) }))
    .query(({ ctx, input }) => ctx.house.placeData.explain(input.ip)),
  addFile: admin
    .input(z.object({ path: filePath }))
    .mutation(({ ctx, input }) => addPlaceFile(ctx.house, ctx.act, input.path)),
  removeFile: admin
    .input(z.object({ path: filePath }))
    .mutation(({ ctx, input }) => removePlaceFile(ctx.house, ctx.act, input.path)),
  switchSet: admin
    .input(z.object({ name: setName, on: z.boolean() }))
    .mutation(({ ctx, input }) => switchPlaceSet(ctx.house, ctx.act, input)),
  setMonthly: admin
    .input(z.object({ on: z.boolean() }))
    .mutation(({ ctx, input }) => setMonthlyRefresh(ctx.house, ctx.act, input.on)),
  /** Returns when all has come or failed: a quarter of an hour a set at most. */
  refresh: admin
    .input(z.object({ only: setName.nullable().default(null) }))
    .mutation(({ ctx, input }) => refreshPlaces(ctx.house, ctx.act, input.only)),
})

function ageOf({ clock }: House, { builtOn }: PlaceFile): { ageDays: number | null; isOld: boolean } {
  const ageDays = builtOn === null ? null : Math.max(0, Math.floor((clock().getTime() - Date.parse(builtOn)) / DAY))
  return { ageDays, isOld: ageDays !== null && ageDays > OLD_DAYS }
}
