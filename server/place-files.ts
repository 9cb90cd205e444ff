// The data behind places, as it is set up: the operator's own files, the sets switched off, and fetching newer ones.
import { z } from 'zod'
import { announceSettings } from './access/secrets.ts'
import type { Act } from './custody/act.ts'
import { type NewEvent, systemActor } from './custody/events.ts'
import { record } from './custody/record.ts'
import type { House } from './house.ts'
import type { Db, Tx } from './lib/database.ts'
import { AppError, logText, messageOf } from './lib/errors.ts'
import { readSetting, saveSetting } from './lib/settings.ts'
import { DAY, plus } from './lib/time.ts'
import type { PlaceFile } from './ports.ts'

const settingsKey = 'places'
const refreshKey = 'places refresh'

const settingsSchema = z.object({
  /** Paths on the server, the most trusted first. */
  ownFiles: z.array(z.string()).default([]),
  /** Names of sets that are not used and not fetched. */
  off: z.array(z.string()).default([]),
  /** Whether the sets are fetched by themselves, once a month. */
  monthly: z.boolean().default(false),
})
export type PlaceSettings = z.output<typeof settingsSchema>

const refreshSchema = z.object({
  at: z.iso.datetime(),
  results: z.array(
    z.object({ name: z.string(), outcome: z.enum(['new', 'same', 'failed']), problem: z.string().nullable() }),
  ),
})
export type PlaceRefresh = z.output<typeof refreshSchema>
export type RefreshResult = PlaceRefresh['results'][number]

/** Files are few, and each is held in memory. */
const OWN_FILES_MAX = 8
const MONTH_MS = 30 * DAY
/** After a refresh that failed in part. */
const AGAIN_MS = DAY

type PlaceHouse = Pick<House, 'db' | 'placeData' | 'log' | 'clock' | 'world'>

export async function readPlaceSettings(db: Db | Tx): Promise<PlaceSettings> {
  return settingsSchema.parse((await readSetting(db, settingsKey)) ?? {})
}

/** The newest fetching and what came of it; null before the first. */
export async function readPlaceRefresh(db: Db | Tx): Promise<PlaceRefresh | null> {
  return refreshSchema.nullable().parse((await readSetting(db, refreshKey)) ?? null)
}

/** Reads what was set, here or in another process, and uses the files as they are now. */
export async function openPlaceFiles({ db, placeData, log }: Pick<House, 'db' | 'placeData' | 'log'>): Promise<void> {
  placeData.open(await readPlaceSettings(db))
  for (const { title, problem } of placeData.files())
    if (problem !== null) log.warn(`places: ${title} is not used: ${problem}`)
}

/** Uses a file of the operator's own, before those there are. Throws 'invalid' with what is wrong with it. */
export async function addPlaceFile(house: PlaceHouse, act: Act, path: string): Promise<PlaceFile> {
  const file = house.placeData.inspect(path)
  await change(house, act, [changedBy(act, file)], (was) => {
    const ownFiles = [path, ...was.ownFiles.filter((one) => one !== path)]
    if (ownFiles.length > OWN_FILES_MAX)
      throw new AppError('conflict', `At most ${OWN_FILES_MAX} files are used: remove one first.`)
    return { ...was, ownFiles }
  })
  return file
}

export async function removePlaceFile(house: PlaceHouse, act: Act, path: string): Promise<void> {
  await change(house, act, [], (was) => {
    if (!was.ownFiles.includes(path)) throw new AppError('not_found', 'This file is not in use.')
    return { ...was, ownFiles: was.ownFiles.filter((one) => one !== path) }
  })
}

/** Uses a set or leaves it out. */
export async function switchPlaceSet(house: PlaceHouse, act: Act, input: { name: string; on: boolean }): Promise<void> {
  if (!setNames(house).includes(input.name)) throw new AppError('not_found', `There is no set “${input.name}”.`)
  await change(house, act, [], (was) => {
    const others = was.off.filter((one) => one !== input.name)
    return { ...was, off: input.on ? others : [...others, input.name] }
  })
}

export async function setMonthlyRefresh(house: PlaceHouse, act: Act, on: boolean): Promise<void> {
  await change(house, act, [], (was) => ({ ...was, monthly: on }))
}

/** Fetches one set, or all that are switched on; one that fails stops no other, and stays as it was. */
export async function refreshPlaces(house: PlaceHouse, act: Act, only: string | null = null): Promise<RefreshResult[]> {
  const { off } = await readPlaceSettings(house.db)
  const names = only === null ? setNames(house).filter((name) => !off.includes(name)) : [only]
  const results: RefreshResult[] = []
  const changed: PlaceFile[] = []
  for (const name of names) {
    try {
      const { isNew, file } = await house.placeData.fetch(name, act.now)
      if (isNew) changed.push(file)
      results.push({ name, outcome: isNew ? 'new' : 'same', problem: null })
    } catch (error) {
      if (only !== null && error instanceof AppError && error.problem === 'not_found') throw error
      if (!(error instanceof AppError)) house.log.error(`places: ${name} could not be fetched: ${logText(error)}`)
      results.push({ name, outcome: 'failed', problem: messageOf(error) })
    }
  }
  await house.db.transaction().execute(async (tx) => {
    await saveSetting(tx, refreshKey, { at: act.now.toISOString(), results })
    await announceSettings(tx)
    await record(
      tx,
      act.now,
      changed.map((file) => changedBy(act, file)),
    )
  })
  await openPlaceFiles(house)
  return results
}

/** Fetches by itself once a month, where that is switched on; what failed is tried again the next day. */
export async function refreshMonthly(house: PlaceHouse): Promise<void> {
  const { monthly } = await readPlaceSettings(house.db)
  if (!monthly) return
  const last = await readPlaceRefresh(house.db)
  const now = house.clock()
  const hasFailed = last?.results.some((one) => one.outcome === 'failed') ?? false
  if (last !== null && plus(new Date(last.at), hasFailed ? AGAIN_MS : MONTH_MS) > now) return
  await refreshPlaces(house, { now, actor: systemActor('monthly refresh'), world: house.world })
}

const setNames = ({ placeData }: Pick<House, 'placeData'>): string[] =>
  placeData.files().flatMap(({ from, id }) => (from === 'own' ? [] : [id]))

/** Saves what is set, has every process use it, and uses it here. */
async function change(
  house: PlaceHouse,
  act: Act,
  events: NewEvent[],
  edit: (was: PlaceSettings) => PlaceSettings,
): Promise<void> {
  await house.db.transaction().execute(async (tx) => {
    // Two admins at once: the second edits what the first left.
    await tx.selectFrom('settings').select('key').where('key', '=', settingsKey).forUpdate().execute()
    await saveSetting(tx, settingsKey, edit(await readPlaceSettings(tx)))
    await announceSettings(tx)
    const set: NewEvent = {
      kind: 'setting.changed',
      occurredAt: act.now,
      actor: act.actor,
      payload: { setting: settingsKey, how: 'set' },
    }
    await record(tx, act.now, [set, ...events])
  })
  await openPlaceFiles(house)
}

const changedBy = (act: Act, file: PlaceFile): NewEvent => ({
  kind: 'places.changed',
  occurredAt: act.now,
  actor: act.actor,
  payload: { dataset: file.title, builtOn: file.builtOn, digest: file.digest ?? '' },
})
