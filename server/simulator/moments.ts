// What the simulated world does, and when: messages to the public endpoints, and people at work in the pages.
import type { Desk } from './desk.ts'
import type { Parcel } from './easypost.ts'
import type { SimulatedComputer } from './mdm/fleet.ts'
import type { Activity } from './mdm/fleet-server.ts'
import type { Visitor } from './visitor.ts'

/** A line for an endpoint, in the columns of CONTRACTS. */
export type Row = Record<string, string>

export type Colleague = 'admin' | 'provisioner' | 'second provisioner' | 'analyst' | 'auditor'

export type Deed =
  | { is: 'rows'; to: 'people' | 'devices' | 'shipments'; rows: Row[] }
  /** The aggregator tells of the first `count` scans of a parcel. */
  | { is: 'tracker'; parcel: Parcel; count: number }
  | { is: 'jamf'; body: string }
  /** The second MDM hears of a computer, and tells of it when it is asked. */
  | { is: 'host'; computer: SimulatedComputer }
  /** It tells at once of something that happened there. */
  | { is: 'activity'; activity: Activity }
  /** From now on it takes the token that asks it, or refuses it. */
  | { is: 'token'; isTaken: boolean }
  | { is: 'check-in'; checkIn: object }
  | { is: 'work'; by: Colleague; work: (desk: Desk) => Promise<void> }
  /** Somebody without an account does something on a public link. */
  | { is: 'visit'; visit: (visitor: Visitor) => Promise<void> }
  | { is: 'told'; line: string }

export interface Moment {
  at: Date
  deed: Deed
}

export const moment = (at: Date, deed: Deed): Moment => ({ at, deed })

/** Somebody does something in the pages. */
export const works = (at: Date, by: Colleague, work: (desk: Desk) => Promise<void>): Moment => ({
  at,
  deed: { is: 'work', by, work },
})

/** What whoever watches is told. */
export const told = (at: Date, line: string): Moment => ({ at, deed: { is: 'told', line } })
