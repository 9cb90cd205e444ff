// What every edge needs of the running program, composed once in main.ts and passed in.
import type { KeyObject } from 'node:crypto'
import type pg from 'pg'
import type { Auth } from './access/auth.ts'
import type { Connector } from './access/connector.ts'
import type { Vault } from './access/secrets.ts'
import type { TokenCheck } from './access/tokens.ts'
import type { KnownPlaces } from './addresses/company-places.ts'
import type { Outside } from './cases/alerts.ts'
import type { World } from './custody/act.ts'
import type { Reader } from './inbox.ts'
import type { Db } from './lib/database.ts'
import type { AgentProtocol, Carrier, Clock, Mail, Mdm, PlaceData, Sink, VendorOffer, WebhookSource } from './ports.ts'
import type { Worker } from './worker.ts'

export interface Log {
  info(message: string): void
  warn(message: string): void
  error(message: string): void
}

export interface House {
  /** The public URL, without a final slash. */
  url: string
  demo: boolean
  db: Db
  pool: pg.Pool
  clock: Clock
  world: World
  /** The data behind its places. */
  placeData: PlaceData
  /** What is known of places, ours and the company's, as this process has it. */
  knownPlaces: KnownPlaces
  outside: Outside
  sinks: Sink[]
  sources: WebhookSource[]
  /** The MDMs that are asked, as far as the environment sets them up. */
  mdms: Mdm[]
  /** What could be set up, and what is. */
  vendors: VendorOffer[]
  /** What agents that enrol here speak. */
  agents: AgentProtocol[]
  readers: Map<string, Reader>
  /** What buys labels and tracks, as it is set up now; null without a key for it. */
  carrier(): Carrier | null
  /** How that is set up, by the environment or from a page. */
  connector: Connector
  /** Keeps the secrets that come from pages. */
  vault: Vault
  mail: Mail | null
  signingKey: KeyObject
  auth: Auth
  tokens: TokenCheck
  worker: Worker
  /** Aborted when this process is asked to end: what waits for the outside world lets go. */
  ending?: AbortSignal
  log: Log
}
