// Laptops in an MDM: what one hears of them when they are opened, how they come into one, and how they leave it.
import { HOUR, MINUTE, plus } from '../lib/time.ts'
import type { Laptop } from './company.ts'
import {
  ipOf,
  jamfMoment,
  type Managed,
  openings,
  osVersionAt,
  privateIpOf,
  type Stay,
  stayAt,
  type Usage,
  usualSoftware,
} from './habits.ts'
import type { SimulatedComputer } from './mdm/fleet.ts'
import type { Activity } from './mdm/fleet-server.ts'
import { type Moment, moment } from './moments.ts'
import type { Random } from './random.ts'

/** What one day brings to the MDMs of a laptop. */
export function managedDayOf(random: Random, usage: Usage, day: Date): Moment[] {
  const { managed = [] } = usage
  if (managed.length === 0) return []
  const [bootedAt, ...later] = openings(random, usage, day)
  if (bootedAt === undefined) return []
  return [bootedAt, ...later].flatMap((opened) => {
    const at = plus(opened, 4 * MINUTE)
    const stay = stayAt(usage, at)
    const present = managed.filter((one) => one.from <= at && (one.until === null || at < one.until))
    return stay === null ? [] : present.map((one) => heard(one, { at, usage, stay, bootedAt }))
  })
}

interface Seen {
  at: Date
  usage: Usage
  stay: Stay
  bootedAt: Date
}

function heard(managed: Managed, { at, usage, stay, bootedAt }: Seen): Moment {
  switch (managed.by) {
    case 'jamf':
      return jamfMoment('ComputerCheckIn', at, usage, stay)
    case 'fleet':
      return moment(at, { is: 'host', computer: hostOf(managed, { at, usage, stay, bootedAt }) })
    default:
      return managed.by satisfies never
  }
}

/** It comes into the second MDM, which says so at once and hears of it for the first time. */
export function enrols(usage: Usage, managed: Managed): Moment[] {
  const at = managed.from
  const stay = usage.stays.findLast((one) => one.from <= at) ?? usage.stays[0]!
  const computer = hostOf(managed, { at, usage, stay, bootedAt: plus(at, -2 * HOUR) })
  return [
    moment(at, { is: 'host', computer }),
    activity(at, 'fleet_enrolled', computer),
    ...(usage.laptop.platform === 'linux' ? [] : [activity(plus(at, MINUTE), 'mdm_enrolled', computer)]),
  ]
}

/** Somebody has it wiped from the second MDM's pages. */
export const wiped = (at: Date, usage: Usage, managed: Managed): Moment =>
  activity(at, 'wiped_host', hostOf(managed, { at, usage, stay: usage.stays.at(-1)!, bootedAt: plus(at, -2 * HOUR) }))

const activity = (at: Date, type: Activity['type'], computer: SimulatedComputer): Moment =>
  moment(at, { is: 'activity', activity: { type, at, computer } })

function hostOf({ hostNumber, isByHand, from, user }: Managed, { at, usage, stay, bootedAt }: Seen): SimulatedComputer {
  const { laptop } = usage
  const person = user ?? usage.person
  return {
    number: hostNumber ?? laptop.number,
    serialNumber: laptop.serialNumber,
    hardwareUuid: laptop.hardwareUuid,
    hostname: laptop.hostname,
    platform: laptop.platform,
    osVersion: osVersionAt(laptop, at),
    osBuild: '',
    manufacturer: laptop.manufacturer,
    model: laptop.model,
    modelIdentifier: laptop.modelName,
    assetTag: laptop.assetTag,
    macAddress: macAddress(laptop),
    publicIp: ipOf(stay),
    privateIp: privateIpOf(laptop, stay),
    user: { username: person.email.split('@')[0]!, name: person.name, email: person.email },
    enrollment: { isEnrolled: true, isAutomated: isByHand !== true, at: from },
    software: usualSoftware(laptop, at).map(({ name, version }) => ({
      name,
      version,
      identifier: '',
      path: '',
      publisher: '',
    })),
    services: [],
    posture: { diskEncrypted: true, firewall: true, remoteDesktop: false },
    bootedAt,
    reportedAt: at,
    lastContactAt: at,
  }
}

const macAddress = ({ number }: Laptop) =>
  `f0:2f:4b:${[number >> 16, number >> 8, number].map((part) => (part & 255).toString(16).padStart(2, '0')).join(':')}`
