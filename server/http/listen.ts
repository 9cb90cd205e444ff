// Hears from the database what any process did: new facts wake the detector and open pages, a revoked token is forgotten.
import pg from 'pg'
import type { House } from '../house.ts'
import { logText } from '../lib/errors.ts'
import { openPlaceFiles } from '../place-files.ts'

export interface Changes {
  /** Calls back after each commit that recorded something; returns how to stop. */
  subscribe(listener: () => void): () => void
}

export interface Listener {
  changes: Changes
  close(): Promise<void>
}

const AGAIN_MS = 1000

/** What the company knows of places, and what that makes of the addresses on file. */
async function renewPlaces(house: House): Promise<void> {
  await house.knownPlaces.refresh(house.db)
  house.worker.wake('classify')
}

/** One connection that listens; lost, it is opened again. Polling covers what is missed meanwhile. */
export async function listenTo(databaseUrl: string, house: House): Promise<Listener> {
  const listeners = new Set<() => void>()
  let isClosed = false
  let client: pg.Client | null = null
  const open = async () => {
    const next = new pg.Client({ connectionString: databaseUrl, application_name: 'telltale listen' })
    next.on('error', () => {})
    // Comes once of each client, also of one that never was connected: each makes room for one other.
    next.once('end', () => {
      if (!isClosed) setTimeout(() => void open().catch(() => {}), AGAIN_MS).unref()
    })
    next.on('notification', ({ channel, payload }) => {
      if (channel === 'token_revoked') house.tokens.forget(payload ?? '')
      if (channel === 'settings')
        Promise.all([house.connector.refresh(), openPlaceFiles(house), renewPlaces(house)]).catch((error) =>
          house.log.warn(`settings could not be read: ${logText(error)}`),
        )
      if (channel !== 'ledger') return
      house.worker.wake('detect')
      for (const listener of listeners) listener()
    })
    try {
      await next.connect()
      await next.query('listen ledger; listen token_revoked; listen settings')
    } catch (error) {
      await next.end().catch(() => {})
      throw error
    }
    client = next
  }
  await open()
  return {
    changes: {
      subscribe(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    async close() {
      isClosed = true
      await client?.end().catch(() => {})
    },
  }
}
