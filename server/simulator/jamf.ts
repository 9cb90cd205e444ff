// Jamf Pro as it looks on the wire: webhooks about computers, one nested, the others flat.
import type { Laptop, Person } from './company.ts'

export type JamfEvent = 'ComputerAdded' | 'ComputerCheckIn' | 'ComputerInventoryCompleted'

const webhookIds: Record<JamfEvent, number> = { ComputerAdded: 1, ComputerCheckIn: 2, ComputerInventoryCompleted: 3 }

/** The body of one webhook. What a server does not know it sends as an empty text. */
export function jamfBody(input: {
  event: JamfEvent
  at: Date
  laptop: Laptop
  person: Person
  publicIp: string
  privateIp: string
  osVersion: string
}): string {
  const { event, at, laptop, person } = input
  const username = person.email.split('@')[0]!
  const mac = (last: number) =>
    `3c:a6:f6:${[laptop.number >> 8, laptop.number & 255, last].map((part) => part.toString(16).padStart(2, '0')).join(':')}`
  const computer = {
    alternateMacAddress: mac(1),
    building: '',
    department: '',
    deviceName: laptop.hostname,
    emailAddress: person.email,
    ipAddress: input.publicIp,
    jssID: laptop.number,
    macAddress: mac(0),
    managementId: laptop.hardwareUuid.toLowerCase(),
    model: laptop.modelName,
    osBuild: '24G84',
    osVersion: input.osVersion,
    phone: '',
    position: '',
    realName: person.name,
    reportedIpAddress: input.privateIp,
    room: '',
    serialNumber: laptop.serialNumber,
    udid: laptop.hardwareUuid,
    userDirectoryID: '',
    username,
  }
  return JSON.stringify({
    webhook: { eventTimestamp: at.getTime(), id: webhookIds[event], name: `Telltale ${event}`, webhookEvent: event },
    event: event === 'ComputerCheckIn' ? { computer, trigger: 'CLIENT_CHECKIN', username } : computer,
  })
}
