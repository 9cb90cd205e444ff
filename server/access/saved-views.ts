// Lists that people keep under a name: their filters, for themselves or for all, and what each person makes of them.
import type { Db, Tx } from '../lib/database.ts'
import { AppError } from '../lib/errors.ts'
import { newId } from '../lib/id.ts'

/** The lists whose filters can be kept. */
export const viewPages = ['cases', 'shipments', 'devices'] as const
export type ViewPage = (typeof viewPages)[number]

export interface SavedView {
  id: string
  page: ViewPage
  name: string
  /** The list's address: what stands behind the `?`, without the view itself. */
  search: Record<string, string>
  isMine: boolean
  isShared: boolean
  isPinned: boolean
  /** Whether one's own list opens with it. */
  isDefault: boolean
}

/** One's own views and those that others share, by name. */
export async function listViews(db: Db, userId: string): Promise<SavedView[]> {
  const rows = await db
    .selectFrom('saved_views as v')
    .leftJoin('saved_view_marks as m', (join) => join.onRef('m.view_id', '=', 'v.id').on('m.user_id', '=', userId))
    .select(['v.id', 'v.page', 'v.name', 'v.search', 'v.owner_id', 'v.is_shared', 'm.is_pinned', 'm.is_default'])
    .where((eb) => eb.or([eb('v.owner_id', '=', userId), eb('v.is_shared', '=', true)]))
    .orderBy('v.name')
    .orderBy('v.id')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    page: row.page as ViewPage,
    name: row.name,
    search: row.search,
    isMine: row.owner_id === userId,
    isShared: row.is_shared,
    isPinned: row.is_pinned ?? false,
    isDefault: row.is_default ?? false,
  }))
}

/** Keeps a new view, pinned for whoever made it, or changes one's own. */
export async function saveView(
  tx: Tx,
  input: {
    userId: string
    now: Date
    id: string | null
    page: ViewPage
    name: string
    search: Record<string, string>
    isShared: boolean
  },
): Promise<{ id: string }> {
  const values = {
    name: input.name,
    search: JSON.stringify(input.search),
    is_shared: input.isShared,
    changed_at: input.now,
  }
  if (input.id !== null) {
    await lockOwn(tx, { id: input.id, userId: input.userId })
    await tx.updateTable('saved_views').set(values).where('id', '=', input.id).execute()
    return { id: input.id }
  }
  const id = newId('viw')
  await tx
    .insertInto('saved_views')
    .values({ id, page: input.page, owner_id: input.userId, created_at: input.now, ...values })
    .execute()
  await markView(tx, { id, userId: input.userId, isPinned: true, isDefault: false })
  return { id }
}

/** Deletes one's own view. */
export async function removeView(tx: Tx, input: { id: string; userId: string }): Promise<void> {
  await lockOwn(tx, input)
  await tx.deleteFrom('saved_views').where('id', '=', input.id).execute()
}

/** Pins a view to one's own side bar, or has one's list open with it; only one view of a page is that. */
export async function markView(
  tx: Tx,
  input: { id: string; userId: string; isPinned: boolean; isDefault: boolean },
): Promise<void> {
  const view = await tx
    .selectFrom('saved_views')
    .select('page')
    .where('id', '=', input.id)
    .where((eb) => eb.or([eb('owner_id', '=', input.userId), eb('is_shared', '=', true)]))
    .executeTakeFirst()
  if (view === undefined) throw new AppError('not_found', 'There is no such view.')
  if (input.isDefault)
    await tx
      .updateTable('saved_view_marks')
      .set({ is_default: false })
      .where('user_id', '=', input.userId)
      .where('view_id', 'in', tx.selectFrom('saved_views').select('id').where('page', '=', view.page))
      .execute()
  const marks = { is_pinned: input.isPinned, is_default: input.isDefault }
  await tx
    .insertInto('saved_view_marks')
    .values({ view_id: input.id, user_id: input.userId, ...marks })
    .onConflict((oc) => oc.columns(['view_id', 'user_id']).doUpdateSet(marks))
    .execute()
}

async function lockOwn(tx: Tx, { id, userId }: { id: string; userId: string }): Promise<void> {
  const own = await tx
    .selectFrom('saved_views')
    .select('id')
    .where('id', '=', id)
    .where('owner_id', '=', userId)
    .forUpdate()
    .executeTakeFirst()
  if (own === undefined) throw new AppError('not_found', 'There is no such view of yours.')
}

/** Whether single keys do something for this person; on unless they said otherwise. */
export async function readSingleKeys(db: Db, userId: string): Promise<boolean> {
  const row = await db
    .selectFrom('user_settings')
    .select('single_keys')
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row?.single_keys ?? true
}

/** Switches single keys on or off for oneself, in every browser. */
export async function setSingleKeys(tx: Tx, input: { userId: string; areOn: boolean }): Promise<void> {
  await tx
    .insertInto('user_settings')
    .values({ user_id: input.userId, single_keys: input.areOn })
    .onConflict((oc) => oc.column('user_id').doUpdateSet({ single_keys: input.areOn }))
    .execute()
}
